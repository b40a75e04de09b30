"""Parse IMF IMTS in SDMX-CSV 1.0 into trade flows.

OBS_VALUE is in US dollars: SCALE 6 means that it is usually displayed in millions (exports of the United States in 2024 are
2065411250609). Months are written 2025-M01. Aggregates of countries (G998, TX...) are skipped, except the world.
"""

import re
from typing import Any

import pandas as pd

from schemas.errors import Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import csv_rows, number

COLUMNS = ["DATAFLOW", "COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE"]
OPTIONAL = [
    "SCALE", "UNIT", "DERIVATION_TYPE", "OVERLAP", "VALUATION", "TRADE_FLOW", "SERIES_NAME", "PUBLISHER", "DEPARTMENT", "ACCESS_SHARING_LEVEL",
    "STATUS", "SHORT_SOURCE_CITATION", "PRECISION", "DECIMALS_DISPLAYED",
]  # fmt: skip
INDICATORS = {"XG_FOB_USD": ("export", "FOB"), "MG_CIF_USD": ("import", "CIF")}
GROUP = re.compile(r"G(?!001)\d{3}|TX\w*|W00")
PERIOD = re.compile(r"(\d{4})(?:-M(\d\d))?")
WORLD_OF_ONE_REPORTER = 1e13  # US dollars a year, above the largest reporter's trade: beyond it the unit has changed


def parse(body: bytes, request: Request) -> Parsed:
    """Return the observations that have a value.

    Raises:
        Refused: a changed column, another unit or indicator, an unknown code, a value that is not a number.
    """
    rows, notes = csv_rows(body, COLUMNS, OPTIONAL)
    flows = [
        _flow(row, f"line {line}")
        for line, row in rows
        if row["OBS_VALUE"] not in ("", "NaN") and not GROUP.fullmatch(row["COUNTERPART_COUNTRY"])
    ]
    if request.name.startswith("annual-"):
        _check_complete(flows)
    return Parsed(pd.DataFrame(flows), "", notes)


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
    return {
        "frequency": "monthly" if period[2] else "annual",
        "period": f"{period[1]}-{period[2] or '01'}-01",
        "reporter_iso3": countries.iso3("imf", row["COUNTRY"], day, where),
        "partner_iso3": countries.iso3("imf", row["COUNTERPART_COUNTRY"], day, where),
        "flow": flow,
        "valuation": valuation,
        "value": value,
        "unit": "USD",
        "is_estimate": row.get("STATUS", "").lower() == "e",
        "is_partial": False,
        "note": f"derivation {row['DERIVATION_TYPE']}" if row.get("DERIVATION_TYPE") else None,
    }
