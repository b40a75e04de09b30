"""Parse the UN Digital Library's votes of Security Council members on adopted resolutions.

Resolutions adopted without a vote (`modality`) are skipped: their letters have no meaning. X marks a member that did not vote, and
gives no row.
"""

import pandas as pd

from schemas.errors import Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import csv_rows

COLUMNS = ["undl_id", "ms_code", "ms_name", "ms_vote", "date", "resolution", "meeting", "agenda", "total_yes", "modality", "undl_link"]
OPTIONAL = [
    "permanent_member", "draft", "description", "subjects", "vote_note", "total_no", "total_abstentions", "total_non_voting", "total_ms",
]  # fmt: skip
VOTES = {"Y": "yes", "N": "no", "A": "abstain", "X": None}


def parse(body: bytes, request: Request) -> Parsed:
    """Return the recorded votes.

    Raises:
        Refused: a changed column, an unknown letter, an unknown member.
    """
    records, notes = csv_rows(body, COLUMNS, OPTIONAL)
    votes = [_vote(row, f"line {line}") for line, row in records if "without" not in row["modality"].lower()]
    return Parsed(pd.DataFrame([vote for vote in votes if vote["vote"]]), "", notes)


def _vote(row: dict[str, str], where: str) -> dict:
    if row["ms_vote"] not in VOTES:
        raise Refused(f"{where}: ms_vote {row['ms_vote']!r} is unknown; correct parse.py to match the publisher's data dictionary")
    return {
        "resolution": row["resolution"],
        "vote_date": row["date"],
        "member_iso3": countries.iso3("undl", row["ms_code"], row["date"], where),
        "vote": VOTES[row["ms_vote"]],
        "meeting_record": row["meeting"] or None,
        "agenda_item": row["agenda"] or None,
        "note": None,
    }
