"""The three economic visuals: trade by direction, dependence, and what each sells the other.

Belongs here: what these three show and find. Does not belong here: the look they share (`style`).
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
from warehouse.visuals.pair import NOTHING, Pair, ask
from warehouse.visuals.style import Drawing, data, percent, usd

SHARE_RULE = "A"  # every rule has the same share; A ranks every year that has a table
TURN = 2022  # the article compares what was sold before and after this year
NAMES, FIGURES = 174, 170  # px left and right of the composition's plots, for names and figures
UNSPLIT = "Both ways, split not published"
LABELS_APART = 17  # px between two names at the end of lines


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
        return Drawing(f"Trade of {pair.both}: nothing to draw", notes=[NOTHING.format(pair.both)])
    totals = {
        row["period_start"].year: row["two_way_total_usd"]
        for row in annual
        if row["two_way_total_usd"] is not None and not row["is_partial"]
    }
    panels = ([_annual(con, annual, pair)] if annual else []) + ([_monthly(monthly, pair, alone=not annual)] if monthly else [])
    notes = [f"Series by {period}: {_bases(of)}." for period, of in (("year", annual), ("month", monthly)) if of]
    notes += (
        ["Exports are counted without freight (FOB), imports with it (CIF)."] if {r["valuation"] for r in rows} >= {"FOB", "CIF"} else []
    )
    notes += ["Grey: only the two-way total is published."] if any(d == UNSPLIT for _, _, d in _drawn(rows, pair)) else []
    single = sorted({row["period_start"].year for row in annual if row["value_usd"] is not None and row["two_way_total_usd"] is None})
    notes += [f"One direction only: {style.listed(list(map(str, single)))}."] if single else []
    partial = sorted({row["period_start"].year for row in annual if row["is_partial"]})
    notes += [f"{style.listed(list(map(str, partial)))} is not complete: hatched."] if partial else []
    notes += ["A gap in the monthly lines is a month for which no figure was found."] if _gaps(monthly) else []
    return Drawing(
        _trade_found(_one_series(con, annual, pair), annual or monthly, pair),
        panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=20),
        _trade_told(totals, monthly, pair),
        "Current US dollars.",
        left=style.MARGIN,
        notes=notes,
        rows=rows,
    )


def _one_series(con: duckdb.DuckDBPyConnection, annual: Sequence[dict[str, Any]], pair: Pair) -> dict[int, float]:
    """Two-way totals of full years in the newest headline series, headline or not: what may be compared with each other."""
    full = [row for row in annual if row["two_way_total_usd"] is not None and not row["is_partial"]]
    if not full:
        return {}
    rows = ask(
        con,
        "select year(period_start) as year, max(two_way_total_usd) as usd from charts.bilateral_trade where dyad = ? and basis = ? "
        "and frequency = 'annual' and not is_partial group by year(period_start)",
        pair.dyad,
        max(full, key=lambda row: row["period_start"])["basis"],
    )
    return {row["year"]: row["usd"] for row in rows if row["usd"] is not None}


def _drawn(rows: Sequence[dict[str, Any]], pair: Pair) -> list[tuple[dict[str, Any], float, str]]:
    """What is drawn of each period: its directions with their value and name, or the two-way total where no split is published."""
    drawn = []
    for _, group in groupby(rows, key=lambda row: (row["frequency"], row["period_start"])):
        period = list(group)
        split = [(row, row["value_usd"], _direction(row, pair)) for row in period if row["value_usd"] is not None]
        drawn += split or [(period[0], period[0]["two_way_total_usd"], UNSPLIT)]
    return drawn


def _trade_found(totals: dict[int, float], rows: Sequence[dict[str, Any]], pair: Pair) -> str:
    if not totals:
        newest = max(rows, key=lambda r: (r["period_start"], r["exporter"]))
        worth = newest["value_usd"] if newest["value_usd"] is not None else newest["two_way_total_usd"]
        what = (
            f"from {pair.name(newest['exporter'])} to {pair.name(newest['importer'])}" if newest["value_usd"] is not None else "both ways"
        )
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


def _bases(rows: Iterable[dict[str, Any]]) -> str:
    """`IMF DOTS (1992–2016), UN Comtrade (2017–2024)`: which series is drawn when."""
    by_period = sorted({(row["period_start"].year, row["basis"]) for row in rows})
    runs = []
    for basis, group in groupby(by_period, key=lambda pair: pair[1]):
        years = [year for year, _ in group]
        runs.append(f"{basis} ({years[0]}–{years[-1]})" if years[0] != years[-1] else f"{basis} ({years[0]})")
    return "; ".join(runs)


def _unit(values: Iterable[float]) -> tuple[float, str]:
    """Dollars per unit of an axis, and the unit's name."""
    top = max((abs(value) for value in values), default=0)
    return next(((size, name) for size, name in ((1e9, "bn USD"), (1e6, "m USD")) if top >= size), (1, "USD"))


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
            "worth": usd(worth), "basis": row["basis"], "is_partial": row["is_partial"], "evidence": style.cite(row["evidence"]),
        })  # fmt: skip
    size, name = _unit([bar["high"] for bar in bars] + [bar["low"] for bar in bars])
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
    series = _series(rows, domain[1], x_px, x, y)
    return alt.layer(columns, style.hatching(lines, x, y), *series, *_landmarks(con, rows, size, x, y, pair), unit).properties(**plot)


def _series(rows: Sequence[dict[str, Any]], top: float, x_px: float, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Where one published series gives way to another: a dotted line, and the series' name where it has room."""
    by_year = sorted({(row["period_start"].year, row["basis"]) for row in rows})
    runs = [(basis, [year for year, _ in group]) for basis, group in groupby(by_year, key=lambda item: item[1])]
    if len(runs) < 2:
        return []
    lines = [{"left": years[0] - 0.5, "low": 0, "high": top} for _, years in runs[1:]]
    names = [
        {"left": years[0] - 0.3, "low": top, "text": style.shorten(basis.split(",")[0], 12, (len(years) - 0.4) * x_px)}
        for basis, years in runs
    ]
    words = {"align": "left", "baseline": "top", "fontSize": 12}
    base = alt.Chart(data([name for name in names if len(name["text"]) > 6])).encode(x=x, y=y, text="text:N")
    return [
        alt.Chart(data(lines)).mark_rule(stroke=style.GREY, strokeDash=[2, 3], tooltip=None).encode(x=x, y=y, y2="high:Q"),
        base.mark_text(**words, stroke="white", strokeWidth=4, tooltip=None),
        base.mark_text(**words, color=style.GREY, tooltip=None),
    ]


def _direction(row: dict[str, Any], pair: Pair) -> str:
    return f"{pair.name(row['exporter'])} to {pair.name(row['importer'])}"


def _direction_colour(marks: Sequence[dict[str, Any]], pair: Pair, field: str = "direction") -> alt.Color:
    a, b = f"{pair.name_a} to {pair.name_b}", f"{pair.name_b} to {pair.name_a}"
    colours = {a: style.FIRST, b: style.SECOND, UNSPLIT: "#9a9a9a"}
    used = [name for name in colours if any(mark[field] == name for mark in marks)]
    columns = 1 if style.text_width("".join(used), style.LABEL) > style.WIDTH - 130 else 0
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=used, range=[colours[n] for n in used]), legend=alt.Legend(columns=columns))


def _landmarks(
    con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], size: float, x: alt.X, y: alt.Y, pair: Pair
) -> list[alt.Chart]:
    """Two-way totals that the article names, written beside their columns; a pair the article is not about has none."""
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
    told = style.tooltip(claim="The article says", verdict="Verdict on its day")
    words = {"align": "right", "dx": -4, "fontWeight": "bold"}
    beside, at = data([mark | {"left": mark["right"]} for mark in marks]), {"x": x, "y": y, "text": "text:N"}
    return [
        alt.Chart(data(marks)).mark_rule(stroke=style.INK, tooltip=None).encode(x=x, x2="right:Q", y=y),
        alt.Chart(beside).mark_text(**words, stroke="white", strokeWidth=4, strokeJoin="round", tooltip=None).encode(**at),
        alt.Chart(beside).mark_text(**words).encode(**at, tooltip=told),
    ]


def _months(rows: Sequence[dict[str, Any]]) -> list[dt.date]:
    first, last = min(r["period_start"] for r in rows), max(r["period_start"] for r in rows)
    count = (last.year - first.year) * 12 + last.month - first.month
    return [dt.date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count + 1)]


def _gaps(rows: Sequence[dict[str, Any]]) -> bool:
    return bool(rows) and {row["period_start"] for row in rows} != set(_months(rows))


def _monthly(rows: Sequence[dict[str, Any]], pair: Pair, alone: bool) -> alt.LayerChart:
    """A line per direction, broken where a month is missing; a month between two gaps is a dot."""
    months, drawn = _months(rows), _drawn(rows, pair)
    size, name = _unit(worth for _, worth, _ in drawn)
    marks = []
    for direction in sorted({direction for _, _, direction in drawn}):
        found = {row["period_start"]: (row, worth) for row, worth, of in drawn if of == direction}
        for before, month, after in zip([None, *months], months, [*months[1:], None], strict=False):
            row, worth = found.get(month, (None, None))
            marks.append({"month": month.isoformat(), "direction": direction, "worth": None} if row is None else {
                "month": month.isoformat(), "direction": direction, "worth": worth / size, "lone": not {before, after} & set(found),
                "value": usd(worth), "basis": row["basis"], "evidence": style.cite(row["evidence"]),
            })  # fmt: skip
    colour = _direction_colour(marks, pair)
    top = max(mark["worth"] for mark in marks if mark["worth"] is not None)
    y = alt.Y("worth:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title=None, tickCount=4, format=_format(top)))
    base = alt.Chart(data(marks)).encode(x=alt.X("month:T", axis=_months_axis(months)), y=y, color=colour if alone else colour.legend(None))
    told = style.tooltip(month="Month", direction="Direction", value="Value", basis="Series")
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


def trade_dependence(con: duckdb.DuckDBPyConnection, pair: Pair) -> Drawing:
    """Each state's share of the other's trade over time, and for one year its rank under every counting rule."""
    rows = ask(con, "select * from charts.trade_dependence where dyad = ? order by country, year, rule", pair.dyad)
    shares = [row for row in rows if row["rule"] == SHARE_RULE and row["share_pct"] is not None]
    if not rows:
        return Drawing(f"Trade dependence of {pair.both}: nothing to draw", notes=[NOTHING.format(pair.both)])
    year = _rank_year(rows)
    ranks = [row for row in rows if row["year"] == year]
    panels = ([_shares(shares, pair)] if shares else []) + [_ladder(con, ranks, year, pair)]
    notes = ["Hollow: the partners' own reports stand in."] if any(row["is_mirror"] for row in shares) else []
    notes += ["A gap is a year without a partner table."] if _has_gaps(shares) else []
    lacking = [r for r in _rules(con) if r["rule"] not in {row["rule"] for row in ranks}]
    notes += (
        [f"No rank under {style.listed([r['rule'] for r in lacking])} in {year}: what the rule joins is not published."] if lacking else []
    )
    told = "; ".join(
        f"{pair.name(row['partner'])} ranks {row['rank']} among {whose(pair, row)} {row['partner_count']} partners under rule {row['rule']}"
        for row in ranks
    )
    return Drawing(
        _dependence_found(shares, ranks, year, pair),
        panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=22),
        f"In {year}: {told}.",
        "Share of a state's trade with the world, in %; rank among its partners, 1 is the largest.",
        f"a rank holds under its rule only, named above its line; all for {year}",
        style.MARGIN,
        notes,
        rows,
    )


def whose(pair: Pair, row: dict[str, Any]) -> str:
    """The possessive of the row's country."""
    return style.whose(pair.name(row["country"]))


def _rules(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    return ask(con, "select rule, title from raw.counting_rule order by rule")


def _rank_year(rows: Sequence[dict[str, Any]]) -> int:
    """The newest year in which both have a rank, else the newest of all."""
    of = [{row["year"] for row in rows if row["country"] == country} for country in {row["country"] for row in rows}]
    return max(set.intersection(*of) or set.union(*of))


def _has_gaps(shares: Sequence[dict[str, Any]]) -> bool:
    years = {country: [r["year"] for r in shares if r["country"] == country] for country in {r["country"] for r in shares}}
    return any(len(found) <= max(found) - min(found) for found in years.values())


def _dependence_found(shares: Sequence[dict[str, Any]], ranks: Sequence[dict[str, Any]], year: int, pair: Pair) -> str:
    then = sorted((row for row in shares if row["year"] == year), key=lambda r: -r["share_pct"])
    if len(then) == 2:
        most, least = then
        return (
            f"In {year} {pair.name(most['partner'])} made up {percent(most['share_pct'])} of {whose(pair, most)} trade, "
            f"{pair.name(least['partner'])} {percent(least['share_pct'])} of {whose(pair, least)}"
        )
    if then:
        return f"In {year} {pair.name(then[0]['partner'])} made up {percent(then[0]['share_pct'])} of {whose(pair, then[0])} trade"
    row = ranks[0]
    return f"In {year} {pair.name(row['partner'])} ranked {row['rank']} among {whose(pair, row)} partners under rule {row['rule']}"


def _shares(rows: Sequence[dict[str, Any]], pair: Pair) -> alt.LayerChart:
    first, last = style.year_span([row["year"] for row in rows])
    room = 150
    width = style.WIDTH - style.MARGIN - room
    marks = []
    for country, group in groupby(rows, key=lambda r: r["country"]):
        found = {row["year"]: row for row in group}
        for year in range(min(found), max(found) + 1):
            row = found.get(year)
            marks.append({
                "year": year, "share": row["share_pct"] if row else None, "country": country, "is_mirror": row["is_mirror"] if row else None,
                "what": _share_of(pair, country), "told": f"{row['share_pct']:.1f} %" if row else None,
                "rest": "the partners' reports" if row and row["is_mirror"] else "the country's own report",
                "evidence": style.cite(row["evidence"]) if row else None,
            })  # fmt: skip
    top = max(0, *(row["share_pct"] for row in rows)) * 1.1 or 1
    low = min(0, *(row["share_pct"] for row in rows))
    x = style.year_x("year", first, last, width)
    y = alt.Y("share:Q", scale=alt.Scale(domain=[low, top]), axis=alt.Axis(title=None, tickCount=5))
    colour = alt.Color("country:N", scale=_country_scale(pair), legend=None)
    known = [mark for mark in marks if mark["share"] is not None]
    told = style.tooltip(year="Year", what="Share", told="Value", rest="Rests on")
    line = (
        alt.Chart(data(marks))
        .mark_line(strokeWidth=2.5, invalid="break-paths-show-path-domains", tooltip=None)
        .encode(x=x, y=y, color=colour)
    )
    own = (
        alt.Chart(data([m for m in known if not m["is_mirror"]]))
        .mark_point(filled=True, size=30, opacity=1)
        .encode(x=x, y=y, color=colour, tooltip=told)
    )
    mirror = alt.Chart(data([m for m in known if m["is_mirror"]])).mark_point(fill="white", size=55, strokeWidth=2, opacity=1)
    names = _end_names(known, pair, (low, top), 230, room)
    return alt.layer(
        line, own, mirror.encode(x=x, y=y, color=colour, tooltip=told), *_texts(names, x, y, colour), style.corner_text("% of all trade")
    ).properties(width=width, height=230)


def _share_of(pair: Pair, country: str) -> str:
    partner = pair.iso3_b if country == pair.iso3_a else pair.iso3_a
    return f"{style.whose(pair.name(partner))} share of {style.whose(pair.name(country))} trade"


def _country_scale(pair: Pair) -> alt.Scale:
    return alt.Scale(domain=[pair.iso3_a, pair.iso3_b], range=[style.FIRST, style.SECOND])


def _end_names(known: Sequence[dict[str, Any]], pair: Pair, domain: style.Point, height: float, room: float) -> list[dict[str, Any]]:
    """The lines' names at their ends, moved apart where they would overlap."""
    ends = [max((m for m in known if m["country"] == c), key=lambda m: m["year"]) for c in sorted({m["country"] for m in known})]
    names, floor, (low, top) = [], None, domain
    for end in sorted(ends, key=lambda m: m["share"]):
        lines = [f"{percent(end['share'])} in {end['year']}", *style.wrap(_share_of(pair, end["country"]), style.SMALL, room - 14)]
        half = (len(lines) - 1) * LABELS_APART / 2
        middle = (end["share"] - low) / (top - low) * height
        middle = max(middle, half if floor is None else floor + half + LABELS_APART)
        floor = middle + half
        for i, text in enumerate(lines):
            at = low + (middle + half - i * LABELS_APART) / height * (top - low)
            names.append({"year": max(m["year"] for m in ends), "share": at, "text": text, "country": end["country"], "bold": i == 0})
    return names


def _texts(names: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    return [
        alt.Chart(data([n for n in names if n["bold"] is bold]))
        .mark_text(align="left", dx=10, fontSize=style.SMALL, fontWeight="bold" if bold else "normal", tooltip=None)
        .encode(x=x, y=y, text="text:N", color=colour)
        for bold in (True, False)
    ]


def _ladder(con: duckdb.DuckDBPyConnection, ranks: Sequence[dict[str, Any]], year: int, pair: Pair) -> alt.LayerChart:
    """A row per counting rule, a rung per rank: where each state stands among the other's partners."""
    rules = {r["rule"]: r["title"] for r in _rules(con) if r["rule"] in {row["rule"] for row in ranks}}
    step, top = 44, max(row["rank"] for row in ranks)
    place = {rule: i for i, rule in enumerate(rules)}
    last = max(top, 6)
    marks = [
        {
            "rank": row["rank"], "y": place[row["rule"]] * step + 32, "country": row["country"], "rule": f"{row['rule']}: {rules[row['rule']]}",
            "what": f"{pair.name(row['partner'])} among {whose(pair, row)} partners", "count": row["partner_count"],
            "evidence": style.cite(row["evidence"]),
        }
        for row in ranks
    ]  # fmt: skip
    height = len(rules) * step + 8
    x = alt.X("at:Q", scale=alt.Scale(domain=[0.5, last + 0.5]), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], reverse=True), axis=None)
    colour = alt.Color("country:N", scale=_country_scale(pair), legend=None)
    rails = alt.Chart(data([{"at": 0.6, "to": last + 0.4, "y": i * step + 32} for i in place.values()]))
    rungs = alt.Chart(
        data([{"at": n, "y": i * step + 27, "y2": i * step + 37} for i in place.values() for n in range(1, last + 1)] if last <= 60 else [])
    )
    heads = alt.Chart(data([{"y": i * step + 13, "text": f"{rule}  {rules[rule]}"} for rule, i in place.items()]))
    told = style.tooltip(what="Rank of", rank="Rank", rule="Counting rule", count="Partners counted")
    shifted = _side_by_side(marks)
    point = alt.Chart(data(shifted)).mark_point(filled=True, size=340, opacity=1).encode(x=x, y=y, color=colour, tooltip=told)
    number = (
        alt.Chart(data(shifted))
        .mark_text(color="white", fontWeight="bold", fontSize=style.SMALL, tooltip=None)
        .encode(x=x, y=y, text="rank:N")
    )
    keys = [
        {"text": text, "country": country}
        for country in sorted({row["country"] for row in ranks})
        for text in [f"● Rank of {pair.name(pair.iso3_b if country == pair.iso3_a else pair.iso3_a)} among {style.whose(pair.name(country))} partners, {year}"]
    ]  # fmt: skip
    legend = style.key_lines(keys, "country", _country_scale(pair))
    ladder = alt.layer(
        rails.mark_rule(stroke="#bdbdbd", tooltip=None).encode(x=x, x2="to:Q", y=y),
        rungs.mark_rule(stroke="#bdbdbd", tooltip=None).encode(x=x, y=y, y2="y2:Q"),
        heads.mark_text(align="left", fontSize=style.SMALL, tooltip=None).encode(x=alt.value(-style.MARGIN), y=y, text="text:N"),
        point, number,
    ).properties(width=style.WIDTH - style.MARGIN, height=height)  # fmt: skip
    return alt.vconcat(legend, ladder, spacing=4)


def _side_by_side(marks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where both states hold the same rank under a rule, half a symbol to each side."""

    def shift(mark: dict[str, Any]) -> float:
        twin = [m for m in marks if m["y"] == mark["y"] and m["rank"] == mark["rank"]]
        return 0 if len(twin) < 2 else (-0.12 if mark is twin[0] else 0.12)

    return [mark | {"at": mark["rank"] + shift(mark)} for mark in marks]


def trade_composition(con: duckdb.DuckDBPyConnection, pair: Pair) -> Drawing:
    """What each sells the other by product group, in the last year before 2022 and the newest after."""
    rows = ask(con, "select * from charts.trade_composition where dyad = ? order by year, exporter, hs_chapter", pair.dyad)
    rows = [row for row in rows if row["value_usd"] is not None]
    years = _two_years({row["year"] for row in rows})
    shown = [row for row in rows if row["year"] in years]
    if not shown:
        return Drawing(f"What {pair.both} sell each other: nothing to draw", notes=[NOTHING.format(pair.both)])
    groups = _groups(shown, pair)
    return Drawing(
        _composition_found(groups, years, pair),
        _dumbbells(groups, years, pair),
        " ".join(f"{g['direction']}, {g['group']}: {', '.join(f'{usd(g[y])} in {y}' for y in years if y in g)}." for g in groups),
        f"Current US dollars, {' and '.join(map(str, years))}; in brackets the share of all that is sold in that direction.",
        left=NAMES,
        notes=[] if len(years) == 2 else [f"No year on the other side of {TURN} to compare with."],
        rows=shown,
    )


def _two_years(years: set[int]) -> list[int]:
    """The last year before the turn and the newest after; the turn itself only if nothing else is known."""
    before, after = [y for y in years if y < TURN], [y for y in years if y > TURN]
    return ([max(before)] if before else []) + ([max(after)] if after else []) or sorted(years)[-1:]


def _groups(rows: Sequence[dict[str, Any]], pair: Pair) -> list[dict[str, Any]]:
    """One entry a direction and product group: dollars by year (under the year), shares by year (under -year), evidence."""
    found: dict[tuple[str, str], dict[Any, Any]] = {}
    for row in rows:
        group = found.setdefault(
            (row["exporter"], row["product_group"]), {"direction": _direction(row, pair), "group": row["product_group"], "evidence": []}
        )
        group[row["year"]] = group.get(row["year"], 0) + row["value_usd"]
        group[-row["year"]] = group.get(-row["year"], 0) + (row["share_pct"] or 0)
        group["evidence"] = [*group["evidence"], *row["evidence"]]
    return list(found.values())


def _composition_found(groups: Sequence[dict[str, Any]], years: Sequence[int], pair: Pair) -> str:
    """The group whose share moved most, for each direction; or the largest, where there is one year only."""
    told = []
    for exporter, importer in ((pair.name_a, pair.name_b), (pair.name_b, pair.name_a)):
        mine = [g for g in groups if g["direction"] == f"{exporter} to {importer}"]
        sales = f"of {style.whose(exporter)} sales to {importer}"
        if mine and len(years) == 2:
            then, now = -years[0], -years[1]
            most = max(mine, key=lambda g: abs(g.get(now, 0) - g.get(then, 0)))
            told.append(f"{most['group']} went from {percent(most.get(then, 0))} to {percent(most.get(now, 0))} {sales}")
        elif mine:
            most = max(mine, key=lambda g: g.get(years[0], 0))
            told.append(f"{most['group']} made up {percent(most.get(-years[0], 0))} {sales}")
    sentence = style.listed(told)
    return f"{sentence[:1].upper()}{sentence[1:]} ({'–'.join(map(str, years))})"


def _dumbbells(groups: Sequence[dict[str, Any]], years: Sequence[int], pair: Pair) -> alt.VConcatChart:
    size, name = _unit(g[y] for g in groups for y in years if y in g)
    values = [g.get(y, 0) / size for g in groups for y in years]
    domain = [min(0, *values), max(*values, 0) or 1]
    directions = list(dict.fromkeys(g["direction"] for g in groups))
    return alt.vconcat(
        *(
            _direction_panel([g for g in groups if g["direction"] == d], years, pair, size, name, domain, d == directions[-1])
            for d in directions
        ),
        spacing=14,
    )


def _panel_title(direction: str, years: Sequence[int]) -> str:
    return f"{direction}:  ○ {years[0]}   ● {years[-1]}" if len(years) == 2 else f"{direction}, {years[0]}"


def _figures(ends: Sequence[dict[str, Any]]) -> str:
    """`42.3 bn (38 %, was 48 %)`."""
    was = f", was {ends[0]['share']}" if len(ends) == 2 else ""
    return f"{ends[-1]['value'].removesuffix(style.NBSP + 'USD')} ({ends[-1]['share']}{was})"


def _direction_panel(
    groups: Sequence[dict[str, Any]], years: Sequence[int], pair: Pair, size: float, name: str, domain: list[float], is_last: bool
) -> alt.LayerChart:
    groups = sorted(groups, key=lambda g: (g["group"] == "other", -g.get(years[-1], 0)))
    step = 25
    direction = groups[0]["direction"]
    colour = style.FIRST if direction.startswith(pair.name_a) else style.SECOND
    marks = []
    for i, group in enumerate(groups):
        for year in years:
            marks.append({
                "y": i * step + step / 2, "worth": group.get(year, 0) / size, "year": year, "group": group["group"], "direction": direction,
                "value": usd(group.get(year, 0)), "share": percent(group.get(-year, 0)), "evidence": style.cite(group["evidence"]),
            })  # fmt: skip
    ends = [marks[i * len(years) : (i + 1) * len(years)] for i in range(len(groups))]
    height = len(groups) * step
    x = alt.X(
        "worth:Q",
        scale=alt.Scale(domain=domain),
        axis=alt.Axis(title=name, grid=True, tickCount=5, domain=False)
        if is_last
        else alt.Axis(title=None, grid=True, labels=False, ticks=False, tickCount=5, domain=False),
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], reverse=True), axis=None)
    told = style.tooltip(direction="Direction", group="Product group", year="Year", value="Value", share="Share")
    bars = [{"y": e[0]["y"], "worth": e[0]["worth"], "to": e[-1]["worth"]} for e in ends]
    after = [{"y": e[0]["y"], "worth": max(m["worth"] for m in e), "text": _figures(e)} for e in ends]
    base = (
        alt.Chart(data([m for m in marks if m["year"] == years[-1]]))
        .mark_point(filled=True, size=130, opacity=1, color=colour)
        .encode(x=x, y=y, tooltip=told)
    )
    earlier = alt.Chart(data([m for m in marks if m["year"] != years[-1]])).mark_point(
        fill="white", stroke=colour, strokeWidth=2, size=100, opacity=1
    )
    return alt.layer(
        alt.Chart(data(bars)).mark_rule(stroke=colour, strokeWidth=3, opacity=0.45, tooltip=None).encode(x=x, x2="to:Q", y=y),
        earlier.encode(x=x, y=y, tooltip=told), base,
        alt.Chart(data(after)).mark_text(align="left", dx=11, fontSize=style.SMALL, tooltip=None).encode(x=x, y=y, text="text:N"),
        alt.Chart(data([{"y": e[0]["y"], "text": e[0]["group"]} for e in ends]))
        .mark_text(align="right", fontSize=style.LABEL, tooltip=None).encode(x=alt.value(-12), y=y, text="text:N"),
    ).properties(width=style.WIDTH - NAMES - FIGURES, height=height, title=alt.TitleParams(text=style.wrap(_panel_title(direction, years), 15), fontSize=15, color=colour, frame="bounds", offset=6))  # fmt: skip
