"""Draw trade between the two states: columns per year, lines per month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import altair as alt
import duckdb

from warehouse import models
from warehouse.visuals import style
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, data, usd

ABOVE = 30  # px between legend and plot, for the unit and the name of a series
UNSPLIT = "Both ways, split not found here"

Rows = Sequence[dict[str, Any]]


class Series(NamedTuple):
    """A published series: its basis, and its reporter (None if reconciled from several)."""

    basis: str
    reporter: str | None

    @property
    def publisher(self) -> str:
        """Return the basis without its reporter: `UN Comtrade`."""
        return self.basis.removesuffix(f", {self.reporter}-reported")

    def name(self, pair: Pair) -> str:
        """Return the series' name for readers: `UN Comtrade as China reported`."""
        return f"{self.publisher} as {pair.the(self.reporter)} reported" if self.reporter and self.publisher != self.basis else self.basis


@visual
def bilateral_trade(con: duckdb.DuckDBPyConnection, pair: Pair) -> Drawing:
    """Draw columns of exports both ways per year with the article's landmarks, and below them lines per month."""
    rows = dataset_rows(con, "bilateral_trade", pair, "frequency, period_start, exporter")
    rows = [row | {"series": Series(row["basis"], row["reporter"])} for row in rows]
    every, rows = rows, [row for row in rows if row["is_headline"] and (row["value_usd"], row["two_way_total_usd"]) != (None, None)]
    annual, monthly = ([row for row in rows if row["frequency"] == frequency] for frequency in ("annual", "monthly"))
    if not rows:
        return Drawing(f"Trade of {pair.both}: nothing to draw")
    panels = ([_annual(con, annual, pair)] if annual else []) + ([_monthly(monthly, pair, alone=not annual)] if monthly else [])
    series, totals = _one_series(every, annual)
    return Drawing(
        _title(totals, annual or monthly, pair),
        panels[0]
        if len(panels) == 1
        else alt.vconcat(*panels, spacing=20).resolve_scale(color="independent", x="independent", y="independent"),
        _in_words(annual, monthly),
        "Current US dollars.",
        left=style.MARGIN,
        notes=_notes(rows, annual, monthly, pair, _same_series(series, totals, annual)),
        rows=rows,
    )


def _notes(rows: Rows, annual: Rows, monthly: Rows, pair: Pair, compared: list[str]) -> list[str]:
    notes = [f"Series by {period}: {_bases(of, pair)}." for period, of in (("year", annual), ("month", monthly)) if of] + compared
    notes += (
        ["Exports are counted without freight (FOB), imports with it (CIF)."] if {r["valuation"] for r in rows} >= {"FOB", "CIF"} else []
    )
    unsplit = any(direction == UNSPLIT for _, _, direction in _drawn(rows, pair))
    notes += ["Grey: only the two-way total was found here, not its split."] if unsplit else []
    single = sorted({row["period_start"].year for row in annual if row["value_usd"] is not None and row["two_way_total_usd"] is None})
    notes += [f"One direction only: {style.listed(list(map(str, single)))}."] if single else []
    partial = sorted({row["period_start"].year for row in annual if row["is_partial"]})
    notes += [f"{style.listed(list(map(str, partial)))} is not complete: hatched."] if partial else []
    derived = any(row["is_derived"] for row in rows)
    notes += ["Derived: what a year to date, or a year, has beyond the months before."] if derived else []
    notes += ["A gap in the monthly lines is a month for which no figure was found."] if _gaps(monthly) else []
    return notes + ([f"Newest monthly figure: {monthly[-1]['period_start']:%B %Y}."] if monthly else [])


def _whole_years(rows: Rows) -> Rows:
    """Return the rows of finished years that have a two-way total."""
    return [row for row in rows if row["two_way_total_usd"] is not None and not row["is_partial"]]


def _one_series(every: Rows, annual: Rows) -> tuple[Series | None, dict[int, float]]:
    """Return the newest headline series and its two-way totals of whole years, headline or not, which are comparable."""
    whole = _whole_years(annual)
    if not whole:
        return None, {}
    series = max(whole, key=lambda row: row["period_start"])["series"]
    same = [row for row in _whole_years(every) if row["frequency"] == "annual" and row["series"] == series]
    return series, {row["period_start"].year: row["two_way_total_usd"] for row in same}


def _same_series(series: Series | None, totals: dict[int, float], annual: Rows) -> list[str]:
    """Return a note that the title compares within one series, if the column of a year in the title shows another series."""
    drawn = {row["period_start"].year: row["series"] for row in annual}
    years = _compared(totals) if totals else []
    other = [year for year in years if drawn.get(year, series) != series]
    if not series or not other:
        return []
    shown = style.listed([f"the column of {year} shows {drawn[year].publisher}" for year in other])
    return [f"The title compares {style.listed(list(map(str, years)))} in the same series, {series.publisher}; {shown}."]


def _compared(totals: dict[int, float]) -> list[int]:
    """Return the years of the title: the newest and the greatest; if these are one, the newest, with the year before if there are few."""
    last, peak = max(totals), max(totals, key=lambda y: (totals[y], y))
    before = [year for year in sorted(totals) if year != last]
    return [last, peak] if peak != last else [last, *([] if len(before) > 4 else before[-1:])]


def _drawn(rows: Rows, pair: Pair) -> list[tuple[Rows, float, str]]:
    """Return the marks of each period: its directions with rows, value and name, or the two-way total if no split is published."""
    marks: list[tuple[Rows, float, str]] = []
    for _, group in groupby(rows, key=lambda row: (row["frequency"], row["period_start"])):
        period = list(group)
        split: list[tuple[Rows, float, str]] = [
            ([row], row["value_usd"], pair.direction(row)) for row in period if row["value_usd"] is not None
        ]
        marks += split or [(period, period[0]["two_way_total_usd"], UNSPLIT)]
    return marks


def _title(totals: dict[int, float], rows: Rows, pair: Pair) -> str:
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


def _in_words(annual: Rows, monthly: Rows) -> str:
    totals = {row["period_start"].year: usd(row["two_way_total_usd"]) for row in _whole_years(annual)}
    sentences = []
    if totals:
        first, last = min(totals), max(totals)
        sentences.append(f"Columns for {first} to {last}: {totals[first]} in the first year, {totals[last]} in the last.")
    if monthly:
        span = f"{monthly[0]['period_start']:%B %Y} to {monthly[-1]['period_start']:%B %Y}"
        sentences.append(f"Lines by month, {span}, one for what each sells the other.")
    return " ".join(sentences)


def _bases(rows: Rows, pair: Pair) -> str:
    """Return the drawn series with their years and reporters: `IMF DOTS (1992–2016), UN Comtrade (2017–2024), all as China reported`."""
    by_period = sorted({(row["period_start"].year, row["basis"], row["series"]) for row in rows}, key=lambda item: item[:2])
    reporters = {series.reporter for _, _, series in by_period}
    runs = []
    for series, group in groupby(by_period, key=lambda item: item[2]):
        years = [year for year, *_ in group]
        name = series.publisher if len(reporters) == 1 else series.name(pair)
        runs.append(f"{name} ({years[0]}–{years[-1]})" if years[0] != years[-1] else f"{name} ({years[0]})")
    together = f", all as {pair.the(*reporters)} reported" if len(reporters) == 1 and None not in reporters else ""
    return ", ".join(runs) + together


def _format(top: float) -> str:
    """Return the number format of an axis."""
    return ".1e" if top >= 1e7 else ",.0f" if top >= 6 else ".1f"


def _bars(rows: Rows, pair: Pair) -> list[dict[str, Any]]:
    """Stack the marks of each year, in dollars."""
    bars: list[dict[str, Any]] = []
    tops, lows = defaultdict[int, float](float), defaultdict[int, float](float)
    for of, worth, direction in _drawn(rows, pair):
        row, year = of[0], of[0]["period_start"].year
        start = tops[year] if worth >= 0 else lows[year]
        (tops if worth >= 0 else lows)[year] += worth
        bars.append({
            "year": year, "left": year - 0.4, "right": year + 0.4, "low": start, "high": start + worth, "direction": direction,
            "worth": usd(worth), "basis": row["series"].name(pair), "is_partial": row["is_partial"], **style.stands_for(of),
        })  # fmt: skip
    return bars


def _annual(con: duckdb.DuckDBPyConnection, rows: Rows, pair: Pair) -> style.Layers:
    bars = _bars(rows, pair)
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
        line | {"keys": bar["keys"]}
        for bar in bars
        if bar["is_partial"]
        for line in style.hatched_bar(bar["left"], bar["right"], bar["low"], bar["high"], x_px, y_px)
    ]
    unit = style.corner_text(f"{name} a year")
    marks = _landmarks(con, rows, size, pair.dyad)
    series = _series(rows, domain[1], (x_px, y_px), marks, x, y)
    return alt.layer(columns, style.hatching(lines, x, y), *series, *_landmark_layers(marks, x, y), unit).properties(**plot)


def _series(rows: Rows, top: float, px: tuple[float, float], landmarks: Rows, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw a dotted line between two published series, interrupted at the landmarks' text, and the names of the series.

    If the last series is too narrow for its name, the name is drawn above the plot.
    """
    by_year = sorted({(row["period_start"].year, row["basis"], row["series"].publisher) for row in rows})
    runs = [(publisher, [year for year, *_ in group]) for (_, publisher), group in groupby(by_year, key=lambda item: item[1:])]
    if len(runs) < 2:
        return []
    lines = [
        {"left": years[0] - 0.5, "low": low, "high": high}
        for _, years in runs[1:]
        for low, high in _uncrossed(years[0] - 0.5, top, px, landmarks)
    ]
    names = [
        {"left": years[0] - 0.3, "low": top, "text": style.shorten(publisher, style.SMALL, (len(years) - 0.4) * px[0])}
        for publisher, years in runs
    ]
    words: dict[str, Any] = {"align": "left", "baseline": "top", "fontSize": style.SMALL}
    base = alt.Chart(data([name for name in names if len(name["text"]) > 6])).encode(x=x, y=y, text="text:N")
    publisher, years = runs[-1]
    narrow = [{"left": years[-1] + 0.5, "low": top, "text": publisher}] if len(names[-1]["text"]) <= 6 else []
    above = alt.Chart(data(narrow)).encode(x=x, y=y, text="text:N")
    return [
        alt.Chart(data(lines)).mark_rule(stroke=style.GREY, strokeDash=[2, 3], tooltip=None).encode(x=x, y=y, y2="high:Q"),
        base.mark_text(**words, stroke="white", strokeWidth=4, tooltip=None),
        base.mark_text(**words, color=style.GREY, tooltip=None),
        above.mark_text(align="right", baseline="bottom", dy=-4, fontSize=style.SMALL, color=style.GREY, tooltip=None),
    ]


def _uncrossed(at: float, top: float, px: tuple[float, float], landmarks: Rows) -> list[tuple[float, float]]:
    """Return the parts of a vertical line that no landmark's text crosses."""
    crossed = sorted(
        mark["low"] for mark in landmarks
        if mark["right"] - (style.text_width(mark["text"], style.LABEL) * 1.09 + 8) / px[0] < at < mark["left"]
    )  # fmt: skip
    half = 0.75 * style.LABEL / px[1]
    ends = [0.0, *(end for low in crossed for end in (low - half, low + half)), top]
    return [(low, high) for low, high in zip(ends[::2], ends[1::2], strict=True) if low < high]


def _direction_colour(marks: Rows, pair: Pair, field: str = "direction") -> alt.Color:
    a, b = f"{pair.name_a} to {pair.name_b}", f"{pair.name_b} to {pair.name_a}"
    colours = {a: style.FIRST, b: style.SECOND, UNSPLIT: "#9a9a9a"}
    used = [name for name in colours if any(mark[field] == name for mark in marks)]
    columns = 1 if style.text_width("".join(used), style.LABEL) > style.WIDTH - 130 else 0
    return alt.Color(
        f"{field}:N", scale=alt.Scale(domain=used, range=[colours[n] for n in used]), legend=alt.Legend(columns=columns, offset=ABOVE)
    )


def _landmarks(con: duckdb.DuckDBPyConnection, rows: Rows, size: float, dyad: str) -> list[dict[str, Any]]:
    """Return marks for the two-way totals of the years that claims give as `landmark_year` in their header."""
    claims = ask(con, "select claim, verdict, decided_by from charts.claims where dyad = ? order by claim_id", dyad)
    marks = []
    for claim in claims:
        year = int(models.header(claim["decided_by"]).get("landmark_year", 0))
        of_year = [row for row in rows if row["period_start"].year == year and row["two_way_total_usd"] is not None]
        if of_year:
            total = of_year[-1]["two_way_total_usd"]
            marks.append({
                "left": year - 0.45, "right": year - 2.2, "low": total / size, "text": f"{usd(total)} in {year}",
                "claim": claim["claim"], "verdict": claim["verdict"], **style.stands_for(of_year),
            })  # fmt: skip
    return marks


def _landmark_layers(marks: Rows, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    tooltip = style.tooltip(claim="The article says", verdict="Verdict on its day")
    words: dict[str, Any] = {"align": "right", "dx": -4, "fontWeight": "bold"}
    beside, at = data([mark | {"left": mark["right"]} for mark in marks]), {"x": x, "y": y, "text": "text:N"}
    return [
        alt.Chart(data(marks)).mark_rule(stroke=style.INK, tooltip=None).encode(x=x, x2="right:Q", y=y),
        alt.Chart(beside).mark_text(**words, stroke="white", strokeWidth=4, strokeJoin="round", tooltip=None).encode(**at),
        alt.Chart(beside).mark_text(**words).encode(**at, tooltip=tooltip),
    ]


def _months(rows: Rows) -> list[dt.date]:
    return _months_between(min(r["period_start"] for r in rows), max(r["period_start"] for r in rows))


def _months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the first day of every month from `first` to `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [dt.date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count + 1)]


def _gaps(rows: Rows) -> bool:
    return bool(rows) and {row["period_start"] for row in rows} != set(_months(rows))


def _monthly(rows: Rows, pair: Pair, alone: bool) -> style.Layers:
    """Draw a line per direction, broken at a missing month; a month between two gaps is a dot."""
    # up to the release's day, to show the age of the newest figure; by rows without a figure, since a scale domain of dates
    # is lost on a page that does not let Vega run code
    months, drawn = _months_between(_months(rows)[0], max(_months(rows)[-1], pair.as_of)), _drawn(rows, pair)
    size, name = style.axis_unit(worth for _, worth, _ in drawn)
    marks: list[dict[str, Any]] = []
    for direction in sorted({direction for _, _, direction in drawn}):
        by_month = {of[0]["period_start"]: (of, worth) for of, worth, way in drawn if way == direction}
        for before, month, after in zip([None, *months], months, [*months[1:], None], strict=False):
            if month not in by_month:
                marks.append({"month": month.isoformat(), "direction": direction, "worth": None})
                continue
            of, worth = by_month[month]
            marks.append({
                "month": month.isoformat(), "direction": direction, "worth": worth / size, "lone": not {before, after} & set(by_month),
                "value": usd(worth), "basis": of[0]["series"].name(pair), "when": f"{month:%B %Y}", **style.stands_for(of),
            })  # fmt: skip
    colour = _direction_colour(marks, pair)
    top = max(mark["worth"] for mark in marks if mark["worth"] is not None)
    y = alt.Y("worth:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title=None, tickCount=4, format=_format(top)))
    x = alt.X("month:T", axis=_months_axis(months))
    base = alt.Chart(data(marks)).encode(x=x, y=y, color=colour if alone else colour.legend(None))
    tooltip = style.tooltip(when="Month", direction="Direction", value="Value", basis="Series")
    known = [mark for mark in marks if mark["worth"] is not None]
    dots = base.properties(data=data([mark for mark in known if mark["lone"]])).mark_point(filled=True, size=28, opacity=1, tooltip=None)
    return alt.layer(
        base.mark_line(strokeWidth=2, invalid="break-paths-show-path-domains", tooltip=None),
        dots,
        base.properties(data=data(known)).mark_point(filled=True, size=60, opacity=0).encode(tooltip=tooltip),
        style.corner_text(f"{name} a month"),
    ).properties(width=style.WIDTH - style.MARGIN, height=130)


def _months_axis(months: Sequence[dt.date]) -> alt.Axis:
    """Return an axis that labels Januaries, or single months if there are few."""
    if len(months) > 18:
        every = max(1, round(len(months) / 120))
        ticks: Sequence[dt.date] = [month for month in months if month.month == 1 and month.year % every == 0]
    else:
        ticks = months[:: max(1, len(months) // 6)]
    return alt.Axis(title=None, format="%Y" if len(months) > 18 else "%b %Y", values=[month.isoformat() for month in ticks], tickSize=4)
