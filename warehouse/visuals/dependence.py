"""Draw lopsided dependence: each state's share of the other's trade, and its rank under every counting rule."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import altair as alt
import duckdb

from warehouse.visuals import forms as style
from warehouse.visuals.forms import Drawing, Point, data, percent
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.registry import visual

SHARE_RULE = "A"  # the share is the same under every rule; A has a rank for every year with a table
ROOM, HEIGHT = 150, 230  # px: width of the lines' names, height of the shares' plot
LINE_STEP = 17  # px between two lines of a name
MOST_RUNGS = 60  # with more, rungs would overlap
RULE_STEP = 44  # px between two rules of the ladder


@visual
def trade_dependence(con: duckdb.DuckDBPyConnection, pair: Pair, size: Any) -> Drawing:
    """Draw each state's share of the other's trade over time, and for one year its rank under every counting rule."""
    rows = dataset_rows(con, "trade_dependence", pair, "country, year, rule")
    shares = [row for row in rows if row["rule"] == SHARE_RULE and row["is_headline"] and row["share_pct"] is not None]
    ranked = [row for row in rows if row["rank"] is not None]
    if not rows:
        return Drawing(f"Trade dependence of {pair.both}: nothing to draw")
    year = _rank_year(ranked)
    ranks = [row for row in ranked if row["year"] == year]
    panels = ([_shares(shares, pair)] if shares else []) + [_ladder(con, ranks, year, pair)]
    places = "; ".join(
        f"{pair.the(row['partner'])} ranks {row['rank']} among {_whose(pair, row)} {row['partner_count']} partners under rule {row['rule']}"
        for row in ranks
    )
    return Drawing(
        _title(shares, ranks, year, pair),
        panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=22),
        f"In {year}: {places}.",
        "Share of a state's trade with the world, in %; rank among its partners, 1 is the largest.",
        f"a rank holds under its rule only, named above its line; all for {year}",
        style.MARGIN,
        [*_notes(con, shares, ranks, pair), *_other_bases(rows, year, pair), *_holes(shares, pair)],
        rows,
    )


def _notes(con: duckdb.DuckDBPyConnection, shares: Sequence[dict[str, Any]], ranks: Sequence[dict[str, Any]], pair: Pair) -> list[str]:
    notes = ["Hollow: the partners' own reports stand in."] if any(row["is_mirror"] for row in shares) else []
    notes += ["A gap is a year without a partner table."] if _has_gaps(shares) else []
    for country in sorted({row["country"] for row in ranks}):
        mine = [row for row in ranks if row["country"] == country]
        missing_rules = [r["rule"] for r in _rules(con) if r["rule"] not in {row["rule"] for row in mine}]
        notes += (
            [f"No rank of {_ranked(mine[0], pair)} under {style.listed(missing_rules)}: what the rule joins was not found."]
            if missing_rules
            else []
        )
    return notes


def _other_bases(rows: Sequence[dict[str, Any]], year: int, pair: Pair) -> list[str]:
    """Name the share on two bases beside the one that is drawn."""
    return [
        f"{_share_of(pair, row['country'])} is {percent(row['share_pct'])} if the partners' reports are set against its own total."
        for row in rows
        if row["year"] == year
        and row["rule"] == SHARE_RULE
        and row["is_two_bases"]
        and not row["is_headline"]
        and row["share_pct"] is not None
    ]


def _holes(shares: Sequence[dict[str, Any]], pair: Pair) -> list[str]:
    """Name the years whose partner table lacks a large partner."""
    holes = {
        country: [str(row["year"]) for row in shares if row["country"] == country and row["is_incomplete"]]
        for country in (pair.iso3_a, pair.iso3_b)
    }
    return [
        f"The tables of {style.whose(pair.the(country))} partners for {style.listed(years)} are incomplete: no rank of these years stands firm."
        for country, years in holes.items()
        if years
    ]


def _whose(pair: Pair, row: dict[str, Any]) -> str:
    """Return the possessive of the row's country."""
    return style.whose(pair.the(row["country"]))


def _rules(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    return ask(con, "select rule, title from raw.counting_rule order by rule")


def _rank_year(rows: Sequence[dict[str, Any]]) -> int:
    """Return the newest year in which both have a rank, or if there is none, the newest year in which one has."""
    years_by_country = [{row["year"] for row in rows if row["country"] == country} for country in {row["country"] for row in rows}]
    return max(set.intersection(*years_by_country) or set.union(*years_by_country))


def _has_gaps(shares: Sequence[dict[str, Any]]) -> bool:
    years = {country: [r["year"] for r in shares if r["country"] == country] for country in {r["country"] for r in shares}}
    return any(len(known) <= max(known) - min(known) for known in years.values())


def _title(shares: Sequence[dict[str, Any]], ranks: Sequence[dict[str, Any]], year: int, pair: Pair) -> str:
    then = sorted((row for row in shares if row["year"] == year), key=lambda r: -r["share_pct"])
    if len(then) == 2:
        most, least = then
        return (
            f"In {year} {pair.the(most['partner'])} made up {percent(most['share_pct'])} of {_whose(pair, most)} trade, "
            f"{pair.the(least['partner'])} {percent(least['share_pct'])} of {_whose(pair, least)}"
        )
    if then:
        return f"In {year} {pair.the(then[0]['partner'])} made up {percent(then[0]['share_pct'])} of {_whose(pair, then[0])} trade"
    row = ranks[0]
    return f"In {year} {pair.the(row['partner'])} ranked {row['rank']} among {_whose(pair, row)} partners under rule {row['rule']}"


def _shares(rows: Sequence[dict[str, Any]], pair: Pair) -> style.Layers:
    """Draw a line per state, broken at a year without a table; hollow points come from the partners' reports."""
    marks = []
    for country, group in groupby(rows, key=lambda r: r["country"]):
        by_year = {row["year"]: row for row in group}
        for year in range(min(by_year), max(by_year) + 1):
            row, place = by_year.get(year), {"year": year, "country": country}
            marks.append(place | {"share": None} if row is None else place | {
                "share": row["share_pct"], "is_mirror": row["is_mirror"], "what": _share_of(pair, country), "value": percent(row["share_pct"]),
                "rest": "the partners' reports" if row["is_mirror"] else "the country's own report", **style.stands_for([row]),
            })  # fmt: skip
    known = [mark for mark in marks if mark["share"] is not None]
    domain = (min([0, *(mark["share"] for mark in known)]), max([0, *(mark["share"] for mark in known)]) * 1.1 or 1)
    width = style.WIDTH - style.MARGIN - ROOM
    x = style.year_x("year", *style.year_span([mark["year"] for mark in known]), width)
    y = alt.Y("share:Q", scale=alt.Scale(domain=list(domain)), axis=alt.Axis(title=None, tickCount=5))
    colour = alt.Color("country:N", scale=_country_scale(pair), legend=None)
    base = alt.Chart(data(marks)).encode(x=x, y=y, color=colour)
    own, mirror = (
        base.properties(data=data([mark for mark in known if mark["is_mirror"] is is_mirror])).encode(
            tooltip=style.tooltip(year="Year", what="Share", value="Value", rest="Rests on")
        )
        for is_mirror in (False, True)
    )
    names = _end_names(known, pair, domain)
    texts = [
        base.properties(data=data([name for name in names if name["bold"] is bold]))
        .mark_text(align="left", dx=10, fontSize=style.SMALL, fontWeight="bold" if bold else "normal", tooltip=None)
        .encode(text="text:N")
        for bold in (True, False)
    ]
    return alt.layer(
        base.mark_line(strokeWidth=2.5, invalid="break-paths-show-path-domains", tooltip=None),
        own.mark_point(filled=True, size=30, opacity=1),
        mirror.mark_point(fill="white", size=55, strokeWidth=2, opacity=1),
        *texts,
        style.corner_text("% of all trade"),
    ).properties(width=width, height=HEIGHT)


def _share_of(pair: Pair, country: str) -> str:
    partner = pair.iso3_b if country == pair.iso3_a else pair.iso3_a
    return f"{style.capital(style.whose(pair.the(partner)))} share of {style.whose(pair.the(country))} trade"


def _country_scale(pair: Pair) -> alt.Scale:
    return alt.Scale(domain=[pair.iso3_a, pair.iso3_b], range=[style.FIRST, style.SECOND])


def _end_names(known: Sequence[dict[str, Any]], pair: Pair, domain: Point) -> list[dict[str, Any]]:
    """Return the lines' names at their ends, moved apart if they would overlap."""
    ends = [max((m for m in known if m["country"] == c), key=lambda m: m["year"]) for c in sorted({m["country"] for m in known})]
    names, floor, px = [], 0.0, style.pixels(HEIGHT, domain)
    for end in sorted(ends, key=lambda m: m["share"]):
        lines = [f"{percent(end['share'])} in {end['year']}", *style.wrap(_share_of(pair, end["country"]), style.SMALL, ROOM - 14)]
        half = (len(lines) - 1) * LINE_STEP / 2
        middle = max((end["share"] - domain[0]) * px, floor + half)
        floor = middle + half + LINE_STEP
        for i, text in enumerate(lines):
            at = domain[0] + (middle + half - i * LINE_STEP) / px
            same = {key: end[key] for key in ("country", "keys")}
            names.append({"year": max(m["year"] for m in ends), "share": at, "text": text, "bold": i == 0, **same})
    return names


def _ladder(con: duckdb.DuckDBPyConnection, ranks: Sequence[dict[str, Any]], year: int, pair: Pair) -> alt.VConcatChart:
    """Draw a line per counting rule and a rung per rank: each state's place among the other's partners."""
    rules = [r for r in _rules(con) if r["rule"] in {row["rule"] for row in ranks}]
    place = {r["rule"]: i * RULE_STEP + 32 for i, r in enumerate(rules)}
    last = max(6, *(row["rank"] for row in ranks))
    height = len(rules) * RULE_STEP + 8
    x = alt.X("at:Q", scale=alt.Scale(domain=[0.5, last + 0.5]), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], reverse=True), axis=None)
    scale = _country_scale(pair)
    titles = {r["rule"]: f"{r['rule']}  {r['title']}" for r in rules}
    heads = [{"y": middle - 19, "text": style.shorten(titles[rule], style.SMALL, style.WIDTH)} for rule, middle in place.items()]
    rails = [{"at": 0.6, "to": last + 0.4, "y": middle} for middle in place.values()]
    rungs = [{"at": rank, "y": at - 5, "y2": at + 5} for at in place.values() for rank in range(1, last + 1)] if last <= MOST_RUNGS else []
    marks = alt.Chart(data(_rank_marks(ranks, place, titles, pair))).encode(x=x, y=y)
    tooltip = style.tooltip(what="Rank of", rank="Rank", rule="Counting rule", count="Partners counted")
    ladder = alt.layer(
        alt.Chart(data(rails)).mark_rule(stroke="#bdbdbd", tooltip=None).encode(x=x, x2="to:Q", y=y),
        alt.Chart(data(rungs)).mark_rule(stroke="#bdbdbd", tooltip=None).encode(x=x, y=y, y2="y2:Q"),
        alt.Chart(data(heads)).mark_text(align="left", fontSize=style.SMALL, tooltip=None).encode(x=alt.value(-style.MARGIN), y=y, text="text:N"),
        marks.mark_point(filled=True, size=340, opacity=1).encode(color=alt.Color("country:N", scale=scale, legend=None), tooltip=tooltip),
        marks.mark_text(color="white", fontWeight="bold", fontSize=style.SMALL, tooltip=None).encode(text="rank:N"),
    ).properties(width=style.WIDTH - style.MARGIN, height=height)  # fmt: skip
    first = {row["country"]: row for row in reversed(ranks)}
    keys = [{"text": f"● Rank of {_ranked(row, pair)}, {year}", "country": country} for country, row in sorted(first.items())]
    return alt.vconcat(style.key_lines(keys, "country", scale), ladder, spacing=4)


def _ranked(row: dict[str, Any], pair: Pair) -> str:
    return f"{pair.the(row['partner'])} among {_whose(pair, row)} partners"


def _rank_marks(ranks: Sequence[dict[str, Any]], place: dict[str, int], titles: dict[str, str], pair: Pair) -> list[dict[str, Any]]:
    """Return a numbered disc per rank; discs of two states with the same rank under a rule are moved apart."""
    sharing = Counter((row["rule"], row["rank"]) for row in ranks)
    return [
        {
            "rank": row["rank"], "y": place[row["rule"]], "country": row["country"], "rule": titles[row["rule"]], "what": _ranked(row, pair),
            "count": row["partner_count"], **style.stands_for([row]),
            "at": row["rank"] + (0 if sharing[row["rule"], row["rank"]] < 2 else -0.14 if row["country"] == pair.iso3_a else 0.14),
        }
        for row in ranks
    ]  # fmt: skip
