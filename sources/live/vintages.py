"""Find the new rows of an answer by comparing them with earlier rows of their kind.

Put here the rules for new rows, not plausibility (`plausibility`), parsing (`parsing`) or writing (`live_snapshots`).

A figure whose kind has `document` in its key has one row per value: if unchanged, it is known from its first document on; if
changed, it is a new row with a new document. A partner table is written whole if any of its figures changed, because a rank cites
its lines as one block. Events (vetoes, exercises, memberships) have one permanent row: a publisher's version of a listed event is
compared and reported, and only events after the list's end are added.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from schemas import raw, render
from schemas.errors import Note, Refused
from schemas.table import period
from schemas.validate import findings, misfits
from sources import snapshot
from sources.snapshot import SnapshotFile, read

WHOLE = {"trade_flow": ["frequency", "period", "reporter_iso3", "flow"]}  # columns that identify a table, whose rows are written together
# columns that identify an event in another publisher's list, and columns to compare
EVENTS = {
    "veto": (["draft_symbol"], ["vote_date", "vetoed_by"]),
    "membership": (["bloc", "iso3", "status"], ["start_date", "end_date"]),
    "exercise": (["exercise_id"], ["start_date"]),
}
NOT_CONTENT = ("document", "as_printed", "note", "published_on")


def key(kind: str) -> list[str]:
    """Return the columns that identify a figure or an event, whatever its document."""
    return [column for column in render.key(raw.KINDS[kind]) if column != "document"]


def is_event(kind: str) -> bool:
    """Return True if rows are permanent, so that a second document cannot repeat one."""
    return "document" not in render.key(raw.KINDS[kind])


def period_column(kind: str) -> str | None:
    """Return the part of a figure's key that is its day or year; None for events, and for kinds without one."""
    column = period(raw.KINDS[kind])
    return None if is_event(kind) or column not in key(kind) else column


def validate_rows(kind: str, rows: pd.DataFrame, where: str) -> pd.DataFrame:
    """Validate rows and return them with the kind's types.

    Raises:
        Refused: they break a rule of the kind (the message names place, column, rule and value), or mix units.
    """
    problems = misfits(raw.KINDS[kind], list(rows.columns))
    frame, problems = (rows, problems) if problems else findings(raw.KINDS[kind].to_schema(), rows)
    if problems:
        raise Refused(f"{problems[0].line(where)}; correct parse.py, or the dropped file")
    # the audit one_unit_per_frequency would stop every release
    if {"frequency", "unit"} <= set(frame) and (frame.groupby("frequency")["unit"].nunique() > 1).any():
        raise Refused(f"{where}: figures of one frequency have several units; correct parse.py, or the dropped file")
    return frame


def snapshot_files(home: Path, folder: Path, source: str, before: str = "9999") -> list[SnapshotFile]:
    """Return a source's snapshot files: the bundled ones, and those of the live days before a day."""
    bundled = folder / source / "snapshot"
    files = snapshot.files(source, bundled, f"{source}/snapshot") if bundled.exists() else []
    return files + snapshot.live_files(home, source, before)


def newest_rows(files: Sequence[SnapshotFile], kind: str) -> pd.DataFrame:
    """Return the newest row of every figure or event in these files, with the day its document was published."""
    frames = [validate_rows(kind, read(file), file.name) for file in files if file.kind == kind]
    if not frames:
        return pd.DataFrame(columns=[*raw.KINDS[kind].to_schema().columns, "published_on"])
    documents = pd.concat([read(file) for file in files if file.kind == "documents"]).set_index("document")
    frame = pd.concat(frames, ignore_index=True)
    frame["published_on"] = frame["document"].map(documents["published_on"])
    return frame.sort_values("published_on", kind="stable").drop_duplicates(key(kind), keep="last")


def vanished(kind: str, rows: pd.DataFrame, before: pd.DataFrame) -> list[tuple]:
    """Return the keys of `before` that `rows` lacks."""
    present = set(rows[key(kind)].itertuples(index=False, name=None))
    return [k for k in before[key(kind)].itertuples(index=False, name=None) if k not in present]


def withdrawn(kind: str, rows: pd.DataFrame, before: pd.DataFrame) -> list[tuple]:
    """Return the figures of `before`, the question's last answer, that `rows` lacks, although `rows` has others of the same period."""
    column = period_column(kind)
    if column is None:
        return []
    at = key(kind).index(column)
    periods = set(rows[column])
    return [figure for figure in vanished(kind, rows, before) if figure[at] in periods]


def new_rows(kind: str, rows: pd.DataFrame, before: pd.DataFrame, list_ends: str = "", touched: Sequence[tuple] = ()) -> pd.DataFrame:
    """Return the rows that differ from `before`: whole tables if any row differs, and only the events after the list's last day.

    A table that lost or regained a figure (`touched`) is new as a whole: a figure missing from it counts as removed by the publisher.
    """
    content = [] if is_event(kind) else [c for c in rows.columns if c not in (*key(kind), *NOT_CONTENT)]
    now = rows.reset_index(drop=True)
    then = now[key(kind)].merge(before[[*key(kind), *content]], on=key(kind), how="left", indicator=True)
    is_new = then["_merge"] == "left_only"
    for column in content:
        is_same = (now[column] == then[column]).fillna(False).astype(bool) | (now[column].isna() & then[column].isna())
        is_new |= ~is_same
    if kind in WHOLE:
        changed = {tuple(dict(zip(key(kind), figure, strict=True))[column] for column in WHOLE[kind]) for figure in touched}
        is_new |= pd.Series([table in changed for table in now[WHOLE[kind]].itertuples(index=False, name=None)], dtype=bool)
        is_new = is_new.groupby([now[column] for column in WHOLE[kind]]).transform("any")
    if list_ends and is_event(kind):
        is_new &= (now[period(raw.KINDS[kind])].fillna("") > list_ends).astype(bool)
    return now[is_new]


def differences(kind: str, rows: pd.DataFrame, before: pd.DataFrame, until: str = "9999") -> list[Note]:
    """Return a line for each difference between a publisher's list and the curated one, for events up to `until`.

    The comparison is limited to the answer's coverage: its blocs and statuses, and the cells that it fills.
    """
    ours, theirs = (_by_event(kind, frame[frame[period(raw.KINDS[kind])].fillna("") <= until]) for frame in (before, rows))
    covered = {(event[0], event[2]) for event in theirs} if kind == "membership" else None
    changes = [
        f"{' '.join(event)}: {column} is {value}, the bundled list has {ours[event][column] or 'no value'}"
        for event in sorted(theirs.keys() & ours.keys())
        for column, value in theirs[event].items()
        if value and value != ours[event][column]
    ]
    new = [f"{' '.join(event)}: not in the bundled list" for event in sorted(theirs.keys() - ours.keys())]
    gone = sorted(event for event in ours.keys() - theirs.keys() if covered is None or (event[0], event[2]) in covered)
    return [*changes, *new, *(f"{' '.join(event)}: only in the bundled list, not in the publisher's" for event in gone)]


def _by_event(kind: str, rows: pd.DataFrame) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the compared columns of each event; votes under one symbol, which a bracket distinguishes, count as one."""
    name, compared = EVENTS[kind]
    text = rows[[*name, *compared]].astype("string").fillna("").to_dict("records")
    return {tuple(row[c].split(" [")[0] for c in name): {c: row[c] for c in compared} for row in text}
