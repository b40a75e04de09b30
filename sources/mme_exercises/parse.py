"""Parse the Military Exercises data set, version 7, into exercises; those that the curated list has are left out.

States are listed by name, without roles; an exercise with a name that the reference table lacks is skipped and counted. The columns
of whole dates mix `10/6/99` and `1980-01-xx`, so dates are read from the columns of year, month and day, `xx` if not documented.
"""

from collections import Counter

import pandas as pd

from schemas.errors import Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import csv_rows

CURATED, FIRST_CURATED_YEAR = {"CHN", "RUS"}, 2003
COLUMNS = [
    "MMEID", "Ex_Name", "Series_Name", "Location", "lat", "lon", "s.year", "s.month", "s.day", "e.year", "e.month", "e.day",
    "CPX", "Air", "Land", "Sea", "FocusDescription", "StateA", "StateB",
]  # fmt: skip
KNOWN = ["StartDate", "EndDate", "Amphibious", "Cyber", "Warfighting", "Peacekeeping", "Humanitarian", "AdditionalParticipantInfo"]
DOMAINS = {"Sea": "naval", "Air": "air", "Land": "land"}
SHOWN = 10
MISSING = ("", "-9", "xx")


def parse(body: bytes, request: Request) -> Parsed:
    """Return the exercises of at least two states, all of them in the reference table.

    Raises:
        Refused: a changed column, or a value that is not a year.
    """
    states = [f"State{letter}" for letter in "CDEFGHIJKLMNOPQRSTUVWXYZ"] + [f"StateA{letter}" for letter in "ABCDEFGHIJKLM"]
    records, notes = csv_rows(body, COLUMNS, [*KNOWN, *states])
    rows, alone, curated, unknown = [], 0, 0, Counter[str]()
    for line, row in records:
        if not row["s.year"].isdigit():
            raise Refused(f"line {line}: {row['s.year']!r} is not a year; the publisher has changed the file: correct parse.py")
        names = [row[c] for c in row if c.startswith("State") and row[c] not in MISSING]
        found = {name: countries.by_name(name, _day(row, "s")[0]) for name in names}
        members = {iso3 for iso3 in found.values() if iso3}
        unknown.update({name for name, iso3 in found.items() if not iso3})
        if None in found.values():
            continue
        if len(members) < 2:
            alone += 1
            continue
        if members >= CURATED and int(row["s.year"]) >= FIRST_CURATED_YEAR:
            curated += 1
            continue
        rows.append(_exercise(row, sorted(members)))
    frame = pd.DataFrame(rows).drop_duplicates("exercise_id") if rows else pd.DataFrame()
    skipped = [f"{alone} exercises skipped: they name fewer than two states"] if alone else []
    if curated:
        skipped.append(
            f"{curated} exercises skipped: China and Russia took part in {FIRST_CURATED_YEAR} or later, which the curated list has"
        )
    if unknown:
        most = ", ".join(f"{name} ({n})" for name, n in unknown.most_common(SHOWN))
        skipped.append(f"exercises skipped for names that are not in the reference table: {most}")
    return Parsed(frame, "", (*notes, *skipped))


def _exercise(row: dict[str, str], members: list[str]) -> dict:
    domains = [name for column, name in DOMAINS.items() if row[column] == "1"]
    start, precision = _day(row, "s")
    end, _ = _day(row, "e")
    name = row["Ex_Name"] if row["Ex_Name"] not in MISSING else f"Exercise at {row['Location'] or 'an undocumented place'}"
    has_point = row["lat"] not in MISSING and row["lon"] not in MISSING
    return {
        "exercise_id": row["MMEID"].lower(),
        "name": name,
        "series": row["Series_Name"] if row["Series_Name"] not in MISSING else None,
        "category": "core_military",
        "format": "bilateral" if len(members) == 2 else "multilateral",
        "domain": domains[0] if len(domains) == 1 else "joint",
        "is_patrol": False,
        "start_date": start,
        "end_date": end if end and end >= start else None,
        "date_precision": precision,
        "participants": ";".join(members),
        "participants_at_sea": None,
        "hosts": None,
        "location_name": row["Location"] or None,
        "seas": None,
        "region": "not documented",
        "latitude": float(row["lat"]) if has_point else None,
        "longitude": float(row["lon"]) if has_point else None,
        "coordinate_precision": "area" if has_point else None,
        "personnel_total": None,
        "confidence": "single source",
        "settled_by": None,
        "note": row["FocusDescription"] or None,
    }


def _day(row: dict[str, str], prefix: str) -> tuple[str, str]:
    """Return the first day of the documented day, month or year, and which of the three it is."""
    year, month, day = (row[f"{prefix}.{part}"] for part in ("year", "month", "day"))
    if year in MISSING:
        return "", "year"
    if month in MISSING:
        return f"{year}-01-01", "year"
    if day in MISSING:
        return f"{year}-{int(month):02}-01", "month"
    return f"{year}-{int(month):02}-{int(day):02}", "day"
