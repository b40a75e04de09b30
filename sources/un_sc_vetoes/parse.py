"""Parse the vetoes that the DPPA publishes (CSV) and the Dag Hammarskjöld Library lists (a web page).

The voter follows from the seat and the day: one DPPA column is for the Soviet Union and Russia, and the Republic of China held
China's seat until 1971. Neither list gives the kind of vote, so every row is read as a draft.
"""

import re
from collections import Counter
from datetime import datetime

import pandas as pd

from schemas.day import is_iso_date
from schemas.errors import Refused
from schemas.words import plural
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.html import cells
from sources.reading.table import csv_rows, number, text

SEATS = {
    "china": "China",
    "france": "France",
    "russian_federation_ussr": "Russia",
    "united_kingdom": "United Kingdom",
    "united_states": "United States",
}
FLAGS = {"": "0", "0.0": "0", "false": "0", "1.0": "1", "true": "1"}  # other spellings of 0 and 1
COLUMNS = ["id", "draft_res#", "date", "record", "agenda", "short_agenda", "#_of_pms", *SEATS, "url_for_res#", "last_update"]
NAMES = {"USSR": "Russia", "Russian Federation": "Russia", "UK": "United Kingdom", "USA": "United States", "US": "United States"}


def parse(body: bytes, request: Request) -> Parsed:
    """Return a row per vetoed draft; a number distinguishes votes on the same draft.

    Raises:
        Refused: a changed column, a flag other than 0 or 1, a value that is not a day, a row without a veto.
    """
    if request.expects == "html":
        rows = _library(text(body))
        notes: tuple[str, ...] = ()
        updated = ""
    else:
        records, notes = csv_rows(body, COLUMNS, ["year"])
        rows = [_dppa(row, f"line {line}") for line, row in records]
        updated = max((row["last_update"][:10] for _, row in records), default="")
    votes: Counter[str] = Counter()
    for row in rows:
        votes[row["draft_symbol"]] += 1
        if (n := votes[row["draft_symbol"]]) > 1:
            row["draft_symbol"] += f" [vote {n}]"
    return Parsed(pd.DataFrame(rows), updated if is_iso_date(updated) else "", notes)


def _dppa(row: dict[str, str], where: str) -> dict:
    day = row["date"][:10]
    flags = {column: FLAGS.get(row[column].lower(), row[column]) for column in SEATS}
    if not is_iso_date(day):
        raise Refused(f"{where}: {row['date']!r} is not a day; the publisher has changed the format of dates: correct parse.py")
    if wrong := [column for column, flag in flags.items() if flag not in ("0", "1")]:
        raise Refused(
            f"{where}: {wrong[0]} is {flags[wrong[0]]!r}, neither 0 nor 1; the publisher has changed the columns: correct parse.py"
        )
    seats = [SEATS[column] for column, flag in flags.items() if flag == "1"]
    if row["#_of_pms"] and len(seats) != number(row["#_of_pms"], f"{where}: #_of_pms"):
        raise Refused(
            f"{where}: {plural(len(seats), 'member is', 'members are')} marked, but #_of_pms is {row['#_of_pms']}; the publisher has changed the columns: correct parse.py"
        )
    record = row["record"]
    return _veto(row["draft_res#"], f"S/PV.{record}" if record.isdigit() else record, day, row["agenda"], row["short_agenda"], seats, where)


def _library(page: str) -> list[dict]:
    """Return the vetoes of the page's table: date, draft, meeting record, agenda item, members separated by line breaks."""
    rows = []
    for n, row in enumerate(cells(page), start=1):
        if len(row) != 5 or not (day := _day(row[0])):
            continue
        seats = [NAMES.get(name, name) for name in re.split(r"\n|,|;", row[4]) if name.strip()]
        rows.append(_veto(row[1].split("\n")[0], row[2].split("\n")[0], day, row[3], row[3], [s.strip() for s in seats], f"table row {n}"))
    if not rows:
        raise Refused("no table of vetoes on the page; the publisher has changed it: correct parse.py")
    return rows


def _day(cell: str) -> str:
    """Return the day of `23 December 2016`, the last one of a range, empty for a header cell."""
    date = re.search(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})$", cell.strip())
    try:
        return datetime.strptime(" ".join(date.groups()), "%d %B %Y").date().isoformat() if date else ""
    except ValueError:
        return ""


def _veto(draft: str, record: str, day: str, agenda: str, topic: str, seats: list[str], where: str) -> dict:
    if not seats:
        raise Refused(
            f"{where}: no permanent member is marked, so there was no veto; the publisher has changed the columns: correct parse.py"
        )
    draft = " ".join(draft.split()) or record
    return {
        "draft_symbol": draft if draft.startswith("S/") else f"S/{draft}",
        "meeting_record": record,
        "vote_date": day,
        "kind": "draft",
        "agenda_item": agenda,
        "topic": topic or None,
        "vetoed_by": ";".join(sorted(countries.seat_holder(seat, day) for seat in seats)),
        "sponsors": None,
        "sponsors_complete": None,
        "in_favour": None,
        "against": None,
        "abstained": None,
        "not_voting": None,
        "confidence": "documented",
        "settled_by": None,
        "note": None,
    }
