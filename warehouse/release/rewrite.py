"""Rewrite a built warehouse in a process of its own, so that the published bytes follow from the content alone.

Belongs here: the copy, the settings that make it exact, and whether a file is complete. Does not belong here: anything about the content.

DuckDB writes what its allocator hands it into padding, so a file depends on what the process did before. A fresh
process with zeroed allocations and one thread writes the same bytes every time (measured: 0 of 50 MB differ).
`python -m warehouse.rewrite FROM TO`
"""

import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb

STORAGE_VERSION = "v1.5.0"  # the oldest in support: analysts' tools open the file, not only the newest DuckDB


def rewrite(source: Path, target: Path) -> None:
    """Write the content of `source` to the new file `target`.

    Raises:
        OSError: it could not be written; the message is DuckDB's.
    """
    environment = os.environ | {"DUCKDB_JE_MALLOC_CONF": "zero:true"}
    command = [sys.executable, "-m", "warehouse.release.rewrite", str(source), str(target)]
    done = subprocess.run(command, env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"its process ended with {done.returncode}"])[-1]
        raise OSError(f"{target.name} could not be written: {why}")
    written(target)


def written(database: Path) -> None:
    """See that all of a closed database is in its file.

    DuckDB says nothing when a disk is full as it closes: it leaves the rest in the log beside the file, which a rename
    would lose (seen: a file without its tables).

    Raises:
        OSError: it is not.
    """
    log = database.with_name(f"{database.name}.wal")
    if log.exists():
        raise OSError(errno.EIO, f"{database.name} was not written to its end; is the disk full?", str(log))


def main() -> None:
    """The copy itself."""
    source, target = (path.replace("'", "''") for path in sys.argv[1:])
    with duckdb.connect(config={"threads": 1}) as con:
        # these two leave bytes of the stack in their headers' padding, so equal builds would differ (measured: 7 of 23 MB)
        con.execute("set disabled_compression_methods = 'dict_fsst,bitpacking'")
        con.execute(f"attach '{target}' as warehouse (storage_version '{STORAGE_VERSION}')")
        con.execute(f"attach '{source}' as built (read_only)")
        con.execute("copy from database built to warehouse")


if __name__ == "__main__":
    main()
