"""Parse IMF IMTS in SDMX-CSV 1.0 or 2.0 into trade flows.

OBS_VALUE is in US dollars: SCALE 6 means that it is usually displayed in millions (exports of the United States in 2024 are
2065411250609). Months are written 2025-M01, or 2025-01 in other versions of SDMX. Aggregates of countries (G998, TX...) are skipped
and counted, except the world.
"""

import re
from collections import Counter
from typing import Any

import pandas as pd

from schemas.errors import Problem, Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import csv_rows, number

COLUMNS = ["COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE"]
OPTIONAL = [
    "DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "ACTION",  # of SDMX-CSV 1.0, and of 2.0
    "SCALE", "UNIT", "DERIVATION_TYPE", "OVERLAP", "VALUATION", "TRADE_FLOW", "SERIES_NAME", "PUBLISHER", "DEPARTMENT", "ACCESS_SHARING_LEVEL",
    "STATUS", "SHORT_SOURCE_CITATION", "PRECISION", "DECIMALS_DISPLAYED",
]  # fmt: skip
INDICATORS = {"XG_FOB_USD": ("export", "FOB"), "MG_CIF_USD": ("import", "CIF")}
ECONOMY = re.compile(r"[A-Z]{3}|G001")  # every other code is a group: G998, GX170, U002, TX898, GASEAN, W00
FORMER = {"YAR": "YEM"}  # the Yemen Arab Republic
PERIOD = re.compile(r"(\d{4})(?:-M?(\d\d))?")
UNEXPLAINED = 0.01  # share of a table's total that partners with an unknown code may have
WORLD_OF_ONE_REPORTER = 1e13  # US dollars a year, above the largest reporter's trade: beyond it the unit has changed


def parse(body: bytes, request: Request) -> Parsed:
    """Return the observations that have a value.

    Raises:
        Refused: a changed column, another unit or indicator, too much trade of unknown partners, a value that is not a number.
    """
    rows, notes = csv_rows(body, COLUMNS, OPTIONAL)
    flows: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []
    groups: set[str] = set()
    for line, row in rows:
        if not ECONOMY.fullmatch(row["COUNTERPART_COUNTRY"]):
            groups.add(row["COUNTERPART_COUNTRY"])
            continue
        if row["OBS_VALUE"] in ("", "NaN"):
            continue
        flow = _flow(row, f"line {line}")
        (flows if flow["partner_iso3"] else unknown).append(flow | {"line": line, "code": row["COUNTERPART_COUNTRY"]})
    if request.name.startswith("annual-"):
        _check_complete(flows)
        _check_explained(flows, unknown)
    elif unknown:
        raise Refused(_of_unknown(unknown[0], unknown[0]["value"], unknown[0]["value"]))
    trade = Counter[str]()
    for flow in unknown:
        trade[flow["code"]] += round(flow["value"])
    codes = ", ".join(f"{code} ({usd:,})" for code, usd in sorted(trade.items()))
    left_out = (
        (f"partners with unknown codes left out (in brackets their US dollars, which the total of all partners includes): {codes}",)
        if codes
        else ()
    )
    grouped = (f"partners left out as groups of countries: {len(groups)}",) if groups else ()
    return Parsed(pd.DataFrame(flows).drop(columns=["line", "code"]) if flows else pd.DataFrame(), "", (*notes, *left_out, *grouped))


def _of_unknown(flow: dict[str, Any], left: float, total: float) -> Problem:
    return (
        f"line {flow['line']}: imf code {flow['code']} is unknown, which leaves {left:,.0f} of {total:,.0f} US dollars unexplained; "
        "if the publisher is right, add it to sources/dyad_reference/snapshot/country_code.csv"
    )


def _check_explained(flows: list[dict], unknown: list[dict]) -> None:
    """Raise `Refused` if the partners with an unknown code account for more than `UNEXPLAINED` of a table's total."""
    world = {(f["flow"], f["period"]): f["value"] for f in flows if f["partner_iso3"] == "WLD"}
    left: dict[tuple[str, str], float] = {}
    for flow in unknown:
        table = flow["flow"], flow["period"]
        left[table] = left.get(table, 0.0) + flow["value"]
        if left[table] > UNEXPLAINED * world.get(table, 0.0):
            raise Refused(_of_unknown(flow, left[table], world.get(table, 0.0)))


def _check_complete(flows: list[dict]) -> None:
    """Raise `Refused` if a table by partner lacks its total: an answer may be truncated at the end of a line."""
    tables: set[Any] = {(f["flow"], f["period"]) for f in flows}
    complete = {(f["flow"], f["period"]) for f in flows if f["partner_iso3"] == "WLD"}
    if incomplete := sorted(tables - complete) or sorted({flow for flow, _ in INDICATORS.values()} - {flow for flow, _ in tables}):
        raise Refused(f"no total of all partners for {incomplete[0]}; the answer is truncated: try again later")


def _flow(row: dict[str, str], where: str) -> dict:
    period = PERIOD.fullmatch(row["TIME_PERIOD"])
    if row["INDICATOR"] not in INDICATORS or row.get("UNIT", "USD") not in ("USD", "") or not period:
        raise Refused(
            f"{where}: {row['INDICATOR']} {row['TIME_PERIOD']} {row.get('UNIT', '')} was not requested; correct the query in fetch.py"
        )
    flow, valuation = INDICATORS[row["INDICATOR"]]
    value = number(row["OBS_VALUE"], f"{where}: OBS_VALUE")
    if not 0 <= value <= WORLD_OF_ONE_REPORTER:
        raise Refused(
            f"{where}: OBS_VALUE {value:.4g} is not a plausible amount of US dollars; the publisher has changed the unit: correct parse.py"
        )
    day = f"{period[1]}-{period[2] or '12'}-28"
    code = FORMER.get(row["COUNTERPART_COUNTRY"], row["COUNTERPART_COUNTRY"])
    return {
        "frequency": "monthly" if period[2] else "annual",
        "period": f"{period[1]}-{period[2] or '01'}-01",
        "reporter_iso3": countries.iso3("imf", row["COUNTRY"], day, where),
        "partner_iso3": countries.iso3("imf", code, day, where) if countries.is_known("imf", code) else "",
        "flow": flow,
        "valuation": valuation,
        "value": value,
        "unit": "USD",
        "is_estimate": row.get("STATUS", "").lower() == "e",
        "is_partial": False,
        "note": f"derivation {row['DERIVATION_TYPE']}" if row.get("DERIVATION_TYPE") else None,
    }
