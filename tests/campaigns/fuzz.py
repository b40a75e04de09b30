"""Try hostile input at every entry point and count unexpected errors: `.venv/bin/python -m tests.campaigns.fuzz --cases 100000`.

Put here running and counting, not entry points or cases (`tests.support.hostile`).

`--guided` fuzzes one entry point, guided by coverage; it needs atheris (`pip install -e '.[fuzz]'`).
"""

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import duckdb

from sources import snapshot
from tests.support import hostile
from tests.support.building import build
from warehouse.build import database
from warehouse.build.clock import Clock
from warehouse.connect import connect
from warehouse.release import dictionary


def _release(folder: Path) -> None:
    """Build a home whose release has only the datasets, which is all that the entry points read."""
    path = folder / "releases" / "built" / "warehouse.duckdb"
    path.parent.mkdir(parents=True)
    (path.parent / "manifest.json").write_text('{"release": "built", "as_of": "2026-11-23", "dyads": ["CHN-RUS"], "files": {}}')
    (folder / "current").symlink_to("releases/built")
    os.environ["DYAD_HOME"] = str(folder)
    sources = snapshot.sources()
    clock = Clock(snapshot.read_until(sources), ("CHN-RUS",))
    with database.connect(path) as con:
        build(con, sources, clock)
        dictionary.store(con)


def _current(folder: Path) -> duckdb.DuckDBPyConnection:
    _release(folder)
    return connect()


def _try(name: str, enter: hostile.Entrance, seeds: list[bytes], cases: int, rng: random.Random) -> Counter[str]:
    """Return the number of unexpected errors by cause, and print the first of each with its bytes."""
    errors: Counter[str] = Counter()
    for _ in range(cases):
        body = hostile.spoiled(rng.choice(seeds), rng)
        try:
            enter(body)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            cause = f"{type(error).__name__} {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
            errors[cause] += 1
            if errors[cause] == 1:
                print(f"{name}: {cause}: {str(error)[:300]}\n  {body[:300]!r}", flush=True)
    return errors


def _guided(enter: hostile.Entrance, seeds: list[bytes], corpus: Path, cases: int, seed: int) -> None:
    """Fuzz an entry point by coverage, starting from honest answers, and end the process.

    Without honest answers, coverage would not get past the check that an answer is JSON.
    """
    import atheris

    corpus.mkdir()
    for number, body in enumerate(seeds):
        (corpus / str(number)).write_bytes(body)
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-runs={cases}", f"-seed={seed}", f"-max_len={2 * max(map(len, seeds))}", str(corpus)], enter)
    atheris.Fuzz()


def main() -> int:
    """Try the cases, print a table, and return 1 if a case ended in an unexpected error."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000, help="cases at every entrance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="this entrance; repeat for more")
    parser.add_argument("--guided", action="store_true", help="by coverage; needs --only and atheris")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder, _current(Path(folder)) as con:
        for name, (enter, seeds) in hostile.entrances(con).items():
            if options.only and name not in options.only:
                continue
            if options.guided:
                _guided(enter, seeds, Path(folder) / "corpus", options.cases, options.seed)
            started = time.monotonic()
            errors = _try(name, enter, seeds, options.cases, random.Random(f"{options.seed} {name}"))  # noqa: S311  # repeatable, not secret
            failed += errors.total()
            print(f"| {name} | {options.cases} | {errors.total()} | {time.monotonic() - started:.0f} s |", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
