"""Wikidata: SPARQL results as memberships, to be compared with the curated table.

Belongs here: the publisher's shapes. Does not belong here: asking (`fetch`).
An optional variable without a value is absent; a start known by year or month (precision 9 or 10) is left out, since our
table writes such days by a rule of its own.
"""

import re

import pandas as pd

from schemas.errors import Refused
from sources.connector import Parsed, Request
from sources.reading.table import header_notes, json_value
from sources.wikidata_memberships.fetch import BLOCS

DAY = "11"
LESS = re.compile("observer|partner|candidate|applicant|invite", re.IGNORECASE)  # roles of those that are no members


def parse(body: bytes, request: Request) -> Parsed:
    """The members, one row each; of several statements the first.

    Raises:
        Refused: not SPARQL results, or no member at all.
    """
    answer = json_value(body)
    notes = header_notes(answer["head"]["vars"], ["org", "iso3", "memberLabel", "start", "startPrecision", "end", "roleLabel"], ())
    found = answer["results"]["bindings"]
    if not found:
        raise Refused("no member at all; the publisher has changed its items, or the query was cut")
    stated = [{name: cell["value"] for name, cell in binding.items()} for binding in found]
    rows = pd.DataFrame([_member(row) for row in stated if not LESS.search(row.get("roleLabel", ""))])
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
        "confidence": "low",
        "is_disputed": False,
        "disputed_on": None,
        "note": None,
        "note_known_on": None,
    }
