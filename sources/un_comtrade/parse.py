"""Parse UN Comtrade v1, as JSON or as the CSV that a person downloads, into trade flows or trade by HS chapter.

Imports include freight and insurance unless only their FOB value is given. A weight of 0, like null, means that it is not
documented. Rows of a breakdown (by mode of transport, customs procedure, second partner) are part of the totals: only totals are
read, and an answer with a repeated figure is refused.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from schemas.errors import Problem, Refused
from schemas.words import plural
from sources import countries
from sources.connector import Parsed, Request
from sources.reading.table import csv_rows, header_notes, json_value, number

FIELDS = [
    "typeCode", "freqCode", "refPeriodId", "refYear", "refMonth", "period", "reporterCode", "flowCode", "partnerCode", "partner2Code",
    "classificationCode", "classificationSearchCode", "isOriginalClassification", "cmdCode", "customsCode", "mosCode", "motCode",
    "qtyUnitCode", "qty", "isQtyEstimated", "altQtyUnitCode", "altQty", "isAltQtyEstimated", "netWgt", "isNetWgtEstimated", "grossWgt",
    "isGrossWgtEstimated", "cifvalue", "fobvalue", "primaryValue", "legacyEstimationFlag", "isReported", "isAggregate",
]  # fmt: skip
OPTIONAL = [
    "aggrLevel", "isLeaf", "reporterISO", "reporterDesc", "flowDesc", "partnerISO", "partnerDesc", "partner2ISO", "partner2Desc",
    "cmdDesc", "customsDesc", "motDesc", "qtyUnitAbbr", "altQtyUnitAbbr",
]  # fmt: skip
FLOW = {"M": "import", "X": "export"}
# partners that are not economies in the reference table: bunkers, free zones, special categories, regions "not elsewhere specified",
# and territories without an ISO code (British Antarctic Territory, Midway, Channel Islands, Pacific islands of the US, Wake)
NOWHERE = {80, 488, 830, 849, 872, 129, 221, 290, 471, 472, 473, 492, 527, 536, 568, 577, 636, 637, 697, 837, 838, 839, 879, 899}
CODES = ("reporterCode", "partnerCode", "partner2Code", "motCode", "refYear")
EMPTY = ("cifvalue", "fobvalue", "netWgt")  # null in JSON
MOST_ROWS = (500, 100_000)  # lengths at which the site silently truncates a download
UNEXPLAINED = 0.01  # share of a table's total that partners with an unknown code may have
ASKED = re.compile(r"/([A-Z])/([AM])/([A-Z]+)$")  # type, frequency and classification in a request's address
WORLD_OF_ONE_REPORTER = 1e13  # US dollars a year, above the largest reporter's trade: beyond it the unit has changed


def parse(body: bytes, request: Request) -> Parsed:
    """Return the totals in the answer, without partners that are not economies.

    Raises:
        Refused: an error in the envelope, no rows, a truncated answer, a changed field, too much trade of unknown partners, a repeated figure.
    """
    rows, notes = _downloaded(body) if "csv" in request.expects and body.lstrip()[:1] != b"{" else _envelope(json_value(body), request)
    totals = [(n, row) for n, row in enumerate(rows, start=1) if _is_total(row)]
    for n, row in totals:
        _check_requested(row, request, f"row {n}")
    _check_unique(totals)
    economies = [(n, row) for n, row in totals if row["partnerCode"] not in NOWHERE]
    unknown = {n: problem for n, row in economies if (problem := _unknown_partner(row, f"row {n}"))}
    _check_explained(economies, unknown)
    parse_row = _flow if request.kind == "trade_flow" else _product
    figures = pd.DataFrame([parse_row(row, f"row {n}") for n, row in economies if n not in unknown])
    trade = Counter[str]()
    for n, row in economies:
        if n in unknown:
            trade[str(row["partnerCode"])] += round(_usd(row, f"row {n}"))
    codes = ", ".join(f"{code} ({usd:,})" for code, usd in sorted(trade.items()))
    left_out = (
        (f"partners with unknown codes left out (in brackets their US dollars, which the total of all partners includes): {codes}",)
        if codes
        else ()
    )
    return Parsed(_summed(figures), "", (*notes, *left_out))


def _downloaded(body: bytes) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return the rows of the site's CSV with the types of JSON; the site may end each line with a comma, and write Windows-1252."""
    try:
        lines = body.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        lines = body.decode("cp1252", "replace").splitlines()
    if lines and not lines[0].endswith(",") and all(line.endswith(",") for line in lines[1:] if line):
        lines = [lines[0], *(line.removesuffix(",") for line in lines[1:])]
    records, notes = csv_rows("\n".join(lines).encode(), FIELDS, OPTIONAL)
    if not records:
        raise Refused("no rows; download the table again")
    if len(records) in MOST_ROWS:
        raise Refused(f"{len(records)} rows are the most a download can have, so this one is probably truncated; download less at once")
    rows = [
        _coded(row, f"line {line}") | {c: number(row[c], f"line {line}: {c}") if row[c] else None for c in EMPTY} for line, row in records
    ]
    return rows, notes


def _unknown_partner(row: dict[str, Any], where: str) -> Problem:
    """Return the problem if the crosswalk lacks the code of a row's partner; otherwise an empty string."""
    try:
        _states(row | {"reporterCode": row["partnerCode"]}, where)
    except countries.UnknownCode as error:
        return str(error)
    return ""


def _check_explained(rows: Sequence[tuple[int, dict[str, Any]]], unknown: Mapping[int, Problem]) -> None:
    """Raise `Refused` if the partners with an unknown code account for more than `UNEXPLAINED` of a table's total."""
    tables = {n: (row["period"], row["flowCode"], row["cmdCode"]) for n, row in rows}
    world = {tables[n]: _usd(row, f"row {n}") for n, row in rows if row["partnerCode"] == 0}
    left: dict[tuple[Any, ...], float] = {}
    for n, row in rows:
        if n in unknown:
            table, total = tables[n], world.get(tables[n], 0.0)
            left[table] = left.get(table, 0.0) + _usd(row, f"row {n}")
            if left[table] > UNEXPLAINED * total:
                cause = unknown[n].partition("; ")[0]
                raise Refused(
                    f"{cause}, which leaves {left[table]:,.0f} of {total:,.0f} US dollars unexplained; if the publisher is right, "
                    "add it to sources/dyad_reference/snapshot/country_code.csv"
                )


def _summed(figures: pd.DataFrame) -> pd.DataFrame:
    """Return one row per figure: add up the two rows of a state whose code changed within the year."""
    amounts = [column for column in ("value", "value_usd", "quantity_tonnes") if column in figures]
    keys = [column for column in figures if column not in amounts]
    if figures.empty or not figures.duplicated(keys).any():
        return figures
    return figures.groupby(keys, sort=False, dropna=False, as_index=False)[amounts].sum(min_count=1)[list(figures.columns)]


def _envelope(answer: Any, request: Request) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return the rows of an answer, and notes on new fields."""
    if not isinstance(answer, dict) or "data" not in answer:
        raise Refused("no data in the answer's envelope; the publisher has changed the answer's format: correct parse.py")
    if answer.get("error"):
        raise Refused(f"the publisher answered with an error, {str(answer['error'])[:160]}; try again later")
    rows, count = answer["data"] or [], answer.get("count")
    if not rows:
        raise Refused("an empty answer, although the publisher lists data for it; try again later")
    if count != len(rows):
        raise Refused(f"{plural(len(rows), 'row')} received, but the envelope counts {count}; try again later")
    if len(rows) >= request.cap:
        raise Refused(
            f"{len(rows)} rows are the most an answer can have, so this one is probably truncated; set "
            "DYAD_UN_COMTRADE_KEY, or, if it is set, split the request in fetch.py"
        )
    notes = header_notes(rows[0], FIELDS, OPTIONAL)
    return [_coded(row, f"row {n}") for n, row in enumerate(rows, start=1)], notes


def _coded(row: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a row with its codes as integers, since CSV has them as text and JSON may."""
    return row | {column: int(number(row[column], f"{where}: {column}")) for column in CODES}


def _is_total(row: dict[str, Any]) -> bool:
    return (row["partner2Code"], row["customsCode"], row["motCode"]) == (0, "C00", 0)


def _check_requested(row: dict[str, Any], request: Request, where: str) -> None:
    """Raise `Refused` if the row is outside the request."""
    params = request.params
    wrong = [
        name
        for name, field in (
            ("reporterCode", "reporterCode"),
            ("partnerCode", "partnerCode"),
            ("period", "period"),
            ("flowCode", "flowCode"),
        )
        if name in params and str(row[field]) not in params[name].split(",")
    ]
    if params["cmdCode"] == "TOTAL" and row["cmdCode"] != "TOTAL" or params["cmdCode"] == "AG2" and len(str(row["cmdCode"])) != 2:
        wrong.append("cmdCode")
    if asked := ASKED.search(request.url):
        wrong += [field for field, value in zip(("typeCode", "freqCode"), asked.groups(), strict=False) if row[field] != value]
        wrong += ["classificationCode"] if str(row["classificationCode"])[:1] != asked[3][:1] else []  # HS, H0 to H6
    if wrong:
        raise Refused(
            f"{where}: {wrong[0]} is {row[wrong[0]]!r}, which was not requested; the publisher's service is faulty: try again later"
        )


def _check_unique(rows: Iterable[tuple[int, dict[str, Any]]]) -> None:
    row_of: dict[tuple, int] = {}
    for n, row in rows:
        figure = tuple(row[c] for c in ("period", "reporterCode", "partnerCode", "flowCode", "cmdCode"))
        if figure in row_of:
            raise Refused(
                f"rows {row_of[figure]} and {n} are the same figure, {figure}; the publisher has added a breakdown: leave it out in parse.py"
            )
        row_of[figure] = n


def _usd(row: dict[str, Any], where: str) -> float:
    value = number(row["primaryValue"], f"{where}: primaryValue")
    if not 0 <= value <= WORLD_OF_ONE_REPORTER:
        raise Refused(
            f"{where}: primaryValue {value:.4g} is not a plausible amount of US dollars; the publisher has changed the unit: correct parse.py"
        )
    return value


def _states(row: dict[str, Any], where: str) -> tuple[str, str, str]:
    """Return the first day of the period, the reporter and the partner."""
    period = str(row["period"])
    day = f"{period[:4]}-{period[4:6] or '01'}-01"
    end = f"{period[:4]}-{period[4:6]}-28" if period[4:6] else f"{period[:4]}-12-31"
    reporter, partner = (countries.iso3("comtrade", str(row[c]), end, where, since=day) for c in ("reporterCode", "partnerCode"))
    return day, reporter, partner


def _flow(row: dict[str, Any], where: str) -> dict[str, Any]:
    day, reporter, partner = _states(row, where)
    is_fob = row["flowCode"] == "X" or (row["cifvalue"] is None and row["fobvalue"] is not None)
    return {
        "frequency": {"A": "annual", "M": "monthly"}[row["freqCode"]],
        "period": day,
        "reporter_iso3": reporter,
        "partner_iso3": partner,
        "flow": FLOW[row["flowCode"]],
        "valuation": "FOB" if is_fob else "CIF",
        "value": _usd(row, where),
        "unit": "USD",
        "is_estimate": False,
        "is_partial": False,
        "note": None,
    }


def _product(row: dict[str, Any], where: str) -> dict[str, Any]:
    _, reporter, partner = _states(row, where)
    is_export = row["flowCode"] == "X"
    return {
        "year": int(row["refYear"]),
        "exporter_iso3": reporter if is_export else partner,
        "importer_iso3": partner if is_export else reporter,
        "hs_code": str(row["cmdCode"]),
        "value_usd": _usd(row, where),
        "quantity_tonnes": number(row["netWgt"], where) / 1000 if row["netWgt"] else None,
        "note": f"{reporter}-reported, {'FOB' if is_export else 'CIF'}",
    }
