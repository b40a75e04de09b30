"""Live snapshots: what the store's bodies say that was not known before, as files in the format of the bundled ones.

Belongs here: `<home>/live/<source>/<day>/`, derived from the store alone: deleted, it comes back with the same bytes.
Does not belong here: fetching (`live`), or the rules of what is new (`vintage`).

A day's folder is a snapshot: `documents.csv`, a CSV a kind, SHA256SUMS; and BODIES, what it was made of. A document
is an answer as it stood at the end of that day. The files' own bytes are kept in the store too, so that a release can
be rebuilt from the digests in its manifest.
"""

import csv
import hashlib
import io
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from schemas import raw
from schemas.errors import Refused
from sources import snapshot
from sources.connector import Connector, Parsed, Request
from sources.live import answers, http, vintages

SHOWN = 5
REWRITING = "REWRITING"
LONGEST_LINE = 1000


def materialise(home: Path, connector: Connector, folder: Path = snapshot.BUNDLED) -> list[str]:
    """Write the days of a source that the store has and `live/` has not, or has from other bodies; what the newest withdrew.

    A day whose answers a person withdrew goes.

    A day that is written again takes the later ones with it: each says only what the days before did not. A run that was
    killed at it leaves the file REWRITING, and the next run writes them all.
    """
    notes: list[str] = []
    at_work = home / "live" / connector.source / REWRITING
    made_of = _made_of(connector, folder)
    days = answers.vintages(answers.believed(home, connector.source)) if connector.parse else {}
    gone = [day for day in snapshot.live_days(home, connector.source) if day.name not in days]
    is_stale = at_work.exists() or bool(gone)
    if gone:
        _begin(at_work)
        for day in gone:
            shutil.rmtree(day)
    before: dict[str, answers.Row] = {}
    for day, rows in days.items():
        earlier, before = before, before | {row.request.name: row for row in rows}
        bodies = made_of + "".join(f"{row.sha256}  {row.request.name}\n" for row in rows)
        target = home / "live" / connector.source / day
        mark = target / "BODIES"
        if not is_stale and mark.exists() and mark.read_text("utf-8") == bodies:
            continue
        is_stale = True
        tables, notes = _day(home, connector, folder, day, rows, earlier)
        _begin(at_work)
        shutil.rmtree(target, ignore_errors=True)
        _write(home, target, tables)
        mark.write_text(bodies, "utf-8")
    at_work.unlink(missing_ok=True)
    return notes


def _begin(at_work: Path) -> None:
    at_work.parent.mkdir(parents=True, exist_ok=True)
    at_work.touch()
    answers.sync(at_work.parent)


def _made_of(connector: Connector, folder: Path) -> str:
    """What a day's rows follow from besides its bodies: the bundled figures and the parser."""
    paths = [folder / connector.source / "snapshot" / "SHA256SUMS", snapshot.BUNDLED / connector.source / "parse.py"]
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths if path.exists())


def parsed_rows(connector: Connector, request: Request, body: bytes) -> Parsed:
    """The answer's rows, held to the rules of their kind; `document` is the request's name until they are written.

    Raises:
        Refused: the answer cannot be read, holds nothing or breaks a rule.
    """
    parsed = _read(connector, request, body)
    frame = parsed.rows if request.is_bundle else parsed.rows.assign(document=request.name)
    return parsed._replace(rows=vintages.checked(request.kind, frame, f"{connector.source}: {request.name}"))


def _read(connector: Connector, request: Request, body: bytes) -> Parsed:
    where = f"{connector.source}: {request.name}"
    try:
        parsed = connector.parse(body, request)  # type: ignore[misc]  # only asked where the connector has a parser
    except Refused as error:
        raise Refused(f"{where}: {_one_line(error)}") from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        said = f"{type(error).__name__}: {_one_line(error)}"
        raise Refused(f"{where}: the answer has another shape than it had ({said}); compare parse.py") from None
    if parsed.rows.empty:
        raise Refused(f"{where}: an answer without a single row; the publisher is broken or the question is wrong")
    return parsed


def _one_line(error: Exception) -> str:
    """What an error says, which may quote the answer: a line and not a page."""
    return " ".join(str(error).split())[:LONGEST_LINE]


def snapshot_files(home: Path, folder: Path, source: str, before: str = "9999") -> list[snapshot.SnapshotFile]:
    """A source's snapshot files: the bundled ones, and those of the live days before a day."""
    bundled = folder / source / "snapshot"
    files = snapshot.files(source, bundled, f"{source}/snapshot") if bundled.exists() else []
    return files + snapshot.live_files(home, source, before)


def _day(
    home: Path, connector: Connector, folder: Path, day: str, rows: Sequence[answers.Row], earlier: dict[str, answers.Row]
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """The tables of a day by kind, `documents` among them, and what a person should look at.

    `earlier` has the answers before, by question: what one of them listed and its successor does not is withdrawn.
    """
    origin = yaml.safe_load((folder / connector.source / "origin.yaml").read_text("utf-8"))
    files = snapshot_files(home, folder, connector.source, day)
    kinds = {row.request.kind for row in rows if not row.request.against} - {"", "documents"}
    known = {kind: vintages.known(files, kind) for kind in kinds}
    newest = max((str(frame["published_on"].max()) for frame in known.values() if len(frame)), default="")
    said: dict[str, list[pd.DataFrame]] = {}
    notes: list[str] = []
    touched: dict[str, list[tuple]] = {}
    for row in (row for row in rows if row.request.kind and not row.request.against):
        parsed = _read(connector, row.request, answers.body(home, row))
        frame = parsed.rows
        if not row.request.is_bundle:
            document = _document(row, parsed, origin, newest)
            said.setdefault("documents", []).append(pd.DataFrame([document]))
            frame = frame.assign(document=document["document"])
            lost, found = _withdrawn(home, connector, row, earlier.get(row.request.name))
            touched.setdefault(row.request.kind, []).extend([*lost, *found])
            notes += _told(row.request.name, [f"{' '.join(map(str, figure))}: not listed any more" for figure in lost])
        said.setdefault(row.request.kind, []).append(frame)
    tables = {
        kind: vintages.checked(kind, pd.concat(frames, ignore_index=True), f"{connector.source}: {kind}") for kind, frames in said.items()
    }
    list_ends = _list_ends(origin, rows)
    for kind in kinds:
        tables[kind] = vintages.news(kind, tables[kind], known[kind], list_ends, touched.get(kind, ()))
    return _citing(tables, known), notes


def _withdrawn(home: Path, connector: Connector, row: answers.Row, earlier: answers.Row | None) -> tuple[list[tuple], list[tuple]]:
    """The figures that a question's answer lists no more, and those that it lists (again)."""
    if not earlier or row.request.kind not in vintages.PERIOD:
        return [], []
    now, then = (parsed_rows(connector, answer.request, answers.body(home, answer)).rows for answer in (row, earlier))
    return vintages.withdrawn(row.request.kind, now, then), vintages.withdrawn(row.request.kind, then, now)


def warnings(home: Path, connector: Connector, folder: Path = snapshot.BUNDLED) -> list[str]:
    """What a person should look at in the answers that stand, whenever they came: new columns, and differences from our lists."""
    notes: list[str] = []
    if not connector.parse:
        return notes
    origin = yaml.safe_load((folder / connector.source / "origin.yaml").read_text("utf-8"))
    for row in answers.latest(home, connector.source).values():
        request = row.request
        if not request.kind or request.is_bundle:
            continue
        parsed = _read(connector, request, answers.body(home, row))
        notes += [f"{request.name}: {note}" for note in parsed.notes]
        if request.against:
            ours = vintages.known(snapshot_files(home, folder, request.against), request.kind)
            notes += _told(request.name, vintages.differences(request.kind, parsed.rows, ours))
        elif vintages.is_event(request.kind) and (ends := _list_ends(origin, [row])):
            ours = vintages.known(snapshot_files(home, folder, connector.source, "0000"), request.kind)
            notes += _told(request.kind, vintages.differences(request.kind, parsed.rows, ours, ends))
    return notes


def _citing(tables: dict[str, pd.DataFrame], known: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables that have rows; of the documents those that a row cites and no earlier day has."""
    documents = tables.pop("documents", pd.DataFrame(columns=["document"]))
    filled = {kind: frame for kind, frame in tables.items() if len(frame)}
    cited = set().union(*(frame["document"] for frame in filled.values()))
    earlier = set().union(*(frame["document"] for frame in known.values()))
    documents = documents[documents["document"].isin(cited - earlier)]
    return {**filled, "documents": documents} if len(documents) else filled


def _list_ends(origin: dict[str, Any], rows: Sequence[answers.Row]) -> str:
    """The last day of the curated list, after which a publisher adds events; a person adds them whenever they were."""
    is_list = origin.get("bundled", True) and not any(row.request.is_bundle for row in rows)
    return str(origin["coverage"]["last"]) if is_list else ""


def _told(name: str, lines: Sequence[str]) -> list[str]:
    more = [f"{name}: and {len(lines) - SHOWN} more differences"] if len(lines) > SHOWN else []
    return [f"{name}: {line}" for line in lines[:SHOWN]] + more


def _document(row: answers.Row, parsed: Parsed, origin: dict[str, Any], newest: str) -> dict[str, Any]:
    """The answer as a document, known since the day its publisher says, else since the day it was fetched.

    The publisher's day counts only where it is later than every document before: a revision never predates what it revises.
    """
    said = parsed.published_on or row.request.published_on
    return {
        "document": f"{row.request.name}@{row.day}",
        "publisher": origin["producer"],
        "title": row.request.title,
        "url": http.shown(row.request.url, row.request.params),
        "published_on": said if newest < said <= row.day else row.day,
        "published_precision": "day",
        "read_on": row.day,
        "note": f"The answer's sha256 is {row.sha256}." + (" A person downloaded it." if row.url.startswith("file:") else ""),
    }


def _write(home: Path, target: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write a day's folder whole, beside its place, then move it there; its files are links into the store."""
    building = answers.incoming(home) / "day"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    sums = []
    for kind, frame in sorted(tables.items()):
        digest = answers.keep_bytes(home, csv_bytes(kind, frame))
        os.link(answers.path(home, digest), building / f"{kind}.csv")
        sums.append(f"{digest}  {kind}.csv\n")
    if sums:
        (building / "SHA256SUMS").write_text("".join(sums), "utf-8")
        answers.sync(building / "SHA256SUMS")
    answers.sync(building)
    target.parent.mkdir(parents=True, exist_ok=True)
    building.rename(target)
    answers.sync(target.parent)


def csv_bytes(kind: str, frame: pd.DataFrame) -> bytes:
    """The frame as a snapshot file: columns as declared, rows of one document and table together."""
    columns = list(raw.KINDS[kind].to_schema().columns)
    order = ["document", *vintages.WHOLE.get(kind, []), *vintages.key(kind)] if kind != "documents" else ["document"]
    frame = frame.reindex(columns=columns).sort_values(list(dict.fromkeys(order)), kind="stable")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in frame.itertuples(index=False, name=None))
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return str(bool(value)).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(float(value))
    return " ".join(str(value).split())


def as_listed(
    home: Path, manifest: dict[str, Any], folder: Path = snapshot.BUNDLED, made: Sequence[snapshot.Source] = ()
) -> list[snapshot.Source]:
    """The sources as a release's manifest lists them: bundled files of the same bytes, live ones out of the store.

    `made` are sources that were derived again, as they stand.

    Raises:
        Refused: a listed file is not there any more, or has other bytes.
    """
    listed, found = manifest["snapshots"], []
    for source in snapshot.known(folder):
        bundled = [file for file in source.files if listed.get(file.name) == file.sha256]
        live = list(restored(home, source.name, listed))
        origin = snapshot.covering(source.origin, live)
        found.append(snapshot.Source(source.name, origin, bundled + live, manifest["stale"].get(source.name, "")))
    found += made
    if missing := sorted(listed.keys() - {file.name for source in found for file in source.files}):
        raise Refused(f"{missing[0]}: not the bytes this release was made of; check out the version of the project that made it")
    return [source for source in found if source.files]


def restored(home: Path, source: str, snapshots: dict[str, str]) -> Iterator[snapshot.SnapshotFile]:
    """The live files of a source that a release's manifest names (`name: sha256`), from the store, as they were then.

    Raises:
        Refused: the store no longer has them.
    """
    for name, digest in sorted(snapshots.items()):
        if not name.startswith(f"live/{source}/"):
            continue
        path = answers.path(home, digest)
        if not path.exists():
            raise Refused(f"{path}: missing, {name} cannot be rebuilt: restore it from a backup")
        yield snapshot.SnapshotFile(source, Path(name).stem, name, path, digest)
