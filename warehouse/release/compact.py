"""Copy a built database into the file that is published: live rows only, in a format that analysts' tools open."""

from pathlib import Path

import duckdb

from schemas.sql import quoted

BLOCK_SIZE = 16_384  # the smallest: most columns of most tables fill less than DuckDB's default of 256 kB
STORAGE_VERSION = "v1.5.0"  # the oldest DuckDB that this project supports opens the file


def compact(con: duckdb.DuckDBPyConnection, database: Path) -> None:
    """Write the rows, views and macros of the attached `warehouse` into a new file.

    Deleted rows stay in a database file, and their bounds in its statistics; a release must contain nothing that became known after its
    day.

    Raises:
        OSError: the file is incomplete.
    """
    options = f"storage_version {quoted(STORAGE_VERSION)}, block_size {BLOCK_SIZE}, recovery_mode no_wal_writes"
    try:
        con.execute(f"attach {quoted(str(database))} as compact ({options})")
        con.execute("copy from database warehouse to compact")
        con.execute("checkpoint compact")
        con.execute("detach compact")
    except duckdb.Error as error:
        raise OSError(f"{database.name} could not be written: {str(error).splitlines()[0]}") from None
