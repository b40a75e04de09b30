"""Parse `[meta, rows]` of the World Bank Indicators API v2 into economy indicators.

The API sends an error as `[{"message": [...]}]` with HTTP 200, and `[meta, null]` if it has no data.
"""

import pandas as pd

from schemas.errors import Refused
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import header_notes, json_value, number

# indicator code: its name, compared because it contains the unit; its name in the warehouse; its unit
INDICATORS = {
    "NY.GDP.MKTP.CD": ("GDP (current US$)", "gdp_usd", "USD"),
    "NY.GDP.MKTP.KD.ZG": ("GDP growth (annual %)", "gdp_growth_pct", "percent"),
    "FP.CPI.TOTL.ZG": ("Inflation, consumer prices (annual %)", "inflation_cpi_pct", "percent"),
    "PA.NUS.FCRF": ("Official exchange rate (LCU per US$, period average)", "exchange_rate_lcu_per_usd", "LCU per USD"),
}
FIELDS = ["indicator", "country", "countryiso3code", "date", "value", "unit", "obs_status", "decimal"]


def parse(body: bytes, request: Request) -> Parsed:
    """Return the figures that have a value.

    Raises:
        Refused: an error with HTTP 200, a truncated page, another indicator or unit, an unknown code.
    """
    answer = json_value(body)
    if isinstance(answer, list) and answer and "message" in answer[0]:
        errors = "; ".join(f"{m.get('key')}: {m.get('value')}" for m in answer[0]["message"])
        raise Refused(f"the publisher answered with an error, {errors}; correct fetch.py to match the publisher's documentation")
    if not isinstance(answer, list) or len(answer) != 2 or not answer[1]:
        raise Refused("an answer without data; try again later, or correct fetch.py to match the publisher's documentation")
    meta, rows = answer
    if int(meta.get("pages", 1)) != 1 or int(meta["total"]) != len(rows) or len(rows) >= request.cap:
        raise Refused(f"{len(rows)} of {meta['total']} rows received; request fewer years")
    notes = header_notes(rows[0], FIELDS, ())
    figures = [_figure(row, f"row {n}") for n, row in enumerate(rows, start=1) if row["value"] is not None]
    return Parsed(pd.DataFrame(figures), str(meta.get("lastupdated") or ""), notes)


def _figure(row: dict, where: str) -> dict:
    code = row["indicator"]["id"]
    title, indicator, unit = INDICATORS.get(code, ("", "", ""))
    if " ".join(row["indicator"]["value"].split()).casefold() != title.casefold():
        raise Refused(
            f"{where}: indicator {code} is named {row['indicator']['value']!r} instead of {title!r}, so its unit may have changed; correct parse.py"
        )
    return {
        "iso3": countries.iso3("worldbank", row["countryiso3code"], f"{row['date']}-12-31", where),
        "year": int(row["date"]),
        "indicator": indicator,
        "value": number(row["value"], where),
        "unit": unit,
        "is_forecast": False,
        "note": f"WDI {code}",
    }
