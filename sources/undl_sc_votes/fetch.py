"""UN Digital Library: the newest dated file of the Security Council's votes.

Belongs here: which requests are needed, and the publisher's limits. Does not belong here: asking, or reading answers (`parse`).

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
DATED = re.compile(r"(\d{4})_(\d{1,2})_(\d{1,2})_sc_voting\.csv$")  # months and days come with and without a zero


def detectors(scope: Scope) -> list[Request]:
    """The files of the record."""
    return [Request("files", f"{BASE}/api/v1/file", {"recid": RECORD})]


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """The newest file by the date in its name; several may be listed."""
    day, url = "", f"{BASE}/record/{RECORD}"
    if "files" in answers:
        dated = [(_day(found), item["url"]) for item in json_value(answers["files"]) if (found := DATED.search(item["url"]))]
        if not dated:
            raise Refused("undl_sc_votes: files: no dated csv is listed; the publisher has renamed its files: compare fetch.py")
        day, url = max(dated)
    yield Request(
        "sc-votes", url, expects="csv", kind="resolution_vote", title="Security Council voting data", signature=day, published_on=day
    )


def _day(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
