"""Open the database file that a build writes; `warehouse.connect` opens published ones."""

from pathlib import Path

import duckdb


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open `warehouse.duckdb` of a build for writing.

    One thread: sums of doubles, and so the published figures, depend on the input alone.
    """
    return duckdb.connect(str(path), config={"threads": 1})
