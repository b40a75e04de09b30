"""Read the drop folder: files that a person puts into `<home>/drop/<source>/` replace the answers of a publisher that refuses robots.

Put here listing those files and reading snapshots of curated sources, not checks: dropped files are checked like fetched answers.

For a source with a connector, a file is named after the question it answers (`sc-votes.csv` answers `sc-votes`). For a curated
source the files are those of a snapshot: `documents.csv` and one CSV per kind. While a source has dropped files, its publisher is
not asked.
"""

import csv
import difflib
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from schemas import raw
from schemas.errors import Cause, Problem, Refused
from schemas.words import plural
from sources import disk
from sources.connector import Connector, Parsed, Publisher, Request, Scope
from sources.disk import is_litter
from sources.home import DROP
from sources.live import answers, clock, http
from sources.snapshot import MOST_COLUMNS, csv_lines

ZIP = "a zip archive or an Excel file (.xlsx)"
# first bytes of formats that are rejected, except a zip where the source expects one
STARTS = {
    b"PK": ZIP, b"\xd0\xcf\x11\xe0": "an Excel file (.xls)", b"\x1f\x8b": "a gzip file", b"%PDF": "a PDF file",
    b"\xff\xfe": "a text in UTF-16", b"\xfe\xff": "a text in UTF-16",
}  # fmt: skip
CURATED = Publisher(seconds_between=0, max_bytes=50_000_000)


def files(home: Path, source: str) -> dict[str, Path]:
    """Return the files dropped for a source that can be read, by the name of the question they answer."""
    return {paths[0].stem: paths[0] for paths in _by_name(home, source) if not _unreadable(paths)}


def unreadable(home: Path, source: str) -> list[Problem]:
    """Return a line for each entry of a source's drop folder that is no file, and for files that answer the same question."""
    return [problem for paths in _by_name(home, source) if (problem := _unreadable(paths))]


def unread(home: Path, folder: Path, asked: Collection[str] | None = None) -> Iterator[Problem]:
    """Yield a line for each entry of the drop folder that belongs to no source, or to one that is not in `asked` (None: any source)."""
    sources = sorted(path.parent.name for path in folder.glob("*/origin.yaml"))
    for path in sorted((home / DROP).glob("*")):
        if is_litter(path.name):
            continue
        if not path.is_dir():
            yield f"{path} is not read: move it into a folder that is named after its source, such as {home / DROP / 'un_comtrade'}"
        elif path.name not in sources:
            near = difflib.get_close_matches(path.name, sources, n=1)
            yield f"{path} is not read: rename it after a source{f', such as {near[0]}' if near else ' (sources/README.md lists them)'}"
        elif asked is not None and path.name not in asked and _by_name(home, path.name):
            yield f"{path} is not read in this run: run `dyad refresh --live --only {path.name}`"


def _by_name(home: Path, source: str) -> list[list[Path]]:
    """Return the entries of a source's drop folder, those with the same name but for the extension together."""
    paths: dict[str, list[Path]] = {}
    for path in sorted((home / DROP / source).glob("*")):
        if not is_litter(path.name):
            paths.setdefault(path.stem, []).append(path)
    return list(paths.values())


def _unreadable(paths: list[Path]) -> Problem:
    """Return why none of the entries of one name is read; empty if the one entry is a file."""
    if len(paths) > 1:
        return f"{paths[0]} and {paths[1].name} answer the same question, so neither is read; move one of them away"
    return "" if paths[0].is_file() or paths[0].is_symlink() else f"{paths[0]} is a folder, so it is not read; move its files up"


def as_answer(home: Path, path: Path, request: Request) -> http.Answer:
    """Return a dropped file as an answer received at this moment.

    Raises:
        Refused: the file is a link, of another format or an incomplete archive; text is checked by the parser.
    """
    if path.is_symlink():
        raise Refused(f"{path}: this is a link; put the file itself into the drop folder")
    if problem := _wrong_format(path, request.expects):
        raise Refused(
            f"{path}: this is {problem}, but {request.name} is read from the publisher's {request.expects}; drop that file "
            "instead (sources/README.md)"
        )
    if request.expects == "zip" and (problem := http.format_problem(path, "zip")):
        raise Refused(f"{path}: {problem}")
    answers.incoming(home).mkdir(parents=True, exist_ok=True)
    copy = Path(shutil.copyfile(path, answers.incoming(home) / path.name))
    return http.Answer(0, {}, copy, disk.sha256(copy), copy.stat().st_size, clock.now().isoformat(), f"file:{path.name}")


def _wrong_format(path: Path, expects: str) -> Cause:
    """Return the format of a dropped file if it is not the expected one; empty if it may be the expected one."""
    with path.open("rb") as file:
        head = file.read(64)
    known = next((name for start, name in STARTS.items() if head.startswith(start)), "")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if known:
        return "" if known == ZIP and expects == "zip" else known
    if expects == "json":
        return "" if text in (b"[", b"{") or not text else "a web page" if text == b"<" else "a table in another format, such as CSV"
    return "a web page" if text == b"<" and "csv" in expects else ""


def curated(home: Path, folder: Path) -> Iterator[Connector]:
    """Yield a connector for every source without a `fetch.py` that has files in the drop folder."""
    for path in sorted((home / DROP).glob("*/")):
        if not (folder / path.name / "fetch.py").exists() and (folder / path.name / "origin.yaml").exists() and _by_name(home, path.name):
            kinds = [kind for kind in raw.KINDS if kind in files(home, path.name)]
            yield Connector(path.name, CURATED, lambda scope: [], partial(_questions, kinds), parse)


def _questions(kinds: Sequence[str], scope: Scope, detected: Mapping[str, bytes]) -> list[Request]:
    return [Request(name=kind, url="", expects="csv", kind=kind, is_bundle=True) for kind in kinds]


def parse(body: bytes, request: Request) -> Parsed:
    """Parse a snapshot file without conversion; its columns are validated afterwards."""
    try:
        rows = csv_lines(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise Refused(f"not readable as CSV ({error}); save the file again") from None
    while rows and not rows[-1]:  # an empty line, which some editors leave at the end
        rows.pop()
    if rows and len(rows[0]) > MOST_COLUMNS:
        raise Refused(f"{len(rows[0])} columns, more than any kind of file has; drop a file with the columns of its kind")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise Refused(f"line {number}: {plural(len(row), 'cell')}, but the header has {len(rows[0])}; save the file again")
    frame = pd.DataFrame(rows[1:], columns=rows[0] if rows else [], dtype="string", index=pd.RangeIndex(2, len(rows) + 1))
    return Parsed(frame.replace("", pd.NA))
