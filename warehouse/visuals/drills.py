"""Draw drills at sea: one circle per sea on a map, and below the map a calendar of every drill by sea and year."""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import duckdb

from schemas.words import plural
from warehouse.visuals import framing, globe, plot, style
from warehouse.visuals.globe import Globe
from warehouse.visuals.labels import LEADING, Box, Label, Placed, Point, Spot, along, around, dots, placed
from warehouse.visuals.pair import Pair, Row, Rows, ask, dataset_rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour
from warehouse.visuals.vegalite import View, given, layer, layered, marks

SINCE = 2012  # the article's map begins with the first drill of the Joint Sea series
FAR = 80  # degrees from the middle of all drills, beyond which a sea is on a map of its own
CHAIN = "First island chain"
ALONE, PATROL, OTHERS = "Drill of the two alone", "Patrol of the two", "With other states"
SHAPES = {ALONE: "circle", PATROL: "circle", OTHERS: "diamond"}
COUNTRIES = 12  # named on a map at most
GAP = 2  # px between circles
NOWHERE = (math.nan, math.nan)  # the place of a sea whose drills have no documented point
SYMBOL = 12  # px that a drill takes in the calendar


class Sea(NamedTuple):
    """A sea: its drills, the well documented ones and those of them since the hinge event, place, region, if the island chain encloses it."""

    name: str
    rows: Rows
    known: Rows
    later: Rows
    place: Point
    region: str
    is_enclosed: bool


@visual
def naval_drills(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw one circle per sea, sized by its number of drills, with an inner circle for those since the hinge event; and a calendar."""
    rows = dataset_rows(con, "naval_drills", pair, "start_date, exercise_id")
    shown = [row for row in rows if row["year"] >= SINCE]
    if not shown:
        return style.nothing(f"Drills of {pair.both} at sea")
    events = framing.events(con, pair, "train", SINCE, pair.as_of.year)
    hinge = framing.hinge_of(events)
    seas = _seas(con, shown, hinge)
    title = style.first_that_holds(FINDINGS, list(filter(style.is_documented, shown)), pair)
    own = size._replace(margin=116 if size.is_narrow else 166)
    calendar, unnamed = _calendar(con, seas, events, own)
    views, unplaced = _map(con, [sea for sea in seas if sea.known and sea.place != NOWHERE], hinge, pair, own)
    return Drawing(
        title,
        {"vconcat": [*views, calendar], "spacing": 16},
        f"Map and calendar of {plural(len(shown), 'drill')}, {style.spans(row['year'] for row in shown)}: "
        f"{style.listed([f'{sea.name} {len(sea.known)}' for sea in seas])}.",
        f"Drills and patrols at sea begun since {SINCE}, by sea; a drill in several seas is in each",
        notes=[*_notes(rows, shown, seas), *unplaced, *unnamed],
        rows=shown,
        left=own.margin,
        on_land=True,
    )


def _seas(con: duckdb.DuckDBPyConnection, shown: Rows, hinge: framing.Event | None) -> list[Sea]:
    """Return the seas, most drills first."""
    listed = ask(
        con,
        "select sea, region, is_first_island_chain as is_enclosed, ((west + east) / 2, (south + north) / 2) as middle "
        "from raw.sea where sea = canonical_sea",
    )
    seas = []
    for sea in listed:
        of = [row for row in shown if sea["sea"] in row["seas"]]
        known = list(filter(style.is_documented, of))
        later = [row for row in known if hinge is not None and row["start_date"] >= hinge.day]
        if of:
            seas.append(Sea(sea["sea"], of, known, later, _place(of, sea["sea"], sea["middle"]), sea["region"], sea["is_enclosed"]))
    return sorted(seas, key=lambda sea: (-len(sea.known), sea.name))


def _place(drills: Rows, sea: str, middle: Point) -> Point:
    """Return the middle of the points in a sea, or its own middle if its drills have their points in other seas."""
    pointed = [row for row in drills if row["latitude"] is not None and row["longitude"] is not None]
    within = [(row["longitude"], row["latitude"]) for row in pointed if row["sea"] == sea]
    return globe.center(within or [middle]) if pointed else NOWHERE


# --- the finding ---


def _more_in_more_seas(known: Rows, pair: Pair) -> str | None:
    """Report the first and the busiest year, if the busiest has at least three drills and at least twice as many as the first."""
    years = Counter(row["year"] for row in known)
    if not years:
        return None
    first, busiest = min(years), max(years, key=lambda year: (years[year], year))
    if years[busiest] < 3 or years[busiest] < 2 * years[first]:
        return None
    seas = len({sea for row in known if row["year"] == busiest for sea in row["seas"]})
    where = f" in {style.number(seas)} seas" if seas > 1 else ""
    return f"{pair.both} drilled at sea {style.times(years[first])} in {first}, {style.times(years[busiest])}{where} in {busiest}"


def _known_drills(known: Rows, pair: Pair) -> str | None:
    """Report the number of drills and of seas, or the sea if there is one."""
    if not known:
        return None
    seas = list(dict.fromkeys(sea for row in known for sea in row["seas"]))
    since = f" since {min(row['year'] for row in known)}, in {style.number(len(seas))} seas" if len(seas) > 1 else f", in the {seas[0]}"
    return f"{pair.both} have drilled at sea {style.times(len(known))}{since}"


def _none_known(_known: Rows, pair: Pair) -> str:
    """Report that no drill is well documented."""
    return f"No drill of {pair.both} at sea is well documented"


FINDINGS = [_more_in_more_seas, _known_drills, _none_known]


# --- words ---


def _notes(rows: Rows, shown: Rows, seas: Sequence[Sea]) -> list[str]:
    doubtful = [row["name"] for row in shown if not style.is_documented(row)]
    unplaced = len({row["exercise_id"] for sea in seas if sea.place == NOWHERE for row in sea.rows})
    earlier = len(rows) - len(shown)
    notes = ["A circle stands at the middle of the points in its sea, or of the sea if there is none, not at the place of one drill."]
    notes += [f"Not on the map, since no point is documented: {plural(unplaced, 'drill')}."] if unplaced else []
    notes += [f"Pale, and not counted, because they are not well documented: {style.listed(doubtful)}."] if doubtful else []
    return notes + ([f"Before {SINCE}: {plural(earlier, 'drill')}, not drawn."] if earlier else [])


# --- the map ---


class Map(NamedTuple):
    """A map with its land, its seas, and for each sea its circles, the outer first."""

    globe: Globe
    land: list[Row]
    seas: Sequence[Sea]
    circles: list[list[Row]]


def _map(
    con: duckdb.DuckDBPyConnection, seas: Sequence[Sea], hinge: framing.Event | None, pair: Pair, size: Size
) -> tuple[list[View], list[str]]:
    """Draw the seas near the middle of all drills on one map, those far from it on a small one in its corner."""
    if not seas:
        return [], []
    middle = globe.center([sea.place for sea in seas for _ in sea.known])
    near = [sea for sea in seas if globe.degrees_between(sea.place, middle) < FAR] or seas
    chain = _chain(con) if any(sea.is_enclosed for sea in near) else []
    height = 320.0 if size.is_narrow else 570.0
    box = (-float(size.margin), 0.0, float(size.plot), height)
    countries = globe.countries(con)
    main = _panel(countries, near, chain, box, 26 if size.is_narrow else 40, size)
    corner = (box[0], height - (70 if size.is_narrow else 140), box[0] + (118 if size.is_narrow else 210), height)
    far = [sea for sea in seas if sea not in near]
    insets = [_panel(countries, far, [], corner, 22 if size.is_narrow else 30, size)] if far else []
    line = [main.globe.px(place) for place in chain]
    named = [
        _names(main, line, [inset.globe.box for inset in insets], pair, size),
        *(_names(inset, [], [], pair, size) for inset in insets),
    ]
    unnamed = [name for _, names in named for name in names]
    keys = [(f"All drills since {SINCE}", "together-2"), *([(f"of these since {style.day(hinge.day)}", "together")] if hinge else [])]
    circles = [circle for panel in (main, *insets) for of in panel.circles for circle in of]
    layers = [
        *globe.drawn(main.land, main.globe), _dashed(line), *(view for inset in insets for view in globe.drawn(inset.land, inset.globe)),
        marks("circle", circles, given("x", "y", "size", "fill"), opacity=1, strokeWidth=1, stroke=colour("ground")),
        plot.written([row for text, _ in named for row in text]), *framing.head("", keys, size, size.width, 8).layers(),
    ]  # fmt: skip
    notes = [f"Without room for a name on the map: {style.listed(unnamed)}."] if unnamed else []
    return [layered(layers, size.plot, height)], notes


def _panel(countries: Rows, seas: Sequence[Sea], chain: Sequence[Point], box: Box, margin: float, size: Size) -> Map:
    view = Globe.around([*(sea.place for sea in seas), *chain], box, margin)
    return Map(view, globe.land(countries, view), seas, _circles(view, seas, 44 if size.is_narrow else 120))


def _chain(con: duckdb.DuckDBPyConnection) -> list[Point]:
    return [(row["longitude"], row["latitude"]) for row in ask(con, "select longitude, latitude from raw.island_chain order by position")]


def _dashed(line: Sequence[Point]) -> View:
    rows = [{"px": a[0], "py": a[1], "px2": b[0], "py2": b[1]} for a, b in pairwise(line)]
    return plot.ruled(rows, strokeDash=[5, 3], strokeWidth=1.6, stroke=colour("ink"))


def _circles(view: Globe, seas: Sequence[Sea], area: float) -> list[list[Row]]:
    """Return the circle of each sea and the inner circle of its drills since the hinge event, with `area` px² per drill."""
    radii = [math.sqrt(len(sea.known) * area / math.pi) for sea in seas]
    found = []
    for sea, (px, py), radius in zip(seas, _apart([view.px(sea.place) for sea in seas], radii), radii, strict=True):
        of = [(sea.known, "together-2"), *([(sea.later, "together")] if sea.later else [])]
        found.append([
            {
                "px": px, "py": py, "size": 4 * area * len(rows) / math.pi, "radius": radius, "fill": colour(fill), "sea": sea.name,
                **style.mark(rows, f"{sea.name}: {plural(len(rows), 'drill')} {_span(rows)}"),
            }
            for rows, fill in of
        ])  # fmt: skip
    return found


def _span(rows: Rows) -> str:
    return f"from {rows[0]['start_date']:%B %Y} to {rows[-1]['start_date']:%B %Y}" if len(rows) > 1 else f"in {rows[0]['start_date']:%B %Y}"


def _apart(points: Sequence[Point], radii: Sequence[float]) -> list[Point]:
    """Move overlapping circles apart, each by half of the overlap, until none overlap or after 60 rounds."""
    moved = list(points)
    for _ in range(60):
        for i, one in enumerate(moved):
            for j in range(i):
                other = moved[j]
                away = math.dist(one, other) or 1e-6
                push = (radii[i] + radii[j] + GAP - away) / 2
                if push > 0:
                    x, y = ((one[0] - other[0]) / away * push, (one[1] - other[1]) / away * push) if away > 1e-6 else (push, 0.0)
                    moved[j] = other[0] - x, other[1] - y
                    one = moved[i] = one[0] + x, one[1] + y
    return moved


def _names(panel: Map, line: Sequence[Point], reserved: Sequence[Box], pair: Pair, size: Size) -> tuple[list[Row], list[str]]:
    """Name the seas beside their circles, then the two states, the chain and the widest countries, none across the chain."""
    circles = [of[0] for of in panel.circles]
    taken = [*reserved, *dots(along(line, 8), 1), *(box for c in circles for box in dots([(c["px"], c["py"])], c["radius"]))]
    seas = [
        Label(f"{sea.name} {len(sea.known)}", _beside(c), size.label, bold=True, far=c["radius"] + 4)
        for sea, c in zip(panel.seas, circles, strict=True)
    ]
    chain = [Label(CHAIN, [(x, y, side) for side in ("right", "left") for x, y in line[::-1]], far=8)] if line else []
    countries = globe.names(panel.land, panel.globe, size, {pair.iso3_a: "first", pair.iso3_b: "second"})
    names = _with_states(seas, countries[:2], taken, panel.globe.box, size)
    others = placed([*chain, *countries[2:COUNTRIES]], names.boxes, panel.globe.box, size)
    return [*names.rows, *others.rows], [label.text for label in names.left_over]


def _with_states(seas: Sequence[Label], states: Sequence[Label], taken: Sequence[Box], bounds: Box, size: Size) -> Placed:
    """Place the names of seas, and those of the two states after them or, without room, at the first spot that leaves room for all seas."""
    names = placed(seas, taken, bounds, size)
    ordered = list(seas)
    for state in states:
        for labels in ([*ordered, state], *([state._replace(spots=[spot]), *ordered] for spot in state.spots)):
            tried = placed(labels, taken, bounds, size)
            if len(tried.left_over) == len(names.left_over):
                names, ordered = tried, labels
                break
    return names


def _beside(circle: Row) -> list[Spot]:
    """Return the spots around a circle, then those a little higher and lower on its sides, and those shifted along its top and bottom."""
    x, y = circle["px"], circle["py"]
    shifted = [(x + dx, y, side) for dx in (-20, 20, -40, 40) for side in ("above", "below")]
    return [*around(x, y, "right left above below"), *((x, y + dy, side) for dy in (-9, 9) for side in ("right", "left")), *shifted]


# --- the calendar ---


class Line(NamedTuple):
    """A sea's place in the calendar: the px of its top, and its drills with their px from the left and their lanes."""

    sea: Sea
    top: float
    drills: list[tuple[Row, float, int]]

    @property
    def height(self) -> float:
        """Return the height of the row in px."""
        return max((lane for *_, lane in self.drills), default=0) * SYMBOL + SYMBOL + 7


def _calendar(con: duckdb.DuckDBPyConnection, seas: Sequence[Sea], events: Sequence[framing.Event], size: Size) -> Panel:
    """Draw one row per sea, grouped by region, with one symbol per drill at its day; above, the number of drills per year."""
    rows = list({row["exercise_id"]: row for sea in seas for row in sea.rows}.values())
    first, last = plot.year_span(row["year"] for row in rows)
    area = Plot(size.plot, 0, (first - 0.5, last + 0.5), (0, 1))
    lines, headings, height = _layout(seas, area, size)
    area = area._replace(height=height, y_domain=(height, 0))
    patrols = {row["exercise_id"] for row in ask(con, "select exercise_id from core.exercise where is_patrol")}
    drills = [_symbol(row, x, line, lane, patrols) for line in lines for row, x, lane in line.drills]
    kinds = [kind for kind in SHAPES if any(drill["kind"] == kind for drill in drills)]
    frame = framing.framed(area, events, size, keys=[(kind, "muted") for kind in kinds], least=8, at=framing.between_years)
    symbols = [at | {"shape": SHAPES[kind], "kind": kind, "opacity": 1} for at, kind in zip(frame.head.symbols, kinds, strict=True)]
    grid = [(area.px(year - 0.5), 0.0, area.px(year - 0.5), height) for year in range(first + 1, last + 1)]
    numbers = _numbers(rows, area, size, frame.lines)
    return frame.around(
        plot.uprights(grid, stroke=colour("grid")),
        *_symbols(drills, True),
        plot.written([*headings, *numbers, *(_sea_name(line, size) for line in lines)]),
        layer("point", [{"year": first, "at": height}], {"x": area.years("year", size)}, opacity=0, color=colour("ground")),
        symbols=_symbols(symbols, False),
    )


def _numbers(rows: Rows, area: Plot, size: Size, lines: Sequence[Box]) -> Rows:
    """Write the number of documented drills of each year, beside its middle if an event's line is there."""
    first, last = area.span
    counts = dict.fromkeys(range(first, last + 1), 0) | Counter(row["year"] for row in filter(style.is_documented, rows))
    labels = [
        Label(str(n), [(area.px(year) + dx, size.label * 0.8, "on") for dx in (0, -4, 4, -8, 8)], bold=True) for year, n in counts.items()
    ]
    return placed(labels, [], (0, 0, area.width, area.height), size, lines).rows


def _layout(seas: Sequence[Sea], area: Plot, size: Size) -> tuple[list[Line], list[Row], float]:
    """Place the seas by group, the enclosed ones first, then most drills first; return headings and the height too."""
    groups = defaultdict[str, list[Sea]](list)
    regions = {sea.region for sea in seas if sea.is_enclosed}
    for sea in sorted(seas, key=lambda sea: not sea.is_enclosed):
        rest = f"Rest of the {sea.region}" if sea.region in regions else sea.region
        groups[f"Inside the {CHAIN.lower()}" if sea.is_enclosed else rest].append(sea)
    look = {"px": -size.margin, "size": size.label, "weight": "bold"}
    headings = [{"text": "Drills a year", "py": size.label * 0.8, **look}]
    lines, top = [], size.label * 2
    for group, of in groups.items():
        for text in style.wrap(group, size.label * style.BOLD, size.margin - 4):
            headings.append({"text": text, "py": top + size.label * 0.8, **look})
            top += size.label * LEADING
        top += size.label * 0.4
        for sea in of:
            lines.append(Line(sea, top, _lanes(sea.rows, area)))
            top += lines[-1].height
        top += 6
    return lines, headings, top


def _lanes(rows: Rows, area: Plot) -> list[tuple[Row, float, int]]:
    """Place a sea's drills by day, each in the first lane in which it does not touch the drill before."""
    ends: list[float] = []
    placed = []
    for row in sorted(rows, key=_day):
        x = area.px(framing.between_years(_day(row)))
        lane = next((i for i, end in enumerate(ends) if end + SYMBOL <= x), len(ends))
        ends[lane : lane + 1] = [x]
        placed.append((row, x, lane))
    return placed


def _day(row: Row) -> dt.date:
    """Return the day of a drill, or the middle of the month or year if no day is known."""
    start: dt.date = row["start_date"]
    return {"month": start.replace(day=15), "year": start.replace(month=7, day=1)}.get(row["date_precision"], start)


def _symbol(row: Row, x: float, line: Line, lane: int, patrols: set[str]) -> Row:
    kind = OTHERS if row["format"] != "bilateral" else PATROL if row["exercise_id"] in patrols else ALONE
    began = {"month": f"{row['start_date']:%B %Y}", "year": str(row["year"])}.get(row["date_precision"], style.day(row["start_date"]))
    fill = colour("together" if row in line.sea.later else "together-2")
    return {
        "px": x, "py": line.top + (lane + 0.5) * SYMBOL + 3, "kind": kind, "shape": SHAPES[kind], "fill": fill, "stroke": fill,
        "opacity": 1 if style.is_documented(row) else style.PALE,
        **style.mark([row], f"{row['name']}, {began}: {style.listed(row['seas'])}; {kind[0].lower()}{kind[1:]}"),
    }  # fmt: skip


def _symbols(rows: Rows, is_mark: bool) -> list[View]:
    """Draw symbols, those of patrols with a hole."""
    drawn = marks if is_mark else layer
    holes = [{"px": row["px"], "py": row["py"]} for row in rows if row["kind"] == PATROL]
    return [
        drawn("point", rows, given("x", "y", "shape", "fill", "opacity"), filled=True, size=95, strokeWidth=0),
        layer("circle", holes, given("x", "y"), size=22, opacity=1, fill=colour("ground")),
    ]


def _sea_name(line: Line, size: Size) -> Row:
    return {
        "text": style.shorten(line.sea.name, size.small, size.margin - 8), "px": -size.margin, "py": line.top + 3 + SYMBOL / 2, "size": size.small,
    }  # fmt: skip
