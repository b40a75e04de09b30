"""Request the monthly tables of China's customs, trade by country, from the year's index of tables.

A run requests them only if `--only` names the source: the site often fails, and UN Comtrade has the same figures later. Tables are
revised silently at their address, so every month of the index is requested again.
"""

import re
from collections.abc import Iterator, Mapping

from schemas.errors import Refused
from sources.connector import Publisher, Request, Scope
from sources.live import clock
from sources.reading.html import links
from sources.reading.table import text

INDEX = "http://english.customs.gov.cn/statics/report/monthly.html"
PUBLISHER = Publisher(seconds_between=3.0, max_bytes=10_000_000, is_optional=True)
LAST_YEAR_UNTIL = 3
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def detectors(scope: Scope) -> list[Request]:
    """Return the requests for the index of this year's monthly tables and, until March, for last year's, whose last months come late."""
    today = clock.now()
    past = [Request(f"index-{today.year - 1}", INDEX.replace(".html", f"{today.year - 1}.html"), expects="html")]
    return [Request("index", INDEX, expects="html"), *(past if today.month <= LAST_YEAR_UNTIL else [])]


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the request for table (2), trade by country, of every month that has a link; future months have none."""
    for name, body in answers.items():
        yield from _linked(name, text(body))


def _linked(name: str, page: str) -> Iterator[Request]:
    newest_year = re.search(r'<option value="?(\d{4})', page)  # the newest year heads the list on every year's page
    row = re.search(r"Imports and Exports by Country.*?</tr>", page, re.DOTALL)
    if not newest_year or not row:
        raise Refused(f"gacc_country_table: {name}: the page has no row for the table by country; correct fetch.py to match the page")
    year = name.removeprefix("index-") if name != "index" else newest_year[1]
    for label, target in links(row[0]):
        if label[:3] in MONTHS:
            yield _month(f"{year}-{MONTHS.index(label[:3]) + 1:02}", target)


def _month(month: str, url: str) -> Request:
    title = f"Imports and Exports by Country (Region) of Origin/Destination, {month}"
    return Request(f"month-{month}", url, expects="html", kind="trade_flow", title=title)


def request_for(scope: Scope, name: str) -> Request | None:
    """Return the request that a dropped file such as `month-2026-02` answers; its URL is that of the index, which links to the table."""
    return _month(name.removeprefix("month-"), INDEX) if re.fullmatch(r"month-\d{4}-(0[1-9]|1[0-2])", name) else None
