"""Parse China's customs' monthly table of trade by country into trade flows of the month and of the year to date.

A row has ten cells: the name; the month and the year to date, each of total, exports and imports; three growth rates. In January, when
month and year to date are equal, it has seven. A cell with `-` has no figure, nor has one filled with `#`, as a spreadsheet shows a
number that is wider than its column. Names of groups of countries end in a colon. Country names that the reference table lacks are
skipped and reported.
"""

import re
from typing import Any

import pandas as pd

from schemas.errors import Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.html import cells
from sources.reading.table import number, text

FLOWS = [("total", "mixed"), ("export", "FOB"), ("import", "CIF")]
ROUNDING = 2.0  # thousand US dollars
REPORTER = "CHN"
COVERED = 0.9  # least share of the total: below it the publisher has changed how it writes names
# names that customs and the reference table write differently
NAMES = {
    "Hong Kong, China": "Hong Kong", "Macao, China": "Macao", "Macau, China": "Macao", "Taiwan, China": "Taiwan",
    "China, Hong Kong": "Hong Kong", "China, Macao": "Macao", "China, Taiwan": "Taiwan", "Taiwan Province": "Taiwan",
    "United States of America": "United States", "USA": "United States", "UK": "United Kingdom", "Russian Federation": "Russia",
    "Republic of Korea": "South Korea", "Korea, Rep.": "South Korea", "ROK": "South Korea", "Korea, DPR": "North Korea",
    "DPRK": "North Korea", "Democratic People's Republic of Korea": "North Korea", "Vietnam": "Viet Nam", "Lao PDR": "Laos",
    "Turkey": "Türkiye", "Turkiye": "Türkiye", "Czech Republic": "Czechia", "Brunei Darussalam": "Brunei",
    "Congo, DR": "DR Congo", "Democratic Republic of the Congo": "DR Congo", "Republic of the Congo": "Congo",
    "Cote d'Ivoire": "Côte d'Ivoire", "Cote D'Ivoire": "Côte d'Ivoire", "Macedonia": "North Macedonia",
    "Syrian Arab Republic": "Syria", "United Republic of Tanzania": "Tanzania", "Republic of Moldova": "Moldova",
    "East Timor": "Timor-Leste", "Swaziland": "Eswatini", "Cape Verde": "Cabo Verde",
}  # fmt: skip


def parse(body: bytes, request: Request) -> Parsed:
    """Return the figures of every country in the reference table.

    Raises:
        Refused: another unit, month or layout, or exports and imports that do not add up to the total (a shifted column).
    """
    rows = cells(text(body))
    flat = " ".join(cell for row in rows for cell in row)
    month = request.name.removeprefix("month-")
    if not re.search(r"Unit\s*[:：]\s*US\$\s*1,?000\b", flat):
        raise Refused("the unit is not US$1,000; the publisher has changed the table: correct parse.py to match the page")
    heading = re.search(r"by Country.*?[,，]\s*(\d{1,2})\.(\d{4})", flat)
    if not heading or f"{heading[2]}-{int(heading[1]):02}" != month:
        raise Refused(f"the page is not the table of {month}; the publisher's index is wrong: try again later")
    width = 7 if month.endswith("-01") else 10
    flows, unknown = [], []
    for n, row in enumerate((row for row in rows if len(row) == width), start=1):
        name = row[0].strip()
        partner = "WLD" if name == "TOTAL" else countries.by_name(NAMES.get(name, name), f"{month}-28")
        if partner:
            flows += _flows(row, partner, month, f"table row {n} ({name})")
        elif not name.endswith((":", "：")) and re.search(r"\d", row[1]):
            unknown.append(name)
    if not flows:
        raise Refused("no row has the name of a country; the publisher has changed the table: correct parse.py")
    _check_coverage(flows, f"{month}-01", unknown)
    return Parsed(
        pd.DataFrame(flows), "", (f"{len(unknown)} names are not in the reference table: {', '.join(unknown)}",) if unknown else ()
    )


def _check_coverage(flows: list[dict[str, Any]], period: str, unknown: list[str]) -> None:
    """Raise `Refused` if the known partners account for too little of the total."""
    totals = [f for f in flows if (f["frequency"], f["flow"], f["period"]) == ("monthly", "total", period)]
    world = sum(f["value"] for f in totals if f["partner_iso3"] == "WLD")
    partners = sum(f["value"] for f in totals if f["partner_iso3"] != "WLD")
    if not world or partners < COVERED * world:
        raise Refused(
            f"partners with a known name account for {partners:,.0f} of {world:,.0f}; add names to parse.py: {', '.join(unknown[:5])}"
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
