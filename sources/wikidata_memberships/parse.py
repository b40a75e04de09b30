"""Parse Wikidata's SPARQL results into memberships, to be compared with the curated table.

An optional variable without a value is absent. A start or end known by year or month (precision 9 or 10) is left empty, because
the curated table writes such days by its own rule.
"""

import re

import pandas as pd

from schemas.day import is_iso_date
from schemas.errors import Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import header_notes, json_value
from sources.wikidata_memberships.fetch import BLOCS

REQUIRED = ("org", "iso3", "memberLabel", "start", "startPrecision", "end", "roleLabel")
OPTIONAL = ("endPrecision",)  # a home may have stored an answer without it
DAY = "11"
NOT_MEMBER = re.compile("observer|partner|candidate|applicant|invite", re.IGNORECASE)  # roles short of membership


def parse(body: bytes, request: Request) -> Parsed:
    """Return the members, one row each, from the first of several statements; statements about an unknown state or bloc are left out.

    Raises:
        Refused: not SPARQL results, or no members.
    """
    answer = json_value(body)
    notes = header_notes(answer["head"]["vars"], REQUIRED, OPTIONAL)
    bindings = answer["results"]["bindings"]
    if not bindings:
        raise Refused("no members; the publisher has changed its items, or the query was truncated: correct fetch.py")
    statements = [{name: cell["value"] for name, cell in binding.items()} for binding in bindings]
    members = [row for row in statements if not NOT_MEMBER.search(row.get("roleLabel", ""))]
    known = [row for row in members if row.get("iso3") in countries.alpha3_codes() and _bloc(row) in BLOCS]
    if not known:
        raise Refused("no members that are known states; the publisher has changed its items: correct fetch.py")
    left_out = (f"{n} statements left out: unknown state or bloc",) if (n := len(members) - len(known)) else ()
    return Parsed(pd.DataFrame(map(_member, known)).drop_duplicates(["bloc", "iso3"]), "", (*notes, *left_out))


def _bloc(row: dict[str, str]) -> str:
    return row["org"].rsplit("/", 1)[-1]


def _known_day(row: dict[str, str], name: str) -> str | None:
    """Return the day of a timestamp; None if it is absent, not known to the day, an unknown value or BC."""
    day = row.get(name, "").removeprefix("+")[:10]
    return day if row.get(f"{name}Precision") == DAY and is_iso_date(day) else None


def _member(row: dict[str, str]) -> dict:
    start, end = _known_day(row, "start"), _known_day(row, "end")
    return {
        "bloc": BLOCS[_bloc(row)],
        "iso3": row["iso3"],
        "country_name": row.get("memberLabel", row["iso3"]),
        "status": "member",
        "invited_as": None,
        "start_date": start,
        "start_precision": "day" if start else None,
        "end_date": end,
        "end_precision": "day" if end else None,
        "decision_date": None,
        "is_founding": False,
        "confidence": "single source",
        "settled_by": None,
        "is_disputed": False,
        "disputed_on": None,
        "note": None,
        "note_known_on": None,
    }
