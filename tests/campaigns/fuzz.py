"""The long campaign of hostile input: `.venv/bin/python -m tests.campaigns.fuzz --cases 100000` tries so many cases at every entrance.

Belongs here: running and counting. Does not belong here: the entrances and the making of a case (`hostile`).

With `--guided` one entrance is driven by coverage, where atheris is installed (`pip install atheris`).
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
from warehouse.build import catalog, claims, database, land, layers
from warehouse.build.clock import Clock
from warehouse.connect import connect
from warehouse.release import dictionary


def _release(folder: Path) -> None:
    """A home with the datasets, built in this process: what the entrances that read a release need of one."""
    path = folder / "releases" / "built" / "warehouse.duckdb"
    path.parent.mkdir(parents=True)
    (path.parent / "manifest.json").write_text('{"release": "built", "as_of": "2026-11-23", "dyads": ["CHN-RUS"], "files": {}}')
    (folder / "current").symlink_to("releases/built")
    os.environ["DYAD_HOME"] = str(folder)
    sources = snapshot.sources()
    clock = Clock(snapshot.read_until(sources), ("CHN-RUS",))
    with database.connect(path) as con:
        list(land.land(con, sources))
        catalog.fill(con, sources, clock)
        for layer in ("core", "charts"):
            list(layers.run_layer(con, layer, clock))
        claims.decide(con, clock)
        dictionary.store(con)


def _current(folder: Path) -> duckdb.DuckDBPyConnection:
    _release(folder)
    return connect()


def _tried(name: str, enter: hostile.Entrance, seeds: list[bytes], cases: int, rng: random.Random) -> Counter[str]:
    """How often which unexpected error came; the first of each is printed with its bytes."""
    found: Counter[str] = Counter()
    for _ in range(cases):
        body = hostile.spoiled(rng.choice(seeds), rng)
        try:
            enter(body)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            cause = f"{type(error).__name__} {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
            found[cause] += 1
            if found[cause] == 1:
                print(f"{name}: {cause}: {str(error)[:300]}\n  {body[:300]!r}", flush=True)
    return found


def _guided(enter: hostile.Entrance, seeds: list[bytes], corpus: Path, cases: int, seed: int) -> None:
    """From the honest answers on: without them coverage never gets past what refuses bytes that are no JSON. Ends the process."""
    import atheris

    corpus.mkdir()
    for number, body in enumerate(seeds):
        (corpus / str(number)).write_bytes(body)
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-runs={cases}", f"-seed={seed}", f"-max_len={2 * max(map(len, seeds))}", str(corpus)], enter)
    atheris.Fuzz()


def main() -> int:
    """Try the cases; 1 where any ended otherwise than it may."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--cases", type=int, default=100_000, help="cases at every entrance")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", action="append", help="this entrance; repeat for more")
    asked.add_argument("--guided", action="store_true", help="by coverage; needs --only and atheris")
    given = asked.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder, _current(Path(folder)) as con:
        for name, (enter, seeds) in hostile.entrances(con).items():
            if given.only and name not in given.only:
                continue
            if given.guided:
                _guided(enter, seeds, Path(folder) / "corpus", given.cases, given.seed)
            started = time.monotonic()
            found = _tried(name, enter, seeds, given.cases, random.Random(f"{given.seed} {name}"))  # noqa: S311  # repeatable, not secret
            failed += found.total()
            print(f"| {name} | {given.cases} | {found.total()} | {time.monotonic() - started:.0f} s |", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
