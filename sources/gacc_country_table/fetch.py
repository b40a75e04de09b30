"""China's customs: the monthly table of trade by country, from the year's index of tables.

Belongs here: which pages are needed, and the publisher's limits. Does not belong here: asking, or reading pages (`parse`).

Asked only when it is named: the site is brittle, and UN Comtrade has the same figures later. Tables are revised silently at
their address, so every month of the index is asked again; a page that did not change costs nothing else.
"""

import re
from collections.abc import Iterator, Mapping

from schemas.errors import Refused
from sources.connector import Publisher, Request, Scope
from sources.live import http
from sources.reading.html import links
from sources.reading.table import text

INDEX = "http://english.customs.gov.cn/statics/report/monthly.html"
PUBLISHER = Publisher(seconds_between=3.0, max_bytes=10_000_000, is_optional=True)
LAST_YEAR_UNTIL = 3
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def detectors(scope: Scope) -> list[Request]:
    """The index of this year's monthly tables; until March last year's too, whose last months come late."""
    today = http.now()
    past = [Request(f"index-{today.year - 1}", INDEX.replace(".html", f"{today.year - 1}.html"), expects="html")]
    return [Request("index", INDEX, expects="html"), *(past if today.month <= LAST_YEAR_UNTIL else [])]


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Table (2) of every month that has a link; the months to come have none."""
    for name, body in answers.items():
        yield from _linked(name, text(body))


def _linked(name: str, page: str) -> Iterator[Request]:
    stated = re.search(r'<option value="?(\d{4})', page)  # the newest year heads the list on every year's page
    row = re.search(r"Imports and Exports by Country.*?</tr>", page, re.DOTALL)
    if not stated or not row:
        raise Refused(f"gacc_country_table: {name}: the row of the table by country is gone; compare fetch.py with the page")
    year = name.removeprefix("index-") if name != "index" else stated[1]
    for label, target in links(row[0]):
        if label[:3] in MONTHS:
            yield _month(f"{year}-{MONTHS.index(label[:3]) + 1:02}", target)


def _month(month: str, url: str) -> Request:
    title = f"Imports and Exports by Country (Region) of Origin/Destination, {month}"
    return Request(f"month-{month}", url, expects="html", kind="trade_flow", title=title)


def named(scope: Scope, name: str) -> Request | None:
    """The table of a dropped file's name, `month-2026-02`; its page's address is in the index, which was not asked."""
    return _month(name.removeprefix("month-"), INDEX) if re.fullmatch(r"month-\d{4}-(0[1-9]|1[0-2])", name) else None
