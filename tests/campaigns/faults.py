"""Fail the system calls of a refresh that write, rename, remove or sync: `.venv/bin/python -m tests.campaigns.faults --faults 200`.

Put here campaigns on whole `dyad refresh` processes: the nth such call, also inside DuckDB and SQLite (`faults.c`), fails or kills
the process. Faults at Python calls of a small release, kills at random moments and readers belong in `campaigns.kill`.
"""

import argparse
import datetime as dt
import errno
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.cli.refresh import UNCHANGED
from tests.campaigns.kill import ERRORS, PATIENCE, leftovers, not_whole

HERE = Path(__file__).parent
DYAD = Path(sys.executable).parent / "dyad"
FIRST = dt.date(2024, 12, 12)
NO_FOLDER = "-"


def library(folder: Path) -> Path:
    """Compile `faults.c` with the machine's C compiler, and return the library."""
    path = folder / "faults.so"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", path, HERE / "faults.c", "-ldl"], check=True)
    return path


class Faults:
    """Refreshes of one home with a fault in each; `areas` are the parts of the home whose calls are counted and can fail."""

    def __init__(self, folder: Path, dyad: Sequence[str | Path]) -> None:
        self.dyad = dyad
        self.home = folder / "home"
        self.count = folder / "count"
        self.library = library(folder)
        history = f"{self.home}/dagster"
        self.areas = {
            "writes of releases": (str(self.home), history, "w"),
            "names and syncs of releases": (str(self.home), history, "ons"),
            "names and syncs of the run history": (history, NO_FOLDER, "ons"),
            "writes of the run history": (history, NO_FOLDER, "w"),
        }
        os.environ.update(DYAD_HOME=str(self.home), DAGSTER_HOME=history)

    def refresh(self, number: int, area: str = "", at: int = 0, fault: int = 0, again: bool = False) -> subprocess.CompletedProcess:
        """Run `dyad refresh` of the nth day; count the calls in `area`, or run without faults if it is empty."""
        environment = dict(os.environ)
        if area:
            under, excluded, kinds = self.areas[area]
            self.count.write_bytes(bytes(8))
            environment |= {
                "LD_PRELOAD": str(self.library),
                "FAULTS_COUNT": str(self.count),
                "FAULTS_UNDER": under,
                "FAULTS_EXCEPT": excluded,
                "FAULTS_KINDS": kinds,
            }
            environment |= {"FAULTS_AT": str(at), "FAULTS_ERRNO": str(fault)} | ({"FAULTS_AGAIN": "1"} if again else {})
        command = [*self.dyad, "refresh", "--as-of", str(FIRST + dt.timedelta(days=number))]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def calls(self) -> int:
        """Return the number of calls that the last refresh made in its area."""
        return int.from_bytes(self.count.read_bytes(), sys.byteorder)


def campaign(folder: Path, count: int, seed: int, log=print, dyad: Sequence[str | Path] = (DYAD,)) -> Counter:
    """Run refreshes by the command `dyad` with a fault each, in each area in turn; return the number of refreshes by fault and outcome.

    Raises:
        AssertionError: a refresh ended in an unexpected way, or the home is not whole; the message names the fault.
    """
    faults = Faults(folder, dyad)
    calls = {}
    for n, area in enumerate(faults.areas, -len(faults.areas)):
        assert faults.refresh(n, area).returncode == 0
        calls[area] = faults.calls()
    log(f"calls of a refresh: {calls}")
    ways = [(0, False), *((number, again) for number in ERRORS for again in (False, True))]
    rng = random.Random(seed)  # noqa: S311
    outcomes: Counter = Counter()
    for number in range(1, count + 1):
        area = list(calls)[number % len(calls)]
        fault, again = rng.choice(ways)
        at = rng.randint(1, calls[area])
        name = f"{errno.errorcode[fault]} {'from there on' if again else 'once'}" if fault else "SIGKILL"
        process = faults.refresh(number, area, at, fault, again)
        code, errors = process.returncode, process.stderr
        where = f"{number}: {name} at call {at} of {calls[area]}, {area}: exit {code}"
        log(where)
        assert code in (0, 1, 2, -9) and "Traceback" not in errors, f"{where}\n{process.stdout}{errors}"
        assert code <= 0 or errors.strip().splitlines()[-1].startswith(("refused:", "dyad:", "nothing was")), errors
        assert not (problems := not_whole(faults.home)), f"{where}: {problems}"
        how = "published" if code == 0 else "refused in words" if code > 0 else "killed"
        outcomes[f"{name}: {how if faults.calls() >= at else 'had ended before'}"] += 1
        if number % 5 == 0 or number == count:
            after = faults.refresh(number)
            assert after.returncode in (0, UNCHANGED), f"{where}, and the next refresh: {after.stdout}{after.stderr}"
            assert not (files := leftovers(faults.home)), f"{where}: {files}"
    return outcomes


def main() -> None:
    """Run the campaign and print the outcomes of its refreshes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        outcomes = campaign(Path(folder), options.faults, options.seed, lambda line: print(line, flush=True))
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:>4} {outcome}")


if __name__ == "__main__":
    main()
