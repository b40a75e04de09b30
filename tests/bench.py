"""`make bench`: speed as ratios inside one run, since machines are noisy. Prints a table and asserts nothing.

Belongs here: timing whole commands. Does not belong here: a limit that could fail a build.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 3
BIN = Path(sys.executable).parent
IMPORTS = [sys.executable, "-c", "import dagster, duckdb, pandas, pandera"]


def seconds(command: list[str | Path], home: str) -> float:
    """Wall-clock time of a command, process start to finish, in an empty home."""
    environment = os.environ | {"DYAD_HOME": home, "DAGSTER_HOME": f"{home}/dagster"}
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environment, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Interleave the rounds, so that a slow minute slows both sides."""
    bare, refresh = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            bare.append(seconds(IMPORTS, home))
            refresh.append(seconds([BIN / "dyad", "refresh"], home))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"imports            {median(bare):6.2f} s   1.00")
    print(f"dyad refresh       {median(refresh):6.2f} s   {median(refresh) / median(bare):.2f}   peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
