"""Give the tests of visuals the published tables of releases."""

import duckdb
import pytest

from sources import snapshot
from tests.support.pictures import published
from warehouse.build import catalog, claims, database, land, layers, views
from warehouse.build.clock import Clock


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


@pytest.fixture(scope="session")
def pairs(tmp_path_factory):
    """Build three other pairs from the bundled sources, without publishing them, for tests that only read them."""
    sources = snapshot.sources()
    clock = Clock(snapshot.read_until(sources), ("CHN-USA", "FRA-GBR", "IND-RUS"))
    with database.connect(tmp_path_factory.mktemp("pairs") / "warehouse.duckdb") as con:
        list(land.land(con, sources))
        catalog.fill(con, sources, clock)
        for schema in ("core", "charts"):
            list(layers.run_layer(con, schema, clock))
        claims.create(con)
        claims.decide(con, claims.decide_then(con, clock))
        views.create(con)
        yield con
