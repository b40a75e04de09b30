"""The two diplomatic visuals: vetoes per year, and the world map of BRICS and the SCO.

Belongs here: what these two show and find. Does not belong here: the look they share (`style`) or the map's geometry (`maps`).
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import altair as alt
import duckdb

from warehouse.visuals import maps, style
from warehouse.visuals.maps import Area
from warehouse.visuals.pair import Pair, ask
from warehouse.visuals.style import Drawing, data

LESSER = "Lesser standing in "
VERIFIED = re.compile(r"last verified (\d{4}-\d{2}-\d{2})")  # as charts.bloc_membership notes it
NOT_DOCUMENTED = "not documented"
VOTES = {"abstain": "abstained", "yes": "in favour", "no": "against", NOT_DOCUMENTED: NOT_DOCUMENTED}
QUIET = 5  # years without a veto after which that is what there is to say
DOT = 22  # square px of the dot on a vote that was not on a whole draft
VOTE_COLOURS = {"abstained": "#767676", "in favour": "#00805d", "against": "#a06000", NOT_DOCUMENTED: "#d9d9d9"}
MEMBER_OF_BOTH, FILLS, TINTS, TINT_OF_BOTH = style.INDIGO, [style.VERMILLION, style.BLUE], ["#f6c8a2", "#a8d2ec"], "#cbbade"


def security_council_vetoes(con: duckdb.DuckDBPyConnection, pair: Pair) -> Drawing:
    """A square per vetoed vote, stacked by year; below, how the other state voted where one vetoed without it."""
    rows = ask(con, "select * from charts.security_council_vetoes where dyad = ? order by vote_date, draft_symbol", pair.dyad)
    if not rows:
        return Drawing(f"Vetoes of {pair.both}: nothing to draw")
    apart, (first, last) = _apart(rows, pair), _covered(con, pair)
    known = [group for group in apart if set(group["votes"]) != {NOT_DOCUMENTED}]
    panels = [_squares(rows, (first.year, last.year), pair)] + ([_other_votes(known)] if known else [])
    names = _names_of(rows, pair)
    types = Counter(names[row["veto_type"]] for row in rows)
    notes = [f"{last.year} is not over."] if (last.month, last.day) != (12, 31) else []
    amendments = sum(row["is_amendment"] for row in rows)
    notes += [f"A dot marks a vote on an amendment or a part of a draft ({amendments})."] if amendments else []
    unknown = ["h" + group["text"].removeprefix("H") for group in apart if group not in known]
    notes += [f"Not documented: {'; '.join(unknown)}."] if unknown else []
    return Drawing(
        _vetoes_found(rows, apart, (first.year, last.year), pair),
        panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=20).resolve_scale(color="independent"),
        f"Squares for {first.year} to {last.year}: " + style.listed([f"{name} {count}" for name, count in sorted(types.items())]) + ". "
        + " ".join(f"{group['text']}: {style.listed([f'{vote} {count}' for vote, count in group['votes'].items()])}." for group in apart),
        "Vetoed votes a year; each block is one.",
        left=style.MARGIN,
        notes=notes,
        rows=rows,
    )  # fmt: skip


def _covered(con: duckdb.DuckDBPyConnection, pair: Pair) -> tuple[dt.date, dt.date]:
    """From when to when the votes of both are covered: since their source begins and both exist, to the release's day."""
    (found,) = ask(
        con,
        "select greatest(min(s.coverage_first), any_value(d.valid_from)) as first, least(?, any_value(d.valid_to)) as last "
        "from (select distinct unnest(evidence) as evidence_id from charts.security_council_vetoes where dyad = ?) "
        "join core.evidence as e using (evidence_id) join catalog.source as s using (source) join core.dyad as d on d.dyad = ?",
        pair.as_of,
        pair.dyad,
        pair.dyad,
    )
    return found["first"], found["last"]


def _names_of(rows: Sequence[dict[str, Any]], pair: Pair) -> dict[str, str]:
    """What to call each veto type: a state that other permanent members joined did not veto alone, only without the other."""
    names = {"joint": "both"}
    for kind, name, other in (("second only", pair.the_b, pair.the_a), ("first only", pair.the_a, pair.the_b)):
        joined = any(len(row["vetoed_by"]) > 1 for row in rows if row["veto_type"] == kind)
        names[kind] = f"{name} without {other}" if joined else f"{name} alone"
    return {kind: name for kind, name in names.items() if any(row["veto_type"] == kind for row in rows)}


def _apart(rows: Sequence[dict[str, Any]], pair: Pair) -> list[dict[str, Any]]:
    """For each state that vetoed without the other: how the other voted, most frequent first."""
    found = []
    for kind, who in _names_of(rows, pair).items():
        if kind != "joint":
            name, other, column = (pair.the_b, pair.the_a, "vote_a") if kind == "second only" else (pair.the_a, pair.the_b, "vote_b")
            mine = [row for row in rows if row["veto_type"] == kind]
            votes = Counter(VOTES[row[column]] for row in mine)
            found.append({
                "kind": kind, "who": who, "other": other, "count": len(mine), "votes": dict(votes.most_common()),
                "text": f"How {other} voted on what {name} vetoed {'alone' if who.endswith(' alone') else 'without it'}", "evidence": [i for row in mine for i in row["evidence"]],
            })  # fmt: skip
    return found


def _vetoes_found(rows: Sequence[dict[str, Any]], apart: Sequence[dict[str, Any]], covered: tuple[int, int], pair: Pair) -> str:
    """`China and Russia vetoed together 18 times since 1991, Russia alone 25 times (China abstained on 20) and China alone twice`.

    Where both have vetoed nothing for long, that is the finding: `France and the United Kingdom have vetoed nothing since 1989`.
    """
    together, newest, (first, last) = sum(row["veto_type"] == "joint" for row in rows), max(row["year"] for row in rows), covered
    quiet = last - newest > QUIET
    parts = []
    if together:
        parts = [f"together {_times(together)}" if quiet else f"{pair.both} vetoed together {_times(together)} since {first}"]
    for group in apart:
        abstained = group["votes"].get("abstained")
        aside = f" ({group['other']} abstained on {abstained})" if abstained and group["count"] > 2 else ""
        parts.append(f"{group['who']} {_times(group['count'])}{aside}")
    if quiet:
        return f"{pair.both} have vetoed nothing since {newest}; in {first}–{newest} {style.listed(parts)}"
    return style.listed(parts) if together else f"Vetoes since {first}: {style.listed(parts)}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _squares(rows: Sequence[dict[str, Any]], covered: tuple[int, int], pair: Pair) -> alt.LayerChart:
    marks, height = [], Counter()
    names = {kind: style.capital(name) for kind, name in _names_of(rows, pair).items()}
    order = list(names)
    for row in sorted(rows, key=lambda r: (r["year"], order.index(r["veto_type"]), r["vote_date"], r["draft_symbol"])):
        low = height[row["year"]]
        height[row["year"]] += 1
        marks.append({
            "left": row["year"] - 0.42, "right": row["year"] + 0.42, "low": low + 0.04, "high": low + 0.96, "who": names[row["veto_type"]],
            "draft": row["draft_symbol"], "day": style.day(row["vote_date"]), "topic": row["topic"], "is_amendment": row["is_amendment"],
            "what": "amendment or part of a draft" if row["is_amendment"] else "draft", "mid": low + 0.5, "year": row["year"],
            "votes": f"{pair.name_a} {row['vote_a']}, {pair.name_b} {row['vote_b']}", "evidence": style.cite(row["evidence"]),
        })  # fmt: skip
    first, last = style.year_span(covered)
    width, top = style.WIDTH - style.MARGIN, max(height.values())
    up = {"scale": alt.Scale(domain=[0, max(top, 3)]), "axis": alt.Axis(title=None, format="d", tickMinStep=1, tickCount=6)}
    who = list(names.values())
    colours = [{"joint": style.BOTH, "second only": style.SECOND, "first only": style.FIRST}[kind] for kind in names]
    columns = 1 if style.text_width("".join(who), style.LABEL) > style.WIDTH - 130 else 0
    chart = (
        alt.Chart(data(marks))
        .mark_rect()
        .encode(
            x=style.year_x("left", first, last, width), x2="right:Q", y2="high:Q",
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


def _other_votes(apart: Sequence[dict[str, Any]]) -> alt.LayerChart:
    """A bar per state that vetoed without the other, divided by the other's vote; the line above it gives the numbers."""
    parts, heads, y = [], [], 0
    widest = max(group["count"] for group in apart)
    width = style.WIDTH - style.MARGIN
    for group in apart:
        told = f"{group['text']}: {style.listed([f'{vote} {count}' for vote, count in group['votes'].items()])}"
        for line in style.wrap(told, style.LABEL):
            heads.append({"y": y + 9, "text": line})
            y += 18
        start = 0
        for vote, count in group["votes"].items():
            words = f"{vote} {count}"
            fits = style.text_width(words, style.SMALL) * 1.1 + 10 <= count / widest * width
            parts.append({
                "left": start, "right": start + count, "y": y + 3, "y2": y + 27, "middle": y + 15, "vote": vote, "count": count,
                "text": words if fits else "", "dark": vote != NOT_DOCUMENTED, "what": group["text"],
                "evidence": style.cite(group["evidence"]),
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


def bloc_membership(con: duckdb.DuckDBPyConnection, pair: Pair) -> Drawing:
    """A world map of who stands how towards the blocs, and the names by standing."""
    rows = ask(
        con,
        "select * from charts.bloc_membership where dyad = ? qualify as_of = max(as_of) over () order by country_name, iso3, bloc",
        pair.dyad,
    )
    if not rows:
        return Drawing(f"Blocs of {pair.both}: nothing to draw")
    blocs = sorted({row["bloc"] for row in rows})
    countries: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        countries.setdefault(row["iso3"], []).append(row)
    classes = {iso3: _class(mine, blocs) for iso3, mine in countries.items()}
    areas = {iso3: _area(mine, classes[iso3]) for iso3, mine in countries.items()}
    day = rows[0]["as_of"]
    drawn = {row["iso3"] for row in ask(con, "select iso3 from core.country_shape where iso3 is not null")}
    missing = [mine[0]["country_name"] for iso3, mine in countries.items() if iso3 not in drawn]
    notes = (
        ["*: sources disagree about the standing; hatched on the map where it gives the colour."]
        if any(row["is_disputed"] for row in rows)
        else []
    )
    lesser = any(row["status"] == "partner" for row in rows if classes[row["iso3"]][1].startswith(LESSER))
    notes += ["Lesser standings without a word in brackets: partner."] if lesser else []
    notes += [f"Not on the map: {style.listed(missing)}."] if missing else []
    notes += ["Strong outline: the two states. Boundaries as Natural Earth draws them; small countries are circles."]
    notes += [f"{area.name}, hatched in neither's colour: {area.told}." for area in maps.DISPUTED]
    return Drawing(
        _blocs_found(rows, blocs, pair),
        alt.vconcat(maps.world(con, areas, {pair.iso3_a, pair.iso3_b}), _names(countries, classes), spacing=10),
        " ".join(f"{name}: {style.listed([_told(countries[i], name) for i in members])}." for name, members in _by_class(classes).items()),
        f"Countries by standing on {style.day(day)}{_verified(rows, day)}.",
        notes=notes,
        rows=rows,
    )


def _verified(rows: Sequence[dict[str, Any]], day: dt.date) -> str:
    """`, as last verified on 30 September 2025`, where a source's own last look at a bloc is older than the map's day."""
    found = {row["bloc"]: dt.date.fromisoformat(match[1]) for row in rows if (match := VERIFIED.search(row["note"] or ""))}
    days = sorted({looked for looked in found.values() if looked < day})
    each = [(looked, sorted(bloc for bloc in found if found[bloc] == looked)) for looked in days]
    if len(each) == 1 and len(each[0][1]) == len({row["bloc"] for row in rows}):
        return f", as last verified on {style.day(each[0][0])}"
    return "".join(f", {style.listed(blocs)} as last verified on {style.day(looked)}" for looked, blocs in each)


def _blocs_found(rows: Sequence[dict[str, Any]], blocs: Sequence[str], pair: Pair) -> str:
    counts = {row["bloc"]: row["member_count"] for row in rows}
    sizes = style.listed([f"{bloc} has {counts[bloc]} members" for bloc in blocs])
    if len(blocs) > 1 and len(set(counts.values())) == 1:
        sizes = f"{style.listed(blocs)} have {counts[blocs[0]]} members each"
    of = {
        iso3: [row["bloc"] for row in rows if row["iso3"] == iso3 and row["status"] == "member" and not row["is_disputed"]]
        for iso3 in (pair.iso3_a, pair.iso3_b)
    }
    a, b = of[pair.iso3_a], of[pair.iso3_b]
    if a == b:
        return f"{sizes}; {pair.both} {_belong(a, blocs, '')}"
    return f"{sizes}; {pair.the_a} {_belong(a, blocs, 's')}, {pair.the_b} {_belong(b, blocs, 's')}"


def _belong(member: Sequence[str], blocs: Sequence[str], ending: str) -> str:
    if len(blocs) == 1:
        return f"belong{ending} to it" if member else f"stand{ending} outside"
    return f"belong{ending} to " + {0: "neither", len(blocs): "both"}.get(len(member), style.listed(member))


def _class(mine: Sequence[dict[str, Any]], blocs: Sequence[str]) -> tuple[int, str, str]:
    """Place in the legend, name of the standing, fill."""
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
    told = {
        "country": mine[0]["country_name"],
        "standing": "; ".join(f"{r['bloc']}: {_status(r)} since {style.day(r['since'])}" for r in mine),
        "evidence": style.cite([i for row in mine for i in row["evidence"]]),
    }
    return Area(kind[2], any(row["is_disputed"] for row in _giving(mine)), mine[0]["country_name"] if kind[0] < 3 else None, told)


def _giving(mine: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The standings that give a country its class: its memberships, or all where it is a member of none."""
    return [row for row in mine if row["status"] == "member"] or mine


def _status(row: dict[str, Any]) -> str:
    return row["status"].replace("_", " ") + (", disputed" if row["is_disputed"] else "")


def _told(mine: Sequence[dict[str, Any]], name: str) -> str:
    """A country in the list of its class, and in brackets any standing its class does not say; an asterisk behind what is disputed."""
    several = len(mine) > 1
    beside = [row for row in mine if (row["status"] != "member" if name.startswith("Members") else several or row["status"] != "partner")]
    said = [f"{row['bloc']} {_word(row)}" if several else _word(row) for row in beside]
    star = "*" if any(row["is_disputed"] for row in mine if row not in beside) else ""
    return mine[0]["country_name"] + star + (f" ({', '.join(said)})" if said else "")


def _word(row: dict[str, Any]) -> str:
    return row["status"].replace("_", " ") + ("*" if row["is_disputed"] else "")


def _by_class(classes: dict[str, tuple[int, str, str]]) -> dict[str, list[str]]:
    """Countries by class, in the legend's order."""
    return {kind[1]: [iso3 for iso3, mine in classes.items() if mine == kind] for kind in sorted(set(classes.values()))}


def _names(countries: dict[str, list[dict[str, Any]]], classes: dict[str, tuple[int, str, str]]) -> alt.LayerChart:
    """The legend with the countries' names: a swatch, the class and its members."""
    lines, swatches, y = [], [], 0
    for kind, members in _by_class(classes).items():
        fill = next(c[2] for c in classes.values() if c[1] == kind)
        swatches.append({"y": y + 10, "fill": fill})
        lines.append({"y": y + 10, "text": f"{kind} ({len(members)})", "bold": True})
        y += 19
        for line in style.wrap(", ".join(_told(countries[i], kind) for i in members), style.SMALL, style.WIDTH - 24):
            lines.append({"y": y + 9, "text": line, "bold": False})
            y += 17
        y += 5
    scale = alt.Y("y:Q", scale=alt.Scale(domain=[0, y], reverse=True), axis=None)
    texts = [
        alt.Chart(data([line for line in lines if line["bold"] is bold]))
        .mark_text(align="left", fontSize=size, fontWeight=weight, tooltip=None).encode(x=alt.value(24), y=scale, text="text:N")
        for bold, size, weight in ((True, style.LABEL, "bold"), (False, style.SMALL, "normal"))
    ]  # fmt: skip
    swatch = (
        alt.Chart(data(swatches))
        .mark_square(size=190, opacity=1, tooltip=None)
        .encode(x=alt.value(9), y=scale, color=alt.Color("fill:N", scale=None))
    )
    return alt.layer(swatch, *texts).properties(width=style.WIDTH, height=y)
