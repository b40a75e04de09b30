"""Open the database file that a build writes; `warehouse.connect` opens published ones."""

from pathlib import Path

import duckdb

STORAGE_VERSION = "v1.5.0"  # the oldest in support: analysts' tools open the file, not only the newest DuckDB


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open `warehouse.duckdb` of a build for writing.

    One thread: sums of doubles, and so the published figures, depend on the input alone.
    """
    return duckdb.connect(str(path), config={"threads": 1, "storage_compatibility_version": STORAGE_VERSION})
