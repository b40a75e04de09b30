"""Try plausible mistakes by `dyad refresh` and print a table: `.venv/bin/python -m tests.campaigns.mutate_plausible --each 12`.

Each mutant is a file of a copy of the project, with its checksum renewed; `dyad refresh` runs on it in a copy of a home
that has the release built without mistakes. Put here running and counting, not the mistakes (`tests.support.plausible`).
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
from tests.support.mutants import Mutant
from tests.support.plausible import MISTAKES, generate

ROOT = Path(__file__).parents[2]
OUTCOMES = ("caught", "listed", "unpublished")


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

    def outcome(self, mutant: Mutant) -> tuple[str, str]:
        """Return the outcome of a mutant, and the first line of a refusal.

        It is `caught` if the refresh refuses it, `listed` if the release lists its changes, `unpublished` if no row of a dataset changes.
        """
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
            code, output = self._refresh(home)
            if code:
                return "caught", next((line for line in output.splitlines() if line.startswith("Error: ")), output)
            changes = (home / "current" / "changes.md").read_text("utf-8")
            return "unpublished" if "No row of any dataset changed" in changes else "listed", ""
        finally:
            for p, content in before.items():
                p.write_bytes(content)

    def _refresh(self, home: Path) -> tuple[int, str]:
        environment = os.environ | {"DYAD_HOME": str(home), "PYTHONPATH": str(self.folder)}
        command = [sys.executable, "-c", "from pipelines.cli.main import main; main()", "refresh"]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


def main() -> None:
    """Try the mutants and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=12, help="mutants of every kind of mistake")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", choices=MISTAKES, help="this mistake only; repeat for more")
    options = parser.parse_args()
    counted: Counter[tuple[str, str]] = Counter()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        real = RealCommand(Path(folder))
        for number, mutant in enumerate(generate(snapshot.sources(), options.each, options.seed, options.kind or ()), 1):
            found, message = real.outcome(mutant)
            counted[mutant.mistake, found] += 1
            print(f"{number} {found} {mutant.mistake} {mutant.file.name}:{mutant.where} {message}", flush=True)
    print("| mistake | mutants | " + " | ".join(OUTCOMES) + " |")
    print("|---|" + "---|" * (len(OUTCOMES) + 1))
    for mistake in [*(options.kind or MISTAKES), "all"]:
        by = [sum(n for (m, o), n in counted.items() if o == each and mistake in (m, "all")) for each in OUTCOMES]
        print(f"| {mistake} | {sum(by)} | " + " | ".join(map(str, by)) + " |")
    print(f"{time.monotonic() - started:.0f} s, seed {options.seed}")


if __name__ == "__main__":
    main()
