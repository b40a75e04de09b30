"""Find sources, verify their snapshot files against SHA256SUMS, and read the files as text with line numbers."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from schemas.day import is_iso_date
from schemas.errors import Refused
from schemas.words import plural
from sources import disk
from sources.home import BUNDLED, LIVE

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 200  # far more than any publisher's table has; the cost of a frame grows with its columns
LONGEST_CELL = 1 << 17
ORIGIN: dict[str, type] = {
    "producer": str, "title": str, "description": str, "url": str, "citation": str, "license": dict, "cadence_days": int,
    "coverage": dict, "kind": str,
}  # fmt: skip
PARTS: dict[str, dict[str, type]] = {"license": {"name": str, "bulk": bool}, "coverage": {"first": dt.date, "last": dt.date, "note": str}}


class SnapshotFile(NamedTuple):
    """One snapshot file: `path` on disk, its kind and digest, and its `name`.

    The name is relative to the sources folder, or to the home for a live file (`live/<source>/<day>/<kind>.csv`).
    """

    source: str
    kind: str
    name: str
    path: Path
    sha256: str

    @property
    def place(self) -> str:
        """Return the path to show to a person."""
        return self.name if self.is_live else f"sources/{self.name}"

    @property
    def is_live(self) -> bool:
        """Return True if the file belongs to a live day, False if it is bundled."""
        return self.name.startswith(f"{LIVE}/")

    @property
    def evidence_prefix(self) -> str:
        """Return the start of the evidence ids of this file's lines."""
        return f"{self.source}/{self.kind}@{self.sha256[:8]}"


class Source(NamedTuple):
    """An upstream product: its folder's name, the fields of `origin.yaml`, and its snapshot files."""

    name: str
    origin: dict[str, Any]
    files: list[SnapshotFile]


def sources(folder: Path = BUNDLED, home: Path | None = None) -> list[Source]:
    """Return the sources below `folder` that have figures, by name, their files verified: bundled ones first, then live days.

    Without `home`, return only bundled files. A live day is a snapshot like the bundled one; its rows are later vintages.

    Raises:
        Refused: an origin lacks a field, or a snapshot is damaged, missing or not listed.
    """
    return [source for source in all_sources(folder, home) if source.files]


def all_sources(folder: Path = BUNDLED, home: Path | None = None) -> list[Source]:
    """Return the sources below `folder`, including those without figures so far."""
    return [_source(path.parent, home) for path in sorted(folder.glob("*/origin.yaml"))]


def _source(folder: Path, home: Path | None) -> Source:
    try:
        origin = yaml.load((folder / "origin.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError) as error:
        raise Refused(f"{folder.name}/origin.yaml: not readable as YAML in UTF-8, correct it: {' '.join(str(error).split())}") from None
    if not isinstance(origin, dict):
        raise Refused(f"{folder.name}/origin.yaml: not a mapping of keys to values; copy the layout of another source's origin.yaml")
    if missing := set(ORIGIN) - set(origin):
        raise Refused(f"{folder.name}/origin.yaml: add the missing keys {', '.join(sorted(missing))}")
    mistyped = [key for key, kind in ORIGIN.items() if not isinstance(origin[key], kind)]
    mistyped += [
        f"{key}.{part}"
        for key in PARTS.keys() - mistyped
        for part, kind in PARTS[key].items()
        if not isinstance(origin[key].get(part), kind)
    ]
    if mistyped:
        raise Refused(f"{folder.name}/origin.yaml: {', '.join(sorted(mistyped))}: wrong type; give it the type it has in other sources")
    bundled = files(folder.name, folder / "snapshot", f"{folder.name}/snapshot") if origin.get("bundled", True) else []
    live = live_files(home, folder.name) if home else []
    return Source(folder.name, origin, bundled + live)


def live_days(home: Path, source: str) -> list[Path]:
    """Return the folders of a source's live days that have rows, oldest first."""
    return sorted(path.parent for path in (home / LIVE / source).glob("????-??-??/SHA256SUMS"))


def live_files(home: Path, source: str, before: str = "9999") -> list[SnapshotFile]:
    """Return the snapshot files of a source's live days before a day."""
    days = [day for day in live_days(home, source) if day.name < before]
    return [file for day in days for file in files(source, day, f"{LIVE}/{source}/{day.name}")]


def files(source: str, folder: Path, name: str) -> list[SnapshotFile]:
    """Return the files of one snapshot folder, verified against its SHA256SUMS.

    Raises:
        Refused: SHA256SUMS is missing or malformed, or a file is missing, not listed or of another checksum.
    """
    sums = folder / "SHA256SUMS"
    if not sums.exists():
        raise Refused(f"{name}/SHA256SUMS is missing: restore it from version control")
    lines = [line.split(maxsplit=1) for line in sums.read_text("utf-8", "replace").splitlines()]
    if malformed := [number for number, line in enumerate(lines, start=1) if len(line) != 2]:
        raise Refused(f"{name}/SHA256SUMS:{malformed[0]}: not a digest and a file name; run `sha256sum *.csv > SHA256SUMS` in its folder")
    listed = {file: digest for digest, file in lines}
    present = {path.name for path in sums.parent.glob("*.csv")}
    if unpaired := sorted(present ^ set(listed)):
        raise Refused(f"{name}/{unpaired[0]}: in the folder or in SHA256SUMS, but not in both; restore or list it")
    return [_verify(source, sums.parent / csv, f"{name}/{csv}", digest) for csv, digest in sorted(listed.items())]


def _verify(source: str, path: Path, name: str, expected: str) -> SnapshotFile:
    digest = disk.sha256(path)
    if digest != expected:
        raise Refused(
            f"{name}: damaged or edited, its sha256 is {digest[:12]}… but SHA256SUMS lists {expected[:12]}…; "
            "restore the file, or, if the edit is intended, run `sha256sum *.csv > SHA256SUMS` in its folder"
        )
    return SnapshotFile(source, path.stem, name, path, digest)


def csv_reader(lines: Iterable[str]) -> Any:
    """Return a `csv.reader` to which a stray quote or a cell of more than 128 KB is an error, whatever limit another library has set."""
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(lines, strict=True)


def csv_lines(text: str) -> list[list[str]]:
    """Return the cells of a CSV text, one record per line, so that rows can be cited by line number.

    Raises:
        csv.Error: the text is not CSV, or a cell continues on the next line.
    """
    reader, rows = csv_reader(io.StringIO(text, newline="")), []
    for row in reader:
        rows.append(row)
        if reader.line_num != len(rows):
            raise csv.Error(f"line {len(rows)}: a cell continues on the next line, or a quote is not closed")
    return rows


def table(file: SnapshotFile) -> tuple[list[str], list[list[str]]]:
    """Return the file's header and its rows as text.

    Raises:
        Refused: not UTF-8, not CSV, empty, a repeated column, too many columns, or a row with too few or too many cells.
    """
    try:
        rows = csv_lines(file.path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refused(f"{file.name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise Refused(f"{file.name}: not readable as CSV ({error}); restore it from version control") from None
    if len(rows) < 2:
        raise Refused(f"{file.name}: no rows below the header; restore the file from version control")
    header = rows[0]
    if len(header) > MOST_COLUMNS:
        raise Refused(f"{file.name}:1: {len(header)} columns, more than any kind of file has; restore it from version control")
    if len(set(header)) != len(header):
        repeated = next(name for name in header if header.count(name) > 1)
        raise Refused(f"{file.name}:1: the column {repeated[:40]!r} is repeated; rename one of them")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise Refused(f"{file.name}:{number}: {plural(len(row), 'cell')}, but the header has {len(header)}; correct the row")
    return header, rows[1:]


def read(file: SnapshotFile) -> "pd.DataFrame":
    """Return the file's rows as text, NA for an empty cell, indexed by line number (the header is line 1).

    Raises:
        Refused: as `table`.
    """
    import pandas as pd  # not at the top: commands on world trade read snapshots without pandas, which is slow to import

    header, rows = table(file)
    frame = pd.DataFrame(rows, columns=header, dtype="string", index=pd.RangeIndex(2, len(rows) + 2))
    return frame.replace("", pd.NA)


def _column(sources: Sequence[Source], kind: str, column: str) -> Iterator[str]:
    for header, rows in (table(file) for source in sources for file in source.files if file.kind == kind):
        if column in header:
            at = header.index(column)
            yield from (row[at] for row in rows if row[at])


def read_until(sources: Sequence[Source]) -> dt.date:
    """Return the newest day on which any document was read, the default day of a release.

    It is not today's date, since equal snapshots must give the same release tomorrow.

    Raises:
        Refused: the newest value is not a day, or there is none.
    """
    newest = max(_column(sources, "documents", "read_on"), default="")
    if not is_iso_date(newest):
        raise Refused(f"documents.csv: column read_on: {newest!r} is not a day YYYY-MM-DD; correct that cell in the snapshot of its source")
    return dt.date.fromisoformat(newest)


def known_countries(sources: Sequence[Source]) -> set[str]:
    """Return the alpha-3 codes of the reference table of countries."""
    return set(_column(sources, "country", "iso3"))
