"""Parse the Military Exercises data set, version 7, into exercises; those that the curated list has are left out.

States are listed by name, without roles. An exercise is skipped and counted if the reference table lacks the name of one of its states, or
if one of them did not exist when it began. The columns of whole dates mix `10/6/99` and `1980-01-xx`, so dates are read from the columns of year,
month and day, `xx` if not documented. The publisher gave some ids to two different exercises; both are kept.
"""

from collections import Counter, defaultdict

import pandas as pd

from schemas.errors import Refused
from schemas.words import plural
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import csv_rows, number

CURATED, FIRST_CURATED_YEAR = {"CHN", "RUS"}, 2003
COLUMNS = [
    "MMEID", "Ex_Name", "Series_Name", "Location", "lat", "lon", "s.year", "s.month", "s.day", "e.year", "e.month", "e.day",
    "CPX", "Air", "Land", "Sea", "FocusDescription", "StateA", "StateB",
]  # fmt: skip
KNOWN = ["StartDate", "EndDate", "Amphibious", "Cyber", "Warfighting", "Peacekeeping", "Humanitarian", "AdditionalParticipantInfo"]
DOMAINS = {"Sea": "naval", "Air": "air", "Land": "land"}
PRECISIONS = ("year", "month", "day")
SHOWN = 10
MISSING = ("", "-9", "xx")
Notes = defaultdict[tuple[str, str], list[str]]  # of what something was done (a noun), what, and in which exercises


def parse(body: bytes, request: Request) -> Parsed:
    """Return the exercises of at least two states, all of them in the reference table; the index is the line of the file.

    Raises:
        Refused: a changed column, or a value that is not a year or not a number.
    """
    states = [f"State{letter}" for letter in "CDEFGHIJKLMNOPQRSTUVWXYZ"] + [f"StateA{letter}" for letter in "ABCDEFGHIJKLM"]
    records, notes = csv_rows(body, COLUMNS, [*KNOWN, *states])
    done: Notes = defaultdict(list)
    rows, alone, curated, unknown, ended = {}, 0, 0, Counter[str](), Counter[str]()
    for line, row in records:
        if not row["s.year"].isdigit():
            raise Refused(f"line {line}: {row['s.year']!r} is not a year; the publisher has changed the file: correct parse.py")
        start, _ = _day(row, "s", line)
        names = [row[c] for c in row if c.startswith("State") and row[c] not in MISSING]
        found = {name: countries.by_name(name, start) for name in names}
        members = {iso3 for iso3 in found.values() if iso3}
        lacking = {name for name, iso3 in found.items() if not iso3}
        gone = {name for name, iso3 in found.items() if iso3 and not countries.existed(iso3, start)}
        unknown.update(lacking)
        ended.update(gone)
        if lacking or gone:
            continue
        if len(members) < 2:
            alone += 1
            continue
        if members >= CURATED and int(row["s.year"]) >= FIRST_CURATED_YEAR:
            curated += 1
            continue
        rows[line] = _exercise(row, line, sorted(members), done)
    skipped = [f"{plural(alone, 'exercise')} skipped, with fewer than two named states"] if alone else []
    if curated:
        skipped.append(
            f"{plural(curated, 'exercise')} of China and Russia in {FIRST_CURATED_YEAR} or later skipped, since the curated list has those"
        )
    if unknown:
        skipped.append(f"exercises skipped for names that are not in the reference table: {_most(unknown)}")
    if ended:
        skipped.append(f"exercises skipped for states that did not exist when they began: {_most(ended)}")
    own = _with_own_ids(rows, done)
    skipped += [f"{plural(len(places), thing)} {reason}: {', '.join(places[:SHOWN])}" for (thing, reason), places in done.items()]
    return Parsed(pd.DataFrame(list(own.values()), index=list(own)), "", (*notes, *skipped))


def _most(names: Counter[str]) -> str:
    return ", ".join(f"{name} ({n})" for name, n in names.most_common(SHOWN))


def _with_own_ids(exercises: dict[int, dict], done: Notes) -> dict[int, dict]:
    """Return the exercises by line: without repetitions, and with a numbered id if another exercise has the id on an earlier line."""
    own, of_id = {}, defaultdict[str, list[dict]](list)
    for line, exercise in exercises.items():
        mme_id = exercise["exercise_id"]
        earlier = of_id[mme_id]
        if exercise in earlier:
            done["exercise", "skipped, repeating an earlier line"].append(f"{mme_id} on line {line}")
            continue
        earlier.append(exercise)
        if len(earlier) > 1:
            done["exercise", "kept under a new id, since an earlier line has another exercise with the same id"].append(
                f"{mme_id} on line {line}"
            )
            exercise = exercise | {"exercise_id": f"{mme_id}-{len(earlier)}"}
        own[line] = exercise
    return own


def _exercise(row: dict[str, str], line: int, members: list[str], done: Notes) -> dict:
    domains = [name for column, name in DOMAINS.items() if row[column] == "1"]
    start, precision = _day(row, "s", line)
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
        "end_date": _end(row, line, done),
        "date_precision": precision,
        "participants": ";".join(members),
        "participants_at_sea": None,
        "hosts": None,
        "location_name": row["Location"] or None,
        "seas": None,
        "region": "not documented",
        "latitude": number(row["lat"], f"line {line}: lat") if has_point else None,
        "longitude": number(row["lon"], f"line {line}: lon") if has_point else None,
        "coordinate_precision": "area" if has_point else None,
        "personnel_total": None,
        "confidence": "single source",
        "settled_by": None,
        "note": row["FocusDescription"] or None,
    }


def _end(row: dict[str, str], line: int, done: Notes) -> str | None:
    """Return the documented end, or None if there is none, or if it is less precise than the start or before it."""
    (start, precision), (end, end_precision) = _day(row, "s", line), _day(row, "e", line)
    if not end:
        return None
    if PRECISIONS.index(end_precision) < PRECISIONS.index(precision):
        reason = "left out, being less precise than the start"
    elif end < start:
        reason = "left out, being before the start"
    else:
        return end
    done["end date", reason].append(f"{row['MMEID'].lower()} on line {line}")
    return None


def _day(row: dict[str, str], prefix: str, line: int) -> tuple[str, str]:
    """Return the first day of the documented day, month or year, and which of the three it is."""
    year, month, day = (row[f"{prefix}.{part}"] for part in ("year", "month", "day"))
    if year in MISSING:
        return "", "year"
    first = f"{number(year, f'line {line}: {prefix}.year'):04g}"
    if month in MISSING:
        return f"{first}-01-01", "year"
    first += f"-{number(month, f'line {line}: {prefix}.month'):02g}"
    if day in MISSING:
        return f"{first}-01", "month"
    return f"{first}-{number(day, f'line {line}: {prefix}.day'):02g}", "day"
