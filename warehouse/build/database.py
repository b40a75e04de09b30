"""Open the database file that a build writes; `warehouse.connect` opens published ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.sql import quoted

Connection = duckdb.DuckDBPyConnection


@contextmanager
def connect(path: Path) -> Iterator[Connection]:
    """Open `warehouse.duckdb` of a build for writing, and write it to the disk at the end.

    The connection uses one thread, so that sums of doubles, and with them the published figures, depend on the input alone. It keeps
    no log, which would wait for the disk at each statement: a build that did not end is discarded.

    Raises:
        duckdb.Error: the file cannot be written.
    """
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute(f"attach {quoted(str(path))} as warehouse (recovery_mode no_wal_writes)")
        con.execute("use warehouse")
        yield con
        con.execute("checkpoint warehouse")
