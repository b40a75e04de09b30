"""Parse Wikidata's SPARQL results into memberships, to be compared with the curated table.

An optional variable without a value is absent. A start known by year or month (precision 9 or 10) is left empty, because the curated
table writes such days by its own rule.
"""

import re

import pandas as pd

from schemas.errors import Refused
from sources.connector import Parsed, Request
from sources.reading.table import header_notes, json_value
from sources.wikidata_memberships.fetch import BLOCS

DAY = "11"
NOT_MEMBER = re.compile("observer|partner|candidate|applicant|invite", re.IGNORECASE)  # roles short of membership


def parse(body: bytes, request: Request) -> Parsed:
    """Return the members, one row each, from the first of several statements.

    Raises:
        Refused: not SPARQL results, or no members.
    """
    answer = json_value(body)
    notes = header_notes(answer["head"]["vars"], ["org", "iso3", "memberLabel", "start", "startPrecision", "end", "roleLabel"], ())
    bindings = answer["results"]["bindings"]
    if not bindings:
        raise Refused("no members; the publisher has changed its items, or the query was truncated: correct fetch.py")
    statements = [{name: cell["value"] for name, cell in binding.items()} for binding in bindings]
    rows = pd.DataFrame([_member(row) for row in statements if not NOT_MEMBER.search(row.get("roleLabel", ""))])
    return Parsed(rows.drop_duplicates(["bloc", "iso3"]), "", notes)


def _member(row: dict[str, str]) -> dict:
    start = row.get("start", "")[:10] if row.get("startPrecision") == DAY else None
    return {
        "bloc": BLOCS[row["org"].rsplit("/", 1)[-1]],
        "iso3": row["iso3"],
        "country_name": row.get("memberLabel", row["iso3"]),
        "status": "member",
        "invited_as": None,
        "start_date": start,
        "start_precision": "day" if start else None,
        "end_date": row["end"][:10] if row.get("end", "")[:1].isdigit() else None,
        "end_precision": "day" if row.get("end", "")[:1].isdigit() else None,
        "decision_date": None,
        "is_founding": False,
        "confidence": "single source",
        "settled_by": None,
        "is_disputed": False,
        "disputed_on": None,
        "note": None,
        "note_known_on": None,
    }
