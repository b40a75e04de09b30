"""Open a DuckDB connection that uses bounded memory and spills to the home."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.errors import Unusable
from schemas.sql import quoted
from warehouse.home import TEMP
from warehouse.memory import memory_limit


def is_too_small(error: Exception) -> bool:
    """Return True if memory or disk ran out, which is no fault of the data."""
    return isinstance(error, duckdb.OutOfMemoryException) or "No space left on device" in str(error)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def connect(home: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Yield an in-memory database and its temporary folder; remove the folder at the end, and those of dead processes at the start.

    Raises:
        Unusable: memory or disk ran out.
    """
    temp = home / TEMP / f"bulk-{os.getpid()}"
    for leftover in temp.parent.glob("bulk-*"):
        if not _is_alive(int(leftover.name.removeprefix("bulk-"))):
            shutil.rmtree(leftover, ignore_errors=True)
    temp.mkdir(parents=True, exist_ok=True)
    limit = memory_limit()
    try:
        with duckdb.connect(config={"memory_limit": limit}) as con:
            con.execute(f"set temp_directory = {quoted(str(temp))}")
            yield con, temp
    except duckdb.Error as error:
        if not is_too_small(error):
            raise
        message = str(error).splitlines()[0]
        raise Unusable(f"{message}; the limit is {limit}: raise DYAD_MEMORY_LIMIT, or free disk below {home}") from None
    finally:
        shutil.rmtree(temp, ignore_errors=True)
