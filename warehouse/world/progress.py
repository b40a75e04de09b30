"""Record the progress of an ingest, so that the next attempt continues at the member where this one stopped.

`<edition>/progress.jsonl` has a line for each landed member and is removed once the manifest is written.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sources import disk


class LandedMember(NamedTuple):
    """A landed member: `sha256` of its CSV, `total` in thousand USD, `reported` findings that did not reject it, `digests` of its `files`."""

    name: str
    identity: str
    sha256: str
    rows: int
    year: int
    total: float
    files: list[str]
    reported: list[str]
    digests: list[str] = []


def _log(folder: Path) -> Path:
    return folder / "progress.jsonl"


def exists(folder: Path) -> bool:
    """Return True if an ingest into this edition was interrupted or refused."""
    return _log(folder).exists()


def resume(folder: Path) -> list[LandedMember]:
    """Return the members whose files an earlier attempt landed; drop the others, and an incomplete last line."""
    members = [m for m in _read(folder) if all((folder / file).exists() for file in m.files)]
    _write(folder, members)
    return members


def add(folder: Path, member: LandedMember) -> None:
    """Record a landed member."""
    with _log(folder).open("a", encoding="utf-8") as log:
        log.write(json.dumps(member._asdict()) + "\n")
    disk.sync(_log(folder))


def forget(folder: Path, members: Iterable[LandedMember]) -> None:
    """Drop refused members, so that the next attempt reads them again."""
    names = {m.name for m in members}
    _write(folder, [m for m in _read(folder) if m.name not in names])


def clear(folder: Path) -> None:
    """Remove the progress of a finished ingest."""
    _log(folder).unlink(missing_ok=True)


def _read(folder: Path) -> list[LandedMember]:
    lines = _log(folder).read_text("utf-8", "replace").splitlines(keepends=True) if exists(folder) else []
    return [LandedMember(**json.loads(line)) for line in lines if line.endswith("\n")]


def _write(folder: Path, members: Iterable[LandedMember]) -> None:
    new = _log(folder).with_suffix(".new")
    new.write_text("".join(json.dumps(m._asdict()) + "\n" for m in members), "utf-8")
    disk.sync(new)
    new.rename(_log(folder))
    disk.sync(folder)
