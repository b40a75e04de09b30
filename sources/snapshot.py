"""Snapshots: the bytes a figure was read in, proved by their SHA-256, as frames of text with line numbers.

Belongs here: finding sources, bundled and live, checking bytes against SHA256SUMS, reading CSV strictly.
Does not belong here: what the columns mean (`schemas`) or where rows go (`warehouse`).
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from schemas.day import is_iso_date
from schemas.errors import Refused
from sources import disk
from sources.home import LIVE

if TYPE_CHECKING:
    import pandas as pd

BUNDLED = Path(__file__).parent
MOST_COLUMNS = 200  # three times the widest table of a publisher; a frame costs by the column
LONGEST_CELL = 1 << 17
ORIGIN = {
    "producer": str, "title": str, "description": str, "url": str, "citation": str, "license": dict, "cadence_days": int,
    "coverage": dict, "kind": str,
}  # fmt: skip
PARTS = {"license": {"name": str}, "coverage": {"first": dt.date, "last": dt.date, "note": str}}


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
        """Where a person finds the file."""
        return self.name if self.is_live else f"sources/{self.name}"

    @property
    def is_live(self) -> bool:
        """Whether the file is of a live day, not bundled."""
        return self.name.startswith(f"{LIVE}/")

    @property
    def evidence_prefix(self) -> str:
        """Start of the evidence ids of this file's lines."""
        return f"{self.source}/{self.kind}@{self.sha256[:8]}"


class Source(NamedTuple):
    """An upstream product: its folder's name, the fields of `origin.yaml`, and its snapshot files.

    `stale_since` is the day of its publisher's last usable answer, where it failed when it was last asked.
    """

    name: str
    origin: dict[str, Any]
    files: list[SnapshotFile]
    stale_since: str = ""


def sources(folder: Path = BUNDLED, home: Path | None = None) -> list[Source]:
    """All sources below `folder` that have figures, by name, their bytes proved: first the bundled files, then live days.

    Without `home` only what is bundled. A live day is a snapshot like the bundled one; its rows are later vintages.

    Raises:
        Refused: an origin lacks a field, or a snapshot is damaged, missing or not listed.
    """
    return [source for source in known(folder, home) if source.files]


def known(folder: Path = BUNDLED, home: Path | None = None) -> list[Source]:
    """All sources below `folder`, those too that have no figures yet."""
    return [_source(path.parent, home) for path in sorted(folder.glob("*/origin.yaml"))]


def _source(folder: Path, home: Path | None) -> Source:
    try:
        origin = yaml.load((folder / "origin.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError) as error:
        raise Refused(f"{folder.name}/origin.yaml: not readable as YAML in UTF-8: {' '.join(str(error).split())}") from None
    if not isinstance(origin, dict):
        raise Refused(f"{folder.name}/origin.yaml: no fields; copy a neighbour's")
    if missing := set(ORIGIN) - set(origin):
        raise Refused(f"{folder.name}/origin.yaml: add the missing keys {', '.join(sorted(missing))}")
    odd = [key for key, kind in ORIGIN.items() if not isinstance(origin[key], kind)]
    odd += [
        f"{key}.{part}" for key in PARTS.keys() - odd for part, kind in PARTS[key].items() if not isinstance(origin[key].get(part), kind)
    ]
    if odd:
        raise Refused(f"{folder.name}/origin.yaml: {', '.join(sorted(odd))}: not of the kind it has elsewhere; copy a neighbour's")
    bundled = files(folder.name, folder / "snapshot", f"{folder.name}/snapshot") if origin.get("bundled", True) else []
    live = live_files(home, folder.name) if home else []
    return Source(folder.name, covering(origin, live), bundled + live)


def live_days(home: Path, source: str) -> list[Path]:
    """The folders of a source's live vintages that brought something new, oldest first."""
    return sorted(path.parent for path in (home / LIVE / source).glob("????-??-??/SHA256SUMS"))


def live_files(home: Path, source: str, before: str = "9999") -> list[SnapshotFile]:
    """The snapshot files of a source's live days before a day."""
    days = [day for day in live_days(home, source) if day.name < before]
    return [file for day in days for file in files(source, day, f"{LIVE}/{source}/{day.name}")]


def files(source: str, folder: Path, name: str) -> list[SnapshotFile]:
    """The files of one snapshot folder, listed and proved."""
    sums = folder / "SHA256SUMS"
    if not sums.exists():
        raise Refused(f"{name}/SHA256SUMS is missing: restore it from version control")
    lines = [line.split(maxsplit=1) for line in sums.read_text("utf-8", "replace").splitlines()]
    if odd := [number for number, line in enumerate(lines, start=1) if len(line) != 2]:
        raise Refused(f"{name}/SHA256SUMS:{odd[0]}: not a digest and a file; run `sha256sum *.csv > SHA256SUMS` in its folder")
    listed = {file: digest for digest, file in lines}
    present = {path.name for path in sums.parent.glob("*.csv")}
    if odd := sorted(present ^ set(listed)):
        raise Refused(f"{name}/{odd[0]}: in the folder or in SHA256SUMS, but not in both; restore or list it")
    return [_proved(source, sums.parent / csv, f"{name}/{csv}", digest) for csv, digest in sorted(listed.items())]


def covering(origin: dict[str, Any], live: Sequence[SnapshotFile]) -> dict[str, Any]:
    """The origin, its coverage widened to the periods of the live rows."""
    coverage = dict(origin["coverage"])
    for file in live:
        for period in set(_period_ends(file)):
            coverage["first"], coverage["last"] = min(coverage["first"], period[0]), max(coverage["last"], period[1])
    return {**origin, "coverage": coverage}


def _period_ends(file: SnapshotFile) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last day that each row of a file is about."""
    if file.kind == "documents":
        return
    with file.path.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if "year" in row:
                year = int(row["year"])
                yield dt.date(year, 1, 1), dt.date(year, 12, 31)
            else:
                written = next(row[c] for c in ("period", "vote_date", "start_date") if c in row)
                if written:  # a membership's start may be undocumented
                    day = dt.date.fromisoformat(written)
                    yield day, dt.date(day.year, 12, 31) if row.get("frequency") == "annual" else day


def _proved(source: str, path: Path, name: str, expected: str) -> SnapshotFile:
    digest = disk.sha256(path)
    if digest != expected:
        raise Refused(
            f"{name}: damaged or edited, its sha256 is {digest[:12]}… and SHA256SUMS says {expected[:12]}…; "
            "restore the file, or if the edit is meant run `sha256sum *.csv > SHA256SUMS` in its folder"
        )
    return SnapshotFile(source, path.stem, name, path, digest)


def csv_reader(lines: Iterable[str]) -> Any:
    """As `csv.reader`, where a stray quote is an error; no cell is longer than 128 KB, whatever another library allowed the process."""
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(lines, strict=True)


def csv_lines(text: str) -> list[list[str]]:
    """The cells of a table of which every record is a line, as its citation by line number needs.

    Raises:
        csv.Error: it is no CSV, or a cell goes on in the next line.
    """
    reader, rows = csv_reader(io.StringIO(text, newline="")), []
    for row in reader:
        rows.append(row)
        if reader.line_num != len(rows):
            raise csv.Error(f"line {len(rows)}: a cell goes on in the next line, or a quote is not closed")
    return rows


def table(file: SnapshotFile) -> tuple[list[str], list[list[str]]]:
    """The file's header and its rows as text.

    Raises:
        Refused: not UTF-8, no CSV, empty, a repeated column, too many columns, or a row with too few or too many cells.
    """
    try:
        rows = csv_lines(file.path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refused(f"{file.name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise Refused(f"{file.name}: not readable as CSV ({error}); restore it from version control") from None
    if len(rows) < 2:
        raise Refused(f"{file.name}: the file is empty; restore it from version control")
    header = rows[0]
    if len(header) > MOST_COLUMNS:
        raise Refused(f"{file.name}:1: {len(header)} columns, more than any table has; restore it from version control")
    if len(set(header)) != len(header):
        raise Refused(f"{file.name}:1: a column name is repeated in {','.join(header)}")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise Refused(f"{file.name}:{number}: {len(row)} cells where the header has {len(header)}")
    return header, rows[1:]


def read(file: SnapshotFile) -> "pd.DataFrame":
    """The file's rows as text, NA where a cell is empty, indexed by line number (the header is line 1).

    Raises:
        Refused: as `table`.
    """
    import pandas as pd  # not above: the world's trade reads snapshots without it, half a second sooner

    header, rows = table(file)
    frame = pd.DataFrame(rows, columns=header, dtype="string", index=pd.RangeIndex(2, len(rows) + 2))
    return frame.replace("", pd.NA)


def _column(sources: Sequence[Source], kind: str, column: str) -> Iterator[str]:
    for frame in (read(file) for source in sources for file in source.files if file.kind == kind):
        yield from frame[column].dropna() if column in frame else ()


def read_until(sources: Sequence[Source]) -> dt.date:
    """The newest day on which any document was read: what a release knows about when no other day is asked for.

    Not today's date: the same snapshots must make the same release tomorrow.

    Raises:
        Refused: the newest is no day, or there is none.
    """
    newest = max(_column(sources, "documents", "read_on"), default="")
    if not is_iso_date(newest):
        raise Refused(f"documents.csv: column read_on: {newest!r} is not a day YYYY-MM-DD; correct it in its source's snapshot")
    return dt.date.fromisoformat(newest)


def known_countries(sources: Sequence[Source]) -> set[str]:
    """Every country code of the crosswalk."""
    return set(_column(sources, "country", "iso3"))
