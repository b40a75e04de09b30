"""Find the libraries that a command of `dyad` imports."""

import os
import subprocess
import sys
from pathlib import Path

SLOW = (
    "altair", "dagster", "duckdb", "httpx", "hypothesis", "jinja2", "jsonschema", "mcp", "numpy", "pandas", "pandera", "pyarrow", "requests", "rich",
    "sqlglot", "tenacity", "vl_convert", "yaml",
)  # fmt: skip
PROGRAM = f"""
import sys
from pipelines.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert end.code != 2, "misused"
print("\\nimported", *[name for name in {SLOW} if name in sys.modules])
"""


def imported(home: Path, *arguments: str) -> set[str]:
    """Return the slow libraries that a command imports in this home."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], env=os.environ | {"DYAD_HOME": str(home)}, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])
