"""Open the database file that a build writes; `warehouse.connect` opens published ones."""

from pathlib import Path

import duckdb

Connection = duckdb.DuckDBPyConnection


def connect(path: Path) -> Connection:
    """Open `warehouse.duckdb` of a build for writing.

    The connection uses one thread, so that sums of doubles, and with them the published figures, depend on the input alone.
    """
    return duckdb.connect(str(path), config={"threads": 1})
