"""Draw the two diplomatic visuals: vetoes per year, and the world map of BRICS and the SCO."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import duckdb

from warehouse.visuals import forms as style
from warehouse.visuals import maps
from warehouse.visuals.forms import Drawing, data
from warehouse.visuals.maps import Area
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.registry import visual

LESSER = "Lesser standing in "
NOT_DOCUMENTED = "not documented"
VOTES = {"abstain": "abstained", "yes": "in favour", "no": "against", NOT_DOCUMENTED: NOT_DOCUMENTED}
QUIET = 5  # years without a veto after which the title reports their absence
DOT = 22  # square px of the dot on a vote that was not on a whole draft
VOTE_COLOURS = {"abstained": "#767676", "in favour": "#00805d", "against": "#a06000", NOT_DOCUMENTED: "#d9d9d9"}
MEMBER_OF_BOTH, FILLS, TINTS, TINT_OF_BOTH = style.INDIGO, [style.VERMILLION, style.BLUE], ["#f6c8a2", "#a8d2ec"], "#cbbade"


@visual
def security_council_vetoes(con: duckdb.DuckDBPyConnection, pair: Pair, size: Any) -> Drawing:
    """Draw a square per vetoed vote, stacked by year; below, how each state voted on drafts that the other vetoed without it."""
    rows = dataset_rows(con, "security_council_vetoes", pair, "vote_date, draft_symbol")
    if not rows:
        return Drawing(f"Vetoes of {pair.both}: nothing to draw")
    apart, (first, last) = _apart(rows, pair), _covered(con, pair)
    known = [group for group in apart if set(group["votes"]) != {NOT_DOCUMENTED}]
    panels = [_squares(rows, (first.year, last.year), pair)] + ([_other_votes(known)] if known else [])
    notes = [f"{last.year} is not over."] if (last.month, last.day) != (12, 31) else []
    amendments = sum(row["is_amendment"] for row in rows)
    doubtful = [row["draft_symbol"] for row in rows if row["confidence"] != "documented"]
    notes += [f"Pale: {style.listed(doubtful)}, not documented beyond doubt."] if doubtful else []
    notes += [f"A dot marks a vote on an amendment or a part of a draft ({amendments})."] if amendments else []
    unknown = ["h" + group["text"].removeprefix("H") for group in apart if group not in known]
    notes += [f"Not documented: {'; '.join(unknown)}."] if unknown else []
    return Drawing(
        _vetoes_title(rows, apart, (first.year, last.year), pair),
        panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=20).resolve_scale(color="independent"),
        _vetoes_in_words(rows, apart, (first.year, last.year), pair),
        "Vetoed votes a year; each block is one.",
        left=style.MARGIN,
        notes=notes,
        rows=rows,
    )


def _vetoes_in_words(rows: Sequence[dict[str, Any]], apart: Sequence[dict[str, Any]], covered: tuple[int, int], pair: Pair) -> str:
    names = _names_of(rows, pair)
    types = Counter(names[row["veto_type"]] for row in rows)
    return " ".join(
        [
            f"Squares for {covered[0]} to {covered[1]}: {style.listed([f'{name} {count}' for name, count in sorted(types.items())])}.",
            *(f"{_votes_in_words(group)}." for group in apart),
        ]
    )


def _votes_in_words(group: dict[str, Any]) -> str:
    return f"{group['text']}: {style.listed([f'{vote} {count}' for vote, count in group['votes'].items()])}"


def _covered(con: duckdb.DuckDBPyConnection, pair: Pair) -> tuple[dt.date, dt.date]:
    """Return the first and last day on which votes of both are covered: their source covers it, both exist, and it is known."""
    (span,) = ask(
        con,
        "select greatest(min(s.coverage_first), any_value(d.valid_from)) as first, least(?, any_value(d.valid_to)) as last "
        "from (select distinct unnest(evidence) as evidence_id from charts.security_council_vetoes where dyad = ?) "
        "join core.evidence as e using (evidence_id) join catalog.source as s using (source) join core.dyad as d on d.dyad = ?",
        pair.as_of,
        pair.dyad,
        pair.dyad,
    )
    return span["first"], span["last"]


def _names_of(rows: Sequence[dict[str, Any]], pair: Pair) -> dict[str, str]:
    """Return a name for each veto type; a state joined by other permanent members vetoed without the other, but not alone."""
    names = {"joint": "both"}
    for kind, name, other in (("second only", pair.the_b, pair.the_a), ("first only", pair.the_a, pair.the_b)):
        joined = any(len(row["vetoed_by"]) > 1 for row in rows if row["veto_type"] == kind)
        names[kind] = f"{name} without {other}" if joined else f"{name} alone"
    return {kind: name for kind, name in names.items() if any(row["veto_type"] == kind for row in rows)}


def _apart(rows: Sequence[dict[str, Any]], pair: Pair) -> list[dict[str, Any]]:
    """Count the other's votes for each state that vetoed without it, most frequent first."""
    groups = []
    for kind, who in _names_of(rows, pair).items():
        if kind != "joint":
            name, other, column = (pair.the_b, pair.the_a, "vote_a") if kind == "second only" else (pair.the_a, pair.the_b, "vote_b")
            mine = [row for row in rows if row["veto_type"] == kind]
            votes = Counter(VOTES[row[column]] for row in mine)
            groups.append({
                "kind": kind, "who": who, "other": other, "count": len(mine), "votes": dict(votes.most_common()),
                "text": f"How {other} voted on what {name} vetoed {'alone' if who.endswith(' alone') else 'without it'}", "rows": {vote: [row for row in mine if VOTES[row[column]] == vote] for vote in votes},
            })  # fmt: skip
    return groups


def _vetoes_title(rows: Sequence[dict[str, Any]], apart: Sequence[dict[str, Any]], covered: tuple[int, int], pair: Pair) -> str:
    """Return the title: `China and Russia vetoed together 18 times since 1991, Russia alone 25 times (China abstained on 20)`.

    If both have vetoed nothing for long, the title says so: `France and the United Kingdom have vetoed nothing since 1989`.
    """
    joint = [row for row in rows if row["veto_type"] == "joint"]
    together = sum(row["confidence"] == "documented" for row in joint)
    newest, (first, last) = max(row["year"] for row in rows), covered
    quiet = last - newest > QUIET
    parts = []
    if together:
        more = f", and {_times(len(joint) - together)} more by an uncertain record" if len(joint) > together else ""
        parts = [f"together {_times(together)}{more}" if quiet else f"{pair.both} vetoed together {_times(together)} since {first}{more}"]
    for group in apart:
        abstained = group["votes"].get("abstained")
        aside = f" ({group['other']} abstained on {abstained})" if abstained and group["count"] > 2 else ""
        parts.append(f"{group['who']} {_times(group['count'])}{aside}")
    if quiet:
        return f"{pair.both} have vetoed nothing since {newest}; in {first}–{newest} {style.listed(parts)}"
    return style.listed(parts) if together else f"Vetoes since {first}: {style.listed(parts)}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _squares(rows: Sequence[dict[str, Any]], covered: tuple[int, int], pair: Pair) -> style.Layers:
    marks: list[dict[str, Any]] = []
    height = Counter[int]()
    names = {kind: style.capital(name) for kind, name in _names_of(rows, pair).items()}
    order = list(names)
    for row in sorted(rows, key=lambda r: (r["year"], order.index(r["veto_type"]), r["vote_date"], r["draft_symbol"])):
        low = height[row["year"]]
        height[row["year"]] += 1
        marks.append({
            "left": row["year"] - 0.42, "right": row["year"] + 0.42, "low": low + 0.04, "high": low + 0.96, "who": names[row["veto_type"]],
            "draft": row["draft_symbol"], "day": style.day(row["vote_date"]), "topic": row["topic"], "is_amendment": row["is_amendment"],
            "what": "amendment or part of a draft" if row["is_amendment"] else "draft", "mid": low + 0.5, "year": row["year"],
            "votes": f"{pair.name_a} {row['vote_a']}, {pair.name_b} {row['vote_b']}",
            "opacity": 1 if row["confidence"] == "documented" else style.FAINT, **style.stands_for([row]),
        })  # fmt: skip
    first, last = style.year_span(covered)
    width, top = style.WIDTH - style.MARGIN, max(height.values())
    up: dict[str, Any] = {"scale": alt.Scale(domain=[0, max(top, 3)]), "axis": alt.Axis(title=None, format="d", tickMinStep=1, tickCount=6)}
    who = list(names.values())
    colours = [{"joint": style.BOTH, "second only": style.SECOND, "first only": style.FIRST}[kind] for kind in names]
    columns = 1 if style.text_width("".join(who), style.LABEL) > style.WIDTH - 130 else 0
    chart = (
        alt.Chart(data(marks))
        .mark_rect()
        .encode(
            x=style.year_x("left", first, last, width), x2="right:Q", y2="high:Q", opacity=alt.Opacity("opacity:Q", scale=None),
            y=alt.Y("low:Q", **up),
            color=alt.Color("who:N", scale=alt.Scale(domain=who, range=colours), legend=alt.Legend(columns=columns)),
            tooltip=style.tooltip(draft="Draft", day="Vote", topic="Topic", what="Voted on", who="Vetoed by", votes="Votes"),
        )
    )  # fmt: skip
    dots = alt.Chart(data([mark for mark in marks if mark["is_amendment"]])).mark_point(
        shape="circle", filled=True, fill="white", size=DOT, opacity=1, tooltip=None
    )
    dots = dots.encode(x=style.year_x("year", first, last, width), y=alt.Y("mid:Q", **up))
    return alt.layer(chart, dots).properties(width=width, height=min(260, max(120, 34 * top)))


def _other_votes(apart: Sequence[dict[str, Any]]) -> style.Layers:
    """Draw a bar per state that vetoed without the other, divided by the other's vote, with the numbers above it."""
    parts, heads, y = [], [], 0
    widest = max(group["count"] for group in apart)
    width = style.WIDTH - style.MARGIN
    for group in apart:
        for line in style.wrap(_votes_in_words(group), style.LABEL):
            heads.append({"y": y + 9, "text": line})
            y += 18
        start = 0
        for vote, count in group["votes"].items():
            words = f"{vote} {count}"
            fits = style.text_width(words, style.SMALL) * 1.1 + 10 <= count / widest * width
            parts.append({
                "left": start, "right": start + count, "y": y + 3, "y2": y + 27, "middle": y + 15, "vote": vote, "count": count,
                "text": words if fits else "", "dark": vote != NOT_DOCUMENTED, "what": group["text"],
                **style.stands_for(group["rows"][vote]),
            })  # fmt: skip
            start += count
        y += 42
    x = alt.X("left:Q", scale=alt.Scale(domain=[0, widest]), axis=None)
    down = alt.Scale(domain=[0, y], reverse=True)
    used = [vote for vote in VOTE_COLOURS if any(part["vote"] == vote for part in parts)]
    colour = alt.Color("vote:N", scale=alt.Scale(domain=used, range=[VOTE_COLOURS[v] for v in used]), legend=alt.Legend(orient="bottom"))
    texts = [
        alt.Chart(data([p for p in parts if p["dark"] is dark]))
        .mark_text(align="left", dx=5, fontSize=style.SMALL, fontWeight="bold", color="white" if dark else style.INK, tooltip=None)
        .encode(x=x, y=alt.Y("middle:Q", axis=None, scale=down), text="text:N")
        for dark in (True, False)
    ]
    bars = (
        alt.Chart(data(parts))
        .mark_rect(stroke="white")
        .encode(
            x=x, x2="right:Q", y=alt.Y("y:Q", scale=down, axis=None), y2="y2:Q", color=colour,
            tooltip=style.tooltip(what="Which", vote="Vote", count="Votes"),
        )
    )  # fmt: skip
    head = alt.Chart(data(heads)).mark_text(align="left", fontSize=style.LABEL, tooltip=None)
    head = head.encode(x=alt.value(-style.MARGIN), y=alt.Y("y:Q", scale=down, axis=None), text="text:N")
    return alt.layer(bars, *texts, head).properties(width=width, height=y)


@visual
def bloc_membership(con: duckdb.DuckDBPyConnection, pair: Pair, size: Any) -> Drawing:
    """Draw a world map of the countries' standings in the blocs, and list the names by standing."""
    rows = dataset_rows(con, "bloc_membership", pair, "country_name, iso3, bloc")
    if not rows:
        return Drawing(f"Blocs of {pair.both}: nothing to draw")
    day = max(row["as_of"] for row in rows)
    rows = [row for row in rows if row["as_of"] == day]
    blocs = sorted({row["bloc"] for row in rows})
    countries: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        countries.setdefault(row["iso3"], []).append(row)
    classes = {iso3: _class(mine, blocs) for iso3, mine in countries.items()}
    areas = {iso3: _area(mine, classes[iso3]) for iso3, mine in countries.items()}
    return Drawing(
        _blocs_title(rows, blocs, pair),
        alt.vconcat(maps.world(con, areas, {pair.iso3_a, pair.iso3_b}), _names(countries, classes), spacing=10),
        " ".join(f"{name}: {style.listed([_listed_as(countries[i], name) for i in of])}." for name, of in _by_class(classes).items()),
        f"Countries by standing on {style.day(day)}{_verified(con, rows, day)}.",
        notes=_bloc_notes(con, rows, classes),
        rows=rows,
    )


def _bloc_notes(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], classes: dict[str, tuple[int, str, str]]) -> list[str]:
    on_map = {row["iso3"] for row in ask(con, "select iso3 from core.country_shape where iso3 is not null")}
    missing = list({row["iso3"]: row["country_name"] for row in rows if row["iso3"] not in on_map}.values())
    notes = (
        ["*: sources disagree about the standing; hatched on the map where it gives the colour."]
        if any(row["is_disputed"] for row in rows)
        else []
    )
    lesser = any(row["status"] == "partner" for row in rows if classes[row["iso3"]][1].startswith(LESSER))
    notes += ["Lesser standings without a word in brackets: partner."] if lesser else []
    notes += [f"Not on the map: {style.listed(missing)}."] if missing else []
    notes += ["Strong outline: the two states. Boundaries as Natural Earth draws them; small countries are circles."]
    notes += [f"{area.name}, hatched in neither's colour: {area.reason}." for area in maps.DISPUTED]
    return notes


def _verified(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], day: dt.date) -> str:
    """Return `, as last verified on 30 September 2025` if a bloc's source covers it only up to a day before the map's."""
    blocs = sorted({row["bloc"] for row in rows})
    verified = {bloc: _covered_until(con, [row for row in rows if row["bloc"] == bloc]) for bloc in blocs}
    days = sorted({until for until in verified.values() if until and until < day})
    each = [(until, [bloc for bloc in blocs if verified[bloc] == until]) for until in days]
    if len(each) == 1 and each[0][1] == blocs:
        return f", as last verified on {style.day(each[0][0])}"
    return "".join(f", {style.listed(of)} as last verified on {style.day(until)}" for until, of in each)


def _covered_until(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]]) -> dt.date | None:
    """Return the last day that every source of these rows covers."""
    (last,) = ask(
        con,
        "select min(s.coverage_last) as day from (select unnest(?::varchar[]) as evidence_id) "
        "join core.evidence as e using (evidence_id) join catalog.source as s using (source)",
        style.union(rows),
    )
    return last["day"]


def _blocs_title(rows: Sequence[dict[str, Any]], blocs: Sequence[str], pair: Pair) -> str:
    counts = {row["bloc"]: row["member_count"] for row in rows}
    disputed = {bloc: [row["country_name"] for row in rows if row["bloc"] == bloc and row["is_disputed_member"]] for bloc in blocs}
    sizes = style.listed([f"{bloc} has {counts[bloc]} members{_or_with(disputed[bloc], counts[bloc])}" for bloc in blocs])
    if len(blocs) > 1 and len(set(counts.values())) == 1 and not any(disputed.values()):
        sizes = f"{style.listed(blocs)} have {counts[blocs[0]]} members each"
    memberships = {
        iso3: [row["bloc"] for row in rows if row["iso3"] == iso3 and row["status"] == "member" and not row["is_disputed"]]
        for iso3 in (pair.iso3_a, pair.iso3_b)
    }
    a, b = memberships[pair.iso3_a], memberships[pair.iso3_b]
    if a == b:
        return f"{sizes}; {pair.both} {_belong(a, blocs, '')}"
    return f"{sizes}; {pair.the_a} {_belong(a, blocs, 's')}, {pair.the_b} {_belong(b, blocs, 's')}"


def _or_with(disputed: Sequence[str], count: int) -> str:
    """Name the countries that only some sources count as members."""
    return f" ({count + len(disputed)} with {style.listed(list(disputed))}, which is disputed)" if disputed else ""


def _belong(member: Sequence[str], blocs: Sequence[str], ending: str) -> str:
    if len(blocs) == 1:
        return f"belong{ending} to it" if member else f"stand{ending} outside"
    return f"belong{ending} to " + {0: "neither", len(blocs): "both"}.get(len(member), style.listed(member))


def _class(mine: Sequence[dict[str, Any]], blocs: Sequence[str]) -> tuple[int, str, str]:
    """Return position in the legend, name of the standing, and fill."""
    member = [row["bloc"] for row in mine if row["status"] == "member"]
    if len(member) > 1:
        return 0, f"Members of {style.listed(member)}", MEMBER_OF_BOTH
    if member:
        place = blocs.index(member[0])
        return 1 + place, f"Members of {member[0]}", FILLS[place]
    if len(mine) > 1:
        return 5, f"{LESSER}{style.listed([row['bloc'] for row in mine])}", TINT_OF_BOTH
    place = blocs.index(mine[0]["bloc"])
    return 3 + place, f"{LESSER}{mine[0]['bloc']}", TINTS[place]


def _area(mine: Sequence[dict[str, Any]], kind: tuple[int, str, str]) -> Area:
    fields = {
        "country": mine[0]["country_name"],
        "standing": "; ".join(f"{r['bloc']}: {_status(r)} since {style.day(r['since'])}" for r in mine),
        **style.stands_for(mine),
    }
    return Area(kind[2], any(row["is_disputed"] for row in _giving(mine)), mine[0]["country_name"] if kind[0] < 3 else None, fields)


def _giving(mine: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return the standings that determine a country's class: its memberships, or all standings if it has none."""
    return [row for row in mine if row["status"] == "member"] or mine


def _status(row: dict[str, Any]) -> str:
    return row["status"].replace("_", " ") + (", disputed" if row["is_disputed"] else "")


def _listed_as(mine: Sequence[dict[str, Any]], name: str) -> str:
    """Return a country's entry in the list of its class: other standings in brackets, an asterisk after a disputed one."""
    several = len(mine) > 1
    beside = [row for row in mine if (row["status"] != "member" if name.startswith("Members") else several or row["status"] != "partner")]
    words = [f"{row['bloc']} {_word(row)}" if several else _word(row) for row in beside]
    star = "*" if any(row["is_disputed"] for row in mine if row not in beside) else ""
    return mine[0]["country_name"] + star + (f" ({', '.join(words)})" if words else "")


def _word(row: dict[str, Any]) -> str:
    return row["status"].replace("_", " ") + ("*" if row["is_disputed"] else "")


def _by_class(classes: dict[str, tuple[int, str, str]]) -> dict[str, list[str]]:
    """Group the countries by class, in the legend's order."""
    return {kind[1]: [iso3 for iso3, mine in classes.items() if mine == kind] for kind in sorted(set(classes.values()))}


def _names(countries: dict[str, list[dict[str, Any]]], classes: dict[str, tuple[int, str, str]]) -> style.Layers:
    """Draw the legend with the countries' names: a swatch, the class and its members."""
    lines, swatches, y = [], [], 0
    for kind, members in _by_class(classes).items():
        fill = next(c[2] for c in classes.values() if c[1] == kind)
        swatches.append({"y": y + 10, "fill": fill})
        lines.append({"y": y + 10, "text": f"{kind} ({len(members)})", "bold": True})
        y += 19
        for line in style.wrap(", ".join(_listed_as(countries[i], kind) for i in members), style.SMALL, style.WIDTH - 24):
            lines.append({"y": y + 9, "text": line, "bold": False})
            y += 17
        y += 5
    scale = alt.Y("y:Q", scale=alt.Scale(domain=[0, y], reverse=True), axis=None)
    weights: list[tuple[bool, float, Literal["bold", "normal"]]] = [(True, style.LABEL, "bold"), (False, style.SMALL, "normal")]
    texts = [
        alt.Chart(data([line for line in lines if line["bold"] is bold]))
        .mark_text(align="left", fontSize=size, fontWeight=weight, tooltip=None).encode(x=alt.value(24), y=scale, text="text:N")
        for bold, size, weight in weights
    ]  # fmt: skip
    swatch = (
        alt.Chart(data(swatches))
        .mark_square(size=190, opacity=1, tooltip=None)
        .encode(x=alt.value(9), y=scale, color=alt.Color("fill:N", scale=None))
    )
    return alt.layer(swatch, *texts).properties(width=style.WIDTH, height=y)
