"""Draw trade between the two states in other units: in yuan, and as a share of each state's GDP."""

from collections.abc import Container
from itertools import groupby

import duckdb

from warehouse.visuals import framing, lines, style
from warehouse.visuals.lines import Line
from warehouse.visuals.pair import Pair, Row, Rows, ask
from warehouse.visuals.registry import in_unit
from warehouse.visuals.style import Drawing, Size, percent
from warehouse.visuals.trade import drawing_in, read

Factors = dict[int, Row]  # by year, each with `value` and `evidence_id`


@in_unit("bilateral_trade", "yuan")
def in_yuan(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw the columns of trade in yuan, if one of the two is China."""
    rates, annual = _factors(con, pair, "CHN", "exchange_rate_lcu_per_usd"), _annual(con, pair)
    rows = [_in_yuan(row, rates[row["period_start"].year]) for row in annual if row["period_start"].year in rates]
    if not rows:
        return style.nothing(f"Trade of {pair.both} in yuan", unit="Yuan")
    drawing = drawing_in(con, rows, pair, size, "¥")
    return drawing._replace(
        shows="Goods traded, in current yuan: dollars at the year's mean official rate",
        notes=[
            "Converted from dollars: the yuan figures of Chinese customs, who convert each month, differ from these.",
            *drawing.notes,
            *_without(annual, rates, "rate"),
        ],
        unit="Yuan",
    )


@in_unit("bilateral_trade", "gdp")
def as_share_of_gdp(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw one line per state: trade with the other, both ways, as a share of its GDP."""
    annual = [row for row in _annual(con, pair) if row["is_headline"] and row["two_way_total_usd"] is not None and not row["is_partial"]]
    gdp = {iso3: _factors(con, pair, iso3, "gdp_usd") for iso3 in (pair.iso3_a, pair.iso3_b)}
    drawn = {iso3: line for iso3 in gdp if (line := _share(iso3, annual, gdp[iso3], pair)).points}
    if not drawn:
        return style.nothing(f"Trade of {pair.both} as a share of GDP", unit="Share of GDP")
    known = {point["year"] for line in drawn.values() for point in line.points}
    top = max(point["rate"] for line in drawn.values() for point in line.points)
    events = framing.events(con, pair, "trade", min(known), max(known))
    panel, unnamed = lines.panel("Trade both ways, as a share of GDP", list(drawn.values()), top * 1.1, events, size, size.plot)
    title = style.first_that_holds([_equalled], drawn, pair)
    return Drawing(
        title,
        panel,
        " ".join(f"{line.name}: {_in_year(line.points[0])}, {_in_year(line.points[-1])}." for line in drawn.values()),
        "Goods traded both ways as % of the year's GDP, both in current US dollars",
        notes=[
            *unnamed,
            "Trade is counted gross and GDP is value added: the share is a measure of weight, not a part of output.",
            *_without(annual, {year for of in gdp.values() for year in of}, "GDP"),
            *(f"No GDP of {pair.the(iso3)} is among the sources of this release." for iso3, of in gdp.items() if not of),
        ],
        rows=[_with_gdp(row, *gdp.values()) for row in annual if row["period_start"].year in known],
        unit="Share of GDP",
    )


def _annual(con: duckdb.DuckDBPyConnection, pair: Pair) -> Rows:
    return [row for row in read(con, pair) if row["frequency"] == "annual"]


def _factors(con: duckdb.DuckDBPyConnection, pair: Pair, iso3: str, indicator: str) -> Factors:
    """Return a state's GDP or exchange rate by year."""
    rows = ask(
        con,
        "select year, value, evidence_id from views.dollar_conversion where dyad = ? and iso3 = ? and indicator = ? and value > 0",
        pair.dyad, iso3, indicator,
    )  # fmt: skip
    return {row["year"]: row for row in rows}


def _without(annual: Rows, known: Container[int], what: str) -> list[str]:
    """Return a note on the years of headline trade for which no factor is known."""
    years = {row["period_start"].year for row in annual if row["is_headline"] and row["period_start"].year not in known}
    return [f"No {what} known, so not drawn: {style.spans(years)}."] if years and known else []


def _in_yuan(row: Row, rate: Row) -> Row:
    """Return the row with its dollars in yuan, the rate in words, and the rate's evidence as `factors`."""
    amounts = {name: None if row[name] is None else row[name] * rate["value"] for name in ("value_usd", "two_way_total_usd")}
    return row | amounts | {"converted": f", at {rate['value']:.2f} yuan a dollar", "factors": [rate["evidence_id"]]}


# --- share of GDP ---


def _share(iso3: str, annual: Rows, gdp: Factors, pair: Pair) -> Line:
    """Return a state's line; a mark stands for both directions of a year."""
    points = []
    for year, group in groupby(annual, key=lambda row: row["period_start"].year):
        rows = [_with_gdp(row, gdp) for row in group]
        if year in gdp:
            rate = 100 * rows[0]["two_way_total_usd"] / gdp[year]["value"]
            label = f"{year}: trade with {pair.the(pair.other(iso3))}, {percent(rate)} of {pair.whose(iso3)} GDP; {rows[0]['series'].name(pair)}"
            points.append({"year": year, "rate": rate, **style.mark(rows, label)})
    return Line(f"Share of {pair.whose(iso3)} GDP", points, pair.fill(iso3))


def _with_gdp(row: Row, *gdp: Factors) -> Row:
    """Return the row with the evidence of its year's GDP as `factors`."""
    year = row["period_start"].year
    return row | {"factors": [of[year]["evidence_id"] for of in gdp if year in of]}


def _in_year(point: Row) -> str:
    return f"{percent(point['rate'])} in {point['year']}"


def _equalled(drawn: dict[str, Line], pair: Pair) -> str:
    """Report the newest share of each state's GDP, the larger first."""
    newest = sorted(((line.points[-1], iso3) for iso3, line in drawn.items()), key=lambda item: -item[0]["rate"])
    shares, first_year = [], None
    for point, iso3 in newest:
        when = f" in {point['year']}" if point["year"] != first_year else ""
        shares.append(f"{percent(point['rate'])} of {pair.whose(iso3)} GDP{when}")
        first_year = first_year or point["year"]
    return f"trade between {pair.both} equalled {', and '.join(shares)}"
