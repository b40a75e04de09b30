"""Request the UN Digital Library's newest dated file of the Security Council's votes.

The list of files is the change detector. The library may answer robots with 202 or a challenge: then download the file from
the record's page and put it into the drop folder as `sc-votes.csv`.
"""

import re
from collections.abc import Iterator, Mapping

from schemas.errors import Refused
from sources.connector import Publisher, Request, Scope
from sources.reading.table import json_value

BASE = "https://digitallibrary.un.org"
RECORD = "4055387"
PUBLISHER = Publisher(seconds_between=5.0, max_bytes=100_000_000)
DATED = re.compile(r"(\d{4})_(\d{1,2})_(\d{1,2})_sc_voting\.csv$")  # months and days have a leading zero or none


def detectors(scope: Scope) -> list[Request]:
    """Return the request for the record's list of files."""
    return [Request("files", f"{BASE}/api/v1/file", {"recid": RECORD})]


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the request for the newest of the listed files, by the date in its name."""
    day, url = "", f"{BASE}/record/{RECORD}"
    if "files" in answers:
        dated = [(_day(match), item["url"]) for item in json_value(answers["files"]) if (match := DATED.search(item["url"]))]
        if not dated:
            raise Refused("undl_sc_votes: files: no dated csv is listed; the publisher has renamed its files: correct fetch.py")
        day, url = max(dated)
    yield Request(
        "sc-votes", url, expects="csv", kind="resolution_vote", title="Security Council voting data", signature=day, published_on=day
    )


def _day(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
