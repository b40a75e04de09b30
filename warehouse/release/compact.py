"""Copy a built database into the file that is published: live rows only, in a format that analysts' tools open."""

import errno
from pathlib import Path

import duckdb

from schemas.sql import quoted

BUILT = "built.duckdb"  # the database while it is copied
BLOCK_SIZE = 16_384  # the smallest: most columns of most tables fill less than DuckDB's default of 256 kB
STORAGE_VERSION = "v1.5.0"  # the oldest DuckDB that this project supports opens the file


def compact(database: Path) -> None:
    """Replace a closed database by a copy of its rows.

    Deleted rows stay in a database file, and their bounds in its statistics; a release must contain nothing that became known after its
    day.

    Raises:
        OSError: the database or the copy is incomplete.
    """
    _check_written(database)
    built = database.rename(database.with_name(BUILT))
    try:
        with duckdb.connect(config={"threads": 1}) as con:
            con.execute(f"attach {quoted(str(database))} as warehouse (storage_version {quoted(STORAGE_VERSION)}, block_size {BLOCK_SIZE})")
            con.execute(f"attach {quoted(str(built))} as built (read_only)")
            con.execute("copy from database built to warehouse")
    except duckdb.Error as error:
        raise OSError(f"{database.name} could not be written: {str(error).splitlines()[0]}") from None
    _check_written(database)
    built.unlink()


def _check_written(database: Path) -> None:
    """Check that all of a closed database is in its file.

    If the disk is full while DuckDB closes a database, it reports no error and leaves data in the log beside the file.

    Raises:
        OSError: a log is left beside the file.
    """
    log = database.with_name(f"{database.name}.wal")
    if log.exists():
        raise OSError(errno.EIO, f"{database.name} was not written completely; is the disk full?", str(log))
