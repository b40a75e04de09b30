"""Vetoes as the DPPA publishes them (CSV), and as the Dag Hammarskjöld Library lists them (a web page).

Belongs here: the publishers' columns and whose vote a column means on a day. Does not belong here: asking (`fetch`).

One DPPA column stands for the Soviet Union and Russia, and China's seat was held by the Republic of China until 1971: who
voted follows from the seat and the day. What kind of vote it was is in neither list: every row is read as a draft.
"""

import re
from collections import Counter
from datetime import datetime

import pandas as pd

from schemas.day import is_iso_date
from schemas.errors import Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.html import cells
from sources.reading.table import csv_rows, text

SEATS = {
    "china": "China",
    "france": "France",
    "russian_federation_ussr": "Russia",
    "united_kingdom": "United Kingdom",
    "united_states": "United States",
}
COLUMNS = ["id", "draft_res#", "date", "record", "agenda", "short_agenda", "#_of_pms", *SEATS, "url_for_res#", "last_update"]
NAMES = {"USSR": "Russia", "Russian Federation": "Russia", "UK": "United Kingdom", "USA": "United States", "US": "United States"}


def parse(body: bytes, request: Request) -> Parsed:
    """A row per vetoed draft, drafts voted on more than once told apart by their number.

    Raises:
        Refused: a changed column, a flag that is no flag, a day that is none, a row without a veto.
    """
    if request.expects == "html":
        rows, notes = _library(text(body)), ()
        updated = ""
    else:
        records, notes = csv_rows(body, COLUMNS, ["year"])
        rows = [_dppa(row, f"line {line}") for line, row in records]
        updated = max((row["last_update"][:10] for _, row in records), default="")
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row["draft_symbol"]] += 1
        if (n := seen[row["draft_symbol"]]) > 1:
            row["draft_symbol"] += f" [vote {n}]"
    return Parsed(pd.DataFrame(rows), updated if is_iso_date(updated) else "", notes)


def _dppa(row: dict[str, str], where: str) -> dict:
    day = row["date"][:10]
    flags = {column: row[column] or "0" for column in SEATS}
    if not is_iso_date(day):
        raise Refused(f"{where}: {row['date']!r} is not a day; the publisher has changed the format of dates")
    if odd := {v for v in flags.values() if v not in ("0", "1")}:
        raise Refused(f"{where}: {odd.pop()!r} where 0 or 1 was due; the publisher has changed the columns")
    seats = [SEATS[column] for column, flag in flags.items() if flag == "1"]
    if len(seats) != int(row["#_of_pms"] or len(seats)):
        raise Refused(f"{where}: {len(seats)} members are marked where #_of_pms says {row['#_of_pms']}")
    record = row["record"]
    return _veto(row["draft_res#"], f"S/PV.{record}" if record.isdigit() else record, day, row["agenda"], row["short_agenda"], seats, where)


def _library(page: str) -> list[dict]:
    """Five columns: date, draft, meeting record, agenda item, members; a line break separates members."""
    rows = []
    for n, row in enumerate(cells(page), start=1):
        if len(row) != 5 or not (day := _day(row[0])):
            continue
        seats = [NAMES.get(name, name) for name in re.split(r"\n|,|;", row[4]) if name.strip()]
        rows.append(_veto(row[1].split("\n")[0], row[2].split("\n")[0], day, row[3], row[3], [s.strip() for s in seats], f"table row {n}"))
    if not rows:
        raise Refused("no table of vetoes on the page; the publisher has changed it")
    return rows


def _day(written: str) -> str:
    """`23 December 2016`, of a range its last day; nothing for a header cell."""
    found = re.search(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})$", written.strip())
    try:
        return datetime.strptime(" ".join(found.groups()), "%d %B %Y").date().isoformat() if found else ""
    except ValueError:
        return ""


def _veto(draft: str, record: str, day: str, agenda: str, topic: str, seats: list[str], where: str) -> dict:
    if not seats:
        raise Refused(f"{where}: no permanent member is marked, so there was no veto; the publisher has changed the columns")
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
        "note": None,
    }
