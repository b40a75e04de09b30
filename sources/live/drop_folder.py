"""Read the drop folder: files that a person puts into `<home>/drop/<source>/` replace the answers of a publisher that refuses robots.

Put here the reading of dropped snapshots of sources without a connector; listing the files belongs in `dropped`. Dropped files are checked
like fetched answers.

For a source with a connector, a file is named after the question it answers (`sc-votes.csv` answers `sc-votes`). For a source
without one, the files are those of a snapshot: `documents.csv` and one CSV per kind. While a source has dropped files, its publisher
is not asked.
"""

import csv
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from schemas import raw
from schemas.errors import Cause, Refused
from schemas.words import plural
from sources import disk
from sources.connector import Connector, Parsed, Publisher, Request, Scope
from sources.home import DROP
from sources.live import answers, clock, dropped, http
from sources.snapshot import MOST_COLUMNS, csv_lines

ZIP = "a zip archive or an Excel file (.xlsx)"
# first bytes of formats that are rejected, except a zip where the source expects one
STARTS = {
    b"PK": ZIP, b"\xd0\xcf\x11\xe0": "an Excel file (.xls)", b"\x1f\x8b": "a gzip file", b"%PDF": "a PDF file",
    b"\xff\xfe": "a text in UTF-16", b"\xfe\xff": "a text in UTF-16",
}  # fmt: skip
CURATED = Publisher(seconds_between=0, max_bytes=50_000_000)


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
        if (
            not (folder / path.name / "fetch.py").exists()
            and (folder / path.name / "origin.yaml").exists()
            and dropped.by_name(home, path.name)
        ):
            kinds = [kind for kind in raw.KINDS if kind in dropped.files(home, path.name)]
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
