"""The long campaign of wrong figures: `.venv/bin/python -m tests.campaigns.mutate --each 100` prints how many were stopped, and by what.

Belongs here: running many mutants and counting. Does not belong here: making or judging one (`mutants`).
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from sources import snapshot
from tests.support.mutants import CAUGHT, DEFENCES, MISTAKES, Proving, generate


def main() -> None:
    """Try the mutants of the bundled figures."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--each", type=int, default=100, help="mutants of every kind of mistake")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--survivors", action="store_true", help="list what was not stopped")
    asked.add_argument("--kind", action="append", choices=MISTAKES, help="this mistake only; repeat for more")
    given = asked.parse_args()
    kinds = given.kind or list(MISTAKES)
    counted: Counter[tuple[str, str]] = Counter()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        sources = snapshot.sources()
        proving = Proving(Path(folder), sources)
        for mutant in generate(sources, given.each, given.seed):
            if mutant.mistake in kinds:
                fate = proving.fate(mutant)
                counted[mutant.mistake, fate.defence] += 1
                if given.survivors and fate.defence not in CAUGHT:
                    print(f"{fate.defence:<12} {mutant.mistake:<9} {mutant.file.name}:{mutant.where}  {fate.said}", flush=True)
    print("| mistake | mutants | caught | " + " | ".join(DEFENCES) + " |")
    print("|---|" + "---|" * (len(DEFENCES) + 2))
    for mistake in [m for m in MISTAKES if m in kinds] + ["all"]:
        by = {d: sum(n for (m, of), n in counted.items() if of == d and mistake in (m, "all")) for d in DEFENCES}
        total, caught = sum(by.values()), sum(by[d] for d in CAUGHT)
        print(f"| {mistake} | {total} | {caught / max(total, 1):.0%} | " + " | ".join(str(by[d]) for d in DEFENCES) + " |")
    print(f"{time.monotonic() - started:.0f} s, seed {given.seed}")


if __name__ == "__main__":
    main()
