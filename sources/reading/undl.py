"""Find the newest file of a dataset of the UN Digital Library, whose list of dated files is the change detector.

The library may answer robots with 202 or a challenge: then download the file from the record's page and put it into the source's drop
folder under the name of the question.
"""

import re
from collections.abc import Mapping

from schemas.errors import Refused
from sources.connector import Request
from sources.reading.table import json_value

BASE = "https://digitallibrary.un.org"


def files(record: str) -> list[Request]:
    """Return the request for the record's list of files."""
    return [Request("files", f"{BASE}/api/v1/file", {"recid": record})]


def newest(source: str, record: str, body: str, answers: Mapping[str, bytes]) -> tuple[str, str]:
    """Return the day and the address of the newest listed file of a body (`sc` or `ga`), by the date in its name.

    Without the list, the day is empty and the address is the record's page.

    Raises:
        Refused: no file of the body has a date in its name.
    """
    if "files" not in answers:
        return "", f"{BASE}/record/{record}"
    dated = re.compile(rf"(\d{{4}})_(\d{{1,2}})_(\d{{1,2}})_{body}_voting\.csv$")  # months and days have a leading zero or none
    found = [(_day(match), item["url"]) for item in json_value(answers["files"]) if (match := dated.search(item["url"]))]
    if not found:
        raise Refused(f"{source}: files: no dated csv is listed; the publisher has renamed its files: correct sources/reading/undl.py")
    return max(found)


def _day(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
