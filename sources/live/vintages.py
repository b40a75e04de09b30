"""Vintages: what an answer says that was not known before, and whether it can be believed.

Belongs here: comparing rows of a kind with earlier rows of that kind. Does not belong here: where rows come from or go.

A figure whose kind has `document` in its key is kept once per value: unchanged, it stays known since its first document;
changed, it is a new row with a new document. A partner table is written whole when any of its figures changed, because a
rank cites its lines as one block. Events (vetoes, exercises, memberships) have one row for ever: what a publisher says
of an event already listed is compared and reported, and only events after the list's end are added.
"""

from collections.abc import Sequence

import pandas as pd

from schemas import raw
from schemas.errors import Refused
from schemas.validate import findings, misfits
from sources.snapshot import SnapshotFile, read

WHOLE = {"trade_flow": ["frequency", "period", "reporter_iso3", "flow"]}  # rows that stand or change together
MAGNITUDE = {"trade_flow": "value", "trade_by_product": "value_usd", "economy_indicator": "value"}
# what an event is found by in another publisher's list, and what is compared
EVENTS = {
    "veto": (["draft_symbol"], ["vote_date", "vetoed_by"]),
    "membership": (["bloc", "iso3", "status"], ["start_date", "end_date"]),
    "exercise": (["exercise_id"], ["start_date"]),
}
EVENT_DAY = {"veto": "vote_date", "membership": "start_date", "exercise": "start_date"}
PERIOD = {"trade_flow": "period", "trade_by_product": "year", "economy_indicator": "year"}  # figures are asked for by their year
NOT_CONTENT = ("document", "note", "published_on")
SHRINK = 0.1  # a tenth of an answer's figures gone is a broken answer until a person says otherwise
ACCEPT = "check the publisher's page, then run again with --accept-revision and the source's name if it is right"
JUMP = 50  # the unit changed: half of all figures fifty times larger or smaller


def key(kind: str) -> list[str]:
    """The columns that say which figure or event a row is about, whatever document it stands in."""
    return [column for column in raw.KINDS[kind].Config.unique if column != "document"]


def is_event(kind: str) -> bool:
    """True where a row is for ever, so that a second document cannot repeat it."""
    return "document" not in raw.KINDS[kind].Config.unique


def checked(kind: str, rows: pd.DataFrame, where: str) -> pd.DataFrame:
    """The rows with the kind's types.

    Raises:
        Refused: they break the kind's rules; one line says where and how.
    """
    wrong = misfits(raw.KINDS[kind], rows)
    frame, wrong = (rows, wrong) if wrong else findings(raw.KINDS[kind].to_schema(), rows)
    if wrong:
        raise Refused(wrong[0].line(where))
    return frame


def known(files: Sequence[SnapshotFile], kind: str) -> pd.DataFrame:
    """The newest row of every figure or event in these files, with the day its document was published."""
    frames = [checked(kind, read(file), file.name) for file in files if file.kind == kind]
    if not frames:
        return pd.DataFrame(columns=[*raw.KINDS[kind].to_schema().columns, "published_on"])
    documents = pd.concat([read(file) for file in files if file.kind == "documents"]).set_index("document")
    frame = pd.concat(frames, ignore_index=True)
    frame["published_on"] = frame["document"].map(documents["published_on"])
    return frame.sort_values("published_on", kind="stable").drop_duplicates(key(kind), keep="last")


def believed(kind: str, rows: pd.DataFrame, before: pd.DataFrame, where: str) -> None:
    """Compare an answer with the one before it (or with what is known).

    Raises:
        Refused: a tenth of the figures is gone, or the usual figure is fifty times larger or smaller.
    """
    gone = vanished(kind, rows, before)
    if len(gone) > max(3, SHRINK * len(before)):
        first = " ".join(map(str, gone[0]))
        raise Refused(f"{where}: coverage shrank, {len(gone)} of {len(before)} figures are gone, first {first}; {ACCEPT}")
    same_magnitude(kind, rows, before, where)


def within(kind: str, rows: pd.DataFrame, years: range) -> pd.DataFrame:
    """The rows of these years; all rows of a kind that is not asked for by year."""
    return rows[rows[PERIOD[kind]].astype("string").str[:4].astype(int).isin(years)] if kind in PERIOD else rows


def vanished(kind: str, rows: pd.DataFrame, before: pd.DataFrame) -> list[tuple]:
    """Keys of `before` that `rows` no longer has."""
    now = set(rows[key(kind)].itertuples(index=False, name=None))
    return [k for k in before[key(kind)].itertuples(index=False, name=None) if k not in now]


def same_magnitude(kind: str, rows: pd.DataFrame, before: pd.DataFrame, where: str) -> None:
    """Raises `Refused` where the usual figure of `rows` is fifty times that of `before`, or a fiftieth."""
    if kind not in MAGNITUDE or before.empty:
        return
    value = MAGNITUDE[kind]
    both = rows.merge(before, on=key(kind), suffixes=("", "_before"))
    both = both[(both[value] != 0) & (both[f"{value}_before"] != 0)]
    ratio = (both[value] / both[f"{value}_before"]).abs().median() if len(both) else 1.0
    if not 1 / JUMP < ratio < JUMP:
        raise Refused(f"{where}: magnitude jumped, the usual {value} is {ratio:.3g} times the one before; {ACCEPT}")


def same_scale(rows: pd.DataFrame, before: pd.DataFrame, where: str) -> None:
    """Hold annual trade to another source's, of the year nearest to it, by reporter, partner and flow.

    Raises:
        Refused: the usual figure is fifty times larger or smaller: another unit.
    """
    flow = ["reporter_iso3", "partner_iso3", "flow"]
    first, last = (
        frame[(frame["frequency"] == "annual") & (frame["unit"] == "USD")].sort_values("period", kind="stable") for frame in (rows, before)
    )
    near = first.drop_duplicates(flow).merge(last.drop_duplicates(flow, keep="last"), on=flow, suffixes=("", "_before"))
    near = near[(near["value"] != 0) & (near["value_before"] != 0)]
    ratio = (near["value"] / near["value_before"]).median() if len(near) else 1.0
    if not 1 / JUMP < ratio < JUMP:
        raise Refused(f"{where}: magnitude jumped, the usual value is {ratio:.3g} times that of the source it is measured by; {ACCEPT}")


def withdrawn(kind: str, rows: pd.DataFrame, before: pd.DataFrame) -> list[tuple]:
    """Figures of `before`, the same question's last answer, that `rows` lacks although it has others of their period."""
    if kind not in PERIOD:
        return []
    at = key(kind).index(PERIOD[kind])
    periods = set(rows[PERIOD[kind]])
    return [gone for gone in vanished(kind, rows, before) if gone[at] in periods]


def news(kind: str, rows: pd.DataFrame, before: pd.DataFrame, list_ends: str = "", touched: Sequence[tuple] = ()) -> pd.DataFrame:
    """The rows that say something new against `before`; rows of one table come together, events after the list's last day.

    A table that lost or regained a figure (`touched`) is new as a whole: what it does not list is withdrawn.
    """
    content = [] if is_event(kind) else [c for c in rows.columns if c not in (*key(kind), *NOT_CONTENT)]
    now = rows.reset_index(drop=True)
    then = now[key(kind)].merge(before[[*key(kind), *content]], on=key(kind), how="left", indicator=True)
    is_new = then["_merge"] == "left_only"
    for column in content:
        is_same = (now[column] == then[column]).fillna(False).astype(bool) | (now[column].isna() & then[column].isna())
        is_new |= ~is_same
    if kind in WHOLE:
        other = {tuple(dict(zip(key(kind), figure, strict=True))[column] for column in WHOLE[kind]) for figure in touched}
        is_new |= pd.Series([table in other for table in now[WHOLE[kind]].itertuples(index=False, name=None)], dtype=bool)
        is_new = is_new.groupby([now[column] for column in WHOLE[kind]]).transform("any")
    if list_ends and is_event(kind):
        is_new &= (now[EVENT_DAY[kind]].fillna("") > list_ends).astype(bool)
    return now[is_new]


def differences(kind: str, rows: pd.DataFrame, before: pd.DataFrame, until: str = "9999") -> list[str]:
    """What a publisher says otherwise than our list, for events up to `until`, one line each.

    Only what the answer covers is compared: blocs and statuses it names, and cells it fills.
    """
    ours, theirs = (_by_event(kind, frame[frame[EVENT_DAY[kind]].fillna("") <= until]) for frame in (before, rows))
    covered = {(event[0], event[2]) for event in theirs} if kind == "membership" else None
    other = [
        f"{' '.join(event)}: {column} is {said}, our list says {ours[event][column] or 'nothing'}"
        for event in sorted(theirs.keys() & ours.keys())
        for column, said in theirs[event].items()
        if said and said != ours[event][column]
    ]
    new = [f"{' '.join(event)}: not in our list" for event in sorted(theirs.keys() - ours.keys())]
    gone = sorted(event for event in ours.keys() - theirs.keys() if covered is None or (event[0], event[2]) in covered)
    return [*other, *new, *(f"{' '.join(event)}: only in our list" for event in gone)]


def _by_event(kind: str, rows: pd.DataFrame) -> dict[tuple[str, ...], dict[str, str]]:
    """What is compared of each event; votes under one symbol, told apart by a bracket, count as one."""
    name, compared = EVENTS[kind]
    text = rows[[*name, *compared]].astype("string").fillna("").to_dict("records")
    return {tuple(row[c].split(" [")[0] for c in name): {c: row[c] for c in compared} for row in text}
