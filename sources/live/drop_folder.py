"""The drop folder: files a person puts into `<home>/drop/<source>/` stand in for a publisher that refuses robots.

Belongs here: finding those files, and reading whole snapshots dropped for curated sources.
Does not belong here: checking them; they pass the checks of a fetched answer (`live`).

For a source with a connector a file is named after the question it answers (`sc-votes.csv` answers `sc-votes`). For a
curated source the files are those of a snapshot: `documents.csv` and one CSV a kind. While files lie there the publisher is not
asked.
"""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from schemas import raw
from schemas.errors import Refused
from sources import disk
from sources.connector import Connector, Parsed, Publisher, Request
from sources.live import answers as store
from sources.live import http
from sources.snapshot import MOST_COLUMNS, csv_lines

CURATED = Publisher(seconds_between=0, max_bytes=50_000_000)


def files(home: Path, source: str) -> dict[str, Path]:
    """The files dropped for a source, by the name of the question they answer."""
    return {path.stem: path for path in sorted((home / "drop" / source).glob("*")) if path.is_file() and path.name[0] != "."}


def received(home: Path, path: Path, request: Request) -> http.Answer:
    """A dropped file as if it had been answered now.

    Raises:
        Refused: an archive that is not complete; text is judged by its parser.
    """
    if request.expects == "zip" and (problem := http.wrong_outside(path, "zip")):
        raise Refused(f"{path}: {problem}")
    store.incoming(home).mkdir(parents=True, exist_ok=True)
    copy = Path(shutil.copyfile(path, store.incoming(home) / path.name))
    return http.Answer(0, {}, copy, disk.sha256(copy), copy.stat().st_size, http.now().isoformat(), f"file:{path.name}")


def curated(home: Path, folder: Path) -> Iterator[Connector]:
    """A connector for every source without a `fetch.py` that has files in the drop folder."""
    for path in sorted((home / "drop").glob("*/")):
        if not (folder / path.name / "fetch.py").exists() and (folder / path.name / "origin.yaml").exists() and files(home, path.name):
            kinds = [kind for kind in raw.KINDS if kind in files(home, path.name)]
            yield Connector(path.name, CURATED, lambda scope: [], lambda scope, answers, kinds=kinds: map(_question, kinds), parse)


def _question(kind: str) -> Request:
    return Request(name=kind, url="", expects="csv", kind=kind, is_bundle=True)


def parse(body: bytes, request: Request) -> Parsed:
    """A snapshot file as it stands; its columns are held to the kind afterwards."""
    try:
        rows = csv_lines(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise Refused(f"not readable as CSV ({error}); save the file again") from None
    if rows and len(rows[0]) > MOST_COLUMNS:
        raise Refused(f"{len(rows[0])} columns, more than any table has; drop the file of the kind it is named after")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise Refused(f"line {number}: {len(row)} cells where the header has {len(rows[0])}")
    frame = pd.DataFrame(rows[1:], columns=rows[0] if rows else [], dtype="string", index=pd.RangeIndex(2, len(rows) + 1))
    return Parsed(frame.replace("", pd.NA))
