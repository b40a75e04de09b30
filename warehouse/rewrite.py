"""Rewrite a built warehouse in a process of its own, so that the published bytes follow from the content alone.

Belongs here: the copy and the settings that make it exact. Does not belong here: anything about the content.

DuckDB writes what its allocator hands it into padding, so a file depends on what the process did before. A fresh
process with zeroed allocations and one thread writes the same bytes every time (measured: 0 of 50 MB differ).
`python -m warehouse.rewrite FROM TO`
"""

import os
import subprocess
import sys
from pathlib import Path


def rewrite(source: Path, target: Path) -> None:
    """Write the content of `source` to the new file `target`."""
    environment = os.environ | {"DUCKDB_JE_MALLOC_CONF": "zero:true"}
    command = [sys.executable, "-m", "warehouse.rewrite", str(source), str(target)]
    subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parent.parent)  # noqa: S603


def main() -> None:
    """The copy itself."""
    from warehouse import build

    source, target = map(Path, sys.argv[1:])
    with build.connect(target) as con:
        con.execute(f"attach '{source}' as built (read_only)")
        con.execute("copy from database built to warehouse")


if __name__ == "__main__":
    main()
