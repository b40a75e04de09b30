"""Store every byte that a publisher sent, once, under its SHA-256, with a manifest of when and to what question.

Put here the folder `<home>/snapshots/`: keeping, listing, finding and re-hashing answers, not fetching them or what they mean.

    snapshots/objects/ab/cdef...   a body as received (transport compression undone), read-only, never changed
    snapshots/manifest.jsonl       a line a fetch or check, only ever appended
    snapshots/rejected/            bodies that were refused, the newest of each question by digest, for a person to look at
    snapshots/incoming/            bodies on their way; what a killed run left here is removed by the next

A body is written and synced before the line that names it, so a crash leaves at most a body nobody names, or a last
line without its end, which counts as not written and is cut off by the next append.
"""

import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Refused
from sources import disk
from sources.connector import Request
from sources.disk import sync
from sources.home import SNAPSHOTS
from sources.live import http

ASIDE = 5  # refused bodies of a question: an error page with the time in it is another one every day
WITHDRAWN = 410  # status of a line by which a person took an answer back


class Row(NamedTuple):
    """A line of the manifest: the request, its time, and the bytes that came.

    `url` is where the bytes came from, which the request's address need not be: a mirror, or `file:` and a name with status 0
    for the drop folder. `sha256` is empty if the change detector reported no change and nothing was downloaded.
    """

    source: str
    request: Request
    url: str
    status: int
    headers: dict[str, str]
    fetched_at: str
    sha256: str
    bytes: int
    rows: int

    @property
    def day(self) -> str:
        """The UTC day of the fetch, YYYY-MM-DD."""
        return self.fetched_at[:10]


def folder(home: Path) -> Path:
    """Return the folder of the store."""
    return home / SNAPSHOTS


def incoming(home: Path) -> Path:
    """Return the folder in which bodies are received: on the store's file system, so that keeping one is a rename."""
    return folder(home) / "incoming"


def path(home: Path, sha256: str) -> Path:
    """Return the file with these bytes."""
    return folder(home) / "objects" / sha256[:2] / sha256[2:]


def keep(home: Path, received: Path, sha256: str) -> Path:
    """Move a complete file into the store; bytes the store has are not stored again."""
    target = path(home, sha256)
    if target.exists():
        received.unlink()
        return target
    sync(received)
    received.chmod(0o444)
    target.parent.mkdir(parents=True, exist_ok=True)
    received.rename(target)
    for parent in (target.parent, target.parent.parent, folder(home)):  # a name is on the disk when its folder is
        sync(parent)
    return target


def keep_bytes(home: Path, data: bytes) -> str:
    """Store bytes that were made here (a parsed file of a release) and return their SHA-256."""
    digest = hashlib.sha256(data).hexdigest()
    incoming(home).mkdir(parents=True, exist_ok=True)
    received = incoming(home) / digest
    received.write_bytes(data)
    keep(home, received, digest)
    return digest


def put(home: Path, source: str, request: Request, answer: http.Answer, rows: int) -> Row:
    """Keep an answer's body and note it in the manifest."""
    keep(home, answer.path, answer.sha256)
    row = Row(source, request, answer.url, answer.status, answer.headers, answer.fetched_at, answer.sha256, answer.size, rows)
    _append(home, row)
    return row


def note_unchanged(home: Path, source: str, request: Request, row: Row | None = None) -> None:
    """Record a check without a download: the bytes of `row` still stand, or the source as a whole is unchanged."""
    known = row._replace(request=request) if row else Row(source, request, "", 0, {}, "", "", 0, 0)
    _append(home, known._replace(status=304, fetched_at=http.now().isoformat()))


def _append(home: Path, row: Row) -> None:
    file = folder(home) / "manifest.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({**row._asdict(), "request": row.request._asdict()}, ensure_ascii=False, sort_keys=True) + "\n"
    with file.open("a+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        end = out.seek(0, os.SEEK_END)
        out.seek(max(0, end - 1))
        if out.read() not in (b"", b"\n"):
            out.seek(0)
            out.truncate(out.read().rfind(b"\n") + 1)
        out.write(line.encode())
        out.flush()
        os.fsync(out.fileno())
    if end == 0:
        sync(file.parent)


def manifest(home: Path, source: str | None = None) -> Iterator[Row]:
    """Yield the manifest's rows, oldest first.

    Raises:
        Refused: a line is damaged; the message says which.
    """
    file = folder(home) / "manifest.jsonl"
    lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []  # a last line without its end was never written
    for number, line in enumerate(lines, start=1):
        try:
            fields = json.loads(line)
            row = Row(**{**fields, "request": Request(**fields["request"])})
            if any(not isinstance(getattr(row, name), kind) for name, kind in Row.__annotations__.items() if kind in (str, int)):
                raise TypeError(line)
            dt.date.fromisoformat(row.day)
        except (ValueError, TypeError, KeyError):
            raise Refused(f"{file}:{number}: damaged; restore the file from a backup, or delete this line and fetch again") from None
        if source in (None, row.source):
            yield row


def believed(home: Path, source: str) -> list[Row]:
    """Return the manifest's rows of a source that were not withdrawn since, oldest first."""
    rows = list(manifest(home, source))
    withdrawn_at = {(row.request.name, row.sha256): n for n, row in enumerate(rows) if row.status == WITHDRAWN}
    return [row for n, row in enumerate(rows) if n > withdrawn_at.get((row.request.name, row.sha256), -1)]


def withdraw(home: Path, source: str, day: str) -> list[Row]:
    """Withdraw what a source answered on a day: the answers before stand again, and these bytes are not taken a second time.

    Returns:
        The rows withdrawn; none if none of that day is believed.
    """
    taken = {
        row.request.name: row
        for row in believed(home, source)
        if row.day == day and row.sha256 and row.status != 304 and not row.request.is_detector
    }
    for row in taken.values():
        _append(home, row._replace(status=WITHDRAWN, fetched_at=http.now().isoformat()))
    return list(taken.values())


def is_withdrawn(home: Path, source: str, request: Request, sha256: str) -> bool:
    """True if a person withdrew these bytes as an answer to the request."""
    return any(r.status == WITHDRAWN and (r.request.name, r.sha256) == (request.name, sha256) for r in manifest(home, source))


def latest(home: Path, source: str, detectors: bool = False) -> dict[str, Row]:
    """Return the newest row with bytes for each request of a source, by the request's name; or for each of its change detectors."""
    return {row.request.name: row for row in believed(home, source) if row.sha256 and row.request.is_detector == detectors}


def body(home: Path, row: Row) -> bytes:
    """Return the bytes of a row, proved.

    Raises:
        Refused: they are missing or damaged.
    """
    data = path(home, row.sha256).read_bytes() if path(home, row.sha256).exists() else b""
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise Refused(
            f"{path(home, row.sha256)}: missing or damaged, {row.source} {row.request.name} of {row.day}; restore it from a backup"
        )
    return data


def vintages(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return by day, oldest first, each request's last body of the day if it differs from the vintage before."""
    last_of_day = {(row.day, row.request.name): row for row in rows if row.sha256 and not row.request.is_detector}
    days: dict[str, list[Row]] = {}
    before: dict[str, str] = {}
    for (day, name), row in sorted(last_of_day.items()):
        if before.get(name) != row.sha256:
            days.setdefault(day, []).append(row)
        before[name] = row.sha256
    return days


def reject(home: Path, source: str, request: Request, answer: http.Answer) -> Path:
    """Put a refused body aside, the same bytes only once, and of each question the `ASIDE` newest."""
    target = folder(home) / "rejected" / f"{source}-{request.name}-{answer.sha256[:12]}"
    target.parent.mkdir(parents=True, exist_ok=True)
    answer.path.rename(target)
    os.utime(target)
    same = re.compile(re.escape(target.name[:-12]) + "[0-9a-f]{12}")
    others = [p for p in target.parent.iterdir() if same.fullmatch(p.name) and p != target]
    for old in sorted(others, key=lambda p: p.stat().st_mtime_ns)[: 1 - ASIDE]:
        old.unlink()
    return target


def clear_incoming(home: Path) -> None:
    """Remove what a killed run was receiving, or what this one received and need not keep."""
    shutil.rmtree(incoming(home), ignore_errors=True)


def verify(home: Path) -> list[str]:
    """Return a line for each problem of the store: a damaged manifest, and bytes that are missing, damaged or under a wrong name."""
    problems, named = [], {}
    try:
        named = {row.sha256: row for row in manifest(home) if row.sha256}
    except Refused as error:
        problems.append(str(error))
    problems += [
        f"{path(home, sha)}: missing; {row.source} {row.request.name} of {row.day} cannot be rebuilt: restore it from a backup"
        for sha, row in named.items()
        if not path(home, sha).exists()
    ]
    for file in sorted((folder(home) / "objects").glob("*/*")):
        digest = disk.sha256(file)
        if digest != file.parent.name + file.name:
            problems.append(f"{file}: damaged, its sha256 is {digest[:12]}…: restore it from a backup")
    return problems
