"""Write live snapshots: the new rows of the stored answers, as files in the format of the bundled snapshots.

Put here the writing of `<home>/live/<source>/<day>/`, not the choice of new rows (`day_tables`). The folders are derived from the
store, the bundled figures and the parser: if they are deleted, the next run that asks the source writes them again with the same bytes;
until then, releases lack their rows.

A day's folder is a snapshot: `documents.csv`, one CSV per kind, SHA256SUMS; and BODIES, the digests of its inputs. The store keeps
the bytes of its files too, so that a release can be rebuilt from the digests in its manifest.
"""

import csv
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from schemas import raw
from schemas.errors import Note
from sources import snapshot
from sources.connector import Connector
from sources.disk import sha256, sync
from sources.home import LIVE, REWRITING
from sources.live import answers, day_tables, vintages
from sources.live.parsing import Parser


def materialise(home: Path, connector: Connector, folder: Path = snapshot.BUNDLED, parser: Parser | None = None) -> list[Note]:
    """Write the days that `live/` lacks or whose inputs changed; return notes on the figures that the newest day withdrew.

    A day whose answers a person withdrew is removed. If a day is written again, so are all later ones, because each has only the
    rows that the days before lack. A killed run leaves the file REWRITING, and the next run writes all days.
    """
    notes: list[Note] = []
    parser = parser or Parser(home, connector)
    marker = home / LIVE / connector.source / REWRITING
    inputs = _inputs(connector, folder)
    days = answers.vintages(answers.not_withdrawn(home, connector.source)) if connector.parse else {}
    is_stale = _remove_withdrawn(home, connector.source, set(days), marker) or marker.exists()
    before: dict[str, answers.Row] = {}
    for day, rows in days.items():
        earlier, before = before, before | {row.request.name: row for row in rows}
        bodies = inputs + "".join(f"{row.sha256}  {row.request.name}\n" for row in rows)
        target = home / LIVE / connector.source / day
        inputs_file = target / "BODIES"
        if not is_stale and inputs_file.exists() and inputs_file.read_text("utf-8") == bodies:
            continue
        is_stale = True
        tables, notes = day_tables.of_day(home, connector, folder, parser, day, rows, earlier)
        _mark(marker)
        shutil.rmtree(target, ignore_errors=True)
        _write(home, target, tables)
        inputs_file.write_text(bodies, "utf-8")
    marker.unlink(missing_ok=True)
    return notes


def _remove_withdrawn(home: Path, source: str, days: set[str], marker: Path) -> bool:
    """Remove the days whose answers were all withdrawn; return True if there were any."""
    gone = [day for day in snapshot.live_days(home, source) if day.name not in days]
    if gone:
        _mark(marker)
        for day in gone:
            shutil.rmtree(day)
    return bool(gone)


def _mark(marker: Path) -> None:
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()
    sync(marker.parent)


def _inputs(connector: Connector, folder: Path) -> str:
    """Return the digests of a day's inputs besides its answers: the bundled figures and the parser."""
    paths = [folder / connector.source / "snapshot" / "SHA256SUMS", snapshot.BUNDLED / connector.source / "parse.py"]
    return "".join(f"{sha256(path)}  {path.name}\n" for path in paths if path.exists())


def _write(home: Path, target: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write a day's complete folder elsewhere, then rename it into place; its files are links into the store."""
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
    """Return the frame as a snapshot file: columns in declared order, rows of one document and table together."""
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
