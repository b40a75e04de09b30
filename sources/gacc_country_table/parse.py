"""Parse the monthly table of China's customs, trade by country, into trade flows of the month and of the year to date.

A row has ten cells: the name; total, exports and imports of the month, and of the year to date; three growth rates. In January, when
month and year to date are equal, a row has seven. A cell with `-` has no figure; nor has a cell filled with `#`, which a spreadsheet
shows for a number wider than its column. Names of groups of countries end in a colon. Country names that the reference table lacks are
skipped and reported.
"""

import re
from typing import Any

import pandas as pd

from schemas.errors import Refused
from schemas.words import plural
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.html import cells
from sources.reading.table import number, text

FLOWS = [("total", "mixed"), ("export", "FOB"), ("import", "CIF")]
ROUNDING = 2.0  # thousand US dollars
REPORTER = "CHN"
COVERED = 0.9  # least share of the total that known partners must reach; not all, since figures wider than their column are hidden
UNNAMED = 0.01  # share of the total that a partner with an unknown name may have: above it a partner would vanish from ranks
UNIT = re.compile(r"\bUnit\b\s*[:：]?\s*(.{0,20})", re.IGNORECASE)
THOUSAND_DOLLARS = re.compile(r"(US\s*\$|USD|US dollars?)\s*,?\s*1[,\s]?000(?![,\d])", re.IGNORECASE)


def parse(body: bytes, request: Request) -> Parsed:
    """Return the figures of every country in the reference table.

    Raises:
        Refused: another unit, month or layout, or exports and imports that do not add up to the total (a shifted column).
    """
    rows = cells(_page(body))
    flat = " ".join(cell for row in rows for cell in row)
    month = request.name.removeprefix("month-")
    unit = UNIT.search(flat)
    if unit and not THOUSAND_DOLLARS.match(unit[1]):
        raise Refused("the unit is not US$1,000; the publisher has changed the table: correct parse.py to match the page")
    heading = re.search(r"by Country.*?[,，]\s*(\d{1,2})\s*\.\s*(\d{4})", flat)
    if not heading or f"{heading[2]}-{int(heading[1]):02}" != month:
        raise Refused(f"the page is not the table of {month}; the publisher's index is wrong: try again later")
    width = 7 if month.endswith("-01") else 10
    flows, unknown = [], []
    for n, row in enumerate((row for row in rows if len(row) == width), start=1):
        name = row[0].strip()
        partner = "WLD" if name == "TOTAL" else countries.by_name(name, f"{month}-28")
        if partner:
            flows += _flows(row, partner, month, f"table row {n} ({name})")
        elif not name.endswith((":", "：")) and re.search(r"\d", row[1]):
            unknown.append((_figure(row[1], f"table row {n} ({name})") or 0.0, name))
    if not flows:
        raise Refused("no row has the name of a country; the publisher has changed the table: correct parse.py")
    _check_coverage(flows, f"{month}-01", unknown)
    names = ", ".join(name for _, name in unknown)
    notes = (
        [f"{plural(len(unknown), 'name is', 'names are')} unknown and left out: {names}; add to the list SPELLINGS in sources/countries.py"]
        if unknown
        else []
    )
    notes += [] if unit else ["the page states no unit; read as US$1,000, as in every other month"]
    return Parsed(pd.DataFrame(flows), "", tuple(notes))


def _page(body: bytes) -> str:
    """Decode the page as UTF-8, else as GB 18030, in which a browser may save it; both encode figures and English names alike."""
    try:
        return text(body)
    except Refused:
        return body.decode("gb18030", "replace")


def _check_coverage(flows: list[dict[str, Any]], period: str, unknown: list[tuple[float, str]]) -> None:
    """Raise `Refused` if the known partners account for too little of the total, or an unknown one for too much."""
    totals = [f for f in flows if (f["frequency"], f["flow"], f["period"]) == ("monthly", "total", period)]
    world = sum(f["value"] for f in totals if f["partner_iso3"] == "WLD")
    partners = sum(f["value"] for f in totals if f["partner_iso3"] != "WLD")
    if not world or partners < COVERED * world or max(unknown, default=(0.0, ""))[0] > UNNAMED * world:
        largest = ", ".join(name for _, name in sorted(unknown, reverse=True)[:5])
        raise Refused(
            f"partners with a known name account for {partners:,.0f} of {world:,.0f}; add names to sources/countries.py: {largest}"
        )


def _flows(row: list[str], partner: str, month: str, where: str) -> list[dict[str, Any]]:
    step = (len(row) - 4) // 3
    spans = ["monthly", "year_to_date"] if step == 2 else ["monthly"]
    flows = []
    for at, frequency in enumerate(spans, start=1):
        values = [_figure(row[at + step * n], where) for n in range(3)]
        known = [value for value in values if value is not None]
        if len(known) == 3 and abs(known[0] - known[1] - known[2]) > ROUNDING:
            raise Refused(f"{where}: exports and imports do not add up to the total; a column has shifted: correct parse.py")
        flows += [
            {
                "frequency": frequency, "period": f"{month}-01", "reporter_iso3": REPORTER, "partner_iso3": partner, "flow": flow,
                "valuation": valuation, "value": value, "unit": "thousand USD", "is_estimate": False,
                "is_partial": frequency == "year_to_date", "note": None,
            }
            for (flow, valuation), value in zip(FLOWS, values, strict=True)
            if value is not None
        ]  # fmt: skip
    return flows


def _figure(cell: str, where: str) -> float | None:
    cell = cell.replace(",", "").strip()
    return None if cell in ("", "-") or set(cell) == {"#"} else number(cell, where)
