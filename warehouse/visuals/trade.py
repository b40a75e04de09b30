"""Draw trade between the two states: yearly columns, and monthly lines with their twelve-month mean."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import duckdb

from warehouse import models
from warehouse.visuals import framing, plot, style
from warehouse.visuals.labels import FLAG_STEP, Box, Label, placed
from warehouse.visuals.pair import Pair, Row, Rows, ask, dataset_rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour, money
from warehouse.visuals.vegalite import View, category, given, layer, literal, marks

UNSPLIT = "both ways, split not found"
ROOM = 52  # px right of the columns for the newest total
YEAR = 12  # months of a mean


class Series(NamedTuple):
    """A published series: its basis, its reporter (None if it rests on others' reports), and what readers must know of it."""

    basis: str
    reporter: str | None
    caveat: str = ""

    @property
    def publisher(self) -> str:
        """Return the basis without its reporter: `UN Comtrade`."""
        return self.basis.removesuffix(f", {self.reporter}-reported").removesuffix(" (derived)")

    def name(self, pair: Pair) -> str:
        """Return the series' name for readers: `UN Comtrade as China reported`."""
        return f"{self.publisher} as {pair.the(self.reporter)} reported" if self.reporter and self.publisher != self.basis else self.basis


@visual
def bilateral_trade(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw one column per year of exports both ways, with events and records, and monthly exports under their twelve-month mean."""
    return drawing_in(con, read(con, pair), pair, size, "$")


def read(con: duckdb.DuckDBPyConnection, pair: Pair) -> Rows:
    """Return the dataset's rows, headline or not, each with its `series`."""
    rows = dataset_rows(con, "bilateral_trade", pair, "frequency, period_start, exporter")
    compiled = ask(con, "select distinct basis, note from raw.trade_basis where compiled_from <> 'own' and note is not null")
    series = {of["basis"]: Series(of["basis"], None, f"{of['basis']}: {of['note']}.") for of in compiled}
    return [row | {"series": series.get(row["basis"], Series(row["basis"], row["reporter"]))} for row in rows]


def drawing_in(con: duckdb.DuckDBPyConnection, every: Rows, pair: Pair, size: Size, currency: str) -> Drawing:
    """Draw rows whose values are in the currency of this symbol."""
    rows = [row for row in every if row["is_headline"] and (row["value_usd"], row["two_way_total_usd"]) != (None, None)]
    annual, monthly = ([row for row in rows if row["frequency"] == frequency] for frequency in ("annual", "monthly"))
    if not rows:
        return style.nothing(f"Trade of {pair.both}")
    width, second = plot.unequal(size, bool(annual) + bool(monthly), ROOM)
    both = bool(annual) and bool(monthly)
    events = framing.events(con, pair, "trade", *plot.year_span(row["period_start"].year for row in annual)) if both else []
    room = framing.event_room(events, size)
    panels = [_annual(con, annual, pair, size, width, currency, room)] if annual else []
    panels += [_monthly(con, monthly, pair, size, second, room)] if monthly else []
    chart, unnamed = plot.joined(size, panels)
    totals = _one_series(every, annual)
    title = style.first_that_holds(FINDINGS, totals, annual or monthly, pair, currency)
    return Drawing(
        title,
        chart,
        _in_words(annual, monthly, currency),
        "Goods traded, in current US dollars",
        notes=[*unnamed, *_notes(rows, annual, monthly, pair, _same_series(every, totals, annual))],
        rows=rows,
        unit="Dollars",
    )


# --- the finding ---


def _one_series(every: Rows, annual: Rows) -> dict[int, float]:
    """Return two-way totals of whole years in the newest headline's series, also for years with another headline, so that they compare."""
    whole = _whole_years(annual)
    if not whole:
        return {}
    series = max(whole, key=lambda row: row["period_start"])["series"]
    same = [row for row in _whole_years(every) if row["frequency"] == "annual" and row["series"] == series]
    return {row["period_start"].year: row["two_way_total_usd"] for row in same}


def _whole_years(rows: Rows) -> Rows:
    """Return the rows of finished years that have a two-way total."""
    return [row for row in rows if row["two_way_total_usd"] is not None and not row["is_partial"]]


def _fell_from_the_record(totals: dict[int, float], _rows: Rows, pair: Pair, currency: str) -> str | None:
    """Report a fall if the newest year is below the year before, the highest of the series."""
    last, peak = _last_and_peak(totals)
    if len(totals) < 3 or peak != last - 1:
        return None
    fall = (1 - totals[last] / totals[peak]) * 100
    return f"Trade between {pair.both} fell {fall:.0f}% in {last}, from a record {money(totals[peak], currency)} to {money(totals[last], currency)}"


def _below_the_record(totals: dict[int, float], _rows: Rows, pair: Pair, currency: str) -> str | None:
    """Report the distance from the highest year if that is an earlier one."""
    last, peak = _last_and_peak(totals)
    if peak == last:
        return None
    return f"Trade between {pair.both} was {money(totals[last], currency)} in {last}, below the {money(totals[peak], currency)} of {peak}"


def _reached_a_record(totals: dict[int, float], _rows: Rows, pair: Pair, currency: str) -> str | None:
    """Report a record if the newest year is the highest of at least six."""
    last, peak = _last_and_peak(totals)
    if not totals or peak != last or len(totals) < 6:
        return None
    then = max(year for year in totals if year <= last - 5) if min(totals) <= last - 5 else min(totals)
    change = f", {totals[last] / totals[then]:.1f} times that of {then}" if totals[then] > 0 else ""
    return f"Trade between {pair.both} reached a record {money(totals[last], currency)} in {last}{change}"


def _changed_since_the_year_before(totals: dict[int, float], _rows: Rows, pair: Pair, currency: str) -> str | None:
    """Report the newest total, if there is one, and the one before."""
    if not totals:
        return None
    last, before = max(totals), sorted(totals)[:-1]
    since = f", up from {money(totals[before[-1]], currency)} in {before[-1]}" if before else ""
    return f"Trade between {pair.both} was {money(totals[last], currency)} in {last}{since}"


def _newest_figure(_totals: dict[int, float], rows: Rows, pair: Pair, currency: str) -> str:
    """Report the newest figure of any period."""
    newest = max(rows, key=lambda r: (r["period_start"], r["exporter"]))
    way = f"from {pair.the(newest['exporter'])} to {pair.the(newest['importer'])}" if newest["value_usd"] is not None else "both ways"
    worth = newest["value_usd"] if newest["value_usd"] is not None else newest["two_way_total_usd"]
    period = f"{newest['period_start'].year}" if newest["frequency"] == "annual" else f"{newest['period_start']:%B %Y}"
    return f"Trade {way} was {money(worth, currency)} in {period}"


FINDINGS = [_fell_from_the_record, _below_the_record, _reached_a_record, _changed_since_the_year_before, _newest_figure]


def _last_and_peak(totals: dict[int, float]) -> tuple[int, int]:
    return max(totals, default=0), max(totals, key=lambda y: (totals[y], y), default=0)


# --- words ---


def _notes(rows: Rows, annual: Rows, monthly: Rows, pair: Pair, compared: list[str]) -> list[str]:
    notes = [f"Series by {period}: {_bases(of, pair)}." for period, of in (("year", annual), ("month", monthly)) if of] + compared
    if {row["valuation"] for row in rows} >= {"FOB", "CIF"}:
        notes.append("Exports are counted without freight (FOB), imports with it (CIF).")
    single = sorted({row["period_start"].year for row in annual if row["value_usd"] is not None and row["two_way_total_usd"] is None})
    partial = sorted({row["period_start"].year for row in annual if row["is_partial"]})
    known = {row["period_start"].year for row in annual}
    missing = set(range(min(known), max(known))) - known if known else set()
    notes += [f"No figure found: {style.spans(missing)}."] if missing else []
    notes += sorted({row["series"].caveat for row in annual} - {""})
    notes += [f"One direction only: {style.spans(single)}."] if single else []
    over = [year for year in partial if year < pair.as_of.year]
    whole = f"; no figure of the whole year was found for {style.spans(over)}" if over else ""
    notes += [f"Not complete, so pale: {style.spans(partial)}{whole}."] if partial else []
    estimated = {row["period_start"].year for row in annual if "estimate" in row["qualifications"]}
    notes += [f"Converted or estimated: {style.spans(estimated)}."] if estimated else []
    derived = {row["frequency"] for row in rows if row["is_derived"]}
    notes += ["Derived months: a longer period's figure less the published figures of its other months."] if "monthly" in derived else []
    notes += ["Derived years: the next year's figure divided by one plus its published growth."] if "annual" in derived else []
    if monthly:
        months = {row["period_start"] for row in monthly}
        gap = " A gap is a month for which no figure was found." if months != set(_months_between(min(months), max(months))) else ""
        notes.append(f"Newest monthly figure: {max(months):%B %Y}.{gap}")
    return notes


def _same_series(every: Rows, totals: dict[int, float], annual: Rows) -> list[str]:
    """Return a note that the title compares within one series, if the column of a year in the title shows another series."""
    drawn = {row["period_start"].year: row["series"] for row in annual}
    years = sorted(set(_last_and_peak(totals))) if totals else []
    series = drawn.get(max(totals, default=0))
    other = [year for year in years if drawn.get(year, series) != series]
    if not series or not other:
        return []
    shown = style.listed([f"the column of {year} shows {drawn[year].publisher}" for year in other])
    return [f"The title compares {style.listed([str(year) for year in years])} in the same series, {series.publisher}; {shown}."]


def _in_words(annual: Rows, monthly: Rows, currency: str) -> str:
    totals = {row["period_start"].year: money(row["two_way_total_usd"], currency) for row in _whole_years(annual)}
    sentences = []
    if totals:
        first, last = min(totals), max(totals)
        sentences.append(f"Columns for {first} to {last}: {totals[first]} in the first year, {totals[last]} in the last.")
    if monthly:
        span = f"{monthly[0]['period_start']:%B %Y} to {monthly[-1]['period_start']:%B %Y}"
        sentences.append(f"Lines by month, {span}, one for what each sells the other, under their mean of twelve months.")
    return " ".join(sentences)


def _bases(rows: Rows, pair: Pair) -> str:
    """Return the drawn series with their years and reporters: `IMF DOTS (1992–2016), UN Comtrade (2017–2024), all as China reported`."""
    runs = _runs(rows)
    reporters = {series.reporter for series, _ in runs}
    named = [f"{series.publisher if len(reporters) == 1 else series.name(pair)} ({style.spans(years)})" for series, years in runs]
    (only,) = reporters if len(reporters) == 1 else (None,)
    together = f", all as {pair.the(only)} reported" if only else ""
    return ", ".join(named) + together


def _runs(rows: Rows) -> list[tuple[Series, list[int]]]:
    """Return the runs of years that one series gives."""
    by_year = {(row["period_start"].year, row["series"].publisher): row["series"] for row in rows}
    runs = groupby(sorted(by_year), key=lambda item: item[1])
    return [(by_year[found[0]], [year for year, _ in found]) for found in (list(group) for _, group in runs)]


class Mark(NamedTuple):
    """The rows of one period that a mark represents, their value, its meaning, and its colour."""

    rows: Rows
    worth: float
    name: str
    fill: str


def _drawn(rows: Rows, pair: Pair) -> list[Mark]:
    """Return the marks of each period: its directions, or the total if no split is published."""
    found: list[Mark] = []
    for _, group in groupby(rows, key=lambda row: (row["frequency"], row["period_start"])):
        period = list(group)
        split = [
            Mark([row], row["value_usd"], _sells(pair, row), pair.fill(row["exporter"])) for row in period if row["value_usd"] is not None
        ]
        found += split or [Mark(period, period[0]["two_way_total_usd"], UNSPLIT, "outlined")]
    return found


def _sells(pair: Pair, row: Row) -> str:
    return f"{style.capital(pair.the(row['exporter']))} sells to {pair.the(row['importer'])}"


def _keys(drawn: Sequence[Mark]) -> list[tuple[str, str]]:
    return sorted({(mark.name, mark.fill) for mark in drawn}, key=lambda key: ("second", "first", "outlined").index(key[1]))


# --- the years ---


def _bars(drawn: Sequence[Mark], pair: Pair, currency: str) -> list[Row]:
    """Stack the marks of each year."""
    bars = []
    for mark in drawn:
        row, year = mark.rows[0], mark.rows[0]["period_start"].year
        part = ", year not complete" if row["is_partial"] else ""
        label = f"{year}: {mark.name}, {money(mark.worth, currency)}; {row['series'].name(pair)}{row.get('converted', '')}{part}"
        bars.append({
            "year": year, "tall": mark.worth, "worth": mark.worth, "opacity": style.PALE if row["is_partial"] else 1,
            "fill": colour("ground" if mark.name == UNSPLIT else mark.fill), "stroke": colour("muted" if mark.name == UNSPLIT else "ground"),
            **style.mark(mark.rows, label),
        })  # fmt: skip
    return plot.stacked(bars)


def _annual(con: duckdb.DuckDBPyConnection, rows: Rows, pair: Pair, size: Size, width: float, currency: str, room: float) -> Panel:
    drawn = _drawn(rows, pair)
    bars = _bars(drawn, pair, currency)
    high, low = max([0, *(bar["high"] for bar in bars)]), min([0, *(bar["high"] for bar in bars)])
    area = Plot.of_years((bar["year"] for bar in bars), width, 220 if size.is_narrow else 320, low, high * 1.09 or 1)
    frame = framing.framed(area, framing.events(con, pair, "trade", *area.span), size, "A year", _keys(drawn), least=room)
    columns = plot.columns(bars, area, size, area.money("low", [high, low], currency), strokeWidth=0.8)
    return frame.around(columns, *_strip(rows, area, size), _totals(rows, bars, pair.dyad, area, size, frame.lines, currency))


def _totals(rows: Rows, bars: Rows, dyad: str, area: Plot, size: Size, lines: Sequence[Box], currency: str) -> View:
    """Write the totals of the highest year, the newest, and the years that claims are about (`landmark_year` in their header)."""
    totals = {row["period_start"].year: row["two_way_total_usd"] for row in rows if row["two_way_total_usd"] is not None}
    claims = [claim.header for claim in models.claims() if claim.header["dyad"] == dyad]
    landmarks = [int(claim.get("landmark_year", 0)) for claim in claims]
    years = dict.fromkeys([*_last_and_peak(totals)[::-1], *sorted(landmarks, reverse=True)])
    tops = {bar["year"]: area.py(bar["high"]) for bar in bars}  # the last of a year is its highest
    half = area.px(0.4) - area.px(0)
    sides = (("above", half + 0.5), ("left", 8), ("right", 8))
    labels = [
        Label(money(totals[y], currency), [(area.px(y), tops[y] + dy, side) for side, dy in sides], bold=True, far=half + 4)
        for y in years
        if y in totals
    ]
    bounds = (-float(size.margin), -2, area.width + ROOM, area.height)
    columns = [(area.px(y - 0.4), top, area.px(y + 0.4), area.py(0)) for y, top in tops.items()]
    return plot.written(placed(labels, columns, bounds, size, lines).rows)


def _strip(rows: Rows, area: Plot, size: Size) -> list[View]:
    """Draw a strip below the axis that names the series of each run of years, if there are several."""
    runs = _runs(rows)
    if len(runs) < 2:
        return []
    at = area.height + size.label + 16
    lines = [{"px": area.px(years[0] - 0.4), "px2": area.px(years[-1] + 0.4), "py": at, "py2": at} for _, years in runs]
    flags = [_series_flag(series.publisher, line, size) for (series, _), line in zip(runs, lines, strict=True)]
    names = placed(flags, [], (-float(size.margin), at, area.width + ROOM, at + 7 * size.small), size)
    stems = plot.uprights((stem for _, stem in names.stems), opacity=0.5)
    return [plot.ruled(lines, strokeWidth=3, stroke=colour("muted"), opacity=0.5), stems, plot.written(names.rows)]


def _series_flag(name: str, line: Row, size: Size) -> Label:
    """Hang a series' name below its line: from the start if the line is longer than the name, else from the end."""
    levels = [line["py"] + (row + 0.8) * size.small * FLAG_STEP for row in range(4)]
    end = (line["px"], "right") if style.text_width(name, size.small) + 8 < line["px2"] - line["px"] else (line["px2"], "left")
    return Label(name, [(end[0], y, end[1]) for y in levels], fill="muted", far=4, foot=line["py"])


# --- the months ---


def _months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the first day of every month from `first` to `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [dt.date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count + 1)]


def _monthly(con: duckdb.DuckDBPyConnection, rows: Rows, pair: Pair, size: Size, width: float, room: float) -> Panel:
    """Draw one thin line per direction, broken at a missing month, and a thick one of the mean of the last twelve months."""
    drawn = _drawn(rows, pair)
    days = [row["period_start"] for row in rows]
    months = _months_between(min(days), max(*days, pair.as_of))  # to the release's day, to show the age of the newest figure
    points = [point for name, fill in _keys(drawn) for point in _points([mark for mark in drawn if mark.name == name], fill, months, pair)]
    known = [point for point in points if point["worth"] is not None]
    high, low = max([0, *(p["worth"] for p in known)]), min([0, *(p["worth"] for p in known)])
    first, last = framing.moment(months[0]), framing.moment(months[-1])
    area = Plot(width, 180 if size.is_narrow else 320, (first, max(last, first + 1) + 0.1), (low, high * 1.09 or 1))
    events = framing.events(con, pair, "trade", months[0].year, months[-1].year)
    frame = framing.framed(area, events, size, "A month, and the mean of twelve", _keys(drawn), least=room, at=framing.moment)
    at = {"x": area.years("at", size), "y": area.money("worth", [high, low])}
    line = at | {"detail": category("way"), "stroke": literal("fill")}
    lone = [point for point in known if point["lone"]]
    return frame.around(
        layer("line", points, line, strokeWidth=1, opacity=0.55, invalid=plot.BREAK),
        layer("line", [p | {"worth": p["mean"]} for p in points], line, strokeWidth=3, invalid=plot.BREAK),
        layer("point", lone, at | given("fill"), filled=True, size=28, opacity=1),
        marks("point", known, at, filled=True, fill=colour("muted"), size=70, opacity=0),
    )


def _points(drawn: Sequence[Mark], fill: str, months: Sequence[dt.date], pair: Pair) -> list[Row]:
    """Return one point per month of a direction, its worth None if no figure was found, with the mean of its last twelve months."""
    by_month = {mark.rows[0]["period_start"]: mark for mark in drawn}
    points: list[Row] = []
    for i, month in enumerate(months):
        last = [by_month[m].worth for m in months[max(0, i - YEAR + 1) : i + 1] if m in by_month]
        point = {"at": framing.moment(month), "way": drawn[0].name, "fill": colour("muted" if fill == "outlined" else fill), "worth": None}
        point["mean"] = sum(last) / YEAR if len(last) == YEAR else None
        if mark := by_month.get(month):
            near = {*months[max(0, i - 1) : i], *months[i + 1 : i + 2]}
            label = f"{month:%B %Y}: {mark.name}, {money(mark.worth)}; {mark.rows[0]['series'].name(pair)}"
            point |= {"worth": mark.worth, "lone": not near & set(by_month), **style.mark(mark.rows, label)}
        points.append(point)
    return points
