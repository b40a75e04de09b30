"""Open the database file that a build writes; `warehouse.connect` opens published ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.sql import quoted

Connection = duckdb.DuckDBPyConnection
BUILT = "built.duckdb"  # the database of a build; a release has a copy of its rows


@contextmanager
def connect(path: Path) -> Iterator[Connection]:
    """Open the database of a build for writing, as `begin`, and write it to the disk at the end."""
    with begin(path) as con:
        yield con
        con.execute("checkpoint warehouse")


def begin(path: Path) -> Connection:
    """Open the database of a build for writing, as `warehouse`.

    The connection uses one thread, so that sums of doubles, and with them the published figures, depend on the input alone. It keeps
    no log, which would wait for the disk at each statement: a build that did not end is discarded.

    Raises:
        duckdb.Error: the file cannot be written.
    """
    con = duckdb.connect(config={"threads": 1})
    con.execute(f"attach {quoted(str(path))} as warehouse (recovery_mode no_wal_writes)")
    con.execute("use warehouse")
    return con
