"""Open a release in the tools that the README names, each installed in an environment of its own.

`python -m tests.campaigns.tools` installs DuckDB's command line and polars from the package index, and needs a published release.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from warehouse.connect import release

QUERIES = Path(__file__).parents[2] / "warehouse" / "examples" / "queries"
PACKAGES = ("duckdb-cli==1.5.*", "polars")
POLARS = "import sys, polars; print(polars.read_parquet(sys.argv[1]).height)"


def problems(folder: Path, tools: Path) -> list[str]:
    """Return a line for each query or file of the release in `folder` that a tool in the environment `tools` does not read."""
    commands = {
        f"duckdb {query.name}": [tools / "bin" / "duckdb", "-readonly", folder / "warehouse.duckdb", "-csv", "-f", query]
        for query in sorted(QUERIES.glob("*.sql"))
    }
    commands |= {
        f"polars {file.name}": [tools / "bin" / "python", "-c", POLARS, file] for file in sorted((folder / "charts").glob("*.parquet"))
    }
    done = {name: subprocess.run(command, capture_output=True, text=True) for name, command in commands.items()}
    return [f"{name}: {run.stderr.strip() or 'no rows'}" for name, run in done.items() if run.returncode or not run.stdout.strip()]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        subprocess.run([Path(place) / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
        found = problems(release().resolve(), Path(place))
    print("\n".join(found) or f"every query and file is read by {', '.join(PACKAGES)}")
    sys.exit(bool(found))
