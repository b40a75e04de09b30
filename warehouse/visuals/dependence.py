"""Draw lopsided dependence: each state's share of the other's trade, and its rank under every counting rule, over time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import duckdb

from warehouse.visuals import plot, style
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.plot import Label, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour, percent
from warehouse.visuals.vegalite import View, given, layered, marks

SHARE_RULE = "A"  # the share is the same under every rule; A has a rank for every year with a table
LOPSIDED = 3  # times that one share must be the other

Rows = Sequence[dict[str, Any]]


@visual
def trade_dependence(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw each state's share of the other's trade with gaps bridged, and its rank under every counting rule."""
    rows = dataset_rows(con, "trade_dependence", pair, "country, year, rule")
    if not rows:
        return Drawing(f"Trade dependence of {pair.both}: nothing to draw")
    shares = [row for row in rows if row["rule"] == SHARE_RULE and row["is_headline"] and row["share_pct"] is not None]
    ranks = _one_a_year([row for row in rows if row["rank"] is not None])
    both = bool(shares and ranks and not size.is_narrow)
    second = size.plot // 3 if both else size.plot
    width = size.plot - (size.margin + plot.BETWEEN + second if both else 0)
    panels = [(_shares(con, shares, pair, size, width))] if shares else []
    panels += [_ranks(con, ranks, pair, size, second)] if ranks else []
    finding, title = style.first_that_holds(FINDINGS, shares, ranks, pair)
    return Drawing(
        title,
        plot.beside(size, *(panel for panel, _ in panels)),
        _in_words(shares, ranks, pair),
        "Each state in the other's trade in goods with the world",
        notes=[*plot.once(panels), *_notes(con, rows, shares, ranks, pair)],
        rows=rows,
        finding=finding,
    )


def _one_a_year(ranks: Rows) -> Rows:
    """Return one rank a year, country and rule: that of the headline if there are several."""
    best = {(row["country"], row["rule"], row["year"]): row for row in sorted(ranks, key=lambda row: row["is_headline"])}
    return [best[key] for key in sorted(best)]


# --- the finding ---


def _common(shares: Rows) -> Rows:
    """Return the shares of the newest year in which both states have one, the larger first."""
    years = [{row["year"] for row in shares if row["country"] == country} for country in {row["country"] for row in shares}]
    common = set.intersection(*years) if len(years) == 2 else set()
    return sorted((row for row in shares if common and row["year"] == max(common)), key=lambda row: -row["share_pct"])


def _lopsided(shares: Rows, _ranks: Rows, pair: Pair) -> str | None:
    """Report both shares of the newest common year if one is several times the other."""
    found = _common(shares)
    if not found or found[0]["share_pct"] < LOPSIDED * found[1]["share_pct"] or found[1]["share_pct"] <= 0:
        return None
    return (
        f"{pair.the(found[0]['partner'])} made up {percent(found[0]['share_pct'])} of {_whose(pair, found[0])} trade in {found[0]['year']}; "
        f"{pair.the(found[1]['partner'])} only {percent(found[1]['share_pct'])} of {_whose(pair, found[1])}"
    )


def _balanced(shares: Rows, _ranks: Rows, pair: Pair) -> str | None:
    """Report both shares of the newest common year."""
    found = _common(shares)
    if not found:
        return None
    return (
        f"{pair.the(found[0]['partner'])} made up {percent(found[0]['share_pct'])} of {_whose(pair, found[0])} trade in {found[0]['year']}, "
        f"{pair.the(found[1]['partner'])} {percent(found[1]['share_pct'])} of {_whose(pair, found[1])}"
    )


def _one_sided(shares: Rows, _ranks: Rows, pair: Pair) -> str | None:
    """Report the newest share if only one state has any, and its share ten years before."""
    if not shares:
        return None
    last = max(shares, key=lambda row: row["year"])
    before = [row for row in shares if row["country"] == last["country"] and row["year"] <= last["year"] - 10]
    then = max(before, key=lambda row: row["year"]) if before else None
    since = (
        f", {'up' if last['share_pct'] > then['share_pct'] else 'down'} from {percent(then['share_pct'])} in {then['year']}" if then else ""
    )
    return f"{pair.the(last['partner'])} made up {percent(last['share_pct'])} of {_whose(pair, last)} trade in {last['year']}{since}"


def _ranked_only(_shares: Rows, ranks: Rows, pair: Pair) -> str | None:
    """Report the newest rank if no share is known."""
    if not ranks:
        return None
    row = max(ranks, key=lambda row: (row["year"], row["country"], row["rule"] == SHARE_RULE))
    return f"In {row['year']} {pair.the(row['partner'])} ranked {_nth(row['rank'])} among {_whose(pair, row)} partners under rule {row['rule']}"


def _unknown(_shares: Rows, _ranks: Rows, pair: Pair) -> str:
    """Report that neither a share nor a rank is known."""
    return f"No share or rank of {pair.both} in each other's trade is known"


FINDINGS = [_lopsided, _balanced, _one_sided, _ranked_only, _unknown]


# --- words ---


def _whose(pair: Pair, row: dict[str, Any]) -> str:
    """Return the possessive of the row's country."""
    return style.whose(pair.the(row["country"]))


def _share_of(pair: Pair, row: dict[str, Any]) -> str:
    return f"{style.capital(style.whose(pair.the(row['partner'])))} share of {_whose(pair, row)} trade"


def _nth(rank: int) -> str:
    """Format a rank: `1st`, `12th`."""
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def _fill(pair: Pair, country: str) -> str:
    return "first" if country == pair.iso3_a else "second"


def _in_words(shares: Rows, ranks: Rows, pair: Pair) -> str:
    ends = [
        max((row for row in shares if row["country"] == c), key=lambda row: row["year"]) for c in sorted({row["country"] for row in shares})
    ]
    said = [f"{_share_of(pair, row)}: {percent(row['share_pct'])} in {row['year']}." for row in ends]
    places = [
        f"{pair.the(row['partner'])} {_nth(row['rank'])} among {_whose(pair, row)} partners under rule {row['rule']}"
        for row in _newest(ranks)
    ]
    return " ".join([*said, f"Ranks: {'; '.join(places)}."] if places else said)


def _newest(ranks: Rows) -> Rows:
    """Return each line's last rank."""
    return list({(row["country"], row["rule"]): row for row in sorted(ranks, key=lambda row: row["year"])}.values())


def _notes(con: duckdb.DuckDBPyConnection, rows: Rows, shares: Rows, ranks: Rows, pair: Pair) -> list[str]:
    notes = ["Hollow: the partners' own reports stand in."] if any(row["is_mirror"] for row in shares) else []
    rules = ask(con, "select rule, title from raw.counting_rule order by rule")
    for country in sorted({row["country"] for row in ranks}):
        mine = [row for row in ranks if row["country"] == country]
        missing = [r["rule"] for r in rules if r["rule"] not in {row["rule"] for row in mine}]
        which = f"No rank of {pair.the(mine[0]['partner'])} among {_whose(pair, mine[0])} partners under"
        notes += [f"{which} {style.listed(missing)}: what the rule joins was not found."] if missing else []
    others = [
        row for row in rows if row["is_two_bases"] and not row["is_headline"] and row["rule"] == SHARE_RULE and row["share_pct"] is not None
    ]
    common = max((row["year"] for row in shares), default=0)
    notes += [
        f"{_share_of(pair, row)} is {percent(row['share_pct'])} in {row['year']} if the partners' reports are set against its own total."
        for row in others
        if row["year"] >= common - 1
    ]
    for country in (pair.iso3_a, pair.iso3_b):
        holes = [row["year"] for row in shares if row["country"] == country and row["is_incomplete"]]
        whose = style.whose(pair.the(country))
        notes += (
            [f"The tables of {whose} partners for {style.spans(holes)} are incomplete: no rank of these years stands firm."]
            if holes
            else []
        )
    return notes


# --- the shares ---


def _bridges(rows: Rows, *line: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the rows on both sides of each gap in a line; rows with equal values in the columns `line` form one line."""
    lines = defaultdict[tuple, list[dict[str, Any]]](list)
    for row in sorted(rows, key=lambda row: row["year"]):
        lines[tuple(row[name] for name in line)].append(row)
    pairs = (pair_of for key in sorted(lines) for pair_of in pairwise(lines[key]))
    return [(one, other) for one, other in pairs if other["year"] > one["year"] + 1]


def _points(shares: Rows, pair: Pair) -> list[dict[str, Any]]:
    return [
        {
            "year": row["year"], "share": row["share_pct"], "country": row["country"], "stroke": colour(_fill(pair, row["country"])),
            "fill": colour("ground" if row["is_mirror"] else _fill(pair, row["country"])), "size": 60 if row["is_mirror"] else 22,
            **style.mark([row], f"{row['year']}: {_share_of(pair, row)}, {percent(row['share_pct'])}"),
        }
        for row in shares
    ]  # fmt: skip


def _shares(con: duckdb.DuckDBPyConnection, shares: Rows, pair: Pair, size: Size, width: float) -> tuple[View, list[str]]:
    points = _points(shares, pair)
    first, last = plot.year_span([point["year"] for point in points])
    top, low = max(point["share"] for point in points), min(0, *(point["share"] for point in points))
    area = Plot(width, 220 if size.is_narrow else 300, (first - 0.6, last + 0.6), (low, top * 1.12 or 1))
    found = plot.events(con, pair, "trade", dt.date(first, 1, 1), dt.date(last, 12, 31))
    marked = plot.marked(found, area, size, lambda day: day.year + (day.month - 1) / 12 - 0.5)
    keys = list({_share_of(pair, row): _fill(pair, row["country"]) for row in shares}.items())
    head = plot.head("Share of all trade in goods", keys, size, width + size.margin, plot.event_room(found, size))
    x, y = area.years("year", size), area.amounts("share", after="%")
    bridges = [
        {"px": area.px(one["year"]), "py": area.py(one["share_pct"]), "px2": area.px(other["year"]), "py2": area.py(other["share_pct"]),
         "stroke": colour(_fill(pair, one["country"]))}
        for one, other in _bridges(shares, "country")
    ]  # fmt: skip
    at = {"x": x, "y": y}
    layers = [
        plot.ruled(bridges, "stroke", strokeDash=[2, 4], strokeWidth=2),
        plot.broken_lines(points, "country", "share", at | given("stroke"), strokeWidth=2.5),
        marks("point", points, at | given("stroke", "fill", "size"), shape="circle", opacity=1, strokeWidth=2),
        plot.written(_share_labels(shares, pair, area, size, marked.boxes)),
    ]  # fmt: skip
    panel = layered([*marked.layers, *layers, *head.layers()], width, area.height)
    return panel, marked.notes


def _share_labels(shares: Rows, pair: Pair, area: Plot, size: Size, lines: Sequence[plot.Box]) -> list[dict[str, Any]]:
    """Write each line's last share at its point, and the caveat of each gap beside it."""
    ends = {row["country"]: row for row in sorted(shares, key=lambda row: row["year"])}
    labels = [
        Label(
            percent(row["share_pct"]),
            [(area.px(row["year"]), area.py(row["share_pct"]) + dy, side) for side, dy in (("above", 0), ("above", -4), ("left", 0), ("below", 0))],
            size.label,
            True,
            _fill(pair, country),
            6,
        )
        for country, row in ends.items()
    ]
    labels += [
        Label(f"No table of\n{_whose(pair, one)} partners\nfound for {style.spans(range(one['year'] + 1, other['year']))}",
              plot.around(area.px((one["year"] + other["year"]) / 2), area.py((one["share_pct"] + other["share_pct"]) / 2), "left right"), fill="muted", far=14)
        for one, other in sorted(_bridges(shares, "country"), key=lambda gap: gap[0]["year"] - gap[1]["year"])
    ]  # fmt: skip
    taken = [
        *lines,
        *((area.px(r["year"]) - 3, area.py(r["share_pct"]) - 3, area.px(r["year"]) + 3, area.py(r["share_pct"]) + 3) for r in shares),
    ]
    return plot.placed(labels, taken, (-float(size.margin), 0, area.width + 6, area.height), size).rows


# --- the ranks ---


def _ranks(con: duckdb.DuckDBPyConnection, ranks: Rows, pair: Pair, size: Size, width: float) -> tuple[View, list[str]]:
    """Draw a line a country and rule, rank 1 on top, and name the rules at their ends as far as there is room."""
    room = 62 if size.is_narrow else 78  # px right of the plot for the names of the rules
    first, last = plot.year_span([row["year"] for row in ranks])
    worst = max(5, *(row["rank"] for row in ranks))
    area = Plot(width - room, 240 if size.is_narrow else 300, (first - 0.6, last + 0.6), (-worst - 0.7, -0.3))
    found = [event for event in plot.events(con, pair, "trade", dt.date(first, 1, 1), dt.date(last, 12, 31)) if event.is_hinge]
    marked = plot.marked(found, area, size, lambda day: day.year + (day.month - 1) / 12 - 0.5)
    keys = list({f"{pair.name(row['partner'])} among {_whose(pair, row)} partners": _fill(pair, row["country"]) for row in ranks}.items())
    head = plot.head("Rank, by who counts as a partner", keys, size, width + size.margin, plot.event_room(found, size))
    points = [
        {"year": row["year"], "rank": -row["rank"], "line": f"{row['country']} {row['rule']}", "stroke": colour(_fill(pair, row["country"])),
         "width": 3 if row["rule"] == SHARE_RULE else 1, "opacity": 1 if row["rule"] == SHARE_RULE else 0.6,
         **style.mark([row], f"{row['year']}: {pair.the(row['partner'])} {_nth(row['rank'])} of {row['partner_count']} among {_whose(pair, row)} partners, rule {row['rule']}")}
        for row in ranks
    ]  # fmt: skip
    bridges = [
        {"px": area.px(one["year"]), "py": area.py(-one["rank"]), "px2": area.px(other["year"]), "py2": area.py(-other["rank"]),
         "stroke": colour(_fill(pair, one["country"]))}
        for one, other in _bridges(ranks, "country", "rule")
    ]  # fmt: skip
    ticks = [rank for rank in (1, 5, 10, 15, 20, 30, 50, 100, 200) if rank <= worst]
    y = area.y("rank", values=[-rank for rank in ticks], labelExpr="datum.value == -1 ? '1st' : -datum.value + 'th'")
    at = {"x": area.years("year", size), "y": y}
    layers = [
        plot.ruled(bridges, "stroke", strokeDash=[2, 4]),
        plot.broken_lines(points, "line", "rank", at | given("stroke", "strokeWidth", "opacity")),
        marks("point", points, at, filled=True, fill=colour("muted"), size=60, opacity=0),
        plot.written(_rule_names(ranks, pair, area, size, room)),
    ]  # fmt: skip
    panel = layered([*marked.layers, *layers, *head.layers()], area.width, area.height)
    return panel, marked.notes


def _rule_names(ranks: Rows, pair: Pair, area: Plot, size: Size, room: float) -> list[dict[str, Any]]:
    """Name each line's rule and last rank at its end; lines that end at one rank share a name."""
    groups: dict[tuple[str, int, int], list[str]] = {}
    for row in _newest(ranks):
        groups.setdefault((row["country"], row["year"], row["rank"]), []).append(row["rule"])
    labels = [
        Label(f"{_nth(rank)} {', '.join(sorted(rules))}", [(area.px(year), area.py(-rank) + dy, "right") for dy in (0, 9, -9)],
              size.small, SHARE_RULE in rules, _fill(pair, country))
        for (country, year, rank), rules in sorted(groups.items(), key=lambda item: SHARE_RULE not in item[1])
    ]  # fmt: skip
    lines = [
        sorted((row["year"], row["rank"]) for row in ranks if (row["country"], row["rule"]) == line)
        for line in sorted({(r["country"], r["rule"]) for r in ranks})
    ]
    taken = [
        (area.px(one[0] + share * (other[0] - one[0])), area.py(-one[1] - share * (other[1] - one[1])))
        for line in lines
        for one, other in pairwise([*line, line[-1]])
        for share in (step / 20 for step in range(20))
    ]
    points = [(x - 2, y - 2, x + 2, y + 2) for x, y in taken]
    return plot.placed(labels, points, (0.0, -4.0, area.width + room, area.height + 4), size).rows
