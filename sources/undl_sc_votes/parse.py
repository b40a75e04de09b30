"""Parse the UN Digital Library's votes of Security Council members on adopted resolutions.

Resolutions adopted without a vote (`modality`) are skipped: their letters have no meaning. X, or NV as in the library's data of the
Assembly, marks a member that did not vote; no row results.
"""

from collections import Counter

import pandas as pd

from schemas.errors import Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.countries import UnknownCode
from sources.reading.table import csv_rows

COLUMNS = ["undl_id", "ms_code", "ms_name", "ms_vote", "date", "resolution", "meeting", "agenda", "total_yes", "modality", "undl_link"]
OPTIONAL = [
    "permanent_member", "draft", "description", "subjects", "vote_note", "total_no", "total_abstentions", "total_non_voting", "total_ms",
]  # fmt: skip
UNKNOWN = 0.01  # share of the votes that members with an unknown code may have
VOTES = {"Y": "yes", "N": "no", "A": "abstain", "X": None, "NV": None}


def parse(body: bytes, request: Request) -> Parsed:
    """Return the recorded votes; those of a member with an unknown code are left out and counted.

    Raises:
        Refused: a changed column, an unknown letter, too many votes of unknown members.
    """
    records, notes = csv_rows(body, COLUMNS, OPTIONAL)
    recorded = [(line, row) for line, row in records if "without" not in row["modality"].lower()]
    votes, unknown = [], Counter[str]()
    for line, row in recorded:
        try:
            votes.append(_vote(row, f"line {line}"))
        except UnknownCode as error:
            unknown[row["ms_code"]] += 1
            if unknown.total() > UNKNOWN * len(recorded):
                raise Refused(str(error)) from None
    left_out = tuple(f"{n} votes left out: undl code {code} is unknown" for code, n in sorted(unknown.items()))
    return Parsed(pd.DataFrame([vote for vote in votes if vote["vote"]]), "", (*notes, *left_out))


def _vote(row: dict[str, str], where: str) -> dict:
    day, letter = row["date"][:10], row["ms_vote"].upper()
    if letter not in VOTES:
        raise Refused(f"{where}: ms_vote {row['ms_vote']!r} is unknown; correct parse.py to match the publisher's data dictionary")
    return {
        "resolution": row["resolution"],
        "vote_date": day,
        "member_iso3": countries.iso3("undl", row["ms_code"], day, where),
        "vote": VOTES[letter],
        "meeting_record": row["meeting"] or None,
        "agenda_item": row["agenda"] or None,
        "note": None,
    }
