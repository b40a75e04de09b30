"""Try many wrong figures and print a table of the defences that stop them: `.venv/bin/python -m tests.campaigns.mutate --each 100`.

Put the loop and the counts here, not the mistakes or the defences (`tests.support.mutants`).
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from sources import snapshot
from tests.support.mutants import CAUGHT, DEFENCES, MISTAKES, Proving, generate


def main() -> None:
    """Try mutants of the bundled figures and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=100, help="mutants of every kind of mistake")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--survivors", action="store_true", help="list the mutants that nothing stopped")
    parser.add_argument("--kind", action="append", choices=MISTAKES, help="this mistake only; repeat for more")
    options = parser.parse_args()
    kinds = options.kind or list(MISTAKES)
    counted: Counter[tuple[str, str]] = Counter()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        sources = snapshot.sources()
        proving = Proving(Path(folder), sources)
        for mutant in generate(sources, options.each, options.seed):
            if mutant.mistake in kinds:
                fate = proving.fate(mutant)
                counted[mutant.mistake, fate.defence] += 1
                if options.survivors and fate.defence not in CAUGHT:
                    print(f"{fate.defence:<12} {mutant.mistake:<9} {mutant.file.name}:{mutant.where}  {fate.message}", flush=True)
    print("| mistake | mutants | caught | " + " | ".join(DEFENCES) + " |")
    print("|---|" + "---|" * (len(DEFENCES) + 2))
    for mistake in [m for m in MISTAKES if m in kinds] + ["all"]:
        by = {d: sum(n for (m, defence), n in counted.items() if defence == d and mistake in (m, "all")) for d in DEFENCES}
        total, caught = sum(by.values()), sum(by[d] for d in CAUGHT)
        print(f"| {mistake} | {total} | {caught / max(total, 1):.0%} | " + " | ".join(str(by[d]) for d in DEFENCES) + " |")
    print(f"{time.monotonic() - started:.0f} s, seed {options.seed}")


if __name__ == "__main__":
    main()
