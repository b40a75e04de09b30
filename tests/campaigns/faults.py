"""Fail the calls beneath a refresh that write, rename, remove or sync: `.venv/bin/python -m tests.campaigns.faults --faults 200`.

Belongs here: whole `dyad refresh` processes whose nth such call fails, or is their last, inside DuckDB and SQLite too (`faults.c`).
Does not belong here: faults of single releases at each of Python's calls, random moments, readers (`campaigns.kill`).
"""

import argparse
import datetime as dt
import errno
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.campaigns.kill import ERRORS, PATIENCE, leftovers, not_whole

HERE = Path(__file__).parent
FIRST = dt.date(2024, 12, 12)
NO_FOLDER = "-"


def library(folder: Path) -> Path:
    """`faults.c`, compiled by the machine's C compiler."""
    made = folder / "faults.so"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", made, HERE / "faults.c", "-ldl"], check=True)
    return made


class Faults:
    """Refreshes of one home with a fault in each; `areas` are the parts of the home whose calls are counted and failed."""

    def __init__(self, folder: Path) -> None:
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
        """`dyad refresh` of the nth day; `area` names where its calls are counted, none where it is left alone."""
        environment = dict(os.environ)
        if area:
            under, apart, kinds = self.areas[area]
            self.count.write_bytes(bytes(8))
            environment |= {
                "LD_PRELOAD": str(self.library),
                "FAULTS_COUNT": str(self.count),
                "FAULTS_UNDER": under,
                "FAULTS_EXCEPT": apart,
                "FAULTS_KINDS": kinds,
            }
            environment |= {"FAULTS_AT": str(at), "FAULTS_ERRNO": str(fault)} | ({"FAULTS_AGAIN": "1"} if again else {})
        command = [Path(sys.executable).parent / "dyad", "refresh", "--as-of", str(FIRST + dt.timedelta(days=number))]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def calls(self) -> int:
        """How many calls the last refresh made in its area."""
        return int.from_bytes(self.count.read_bytes(), sys.byteorder)


def campaign(folder: Path, count: int, seed: int, said=print) -> Counter:
    """Refreshes with a fault each, by turns below the run history and elsewhere; how they ended, by the fault.

    Raises:
        AssertionError: something that must hold did not; the message says after which fault.
    """
    faults = Faults(folder)
    calls = {}
    for n, area in enumerate(faults.areas, -len(faults.areas)):
        assert faults.refresh(n, area).returncode == 0
        calls[area] = faults.calls()
    said(f"calls of a refresh: {calls}")
    ways = [(0, False), *((number, again) for number in ERRORS for again in (False, True))]
    drawn = random.Random(seed)  # noqa: S311
    ended: Counter = Counter()
    for number in range(1, count + 1):
        area = list(calls)[number % len(calls)]
        fault, again = drawn.choice(ways)
        at = drawn.randint(1, calls[area])
        name = f"{errno.errorcode[fault]} {'from there on' if again else 'once'}" if fault else "SIGKILL"
        done = faults.refresh(number, area, at, fault, again)
        where = f"{number}: {name} at call {at} of {calls[area]}, {area}: exit {done.returncode}"
        said(where)
        assert done.returncode in (0, 1, 2, -9) and "Traceback" not in done.stderr, f"{where}\n{done.stdout}{done.stderr}"
        assert done.returncode <= 0 or done.stderr.strip().splitlines()[-1].startswith(("refused:", "dyad:", "nothing was")), done.stderr
        assert not (wrong := not_whole(faults.home)), f"{where}: {wrong}"
        how = "published" if done.returncode == 0 else "refused in words" if done.returncode > 0 else "ended"
        ended[f"{name}: {how if faults.calls() >= at else 'had ended before'}"] += 1
        if number % 5 == 0 or number == count:
            after = faults.refresh(number)
            assert after.returncode == 0, f"{where}, and the next refresh: {after.stdout}{after.stderr}"
            assert not (left := leftovers(faults.home)), f"{where}: {left}"
    return ended


def main() -> None:
    """As many faults as wished; prints how the refreshes ended."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--faults", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with TemporaryDirectory() as folder:
        for way, times in sorted(campaign(Path(folder), chosen.faults, chosen.seed, lambda line: print(line, flush=True)).items()):
            print(f"{times:>4} {way}")


if __name__ == "__main__":
    main()
