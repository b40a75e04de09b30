"""Draw the members of a pair's blocs on a map, one colour per bloc and another for members of several."""

from collections.abc import Mapping, Sequence

import duckdb

from warehouse.visuals import framing, globe, plot, style
from warehouse.visuals.globe import Globe
from warehouse.visuals.labels import Label, Point, Spot, dots, placed
from warehouse.visuals.pair import Row, Rows
from warehouse.visuals.plot import Panel
from warehouse.visuals.style import Size, colour, listed, the
from warehouse.visuals.vegalite import given, layered, marks

SEVERAL = "bloc-3"  # the colour of members of several blocs
DISPUTES = "Land is Natural Earth's, which gives disputed land to the state that controls it; that is no judgement of whose it is."


def members(con: duckdb.DuckDBPyConnection, rows: Rows, fills: Mapping[str, str], size: Size) -> Panel:
    """Draw the members of the day on land, each in the colour of its bloc and named as far as there is room.

    Args:
        con: the release.
        rows: memberships, each an undisputed one.
        fills: the colour of each bloc.
        size: the width that is drawn for.
    """
    of_states = {iso3: [row for row in rows if row["iso3"] == iso3] for iso3 in dict.fromkeys(row["iso3"] for row in rows)}
    groups: dict[tuple[str, ...], list[str]] = {}
    for iso3, of in of_states.items():
        groups.setdefault(tuple(sorted(row["bloc"] for row in of)), []).append(iso3)
    colours = {iso3: fills[key[0]] if len(key) == 1 else SEVERAL for key, states in groups.items() for iso3 in states}
    countries = globe.countries(con)
    own = [feature for feature in countries if feature["iso3"] in of_states]
    box = (-float(size.margin), 0.0, float(size.plot), 200.0 if size.is_narrow else 560.0)
    view = Globe.around([place for feature in own for place in globe.outline(feature)], box, 6, globe.WORLD)
    shapes = [feature | {"fill": colour(colours[feature["iso3"]]), **_mark(of_states[feature["iso3"]])} for feature in own]
    look = {"stroke": colour("ground"), "strokeWidth": 0.7, "clip": False}
    names, unnamed = _names(own, view, size)
    keys = [(heading(key, groups), colours[groups[key][0]]) for key in sorted(groups, key=lambda key: (-len(key), key))]
    layers = [
        *globe.drawn(globe.land([feature for feature in countries if feature not in own], view), view),
        marks("geoshape", shapes, given("fill"), **look) | {"projection": view.projection()},
        plot.written(names),
        *framing.head("", keys, size, size.width, 8).layers(),
    ]
    notes = [f"Members without room for a name: {style.listed(unnamed)}."] if unnamed else []
    return layered(layers, size.plot, box[3]), [*notes, DISPUTES]


def _names(features: Sequence[Row], view: Globe, size: Size) -> tuple[Rows, list[str]]:
    """Name countries on their land, or else beside it, clear of every outline; return the names without room too."""
    on_land = placed(globe.names(features, view, size, dict.fromkeys((f["iso3"] for f in features), "ground")), [], view.box, size)
    outlines = {feature["name"]: [view.px(place) for place in globe.outline(feature)] for feature in features}
    named = {row["text"] for row in on_land.rows}
    beside = [Label(name, _beside(points), bold=True, far=6) for name, points in outlines.items() if name not in named]
    taken = [*on_land.boxes, *dots(point for points in outlines.values() for point in points)]
    others = placed(beside, taken, view.box, size)
    return [*on_land.rows, *others.rows], [label.text for label in others.left_over]


def _beside(points: Sequence[Point]) -> list[Spot]:
    """Return the middles of the sides of these points' box."""
    (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*points, strict=True))
    x, y = (left + right) / 2, (top + bottom) / 2
    return [(left, y, "left"), (right, y, "right"), (x, bottom, "below"), (x, top, "above")]


def heading(blocs: tuple[str, ...], groups: Mapping[tuple[str, ...], Sequence[str]]) -> str:
    """Return the name of one of these groups of states, by the blocs that they belong to: `Members of BRICS alone (6)`."""
    alone = " alone" if len(blocs) == 1 and len(groups) > 1 else ""
    return f"Members of {listed([the(bloc) for bloc in blocs])}{alone} ({len(groups[blocs])})"


def _mark(of: Sequence[Row]) -> Row:
    since = listed([f"of {the(row['bloc'])} since {style.day(row['since'])}" for row in of])
    return style.mark(of, f"{of[0]['country_name']}: member {since}")
