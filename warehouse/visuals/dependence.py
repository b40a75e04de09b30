"""Draw lopsided dependence: each state's share of the other's trade, and its rank under every counting rule, over time."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import duckdb

from warehouse.visuals import framing, plot, style
from warehouse.visuals.labels import Box, Label, Placed, Point, along, around, dots, placed
from warehouse.visuals.pair import Pair, Row, Rows, ask, dataset_rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour, percent
from warehouse.visuals.vegalite import View, given, marks

SHARE_RULE = "A"  # the share is the same under every rule; A has a rank for every year with a table
LOPSIDED = 3  # how many times as large as the other share one must be for the title to say `only`


@visual
def trade_dependence(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw each state's share of the other's trade with gaps bridged, and its rank under every counting rule."""
    rows = dataset_rows(con, "trade_dependence", pair, "country, year, rule")
    if not rows:
        return style.nothing(f"Trade dependence of {pair.both}")
    shares = [row for row in rows if row["rule"] == SHARE_RULE and row["is_headline"] and row["share_pct"] is not None]
    ranks = _one_a_year([row for row in rows if row["rank"] is not None])
    width, second = plot.unequal(size, bool(shares) + bool(ranks))
    panels = [_shares(con, shares, pair, size, width)] if shares else []
    panels += [_ranks(con, ranks, pair, size, second)] if ranks else []
    chart, unnamed = plot.joined(size, panels) if panels else (None, [])
    title = style.first_that_holds(FINDINGS, shares, ranks, pair)
    return Drawing(
        title,
        chart,
        _in_words(shares, ranks, pair),
        "Each state in the other's trade in goods with the world",
        notes=[*unnamed, *_notes(con, rows, shares, ranks, pair)],
        rows=rows,
    )


def _one_a_year(ranks: Rows) -> Rows:
    """Return one rank per year, country and rule: that of the headline if there are several."""
    best = {(row["country"], row["rule"], row["year"]): row for row in sorted(ranks, key=lambda row: row["is_headline"])}
    return [best[key] for key in sorted(best)]


# --- the finding ---


def _common(shares: Rows) -> Rows:
    """Return the shares of the newest year in which both states have one, the larger first."""
    years = [{row["year"] for row in shares if row["country"] == country} for country in {row["country"] for row in shares}]
    common = set.intersection(*years) if len(years) == 2 else set()
    return sorted((row for row in shares if common and row["year"] == max(common)), key=lambda row: -row["share_pct"])


def _both_shares(shares: Rows, _ranks: Rows, pair: Pair) -> str | None:
    """Report both shares of the newest common year, the lesser as `only` if the other is several times as large."""
    found = _common(shares)
    if not found:
        return None
    more, less = found
    is_lopsided = more["share_pct"] >= LOPSIDED * less["share_pct"] > 0
    than = f"; {pair.the(less['partner'])} only" if is_lopsided else f", {pair.the(less['partner'])}"
    return f"{_made_up(pair, more)}{than} {percent(less['share_pct'])} of {pair.whose(less['country'])}"


def _one_sided(shares: Rows, _ranks: Rows, pair: Pair) -> str | None:
    """Report the newest share if only one state has any, and its share ten years before if trade and total rest on the same reports."""
    if not shares:
        return None
    last = max(shares, key=lambda row: row["year"])
    alike = [row for row in shares if (row["country"], row["is_two_bases"]) == (last["country"], last["is_two_bases"])]
    before = [row for row in alike if row["year"] <= last["year"] - 10]
    then = max(before, key=lambda row: row["year"], default=last)
    change = style.change(then["share_pct"], last["share_pct"])
    return _made_up(pair, last) + (f", {change} from {percent(then['share_pct'])} in {then['year']}" if change else "")


def _ranked_only(_shares: Rows, ranks: Rows, pair: Pair) -> str | None:
    """Report the newest rank if no share is known."""
    if not ranks:
        return None
    row = max(ranks, key=lambda row: (row["year"], row["country"], row["rule"] == SHARE_RULE))
    return f"In {row['year']} {pair.the(row['partner'])} ranked {_nth(row['rank'])} among {pair.whose(row['country'])} partners under rule {row['rule']}"


def _unknown(_shares: Rows, _ranks: Rows, pair: Pair) -> str:
    """Report that neither a share nor a rank is known."""
    return f"No share or rank of {pair.both} in each other's trade is known"


FINDINGS = [_both_shares, _one_sided, _ranked_only, _unknown]


# --- words ---


def _made_up(pair: Pair, row: Row) -> str:
    return f"{pair.the(row['partner'])} made up {percent(row['share_pct'])} of {pair.whose(row['country'])} trade in {row['year']}"


def _share_of(pair: Pair, row: Row) -> str:
    return f"{style.capital(pair.whose(row['partner']))} share of {pair.whose(row['country'])} trade"


def _nth(rank: int) -> str:
    """Format a rank: `1st`, `12th`."""
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def _in_words(shares: Rows, ranks: Rows, pair: Pair) -> str:
    sentences = [f"{_share_of(pair, row)}: {percent(row['share_pct'])} in {row['year']}." for row in _newest(shares)]
    places = [
        f"{pair.the(row['partner'])} {_nth(row['rank'])} among {pair.whose(row['country'])} partners in {row['year']} under rule {row['rule']}"
        for row in _newest(ranks)
    ]
    return " ".join([*sentences, f"Ranks: {'; '.join(places)}."] if places else sentences)


def _newest(rows: Rows) -> Rows:
    """Return the last row of each country and rule."""
    return list({(row["country"], row["rule"]): row for row in sorted(rows, key=lambda row: row["year"])}.values())


def _notes(con: duckdb.DuckDBPyConnection, rows: Rows, shares: Rows, ranks: Rows, pair: Pair) -> list[str]:
    notes = ["Hollow: computed from the partners' reports, in whole or in part."] if any(row["is_mirror"] for row in shares) else []
    listed = {row["country"] for row in [*shares, *ranks]}
    notes += [f"No table of {pair.whose(country)} partners was found." for country in (pair.iso3_a, pair.iso3_b) if country not in listed]
    for country in sorted({row["country"] for row in ranks}):
        ranked = {row["rule"] for row in ranks if row["country"] == country}
        which = f"No rank of {pair.the(pair.other(country))} among {pair.whose(country)} partners under"
        notes += [f"{which} {style.listed(rules)}: {reason}." for reason, rules in _unranked(con, pair.other(country), ranked).items()]
    for row in _newest(shares):
        share = f"{_share_of(pair, row)} in {row['year']}"
        notes += [f"{share}: the trade is the partners' figure, the total {pair.whose(row['country'])} own."] if row["is_two_bases"] else []
        if "series inferred" in row["qualifications"]:
            notes.append(f"{share}: the document of the trade does not say whose statistics it is from.")
    newest = max((row["year"] for row in shares), default=0)
    notes += [
        f"{_share_of(pair, row)} is {percent(row['share_pct'])} in {row['year']} if the trade is the partners' figure and the total is {pair.whose(row['country'])} own."
        for row in rows
        if row["is_two_bases"] and not row["is_headline"] and row["rule"] == SHARE_RULE
        and row["share_pct"] is not None and row["year"] >= newest - 1
    ]  # fmt: skip
    for country in (pair.iso3_a, pair.iso3_b):
        holes = style.spans(row["year"] for row in shares if row["country"] == country and row["is_incomplete"])
        notes += (
            [f"The tables of {pair.whose(country)} partners for {holes} are incomplete, so the ranks of these years are uncertain."]
            if holes
            else []
        )
    return notes


def _unranked(con: duckdb.DuckDBPyConnection, partner: str, ranked: set[str]) -> dict[str, list[str]]:
    """Return the rules that give a partner no rank, by the reason."""
    rules = ask(
        con,
        "select rule, case when contains(coalesce(left_out, ''), ?) then 'it is left out' "
        "when exists (from raw.bloc_member as m where m.iso3 = ? and contains(blocs_as_one, m.bloc)) then 'it counts as part of a bloc' "
        "else 'no figure was found for a bloc that counts as one partner' end as reason from raw.counting_rule order by rule",
        partner, partner,
    )  # fmt: skip
    reasons: dict[str, list[str]] = {}
    for row in rules:
        if row["rule"] not in ranked:
            reasons.setdefault(row["reason"], []).append(row["rule"])
    return reasons


# --- gaps ---


def _bridges(rows: Rows) -> list[tuple[Row, Row]]:
    """Return the rows on both sides of each gap in a line; a line is of one country and rule."""
    lines = defaultdict[tuple[str, str], list[Row]](list)
    for row in sorted(rows, key=lambda row: row["year"]):
        lines[row["country"], row["rule"]].append(row)
    return [(one, other) for key in sorted(lines) for one, other in pairwise(lines[key]) if other["year"] > one["year"] + 1]


def _bridged(rows: Rows, area: Plot, pair: Pair, height: Callable[[Row], float], **looks: Any) -> View:
    """Draw a dotted line across each gap; `height` returns the value of a row on the vertical axis."""
    bridges = [
        {
            "px": area.px(one["year"]), "py": area.py(height(one)), "px2": area.px(other["year"]), "py2": area.py(height(other)),
            "stroke": colour(pair.fill(one["country"])),
        }
        for one, other in _bridges(rows)
    ]  # fmt: skip
    return plot.ruled(bridges, "stroke", strokeDash=[2, 4], **looks)


# --- the shares ---


def _shares(con: duckdb.DuckDBPyConnection, shares: Rows, pair: Pair, size: Size, width: float) -> Panel:
    points = [
        {
            "year": row["year"], "share": row["share_pct"], "country": row["country"], "stroke": colour(pair.fill(row["country"])),
            "fill": colour("ground" if row["is_mirror"] else pair.fill(row["country"])), "size": 60 if row["is_mirror"] else 22,
            **style.mark([row], f"{row['year']}: {_share_of(pair, row)}, {percent(row['share_pct'])}"),
        }
        for row in shares
    ]  # fmt: skip
    top, low = max(point["share"] for point in points), min(0, *(point["share"] for point in points))
    area = Plot.of_years((row["year"] for row in shares), width, 220 if size.is_narrow else 300, low, top * 1.12 or 1)
    keys = list({_share_of(pair, row): pair.fill(row["country"]) for row in shares}.items())
    events, title = framing.events(con, pair, "trade", *area.span), "Share of all trade in goods"
    frame = framing.framed(area, events, size, title, keys, least=framing.event_room(events, size), at=framing.between_years)
    at = {"x": area.years("year", size), "y": area.amounts("share", after="%")}
    return frame.around(
        _bridged(shares, area, pair, lambda row: row["share_pct"], strokeWidth=2),
        plot.broken_lines(points, "country", "share", at | given("stroke"), strokeWidth=2.5),
        marks("point", points, at | given("stroke", "fill", "size"), shape="circle", opacity=1, strokeWidth=2),
        plot.written(_share_labels(shares, pair, area, size, frame.lines)),
    )


def _share_labels(shares: Rows, pair: Pair, area: Plot, size: Size, lines: Sequence[Box]) -> list[Row]:
    """Write each line's last share at its point, and the caveat of each gap beside it, the longest first."""
    sides = (("above", 0, 0), ("above", 0, -4), ("above", -12, -4), ("left", 0, 0), ("below", 0, 0), ("below", -12, 4))
    labels = []
    for row in _newest(shares):
        spots = [(area.px(row["year"]) + dx, area.py(row["share_pct"]) + dy, side) for side, dx, dy in sides]
        labels.append(Label(percent(row["share_pct"]), spots, size.label, bold=True, fill=pair.fill(row["country"]), far=6))
    for one, other in sorted(_bridges(shares), key=lambda gap: gap[0]["year"] - gap[1]["year"]):
        caveat = f"No table of\n{pair.whose(one['country'])} partners\nfound for {style.spans(range(one['year'] + 1, other['year']))}"
        x, y = area.px((one["year"] + other["year"]) / 2), area.py((one["share_pct"] + other["share_pct"]) / 2)
        labels.append(Label(caveat, around(x, y, "left right"), fill="muted", far=14))
    points = dots(((area.px(row["year"]), area.py(row["share_pct"])) for row in shares), 3)
    return placed(labels, points, (-float(size.margin), 0, area.width + 6, area.height), size, lines).rows


# --- the ranks ---


def _ranks(con: duckdb.DuckDBPyConnection, ranks: Rows, pair: Pair, size: Size, width: float) -> Panel:
    """Draw one line per country and rule, rank 1 on top, and name the rules at their ends as far as there is room."""
    room = 62 if size.is_narrow else 78  # px right of the plot for the names of the rules
    worst = max(5, *(row["rank"] for row in ranks))
    area = Plot.of_years((row["year"] for row in ranks), width - room, 240 if size.is_narrow else 300, -worst - 0.7, -0.3)
    events = framing.events(con, pair, "trade", *area.span)
    hinge = [event for event in events if event.is_hinge]
    least = framing.event_room(events, size)  # as high as the panel beside it
    keys = list(
        {f"{pair.name(row['partner'])} among {pair.whose(row['country'])} partners": pair.fill(row["country"]) for row in ranks}.items()
    )
    frame = framing.framed(area, hinge, size, "Rank, by who counts as a partner", keys, beyond=room, least=least, at=framing.between_years)
    points = [_rank_point(row, pair) for row in ranks]
    ticks = [rank for rank in (1, 5, 10, 15, 20, 30, 50, 100, 200) if rank <= worst]
    y = area.y("rank", values=[-rank for rank in ticks], labelExpr="datum.value == -1 ? '1st' : -datum.value + 'th'")
    at = {"x": area.years("year", size), "y": y}
    names = _rule_names(ranks, pair, area, size, room)
    view, notes = frame.around(
        _bridged(ranks, area, pair, lambda row: -row["rank"]),
        plot.broken_lines(points, "line", "rank", at | given("stroke", "strokeWidth", "opacity")),
        marks("point", points, at, filled=True, fill=colour("muted"), size=60, opacity=0),
        plot.written(names.rows),
    )
    unnamed = style.listed([label.text for label in names.left_over])
    return view, [*notes, f"Without room at the end of its line: {unnamed}."] if unnamed else notes


def _rank_point(row: Row, pair: Pair) -> Row:
    place = f"{pair.the(row['partner'])} {_nth(row['rank'])} of {row['partner_count']} among {pair.whose(row['country'])} partners"
    return {
        "year": row["year"], "rank": -row["rank"], "line": f"{row['country']} {row['rule']}", "stroke": colour(pair.fill(row["country"])),
        "width": 3 if row["rule"] == SHARE_RULE else 1, "opacity": 1 if row["rule"] == SHARE_RULE else 0.6,
        **style.mark([row], f"{row['year']}: {place}, rule {row['rule']}"),
    }  # fmt: skip


def _rule_names(ranks: Rows, pair: Pair, area: Plot, size: Size, room: float) -> Placed:
    """Name each line's rule and last rank at its end; lines that end at one rank share a name."""
    groups = defaultdict[tuple[str, int, int], list[str]](list)
    for row in _newest(ranks):
        groups[row["country"], row["year"], row["rank"]].append(row["rule"])
    newest = dict(sorted((country, year) for country, year, _ in groups))
    labels = []
    for (country, year, rank), rules in sorted(groups.items(), key=lambda item: SHARE_RULE not in item[1]):
        name = f"{_nth(rank)} {', '.join(sorted(rules))}" + (f"\nin {year}" if year < newest[country] else "")
        spots = [(area.px(year), area.py(-rank) + dy, "right") for dy in (0, 9, -9)]
        labels.append(Label(name, spots, size.small, SHARE_RULE in rules, pair.fill(country)))
    lines = defaultdict[tuple[str, str], list[Point]](list)
    for row in sorted(ranks, key=lambda row: row["year"]):
        lines[row["country"], row["rule"]].append((area.px(row["year"]), area.py(-row["rank"])))
    taken = dots(point for line in lines.values() for point in along(line, 1))
    return placed(labels, taken, (0.0, -4.0, area.width + room, area.height + 4), size)
