"""Find damage in published releases."""

from pathlib import Path

import duckdb

from schemas.errors import Cause, Unusable
from warehouse.home import MANIFEST, RELEASES, TRADE
from warehouse.release import digests, manifest


def damage(folder: Path) -> list[Cause]:
    """Return one line for every difference between a release's files and its manifest."""
    try:
        listed = manifest.read(folder / MANIFEST)["files"]
    except (OSError, Unusable):
        return [f"{folder / MANIFEST}: missing or damaged"]
    present = digests.of_files(folder)
    problems = {
        name: "missing" if name not in present else "not in the manifest" if name not in listed else "damaged"
        for name in listed | present
        if listed.get(name) != present.get(name)
    }
    return [f"{folder / name}: {problem}" for name, problem in sorted(problems.items())]


def unreadable_trade(home: Path) -> list[Cause]:
    """Return one line for each trade file of a release that does not open; these are not hashed, since their names identify their inputs."""
    problems = []
    for file in sorted({link.resolve() for link in (home / RELEASES).glob(f"*/{TRADE}")}):
        try:
            duckdb.connect(str(file), read_only=True).close()
        except duckdb.Error as error:
            problems.append(f"{file}: {str(error).splitlines()[0]}")
    return problems
