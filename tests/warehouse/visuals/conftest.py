"""Give the tests of visuals the published tables of releases."""

import duckdb
import pytest

from tests.support.pictures import published


@pytest.fixture(scope="module")
def tables(built):
    with duckdb.connect() as con:
        published(con, built)
        yield con


@pytest.fixture
def con(tables):
    """Yield the published tables of the release; what a test changes is taken back."""
    tables.execute("begin")
    yield tables
    tables.execute("rollback")
