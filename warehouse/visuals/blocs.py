"""Draw the blocs of a pair: who joined when, as bars on one time axis or on a map, and lesser statuses as lists."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from schemas.words import plural
from warehouse.visuals import bloc_map, framing, plot, style
from warehouse.visuals.labels import LEADING
from warehouse.visuals.pair import Pair, Row, Rows, ask, dataset_rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.registry import in_unit, visual
from warehouse.visuals.style import Drawing, Size, colour, listed, the
from warehouse.visuals.vegalite import View, given, layered, marks

FILLS = ["bloc-1", "bloc-2", "bloc-3"]  # in the alphabetical order of the blocs; those beyond share the colour `other`
FULL_NAMES = {"SCO": "Shanghai Cooperation Organization (SCO)"}
STATUSES = {"partner": "Partners of", "observer": "Observers of", "dialogue_partner": "Dialogue partners of", "invited": "Invited to"}
BAR, BETWEEN_BARS, BETWEEN_STATES, BETWEEN_COLUMNS = 15, 3, 8, 30  # px
WAIT = 3  # px: height of the line for a status before membership

Spells = dict[tuple[str, str], list[Row]]  # by country and bloc: the statuses, oldest first


class Facts(NamedTuple):
    """The facts that findings read: the statuses of the release's day, the blocs that both belong to, and the hinge of the story."""

    rows: Rows
    shared: list[str]
    hinge: framing.Event | None
    pair: Pair


@visual
def bloc_membership(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw one bar per membership from the day it took effect, a thin line for a status before it, and list the lesser statuses."""
    every = dataset_rows(con, "bloc_membership", pair, "as_of, country_name, iso3, bloc")
    if not every:
        return style.nothing(f"Blocs of {pair.both}", unit="Timeline")
    rows, blocs = _of_the_day(every)
    day = rows[0]["as_of"]
    spells = _spells(every, rows)
    events = framing.events(con, pair, "vote", min(row["since"].year for row in rows), day.year)
    shared = [bloc for bloc in blocs if {pair.iso3_a, pair.iso3_b} <= {row["iso3"] for row in _members(rows, bloc)}]
    title = style.first_that_holds(FINDINGS, Facts(rows, shared, framing.hinge_of(events), pair))
    own = _with_margin(size)
    panels = [_timeline(spells, every, events, pair, own)] if spells else []
    chart, notes = _with_lists(panels, rows, blocs, own)
    return Drawing(
        title,
        chart,
        _in_words(rows, blocs),
        f"Members of {listed([the(bloc) for bloc in blocs])} by the day they joined, on {style.day(day)}{_verified(con, rows, day)}",
        notes=[*_notes(spells), *notes],
        rows=[row for spell in spells.values() for row in spell] + [row for row in rows if row["status"] != "member"],
        left=own.margin,
        unit="Timeline",
    )


@in_unit("bloc_membership", "map")
def on_a_map(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw the members of the day on a map, and list the lesser statuses."""
    timeline = bloc_membership(con, pair, size)
    rows, blocs = _of_the_day(timeline.rows)
    members = [row for bloc in blocs for row in _members(rows, bloc)]
    if not members:
        return style.nothing(f"Blocs of {pair.both} on a map", unit="Map")
    own = _with_margin(size)
    panel = bloc_map.members(con, members, {bloc: _fill(bloc, blocs) for bloc in blocs}, own)
    chart, notes = _with_lists([panel], rows, blocs, own)
    shows = timeline.shows.replace(" by the day they joined", "")  # which a map cannot show
    return timeline._replace(chart=chart, shows=shows, notes=notes, rows=rows, unit="Map", on_land=True)


def _of_the_day(every: Rows) -> tuple[Rows, list[str]]:
    """Return the rows of the newest day and their blocs."""
    day = max((row["as_of"] for row in every), default=None)
    rows = [row for row in every if row["as_of"] == day]
    return rows, sorted({row["bloc"] for row in rows})


def _with_margin(size: Size) -> Size:
    return size._replace(margin=106 if size.is_narrow else 176)


def _with_lists(panels: Sequence[Panel], rows: Rows, blocs: Sequence[str], size: Size) -> Panel:
    """Put the lists of lesser statuses below the panels."""
    lists = _lists(rows, blocs, size)
    views = [view for view, _ in panels] + ([lists] if lists else [])
    return {"vconcat": views, "spacing": 22}, [note for _, notes in panels for note in notes]


def _members(rows: Rows, bloc: str) -> Rows:
    """Return the rows of a bloc's members that no source disputes."""
    return [row for row in rows if row["bloc"] == bloc and row["status"] == "member" and not row["is_disputed"]]


def _spells(every: Rows, rows: Rows) -> Spells:
    """Return the statuses of each member of the day in each bloc, oldest first: the newest row of each status."""
    spells: dict[tuple[str, str], dict[tuple[dt.date, str], Row]] = {
        (row["iso3"], row["bloc"]): {} for row in rows if row["status"] == "member"
    }
    for row in every:
        if (row["iso3"], row["bloc"]) in spells:
            spells[row["iso3"], row["bloc"]][row["since"], row["status"]] = row
    return {place: [of[key] for key in sorted(of)] for place, of in spells.items()}


def _verified(con: duckdb.DuckDBPyConnection, rows: Rows, day: dt.date) -> str:
    """Return `, as last verified on 30 September 2025` if a source of the rows covers them only up to a day before."""
    (last,) = ask(
        con,
        "select min(s.coverage_last) as day from (select unnest(?::varchar[]) as evidence_id) "
        "join core.evidence as e using (evidence_id) join catalog.source as s using (source)",
        style.union(rows),
    )
    return f", as last verified on {style.day(last['day'])}" if last["day"] and last["day"] < day else ""


# --- the finding ---


def _most_joined_after_the_hinge(facts: Facts) -> str | None:
    """Report how many members joined the shared blocs after the hinge, if most did."""
    if facts.hinge is None:
        return None
    added, day, event = _added(facts), facts.hinge.day, facts.hinge.title
    after = [row for row in added if row["since"] >= day]
    if len(added) < 2 or len(after) * 2 <= len(added):
        return None
    counts = f"{style.number(len(after))} of the {style.number(len(added))} accessions"
    return f"{counts} to {_shared(facts)} came after the {event[:1].lower()}{event[1:]}"


def _grew(facts: Facts) -> str | None:
    """Report how many members have joined the shared blocs since they began."""
    added = _added(facts)
    return f"{plural(len(added), 'accession')} to {_shared(facts)}, not counting the founders" if added else None


def _who_belongs(facts: Facts) -> str:
    """Report in which blocs each of the two is a member."""
    blocs, pair = sorted({row["bloc"] for row in facts.rows}), facts.pair
    a, b = ([bloc for bloc in blocs if iso3 in {row["iso3"] for row in _members(facts.rows, bloc)}] for iso3 in (pair.iso3_a, pair.iso3_b))
    if a == b:
        return f"{pair.both} belong to {_which(a) or 'neither ' + ' nor '.join(the(bloc) for bloc in blocs)}"
    return f"{pair.the_a} belongs to {_which(a) or 'neither'}, {pair.the_b} to {_which(b) or 'neither'}"


FINDINGS = [_most_joined_after_the_hinge, _grew, _who_belongs]


def _added(facts: Facts) -> Rows:
    """Return the memberships in the shared blocs that began after the bloc did."""
    of_blocs = [_members(facts.rows, bloc) for bloc in facts.shared]
    return [row for of in of_blocs for row in of if row["since"] > min(r["since"] for r in of)]


def _shared(facts: Facts) -> str:
    return f"the bloc{'s' if len(facts.shared) > 1 else ''} of {facts.pair.both}"


def _which(member: Sequence[str]) -> str:
    return listed([the(bloc) for bloc in member])


# --- words ---


def _lesser(rows: Rows, bloc: str) -> dict[str, list[Row]]:
    """Return the rows of a bloc's lesser statuses by the heading of each."""
    found: dict[str, list[Row]] = {}
    for status, words in STATUSES.items():
        of = [row for row in rows if row["bloc"] == bloc and row["status"] == status]
        if of:
            doubt = "; sources disagree" if all(row["is_disputed"] for row in of) else ""
            found[f"{words} {the(bloc)} ({len(of)}){doubt}"] = of
    return found


def _listed_as(row: Row, of: Rows) -> str:
    """Return a country's name in a list, with what sources disagree on unless the heading has it."""
    if row["is_disputed_member"]:
        return f"{row['country_name']} (a member by some counts)"
    return row["country_name"] + (" (disputed)" if row["is_disputed"] and not all(r["is_disputed"] for r in of) else "")


def _in_words(rows: Rows, blocs: Sequence[str]) -> str:
    members = [
        f"Members of {the(bloc)}: {listed([row['country_name'] for row in rows if row['bloc'] == bloc and row['status'] == 'member'])}."
        for bloc in blocs
    ]
    lesser = [f"{heading}: {listed([_listed_as(row, of) for row in of])}." for bloc in blocs for heading, of in _lesser(rows, bloc).items()]
    return " ".join([*members, *lesser])


def _notes(spells: Spells) -> list[str]:
    drawn = [row for spell in spells.values() for row in spell]
    notes = (
        ["Thin line: another status before membership, such as observer or partner."]
        if any(row["status"] != "member" for row in drawn)
        else []
    )
    disputed = sorted(
        {f"{row['country_name']} from {row['since']:%B %Y}" for row in drawn if row["status"] == "member" and row["is_disputed"]}
    )
    return notes + ([f"Outlined, since sources disagree on the membership: {listed(disputed)}."] if disputed else [])


# --- the timeline ---


class Line(NamedTuple):
    """A state's place in the timeline: its statuses by bloc, and the px of its top."""

    iso3: str
    spells: dict[str, list[Row]]
    name: list[str]
    top: float


def _layout(spells: Spells, pair: Pair, size: Size) -> tuple[list[Line], list[Row], float]:
    """Place the states by the blocs they belong to, the pair first, then by the day they joined; return headings and the height too."""
    of_states = defaultdict[str, dict[str, list[Row]]](dict)
    for iso3, bloc in sorted(spells, key=lambda place: place[1]):
        of_states[iso3][bloc] = spells[iso3, bloc]
    groups = defaultdict[tuple[str, ...], list[str]](list)
    for iso3 in sorted(of_states, key=lambda i: (i != pair.iso3_a, i != pair.iso3_b, *_joined(of_states[i]))):
        groups[tuple(of_states[iso3])].append(iso3)
    lines, headings, top = [], [], 0.0
    for blocs in sorted(groups, key=lambda key: (-len(key), key)):
        headings.append(
            {
                "text": bloc_map.heading(blocs, groups),
                "px": -size.margin,
                "py": top + size.label * 0.8,
                "size": size.label,
                "weight": "bold",
            }
        )
        top += size.label * 1.9
        for iso3 in groups[blocs]:
            name = style.wrap(_joined(of_states[iso3])[1], size.label * style.BOLD, size.margin - 10)
            shown = name if len(name) <= 2 else [style.shorten(" ".join(name), size.label * style.BOLD, size.margin - 10)]
            lines.append(Line(iso3, of_states[iso3], shown, top))
            top += max(len(blocs) * (BAR + BETWEEN_BARS), len(shown) * size.label * LEADING) + BETWEEN_STATES
        top += 6
    return lines, headings, top


def _joined(of: dict[str, list[Row]]) -> tuple[dt.date, str]:
    """Return the first day of membership and the name of a state."""
    rows = [row for spell in of.values() for row in spell if row["status"] == "member"]
    return min(row["since"] for row in rows), rows[0]["country_name"]


def _timeline(spells: Spells, every: Rows, events: Sequence[framing.Event], pair: Pair, size: Size) -> Panel:
    lines, headings, height = _layout(spells, pair, size)
    day = max(row["as_of"] for row in every)
    first = min(row["since"] for spell in spells.values() for row in spell)
    area = Plot(size.plot, height, (min(framing.moment(first), day.year - 7) - 0.2, framing.moment(day)), (height, 0))
    blocs = sorted({bloc for _, bloc in spells})
    keys = [(_growth(every, bloc), _fill(bloc, blocs)) for bloc in blocs]
    frame = framing.framed(area, [event for event in events if event.day >= first], size, keys=keys, least=8, at=framing.moment)
    encoding = given("y", "y2", "fill", "stroke") | {"x": area.years("left", size), "x2": {"field": "right"}}
    return frame.around(
        marks("rect", [bar for line in lines for bar in _bars(line, blocs, day)], encoding, strokeWidth=1),
        plot.written([*headings, *(text for line in lines for text in _names(line, pair, size))]),
        plot.written([text for line in lines for text in _years(line, area, size)]),
    )


def _fill(bloc: str, blocs: Sequence[str]) -> str:
    place = blocs.index(bloc)
    return FILLS[place] if place < len(FILLS) else "other"


def _growth(every: Rows, bloc: str) -> str:
    counts = [(row["as_of"], row["member_count"]) for row in every if row["bloc"] == bloc and row["member_count"]]
    if not counts:
        return FULL_NAMES.get(bloc, bloc)
    (first, then), (last, now) = min(counts), max(counts)
    disputed = [row["country_name"] for row in every if (row["bloc"], row["as_of"]) == (bloc, last) and row["is_disputed_member"]]
    beside = f", {now + len(disputed)} with {listed(disputed)}" if disputed else ""
    return f"{FULL_NAMES.get(bloc, bloc)}: {now} members{beside}" + (f"; {then} at the end of {first.year}" if first < last else "")


def _bars(line: Line, blocs: Sequence[str], day: dt.date) -> list[Row]:
    """Return one bar per status: as high as the row for a membership, a thin line for a lesser one before it."""
    bars = []
    for i, (bloc, spell) in enumerate(line.spells.items()):
        top, fill = line.top + i * (BAR + BETWEEN_BARS), colour(_fill(bloc, blocs))
        for row, end in zip(spell, [*(later["since"] for later in spell[1:]), day], strict=True):
            is_member = row["status"] == "member"
            what = ("member" if is_member else row["status"].replace("_", " ")) + f" of {the(bloc)}"
            until = f"until {style.day(end)}" if end < day else f"on {style.day(day)} still"
            bars.append({
                "left": framing.moment(row["since"]), "right": framing.moment(end), "py": top + (0 if is_member else BAR - WAIT), "py2": top + BAR,
                "fill": colour("ground") if is_member and row["is_disputed"] else fill, "stroke": fill, "bloc": bloc, "member": is_member,
                **style.mark([row], f"{row['country_name']}: {what} since {style.day(row['since'])}, {until}"),
            })  # fmt: skip
    return bars


def _names(line: Line, pair: Pair, size: Size) -> list[Row]:
    fill = {pair.iso3_a: "first", pair.iso3_b: "second"}.get(line.iso3, "ink")
    looks = {"px": -size.margin, "size": size.label, "fill": colour(fill), "weight": "normal" if fill == "ink" else "bold"}
    step, middle = size.label * LEADING, line.top + (len(line.spells) * (BAR + BETWEEN_BARS) - BETWEEN_BARS) / 2
    if len(line.name) > len(line.spells):
        middle = line.top + len(line.name) * step / 2
    return [{"text": text, "py": middle + (i - (len(line.name) - 1) / 2) * step, **looks} for i, text in enumerate(line.name)]


def _years(line: Line, area: Plot, size: Size) -> list[Row]:
    """Write on each bar, or before it if it is short, the year of joining, and the bloc if the state has joined several."""
    rows = []
    for i, (bloc, spell) in enumerate(line.spells.items()):
        row = next((r for r in spell if r["status"] == "member" and not r["is_disputed"]), spell[-1])
        text = f"{bloc} {row['since'].year}" if len(line.spells) > 1 else str(row["since"].year)
        left, wide = area.px(framing.moment(row["since"])), style.text_width(text, size.small, bold=True)
        inside = left + wide + 12 <= area.width and not row["is_disputed"]
        rows.append({
            "text": text, "px": left + 6 if inside else left - 5 - wide, "py": line.top + i * (BAR + BETWEEN_BARS) + BAR / 2 - (0 if inside else 2),
            "size": size.small, "weight": "bold", "fill": colour("ground" if inside else "ink"),
        })  # fmt: skip
    return rows


# --- the lists ---


def _lists(rows: Rows, blocs: Sequence[str], size: Size) -> View | None:
    """List the countries of lesser statuses: one symbol per country, empty if sources disagree; one column per bloc if there is room."""
    having = [bloc for bloc in blocs if _lesser(rows, bloc)]
    if not having:
        return None
    columns = 1 if size.is_narrow else len(having)
    width = (size.width - BETWEEN_COLUMNS * (columns - 1)) / columns
    symbols: list[Row] = []
    text: list[Row] = []
    bottom = highest = 0.0
    for i, bloc in enumerate(having):
        top, left = (0.0 if columns > 1 else bottom), (i if columns > 1 else 0) * (width + BETWEEN_COLUMNS) - size.margin
        for heading, of in _lesser(rows, bloc).items():
            text.append({"text": heading, "px": left, "py": top + size.label * 0.7, "size": size.label, "weight": "bold"})
            tiles, top = _tiles(of, colour(_fill(bloc, blocs)), left, top + size.label * 2.1, width, size)
            symbols += tiles
        bottom, highest = top, max(highest, top)
    text += [
        {"text": style.shorten(tile["text"], size.small, width - 16), "px": tile["px"] + 10, "py": tile["py"], "size": size.small}
        for tile in symbols
    ]
    drawn = marks("point", symbols, given("x", "y", "fill", "stroke"), shape="square", size=80, opacity=1, strokeWidth=1.5)
    return layered([drawn, plot.written(text)], size.plot, highest)


def _tiles(of: Rows, fill: str, left: float, top: float, width: float, size: Size) -> tuple[list[Row], float]:
    """Place a symbol and a name for each row in lines of this width; return the px below them too."""
    tiles, step, at = [], size.small * 1.55, 0.0
    for row in of:
        name = _listed_as(row, of)
        needed = min(style.text_width(name, size.small) + 30, width)
        if at and at + needed - 14 > width:
            at, top = 0.0, top + step
        label = f"{row['country_name']}: {row['status'].replace('_', ' ')} of {the(row['bloc'])} since {style.day(row['since'])}"
        tiles.append({
            "px": left + at + 5, "py": top, "text": name, "fill": colour("ground") if row["is_disputed"] else fill, "stroke": fill,
            **style.mark([row], label),
        })  # fmt: skip
        at += needed
    return tiles, top + step * 1.2
