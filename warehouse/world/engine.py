"""A DuckDB connection that stays within the machine: bounded memory, spilling to the home.

Belongs here: limits. Does not belong here: any table.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.errors import Unusable
from schemas.sql import quoted

CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_limit() -> str:
    """`DYAD_MEMORY_LIMIT` (`2GB`), or half of the machine's memory, or of the container's where that is less.

    Raises:
        Unusable: the variable is not a size.
    """
    told = os.environ.get("DYAD_MEMORY_LIMIT", "")
    if told:
        if not re.fullmatch(r"\d+(\.\d+)?\s?[KMGT]i?B", told):
            raise Unusable(f"DYAD_MEMORY_LIMIT is {told!r}: write a size with its unit, for example 2GB")
        return told
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in map(Path, CGROUP_LIMITS):
        if path.exists() and (text := path.read_text("utf-8").strip()).isdigit():
            sizes.append(int(text))
    return f"{min(sizes) // 2 // 2**20}MiB"


def is_too_small(error: Exception) -> bool:
    """True where the machine failed, whatever the data."""
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
    """An in-memory database and a folder for what does not fit; the folder is removed at the end, those of the dead at once.

    Raises:
        Unusable: the memory or the disk is too small for what is done with it.
    """
    temp = home / "temp" / f"bulk-{os.getpid()}"
    for left in temp.parent.glob("bulk-*"):
        if not _is_alive(int(left.name.removeprefix("bulk-"))):
            shutil.rmtree(left, ignore_errors=True)
    temp.mkdir(parents=True, exist_ok=True)
    limit = memory_limit()
    try:
        with duckdb.connect(config={"memory_limit": limit}) as con:
            con.execute(f"set temp_directory = {quoted(str(temp))}")
            yield con, temp
    except duckdb.Error as error:
        if not is_too_small(error):
            raise
        said = str(error).splitlines()[0]
        raise Unusable(f"{said}; the limit is {limit}: raise DYAD_MEMORY_LIMIT, or free disk below {home}") from None
    finally:
        shutil.rmtree(temp, ignore_errors=True)
