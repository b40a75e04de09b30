"""Snapshots: the bytes a figure was read in, proved by their SHA-256, as frames of text with line numbers.

Belongs here: finding sources, checking bytes against SHA256SUMS, reading CSV strictly.
Does not belong here: what the columns mean (`schemas`) or where rows go (`warehouse`).
"""

import csv
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from schemas.errors import Refused

BUNDLED = Path(__file__).parent
ORIGIN_KEYS = {"producer", "title", "description", "url", "citation", "license", "cadence_days", "coverage", "kind"}


class SnapshotFile(NamedTuple):
    """One snapshot file: `path` on disk, `name` relative to the sources folder, its kind and digest."""

    source: str
    kind: str
    name: str
    path: Path
    sha256: str

    @property
    def place(self) -> str:
        """Where a person finds the file."""
        return f"sources/{self.name}"

    @property
    def evidence_prefix(self) -> str:
        """Start of the evidence ids of this file's lines."""
        return f"{self.source}/{self.kind}@{self.sha256[:8]}"


class Source(NamedTuple):
    """An upstream product: its folder's name, the fields of `origin.yaml`, and its snapshot files."""

    name: str
    origin: dict[str, Any]
    files: list[SnapshotFile]


def sources(folder: Path = BUNDLED) -> list[Source]:
    """All sources below `folder`, by name, their bytes proved.

    Raises:
        Refused: an origin lacks a field, or a snapshot is damaged, missing or not listed.
    """
    return [_source(path.parent) for path in sorted(folder.glob("*/origin.yaml"))]


def _source(folder: Path) -> Source:
    origin = yaml.load((folder / "origin.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    if missing := ORIGIN_KEYS - set(origin or {}):
        raise Refused(f"{folder.name}/origin.yaml: add the missing keys {', '.join(sorted(missing))}")
    return Source(folder.name, origin, _files(folder))


def _files(folder: Path) -> list[SnapshotFile]:
    sums = folder / "snapshot" / "SHA256SUMS"
    if not sums.exists():
        raise Refused(f"{folder.name}/snapshot/SHA256SUMS is missing: restore it from version control")
    listed = {name: digest for digest, name in (line.split(maxsplit=1) for line in sums.read_text("utf-8").splitlines())}
    present = {path.name for path in sums.parent.glob("*.csv")}
    if odd := sorted(present ^ set(listed)):
        raise Refused(f"{folder.name}/snapshot/{odd[0]}: in the folder or in SHA256SUMS, but not in both; restore or list it")
    return [_proved(folder.name, sums.parent / name, digest) for name, digest in sorted(listed.items())]


def _proved(source: str, path: Path, expected: str) -> SnapshotFile:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    name = f"{source}/snapshot/{path.name}"
    if digest != expected:
        raise Refused(
            f"{name}: damaged or edited, its sha256 is {digest[:12]}… and SHA256SUMS says {expected[:12]}…; "
            "restore the file, or if the edit is meant run `sha256sum *.csv > SHA256SUMS` in its folder"
        )
    return SnapshotFile(source, path.stem, name, path, digest)


def read(file: SnapshotFile) -> pd.DataFrame:
    """The file's rows as text, NA where a cell is empty, indexed by line number (the header is line 1).

    Raises:
        Refused: not UTF-8, empty, a repeated column, or a row with too few or too many cells.
    """
    try:
        text = file.path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{file.name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    rows = list(csv.reader(text.splitlines()))
    if len(rows) < 2:
        raise Refused(f"{file.name}: the file is empty; restore it from version control")
    header = rows[0]
    if len(set(header)) != len(header):
        raise Refused(f"{file.name}:1: a column name is repeated in {','.join(header)}")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise Refused(f"{file.name}:{number}: {len(row)} cells where the header has {len(header)}")
    frame = pd.DataFrame(rows[1:], columns=header, dtype="string", index=pd.RangeIndex(2, len(rows) + 1))
    return frame.replace("", pd.NA)


def _column(sources: Sequence[Source], kind: str, column: str) -> Iterator[str]:
    for file in (file for source in sources for file in source.files if file.kind == kind):
        with file.path.open(encoding="utf-8", newline="") as text:
            yield from (row[column] for row in csv.DictReader(text) if row.get(column))


def read_until(sources: Sequence[Source]) -> dt.date:
    """The newest day on which any document was read: what a release knows about when no other day is asked for.

    Not today's date: the same snapshots must make the same release tomorrow.
    """
    return dt.date.fromisoformat(max(_column(sources, "documents", "read_on")))


def known_countries(sources: Sequence[Source]) -> set[str]:
    """Every country code of the crosswalk."""
    return set(_column(sources, "country", "iso3"))
