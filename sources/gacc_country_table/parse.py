"""Parse the monthly table of China's customs, trade by country, into trade flows of the month and of the year to date.

A row has ten cells: the name; total, exports and imports of the month, and of the year to date; three growth rates. In January, when
month and year to date are equal, a row has seven. A cell with `-` has no figure; nor has a cell filled with `#`, which a spreadsheet
shows for a number wider than its column. Names of groups of countries end in a colon. The other rows add up to the total, so a
missing row is noticed unless a figure is hidden. A row with an unknown name is left out and reported with its amount; a hidden figure
is left out and reported with the name of its row. Both together may be at most one percent of the total.
"""

import re
from math import isnan, nan
from typing import Any

import pandas as pd

from schemas.errors import Note, Refused
from schemas.words import plural
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.html import cells
from sources.reading.table import number, text

FLOWS = [("total", "mixed"), ("export", "FOB"), ("import", "CIF")]
ROUNDING = 2.0  # thousand US dollars
REPORTER = "CHN"
LEFT_OUT = 0.01  # share of a total that rows with an unknown name or a hidden figure may have together
HALF = 0.5  # thousand US dollars: the largest error of a rounded figure
UNIT = re.compile(r"\bUnit\b\s*[:：]?\s*(.{0,20})", re.IGNORECASE)
Flow = dict[str, Any]  # a row of the kind trade_flow
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
    flows: list[Flow] = []
    unknown: list[Flow] = []
    for n, row in enumerate((row for row in rows if len(row) == width), start=1):
        name = row[0].strip()
        partner = "WLD" if name == "TOTAL" else countries.by_name(name, f"{month}-28")
        if partner or not name.endswith((":", "：")):
            (flows if partner else unknown).extend(_flows(row, partner or name, month, f"table row {n} ({name})"))
    if not flows:
        raise Refused("no row has the name of a country; the publisher has changed the table: correct parse.py")
    figures, notes = _checked(flows, unknown)
    notes += [] if unit else ["the page states no unit; read as US$1,000, as in every other month"]
    return Parsed(pd.DataFrame(figures), "", tuple(notes))


def _page(body: bytes) -> str:
    """Decode the page as UTF-8, else as GB 18030, in which a browser may save it; both encode figures and English names alike."""
    try:
        return text(body)
    except Refused:
        return body.decode("gb18030", "replace")


def _checked(flows: list[Flow], unknown: list[Flow]) -> tuple[list[Flow], list[Note]]:
    """Return the figures of every table (a flow of the month or of the year to date) whose total is visible, and notes on what is left out.

    Raises:
        Refused: no total is visible, the rows do not add up to it, or those left out are too large a part of it.
    """
    totals = {_table(flow): flow["value"] for flow in flows if flow["partner_iso3"] == "WLD" and not isnan(flow["value"])}
    if not totals:
        raise Refused("no row has the total of all partners; the publisher has changed the table: correct parse.py")
    for table, total in totals.items():
        known = [flow for flow in flows if _table(flow) == table and flow["partner_iso3"] != "WLD"]
        _check_sum(" ".join(table), total, known, [flow for flow in unknown if _table(flow) == table])
    figures = [flow for flow in flows if _table(flow) in totals and not isnan(flow["value"])]
    names = dict.fromkeys(f"{flow['partner_iso3']} ({flow['value']:,.0f})" for flow in unknown if _table(flow) == ("monthly", "total"))
    hidden = dict.fromkeys(flow["partner_iso3"] for flow in (*flows, *unknown) if isnan(flow["value"]))
    notes = []
    if names:
        notes.append(
            f"{plural(len(names), 'name is', 'names are')} unknown and left out: {', '.join(names)} (with the month's two-way trade in "
            "thousand US dollars); add the names to SPELLINGS in sources/countries.py"
        )
    if hidden:
        notes.append(
            f"left out, because the page shows # instead: figures of {', '.join(hidden)}; the publisher's later tables may show them"
        )
    return figures, notes


def _check_sum(table: str, total: float, known: list[Flow], unknown: list[Flow]) -> None:
    """Raise `Refused` if the rows of a table do not add up to its total, or those left out are too large a part of it."""
    hidden = [flow["partner_iso3"] for flow in (*known, *unknown) if isnan(flow["value"])]
    named, listed = (sum(flow["value"] for flow in rows if not isnan(flow["value"])) for rows in (known, (*known, *unknown)))
    rounding = HALF * (1 + len(known) + len(unknown))
    if total - named > max(LEFT_OUT * total, rounding) and (hidden or unknown):
        largest = sorted((flow for flow in unknown if not isnan(flow["value"])), key=lambda flow: -flow["value"])
        names = ", ".join([flow["partner_iso3"] for flow in largest][:5] + [f"{name} (shown as #)" for name in hidden])
        raise Refused(
            f"{table}: partners with a known name and a visible figure account for {named:,.0f} of {total:,.0f}; add names to SPELLINGS in "
            f"sources/countries.py, or for figures shown as # wait for the publisher's later table: {names}"
        )
    if listed - total > rounding or (total - listed > rounding and not hidden):
        raise Refused(
            f"{table}: the partners add up to {listed:,.0f}, not to the total of {total:,.0f}; a row is missing, or not read: correct parse.py"
        )


def _table(flow: Flow) -> tuple[str, str]:
    return flow["frequency"], flow["flow"]


def _flows(row: list[str], partner: str, month: str, where: str) -> list[Flow]:
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
    """Return a cell's figure; None if it has none, NaN if it is hidden."""
    cell = cell.replace(",", "").strip()
    return None if cell in ("", "-") else nan if set(cell) == {"#"} else number(cell, where)
