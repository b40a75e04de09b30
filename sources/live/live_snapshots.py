"""Write live snapshots: the new rows of the stored answers, as files in the format of the bundled snapshots.

Put here the folders `<home>/live/<source>/<day>/`, derived from the store alone: deleted, they come back with the same bytes.
Which rows are new is in `day_tables`.

A day's folder is a snapshot: `documents.csv`, a CSV a kind, SHA256SUMS; and BODIES, the digests of what it follows from. The
files' own bytes are kept in the store too, so that a release can be rebuilt from the digests in its manifest.
"""

import csv
import hashlib
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from schemas import raw
from sources import snapshot
from sources.connector import Connector
from sources.disk import sync
from sources.home import LIVE
from sources.live import answers, day_tables, vintages
from sources.live.parsing import Parser

REWRITING = "REWRITING"


def materialise(home: Path, connector: Connector, folder: Path = snapshot.BUNDLED, parser: Parser | None = None) -> list[str]:
    """Write the days that the store has and `live/` lacks or has from other answers; return notes on what the newest withdrew.

    A day whose answers a person withdrew is removed.

    A day that is written again takes the later ones with it: each holds only what the days before did not. A run that was
    killed here leaves the file REWRITING, and the next run writes them all.
    """
    notes: list[str] = []
    parser = parser or Parser(home, connector)
    at_work = home / LIVE / connector.source / REWRITING
    inputs = _inputs(connector, folder)
    days = answers.vintages(answers.believed(home, connector.source)) if connector.parse else {}
    is_stale = _remove_withdrawn(home, connector.source, set(days), at_work) or at_work.exists()
    before: dict[str, answers.Row] = {}
    for day, rows in days.items():
        earlier, before = before, before | {row.request.name: row for row in rows}
        bodies = inputs + "".join(f"{row.sha256}  {row.request.name}\n" for row in rows)
        target = home / LIVE / connector.source / day
        mark = target / "BODIES"
        if not is_stale and mark.exists() and mark.read_text("utf-8") == bodies:
            continue
        is_stale = True
        tables, notes = day_tables.of_day(home, connector, folder, parser, day, rows, earlier)
        _begin(at_work)
        shutil.rmtree(target, ignore_errors=True)
        _write(home, target, tables)
        mark.write_text(bodies, "utf-8")
    at_work.unlink(missing_ok=True)
    return notes


def _remove_withdrawn(home: Path, source: str, days: set[str], at_work: Path) -> bool:
    """Remove the days that no answer stands for; return True if there were any."""
    gone = [day for day in snapshot.live_days(home, source) if day.name not in days]
    if gone:
        _begin(at_work)
        for day in gone:
            shutil.rmtree(day)
    return bool(gone)


def _begin(at_work: Path) -> None:
    at_work.parent.mkdir(parents=True, exist_ok=True)
    at_work.touch()
    sync(at_work.parent)


def _inputs(connector: Connector, folder: Path) -> str:
    """Return the digests of what a day's rows follow from besides its answers: the bundled figures and the parser."""
    paths = [folder / connector.source / "snapshot" / "SHA256SUMS", snapshot.BUNDLED / connector.source / "parse.py"]
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths if path.exists())


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
        sync(building / "SHA256SUMS")
    sync(building)
    target.parent.mkdir(parents=True, exist_ok=True)
    building.rename(target)
    sync(target.parent)


def csv_bytes(kind: str, frame: pd.DataFrame) -> bytes:
    """Return the frame as a snapshot file: columns as declared, rows of one document and table together."""
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
