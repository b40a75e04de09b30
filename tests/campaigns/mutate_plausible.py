"""Try plausible mistakes and print a table of what stops them: `.venv/bin/python -m tests.campaigns.mutate_plausible --each 12`.

Each mutant passes through the steps of a refresh in this process, without the drawings and the page: landing, models, audits, comparison
with the followed release. Every n-th (`--refresh n`) is also tried by `dyad refresh` in a copy of the project with renewed checksums.
Put here running and counting, not the mistakes (`tests.support.plausible`) or the defences (`tests.support.mutants`).
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sources import snapshot
from tests.support.mutants import CAUGHT, Fate, Mutant, Proving
from tests.support.plausible import MISTAKES, generate

ROOT = Path(__file__).parents[2]
OUTCOMES = ("caught", "visible", "unpublished")


class RealCommand:
    """A copy of the project with a published release, in which `dyad refresh` runs on a changed file."""

    def __init__(self, folder: Path) -> None:
        """Copy the code and the sources, and publish the release without mistakes."""
        self.folder = folder
        for room in ("pipelines", "schemas", "sources", "warehouse"):
            shutil.copytree(ROOT / room, folder / room)
        shutil.copy(ROOT / "pyproject.toml", folder)
        (folder / "home").mkdir()
        code, output = self._refresh(folder / "home")
        if code:
            raise RuntimeError(f"{folder}: dyad refresh failed without a mistake; read its output and correct the sources: {output}")

    def outcome(self, mutant: Mutant) -> str:
        """Return `caught` if the refresh refuses the mutant, else `visible` if its changes list it, else `unpublished`."""
        path = self.folder / "sources" / mutant.file.source / "snapshot" / f"{mutant.file.kind}.csv"
        sums, home = path.with_name("SHA256SUMS"), self.folder / "tried"
        before = {p: p.read_bytes() for p in (path, sums)}
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.folder / "home", home, symlinks=True)
        try:
            mutant.rows.to_csv(path, index=False)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines = [f"{digest}  {path.name}" if line.endswith(f" {path.name}") else line for line in sums.read_text("utf-8").splitlines()]
            sums.write_text("\n".join(lines) + "\n", "utf-8")
            code, _ = self._refresh(home)
            if code:
                return "caught"
            changes = (home / "current" / "changes.md").read_text("utf-8")
            return "visible" if "| " in changes else "unpublished"
        finally:
            for p, content in before.items():
                p.write_bytes(content)

    def _refresh(self, home: Path) -> tuple[int, str]:
        environment = os.environ | {"DYAD_HOME": str(home), "PYTHONPATH": str(self.folder)}
        command = [sys.executable, "-c", "from pipelines.cli.main import main; main()", "refresh"]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


def outcome(fate: Fate) -> str:
    """Return `caught`, `visible` if the mutant is among the listed changes of the release, or `unpublished` if it changes no dataset."""
    return "caught" if fate.defence in CAUGHT else "visible" if fate.defence == "listed" else "unpublished"


def main() -> None:
    """Try the mutants and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=12, help="mutants of every kind of mistake")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", choices=MISTAKES, help="this mistake only; repeat for more")
    parser.add_argument("--refresh", type=int, default=10, help="try every n-th also by the real command; 0 for none")
    options = parser.parse_args()
    counted: Counter[tuple[str, str]] = Counter()
    agreed: Counter[bool] = Counter()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "proving").mkdir()
        sources = snapshot.sources()
        proving = Proving(Path(folder) / "proving", sources)
        real = RealCommand(Path(folder)) if options.refresh else None
        for number, mutant in enumerate(generate(sources, options.each, options.seed, options.kind or ()), 1):
            fate = proving.fate(mutant)
            counted[mutant.mistake, outcome(fate)] += 1
            print(
                f"{number} {outcome(fate)} {mutant.mistake} {mutant.file.name}:{mutant.where} [{fate.defence}] {fate.message}", flush=True
            )
            if real and number % options.refresh == 0:
                agreed[real.outcome(mutant) == outcome(fate)] += 1
    print("| mistake | mutants | " + " | ".join(OUTCOMES) + " |")
    print("|---|" + "---|" * (len(OUTCOMES) + 1))
    for mistake in [*(options.kind or MISTAKES), "all"]:
        by = [sum(n for (m, o), n in counted.items() if o == each and mistake in (m, "all")) for each in OUTCOMES]
        print(f"| {mistake} | {sum(by)} | " + " | ".join(map(str, by)) + " |")
    print(f"{time.monotonic() - started:.0f} s, seed {options.seed}; by the real command: {agreed[True]} of {agreed.total()} the same")


if __name__ == "__main__":
    main()
