"""China's customs: the monthly table of trade by country, from the year's index of tables.

Belongs here: which pages are needed, and the publisher's limits. Does not belong here: asking, or reading pages (`parse`).

Asked only when it is named: the site is brittle, and UN Comtrade has the same figures later. Tables are revised silently at
their address, so every month of the index is asked again; a page that did not change costs nothing else.
"""

import re
from collections.abc import Iterator, Mapping

from schemas.errors import Refused
from sources.connector import Publisher, Request, Scope
from sources.html import links
from sources.table import text

INDEX = "http://english.customs.gov.cn/statics/report/monthly.html"
PUBLISHER = Publisher(seconds_between=3.0, max_bytes=10_000_000, is_optional=True)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def detectors(scope: Scope) -> list[Request]:
    """The index of this year's monthly tables."""
    return [Request("index", INDEX, expects="html")]


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Table (2) of every month that has a link; the months to come have none."""
    if "index" not in answers:
        return
    page = text(answers["index"])
    year = re.search(r'<option value="?(\d{4})', page)
    row = re.search(r"Imports and Exports by Country.*?</tr>", page, re.DOTALL)
    if not year or not row:
        raise Refused("gacc_country_table: index: the row of the table by country is gone; compare fetch.py with the page")
    for label, target in links(row[0]):
        if label[:3] in MONTHS:
            month = f"{year[1]}-{MONTHS.index(label[:3]) + 1:02}"
            title = f"Imports and Exports by Country (Region) of Origin/Destination, {month}"
            yield Request(f"month-{month}", target, expects="html", kind="trade_flow", title=title)
