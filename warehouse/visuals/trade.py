"""Trade between the two states: columns per year, lines per month.

Belongs here: what this visual shows and finds. Does not belong here: the look it shares with the others (`style`).
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import altair as alt
import duckdb

from warehouse.visuals import style
from warehouse.visuals.pair import Pair, ask
from warehouse.visuals.style import Drawing, data, usd

REPORTED = re.compile(r", ([A-Z]{3})-reported$")  # as charts.bilateral_trade writes whose report a series is
ABOVE = 30  # px between legend and plot: the unit and a series' name stand there
UNSPLIT = "Both ways, split not found here"


def bilateral_trade(con: duckdb.DuckDBPyConnection, pair: Pair) -> Drawing:
    """Columns of exports both ways per year with the article's landmarks, and lines per month beneath."""
    rows = ask(
        con,
        "select * from charts.bilateral_trade where dyad = ? and is_headline order by frequency, period_start, exporter",
        pair.dyad,
    )
    rows = [row for row in rows if row["value_usd"] is not None or row["two_way_total_usd"] is not None]
    annual, monthly = ([row for row in rows if row["frequency"] == frequency] for frequency in ("annual", "monthly"))
    if not rows:
        return Drawing(f"Trade of {pair.both}: nothing to draw")
    totals = {
        row["period_start"].year: row["two_way_total_usd"]
        for row in annual
        if row["two_way_total_usd"] is not None and not row["is_partial"]
    }
    panels = ([_annual(con, annual, pair)] if annual else []) + ([_monthly(monthly, pair, alone=not annual)] if monthly else [])
    series, one = _one_series(con, annual, pair)
    notes = [f"Series by {period}: {_bases(of, pair)}." for period, of in (("year", annual), ("month", monthly)) if of]
    notes += _same_series(series, one, annual)
    notes += (
        ["Exports are counted without freight (FOB), imports with it (CIF)."] if {r["valuation"] for r in rows} >= {"FOB", "CIF"} else []
    )
    notes += ["Grey: only the two-way total was found here, not its split."] if any(d == UNSPLIT for _, _, d in _drawn(rows, pair)) else []
    single = sorted({row["period_start"].year for row in annual if row["value_usd"] is not None and row["two_way_total_usd"] is None})
    notes += [f"One direction only: {style.listed(list(map(str, single)))}."] if single else []
    partial = sorted({row["period_start"].year for row in annual if row["is_partial"]})
    notes += [f"{style.listed(list(map(str, partial)))} is not complete: hatched."] if partial else []
    notes += ["A gap in the monthly lines is a month for which no figure was found."] if _gaps(monthly) else []
    notes += [f"Newest monthly figure: {monthly[-1]['period_start']:%B %Y}."] if monthly else []
    return Drawing(
        _trade_found(one, annual or monthly, pair),
        panels[0]
        if len(panels) == 1
        else alt.vconcat(*panels, spacing=20).resolve_scale(color="independent", x="independent", y="independent"),
        _trade_told(totals, monthly, pair),
        "Current US dollars.",
        left=style.MARGIN,
        notes=notes,
        rows=rows,
    )


def _one_series(con: duckdb.DuckDBPyConnection, annual: Sequence[dict[str, Any]], pair: Pair) -> tuple[str, dict[int, float]]:
    """The newest headline series and its two-way totals of full years, headline or not: what may be compared with each other."""
    full = [row for row in annual if row["two_way_total_usd"] is not None and not row["is_partial"]]
    if not full:
        return "", {}
    basis = max(full, key=lambda row: row["period_start"])["basis"]
    rows = ask(
        con,
        "select year(period_start) as year, max(two_way_total_usd) as usd from charts.bilateral_trade where dyad = ? and basis = ? "
        "and frequency = 'annual' and not is_partial group by year(period_start)",
        pair.dyad,
        basis,
    )
    return basis, {row["year"]: row["usd"] for row in rows if row["usd"] is not None}


def _same_series(series: str, one: dict[int, float], annual: Sequence[dict[str, Any]]) -> list[str]:
    """That the title compares within one series, where a column it names shows another."""
    drawn = {row["period_start"].year: row["basis"] for row in annual}
    years = _compared(one) if one else []
    other = [year for year in years if drawn.get(year, series) != series]
    if not other:
        return []
    shown = style.listed([f"the column of {year} shows {_publisher(drawn[year])}" for year in other])
    return [f"The title compares {style.listed(list(map(str, years)))} in the same series, {_publisher(series)}; {shown}."]


def _compared(totals: dict[int, float]) -> list[int]:
    """The years the title names: the newest and the greatest, or the one before where the newest is the greatest of few."""
    last, peak = max(totals), max(totals, key=lambda y: (totals[y], y))
    before = [year for year in sorted(totals) if year != last]
    return [last, peak] if peak != last else [last, *([] if len(before) > 4 else before[-1:])]


def _publisher(basis: str) -> str:
    """`UN Comtrade` of `UN Comtrade, CHN-reported`."""
    return REPORTED.sub("", basis)


def _drawn(rows: Sequence[dict[str, Any]], pair: Pair) -> list[tuple[dict[str, Any], float, str]]:
    """What is drawn of each period: its directions with their value and name, or the two-way total where no split is published."""
    drawn = []
    for _, group in groupby(rows, key=lambda row: (row["frequency"], row["period_start"])):
        period = list(group)
        split = [(row, row["value_usd"], pair.direction(row)) for row in period if row["value_usd"] is not None]
        drawn += split or [(period[0], period[0]["two_way_total_usd"], UNSPLIT)]
    return drawn


def _trade_found(totals: dict[int, float], rows: Sequence[dict[str, Any]], pair: Pair) -> str:
    if not totals:
        newest = max(rows, key=lambda r: (r["period_start"], r["exporter"]))
        worth = newest["value_usd"] if newest["value_usd"] is not None else newest["two_way_total_usd"]
        what = f"from {pair.the(newest['exporter'])} to {pair.the(newest['importer'])}" if newest["value_usd"] is not None else "both ways"
        period = f"{newest['period_start'].year}" if newest["frequency"] == "annual" else f"{newest['period_start']:%B %Y}"
        return f"Trade {what} was {usd(worth)} in {period}"
    last, peak = max(totals), max(totals, key=lambda y: (totals[y], y))
    if peak != last:
        return f"Trade between {pair.both} was {usd(totals[last])} in {last}, below the {usd(totals[peak])} of {peak}"
    before = [year for year in sorted(totals) if year != last]
    if len(before) > 4:
        return f"Trade between {pair.both} reached {usd(totals[last])} in {last}, the most since this series begins in {before[0]}"
    return f"Trade between {pair.both} was {usd(totals[last])} in {last}" + (
        f", up from {usd(totals[before[-1]])} in {before[-1]}" if before else ""
    )


def _trade_told(totals: dict[int, float], monthly: Sequence[dict[str, Any]], pair: Pair) -> str:
    told = (
        [
            f"Columns for {min(totals)} to {max(totals)}: {usd(totals[min(totals)])} in the first year, {usd(totals[max(totals)])} in the last."
        ]
        if totals
        else []
    )
    if monthly:
        told.append(
            f"Lines by month, {monthly[0]['period_start']:%B %Y} to {monthly[-1]['period_start']:%B %Y}, one for what each sells the other."
        )
    return " ".join(told)


def _bases(rows: Iterable[dict[str, Any]], pair: Pair) -> str:
    """`IMF DOTS (1992–2016), UN Comtrade (2017–2024), as China reported`: which series is drawn when, and on whose report."""
    by_period = sorted({(row["period_start"].year, row["basis"]) for row in rows})
    reporters = {found[1] if (found := REPORTED.search(basis)) else None for _, basis in by_period}
    runs = []
    for basis, group in groupby(by_period, key=lambda pair: pair[1]):
        years = [year for year, _ in group]
        name = _publisher(basis) if len(reporters) == 1 else _series_name(basis, pair)
        runs.append(f"{name} ({years[0]}–{years[-1]})" if years[0] != years[-1] else f"{name} ({years[0]})")
    together = f", all as {pair.the(*reporters)} reported" if len(reporters) == 1 and None not in reporters else ""
    return ", ".join(runs) + together


def _series_name(basis: str, pair: Pair) -> str:
    """`UN Comtrade as China reported` of `UN Comtrade, CHN-reported`."""
    return REPORTED.sub(lambda found: f" as {pair.the(found[1])} reported", basis)


def _format(top: float) -> str:
    """How an axis writes its figures."""
    return ".1e" if top >= 1e7 else ",.0f" if top >= 6 else ".1f"


def _annual(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], pair: Pair) -> alt.LayerChart:
    bars, tops, lows = [], Counter(), Counter()
    for row, worth, direction in _drawn(rows, pair):
        year = row["period_start"].year
        start = tops[year] if worth >= 0 else lows[year]
        (tops if worth >= 0 else lows)[year] += worth
        bars.append({
            "year": year, "left": year - 0.4, "right": year + 0.4, "low": start, "high": start + worth, "direction": direction,
            "worth": usd(worth), "basis": _series_name(row["basis"], pair), "is_partial": row["is_partial"], "evidence": style.cite(row["evidence"]),
        })  # fmt: skip
    size, name = style.axis_unit([bar["high"] for bar in bars] + [bar["low"] for bar in bars])
    bars = [bar | {"low": bar["low"] / size, "high": bar["high"] / size} for bar in bars]
    first, last = style.year_span([bar["year"] for bar in bars])
    plot = {"width": style.WIDTH - style.MARGIN, "height": 270}
    domain = [min(0, *(bar["high"] for bar in bars)), max(*(bar["high"] for bar in bars), 0) * 1.12 or 1]
    x_px, y_px = style.pixels(plot["width"], (first - 0.6, last + 0.6)), style.pixels(plot["height"], (domain[0], domain[1]))
    x = style.year_x("left", first, last, plot["width"])
    y = alt.Y("low:Q", scale=alt.Scale(domain=domain), axis=alt.Axis(title=None, tickCount=5, format=_format(domain[1])))
    columns = (
        alt.Chart(data(bars))
        .mark_rect(stroke="white", strokeWidth=0.6)
        .encode(
            x=x, x2="right:Q", y=y, y2="high:Q", color=_direction_colour(bars, pair),
            tooltip=style.tooltip(year="Year", direction="Direction", worth="Value", basis="Series", is_partial="Not complete"),
        )
    )  # fmt: skip
    lines = [
        line
        for bar in bars
        if bar["is_partial"]
        for line in style.hatched_bar(bar["left"], bar["right"], bar["low"], bar["high"], x_px, y_px)
    ]
    unit = style.corner_text(f"{name} a year")
    marks = _landmarks(con, rows, size, pair)
    series = _series(rows, domain[1], (x_px, y_px), marks, x, y)
    return alt.layer(columns, style.hatching(lines, x, y), *series, *_landmark_layers(marks, x, y), unit).properties(**plot)


def _series(
    rows: Sequence[dict[str, Any]], top: float, px: tuple[float, float], landmarks: Sequence[dict[str, Any]], x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Where one published series gives way to another: a dotted line that spares the landmarks' words, and the series' names.

    A name without room in the plot stands above it if the series is the last: its line leads there.
    """
    by_year = sorted({(row["period_start"].year, row["basis"]) for row in rows})
    runs = [(basis, [year for year, _ in group]) for basis, group in groupby(by_year, key=lambda item: item[1])]
    if len(runs) < 2:
        return []
    lines = [
        {"left": years[0] - 0.5, "low": low, "high": high}
        for _, years in runs[1:]
        for low, high in _free(years[0] - 0.5, top, px, landmarks)
    ]
    names = [
        {"left": years[0] - 0.3, "low": top, "text": style.shorten(_publisher(basis), style.SMALL, (len(years) - 0.4) * px[0])}
        for basis, years in runs
    ]
    words = {"align": "left", "baseline": "top", "fontSize": style.SMALL}
    base = alt.Chart(data([name for name in names if len(name["text"]) > 6])).encode(x=x, y=y, text="text:N")
    basis, years = runs[-1]
    narrow = [{"left": years[-1] + 0.5, "low": top, "text": _publisher(basis)}] if len(names[-1]["text"]) <= 6 else []
    above = alt.Chart(data(narrow)).encode(x=x, y=y, text="text:N")
    return [
        alt.Chart(data(lines)).mark_rule(stroke=style.GREY, strokeDash=[2, 3], tooltip=None).encode(x=x, y=y, y2="high:Q"),
        base.mark_text(**words, stroke="white", strokeWidth=4, tooltip=None),
        base.mark_text(**words, color=style.GREY, tooltip=None),
        above.mark_text(align="right", baseline="bottom", dy=-4, fontSize=style.SMALL, color=style.GREY, tooltip=None),
    ]


def _free(at: float, top: float, px: tuple[float, float], landmarks: Sequence[dict[str, Any]]) -> list[tuple[float, float]]:
    """The stretches of an upright line that no landmark's words cross."""
    crossed = sorted(
        mark["low"] for mark in landmarks
        if mark["right"] - (style.text_width(mark["text"], style.LABEL) * 1.09 + 8) / px[0] < at < mark["left"]
    )  # fmt: skip
    half = 0.75 * style.LABEL / px[1]
    ends = [0.0, *(end for low in crossed for end in (low - half, low + half)), top]
    return [(low, high) for low, high in zip(ends[::2], ends[1::2], strict=True) if low < high]


def _direction_colour(marks: Sequence[dict[str, Any]], pair: Pair, field: str = "direction") -> alt.Color:
    a, b = f"{pair.name_a} to {pair.name_b}", f"{pair.name_b} to {pair.name_a}"
    colours = {a: style.FIRST, b: style.SECOND, UNSPLIT: "#9a9a9a"}
    used = [name for name in colours if any(mark[field] == name for mark in marks)]
    columns = 1 if style.text_width("".join(used), style.LABEL) > style.WIDTH - 130 else 0
    return alt.Color(
        f"{field}:N", scale=alt.Scale(domain=used, range=[colours[n] for n in used]), legend=alt.Legend(columns=columns, offset=ABOVE)
    )


def _landmarks(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], size: float, pair: Pair) -> list[dict[str, Any]]:
    """Two-way totals that the article names, to stand beside their columns; a pair the article is not about has none."""
    claims = ask(
        con,
        "select claim, verdict, evidence from charts.claims where dyad = ? and value_claimed like '% USD' order by claim_id",
        pair.dyad,
    )
    totals = {row["period_start"].year: row["two_way_total_usd"] for row in rows if row["two_way_total_usd"] is not None}
    marks = []
    for claim in claims:
        year = next((int(found) for found in re.findall(r"\b\d{4}\b", claim["claim"]) if int(found) in totals), None)
        if year is not None:
            marks.append({
                "left": year - 0.45, "right": year - 2.2, "low": totals[year] / size, "text": f"{usd(totals[year])} in {year}",
                "claim": claim["claim"], "verdict": claim["verdict"], "evidence": style.cite(claim["evidence"]),
            })  # fmt: skip
    return marks


def _landmark_layers(marks: Sequence[dict[str, Any]], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    told = style.tooltip(claim="The article says", verdict="Verdict on its day")
    words = {"align": "right", "dx": -4, "fontWeight": "bold"}
    beside, at = data([mark | {"left": mark["right"]} for mark in marks]), {"x": x, "y": y, "text": "text:N"}
    return [
        alt.Chart(data(marks)).mark_rule(stroke=style.INK, tooltip=None).encode(x=x, x2="right:Q", y=y),
        alt.Chart(beside).mark_text(**words, stroke="white", strokeWidth=4, strokeJoin="round", tooltip=None).encode(**at),
        alt.Chart(beside).mark_text(**words).encode(**at, tooltip=told),
    ]


def _months(rows: Sequence[dict[str, Any]]) -> list[dt.date]:
    return _months_between(min(r["period_start"] for r in rows), max(r["period_start"] for r in rows))


def _months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of these months and all between."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [dt.date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count + 1)]


def _gaps(rows: Sequence[dict[str, Any]]) -> bool:
    return bool(rows) and {row["period_start"] for row in rows} != set(_months(rows))


def _monthly(rows: Sequence[dict[str, Any]], pair: Pair, alone: bool) -> alt.LayerChart:
    """A line per direction, broken where a month is missing; a month between two gaps is a dot."""
    # to the release's day, so that how old the newest figure is can be seen; by rows without a figure, not by the scale's
    # domain: written as a day, that is lost on a page that lets Vega run no code
    months, drawn = _months_between(_months(rows)[0], max(_months(rows)[-1], pair.as_of)), _drawn(rows, pair)
    size, name = style.axis_unit(worth for _, worth, _ in drawn)
    marks = []
    for direction in sorted({direction for _, _, direction in drawn}):
        found = {row["period_start"]: (row, worth) for row, worth, of in drawn if of == direction}
        for before, month, after in zip([None, *months], months, [*months[1:], None], strict=False):
            row, worth = found.get(month, (None, None))
            marks.append({"month": month.isoformat(), "direction": direction, "worth": None} if row is None else {
                "month": month.isoformat(), "direction": direction, "worth": worth / size, "lone": not {before, after} & set(found),
                "value": usd(worth), "basis": _series_name(row["basis"], pair), "when": f"{month:%B %Y}", "evidence": style.cite(row["evidence"]),
            })  # fmt: skip
    colour = _direction_colour(marks, pair)
    top = max(mark["worth"] for mark in marks if mark["worth"] is not None)
    y = alt.Y("worth:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title=None, tickCount=4, format=_format(top)))
    x = alt.X("month:T", axis=_months_axis(months))
    base = alt.Chart(data(marks)).encode(x=x, y=y, color=colour if alone else colour.legend(None))
    told = style.tooltip(when="Month", direction="Direction", value="Value", basis="Series")
    known = [mark for mark in marks if mark["worth"] is not None]
    dots = base.properties(data=data([mark for mark in known if mark["lone"]])).mark_point(filled=True, size=28, opacity=1, tooltip=None)
    return alt.layer(
        base.mark_line(strokeWidth=2, invalid="break-paths-show-path-domains", tooltip=None),
        dots,
        base.properties(data=data(known)).mark_point(filled=True, size=60, opacity=0).encode(tooltip=told),
        style.corner_text(f"{name} a month"),
    ).properties(width=style.WIDTH - style.MARGIN, height=130)


def _months_axis(months: Sequence[dt.date]) -> alt.Axis:
    """Januaries, or single months where there are few."""
    if len(months) > 18:
        every = max(1, round(len(months) / 120))
        ticks = [month for month in months if month.month == 1 and month.year % every == 0]
    else:
        ticks = months[:: max(1, len(months) // 6)]
    return alt.Axis(title=None, format="%Y" if len(months) > 18 else "%b %Y", values=[month.isoformat() for month in ticks], tickSize=4)
