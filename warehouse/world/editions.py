"""Load, list, verify and prune the landed editions of BACI.

    <home>/snapshots/bulk/baci/<edition>/year=1995/<first 16 of sha256>.parquet, manifest.json

Readers use the files in the manifest only, so an edition is whole or absent and an ingest never disturbs a reader.
"""

import contextlib
import hashlib
import itertools
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Cause, Problem, Refused
from sources import disk
from warehouse.home import EDITIONS
from warehouse.world import progress
from warehouse.world.progress import LandedMember


class CodeLists(NamedTuple):
    """The publisher's lists: (code, name, ISO alpha-3) of economies, (code, description) of products."""

    countries: list[tuple[int, str, str]]
    products: list[tuple[str, str]]

    def digest(self) -> str:
        """Return a short hash that changes when a list is corrected."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:8]


class Edition(NamedTuple):
    """A landed edition of BACI: its name, its folder, its members by year, its code lists, and the day it was read."""

    name: str
    folder: Path
    members: list[LandedMember]
    codes: CodeLists
    read_on: str

    def files(self, years: Sequence[int] | None = None) -> list[str]:
        """Return the paths of the Parquet files of these years, or of all."""
        return [str(self.folder / f) for m in self.members for f in m.files if years is None or m.year in years]


def store(home: Path) -> Path:
    """Return the folder of the landed editions."""
    return home / EDITIONS


def landed(home: Path) -> list[Edition]:
    """Return the landed editions, oldest first.

    Raises:
        Refused: a manifest is damaged.
    """
    return [load(folder) for folder in sorted(_folders(home), key=lambda f: (f / "manifest.json").stat().st_mtime)]


def _folders(home: Path) -> list[Path]:
    return [manifest.parent for manifest in sorted(store(home).glob("*/manifest.json"))]


def load(folder: Path) -> Edition:
    """Load a landed edition by its manifest.

    Raises:
        Refused: the manifest is damaged.
    """
    file = folder / "manifest.json"
    try:
        manifest = json.loads(file.read_text("utf-8"))
        codes = CodeLists([tuple(c) for c in manifest["countries"]], [tuple(p) for p in manifest["products"]])
        return Edition(manifest["release"], folder, [LandedMember(**m) for m in manifest["members"]], codes, manifest["read_on"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise Refused(f"{file}: damaged; delete {folder} and ingest its archive again") from None


def write_manifest(edition: Edition) -> None:
    """Write the manifest by one rename; replaced files stay until `prune`, since releases may need them."""
    manifest = {
        "release": edition.name, "source": "baci", "read_on": edition.read_on, "rows": sum(m.rows for m in edition.members),
        "members": [m._asdict() for m in edition.members], "countries": edition.codes.countries, "products": edition.codes.products,
    }  # fmt: skip
    new = edition.folder / "manifest.new"
    new.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    disk.sync(new)
    new.rename(edition.folder / "manifest.json")
    disk.sync(edition.folder)
    progress.clear(edition.folder)


def damage(home: Path) -> list[Problem]:
    """Return a line for every damaged manifest, and for every landed file that is missing or changed."""
    problems: list[Problem] = []
    for folder in _folders(home):
        try:
            problems += _changed_files(load(folder))
        except Refused as error:
            problems.append(str(error))
    return problems


def check(edition: Edition, years: Collection[int]) -> None:
    """Compare the landed files of these years with their digests.

    Raises:
        Refused: a file is missing or changed.
    """
    if problems := list(_changed_files(edition._replace(members=[m for m in edition.members if m.year in years]))):
        raise Refused("\n".join(problems))


def _changed_files(edition: Edition) -> Iterator[Problem]:
    for member in edition.members:
        for file, digest in itertools.zip_longest(member.files, member.digests):
            path = edition.folder / file
            if problem := _problem(path, digest):
                yield f"{path}: {problem}; delete {edition.folder} and ingest its archive again"


def _problem(path: Path, digest: str | None) -> Cause:
    if not path.exists():
        return "missing"
    if not digest:
        return "landed without a digest"
    return "" if disk.sha256(path) == digest else "damaged"


def prune(home: Path, keep: Collection[str]) -> None:
    """Remove landed files that neither a manifest nor `keep` (paths in the home) lists.

    Nothing is removed from an edition whose manifest is damaged or whose ingest was interrupted.
    """
    for folder in _folders(home):
        if progress.exists(folder):
            continue
        with contextlib.suppress(Refused):  # `dyad doctor` reports it
            in_use = {*map(Path, load(folder).files()), *(home / name for name in keep)}
            for path in set(folder.glob("year=*/*.parquet")) - in_use:
                path.unlink()
