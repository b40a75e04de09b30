"""Parse the UN Digital Library's votes of member states on resolutions of the General Assembly, a row for each roll call.

X or NV marks a state that did not vote. Votes up to the last bundled one are skipped; a note gives the number of their resolutions.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from schemas.day import is_iso_date
from schemas.errors import Refused
from schemas.words import plural
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import csv_records, number

BUNDLED_UNTIL = "2020-01-14"  # the last vote of voeten_assembly_votes
COLUMNS = [
    "undl_id", "ms_code", "ms_vote", "date", "session", "resolution", "title", "total_yes", "total_no", "total_abstentions",
]  # fmt: skip
OPTIONAL = [
    "ms_name", "draft", "committee_report", "meeting", "agenda_title", "subjects", "vote_note", "total_non_voting", "total_ms", "undl_link",
]  # fmt: skip
LISTS = {"Y": "yes_members", "N": "no_members", "A": "abstained_members", "X": "", "NV": ""}
TOTALS = {"yes_members": "total_yes", "no_members": "total_no", "abstained_members": "total_abstentions"}


class _RollCall(NamedTuple):
    """The first record of a roll call, its line, and the vote of each state by its code."""

    line: int
    record: dict[str, str]
    votes: dict[str, str]


def parse(body: bytes, request: Request) -> Parsed:
    """Return the roll calls after the bundled ones; one whose totals differ from its votes is left out, with a note.

    Raises:
        Refused: a changed column or date, an unknown letter, state or session, a state or a resolution listed twice.
    """
    records, notes = csv_records(body, COLUMNS, OPTIONAL)
    calls: dict[str, _RollCall] = {}
    earlier = set()
    for line, row in records:
        if not is_iso_date(row["date"]):
            raise Refused(
                f"line {line}: date {row['date']!r} is not a day YYYY-MM-DD; the publisher has changed the file: correct parse.py"
            )
        if row["date"] <= BUNDLED_UNTIL:
            earlier.add(row["undl_id"])
            continue
        _add(calls.setdefault(row["undl_id"], _RollCall(line, row, {})), row, f"line {line}")
    _check_listed_once(calls.values())
    rows, wrong = [], []
    for call in calls.values():
        if any(call.votes.values()):
            row = _roll_call(call)
            note = _other_totals(row, call)
            wrong.append(note) if note else rows.append(row)
    skipped = [f"{plural(len(earlier), 'resolution')} skipped: the bundled list has the votes up to {BUNDLED_UNTIL}"] if earlier else []
    rows.sort(key=lambda row: (row["session"], row["vote_date"], row["roll_call"]))
    return Parsed(pd.DataFrame(rows), "", (*notes, *skipped, *wrong))


def _add(call: _RollCall, row: dict[str, str], where: str) -> None:
    """Add a state's vote to its roll call."""
    if row["ms_vote"] not in LISTS:
        raise Refused(f"{where}: ms_vote {row['ms_vote']!r} is unknown; correct parse.py to match the publisher's data dictionary")
    if (row["date"], row["resolution"]) != (call.record["date"], call.record["resolution"]):
        raise Refused(
            f"{where}: undl_id {row['undl_id']} has another resolution or day on line {call.line}; the file is damaged: try again later"
        )
    state = countries.iso3("undl", row["ms_code"], row["date"], where)
    if state in call.votes:
        raise Refused(f"{where}: {state} is listed twice on {row['resolution']}; the file is damaged: try again later")
    call.votes[state] = LISTS[row["ms_vote"]]


def _check_listed_once(calls: Iterable[_RollCall]) -> None:
    """Refuse a resolution under two ids."""
    first: dict[str, int] = {}
    for call in calls:
        symbol = call.record["resolution"]
        if symbol in first:
            raise Refused(
                f"line {call.line}: {symbol} has another undl_id on line {first[symbol]}; the publisher has repeated it: correct parse.py"
            )
        first[symbol] = call.line


def _roll_call(call: _RollCall) -> dict:
    record, where = call.record, f"line {call.line}"
    members = {name: ";".join(sorted(state for state, vote in call.votes.items() if vote == name)) or None for name in TOTALS}
    return {
        "roll_call": record["undl_id"],
        "session": _session(record["session"], record["date"], where),
        "vote_date": record["date"],
        "date_precision": "day",
        "resolution": record["resolution"],
        "title": record["title"].split(" : resolution /")[0] or None,
        "is_important": None,
        "on_amendment": False,
        "on_paragraph": False,
        **members,
        "note": None,
    }


def _session(session: str, day: str, where: str) -> int:
    """Return the regular session: a number, or for special and emergency sessions (S-32, ES-11) the one that is open in the month.

    A regular session opens in September; a special session in September counts in the new one.
    """
    if session.isdigit():
        return int(session)
    if session.partition("-")[0] not in ("S", "ES"):
        raise Refused(
            f"{where}: session {session!r} is not a number, S-<number> or ES-<number>; the publisher has changed the file: correct parse.py"
        )
    return int(day[:4]) - (1945 if day[5:7] >= "09" else 1946)


def _other_totals(row: dict, call: _RollCall) -> str:
    """Return a note if a total differs from the votes listed, else an empty string."""
    for name, total in TOTALS.items():
        listed = len(row[name].split(";")) if row[name] else 0
        if (stated := number(call.record[total], f"line {call.line}: {total}")) != listed:
            return f"line {call.line}: {row['resolution']} left out: {total} is {stated:g}, but {listed} states are listed; check the library's record"
    return ""
