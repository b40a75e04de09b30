"""Project places and land onto an equal-area map, and choose the names of countries that fit on it.

Put geometry here, not the choice of rows or titles (`drills`, `blocs`).
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import duckdb

from warehouse.visuals.labels import Box, Label, Point
from warehouse.visuals.pair import Row, ask
from warehouse.visuals.style import Size, colour, text_width
from warehouse.visuals.vegalite import View, given, layer

PART, WORLD = "azimuthalEqualArea", "equalEarth"  # Vega's projections for a part of the globe and for most of it
LEAST_SPAN = 0.35  # radians that a map shows at least
HORIZON = 120  # degrees from the middle beyond which no land is drawn
LINES = range(3, 18)  # twentieths of a country's height at which its name may stand


class Globe(NamedTuple):
    """An equal-area map: the place in its middle, px per radian, where the middle is, the box that it fills, in px, and its projection."""

    middle: Point
    scale: float
    at: Point
    box: Box
    kind: str

    @classmethod
    def around(cls, places: Sequence[Point], box: Box, margin: float, kind: str = PART) -> "Globe":
        """Return the map that shows all places in this box, at the largest scale that leaves `margin` px around them."""
        middle = center(places)
        flat = [FLAT[kind](middle, place) for place in places]
        (west, south), (east, north) = (tuple(side(values) for values in zip(*flat, strict=True)) for side in (min, max))
        width, height = (max(box[2 + i] - box[i] - 2 * margin, 1) for i in (0, 1))
        scale = min(width / max(east - west, LEAST_SPAN), height / max(north - south, LEAST_SPAN))
        at = (box[0] + box[2]) / 2 - (west + east) / 2 * scale, (box[1] + box[3]) / 2 + (south + north) / 2 * scale
        return cls(middle, scale, at, box, kind)

    def px(self, place: Point) -> Point:
        """Return the point of a place in px."""
        x, y = FLAT[self.kind](self.middle, place)
        return self.at[0] + x * self.scale, self.at[1] - y * self.scale

    def shows(self, point: Point) -> bool:
        """Return True if a point is inside the box."""
        return self.box[0] <= point[0] <= self.box[2] and self.box[1] <= point[1] <= self.box[3]

    def projection(self) -> Row:
        """Return the same map for Vega-Lite."""
        turned = (
            {"rotate": [-self.middle[0], 0, 0]}
            if self.kind == WORLD
            else {"rotate": [-self.middle[0], -self.middle[1], 0], "clipAngle": HORIZON}
        )
        box = [list(self.box[:2]), list(self.box[2:])]
        return {"type": self.kind, "scale": self.scale, "translate": list(self.at), "clipExtent": box, **turned}


def _flat(middle: Point, place: Point) -> Point:
    """Return a place on Lambert's azimuthal equal-area projection, in radians east and north of the middle."""
    lon, lat, lat0 = math.radians(place[0] - middle[0]), math.radians(place[1]), math.radians(middle[1])
    cosine = math.sin(lat0) * math.sin(lat) + math.cos(lat0) * math.cos(lat) * math.cos(lon)
    k = math.sqrt(2 / max(1 + cosine, 1e-9))
    return k * math.cos(lat) * math.sin(lon), k * (math.cos(lat0) * math.sin(lat) - math.sin(lat0) * math.cos(lat) * math.cos(lon))


def _flat_world(middle: Point, place: Point) -> Point:
    """Return a place on the Equal Earth projection (Šavrič, Patterson and Jenny 2018), in radians east of the middle and north of the equator."""
    lon = math.radians((place[0] - middle[0] + 180) % 360 - 180)
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(place[1])))
    a, b, c, d = 1.340264, -0.081106, 0.000893, 0.003796
    x = lon * math.cos(t) / (math.sqrt(3) / 2 * (a + 3 * b * t**2 + t**6 * (7 * c + 9 * d * t**2)))
    return x, t * (a + b * t**2 + t**6 * (c + d * t**2))


FLAT = {PART: _flat, WORLD: _flat_world}


def center(places: Sequence[Point]) -> Point:
    """Return the middle of places on the sphere."""
    x, y, z = (sum(values) for values in zip(*(_on_sphere(place) for place in places), strict=True))
    return round(math.degrees(math.atan2(y, x)), 3), round(math.degrees(math.atan2(z, math.hypot(x, y))), 3)


def degrees_between(one: Point, other: Point) -> float:
    """Return the angle between two places as seen from the globe's middle."""
    cosine = sum(a * b for a, b in zip(_on_sphere(one), _on_sphere(other), strict=True))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _on_sphere(place: Point) -> tuple[float, float, float]:
    lon, lat = math.radians(place[0]), math.radians(place[1])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def countries(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return all countries as features with their names and codes."""
    rows = ask(con, "select name, iso3, geometry from core.country_shape order by name")
    return [{"type": "Feature", "geometry": json.loads(row["geometry"]), "name": row["name"], "iso3": row["iso3"]} for row in rows]


def land(features: Sequence[Row], globe: Globe) -> list[Row]:
    """Return the countries with a part of their area on the map."""
    return [f for f in features if f["geometry"]["type"] != "Point" and any(globe.shows(globe.px(place)) for place in outline(f))]


def outline(feature: Row) -> list[Point]:
    """Return the places on a country's outer boundaries; one without an area is its point."""
    geometry = feature["geometry"]
    places = [geometry["coordinates"]] if geometry["type"] == "Point" else [place for ring in _rings(geometry) for place in ring]
    return [(lon, lat) for lon, lat in places]


def _rings(geometry: Mapping[str, Any]) -> list[list[Point]]:
    """Return the outer rings of a Polygon or MultiPolygon; none for a Point."""
    polygons = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}.get(geometry["type"], [])
    return [polygon[0] for polygon in polygons]


def drawn(features: Sequence[Row], globe: Globe) -> list[View]:
    """Draw water and land. No boundary is drawn, so that a map of seas takes no side in a dispute about one."""
    left, top, right, bottom = globe.box
    sea = {"px": left, "px2": right, "py": top, "py2": bottom}
    shape = {"type": "GeometryCollection", "geometries": [feature["geometry"] for feature in features]}
    return [
        layer("rect", [sea], given("x", "x2", "y", "y2"), fill=colour("water"), stroke=colour("grid")),
        layer("geoshape", [shape], {}, fill=colour("land"), stroke=colour("land"), strokeWidth=1.5, clip=False)
        | {"projection": globe.projection()},
    ]


def names(features: Sequence[Row], globe: Globe, size: Size, fills: Mapping[str, str]) -> list[Label]:
    """Return the names of countries that fit on their land: those in `fills` first, in their colours, then the widest."""
    found = []
    for feature in features:
        named = fills.get(feature["iso3"])
        wide = text_width(feature["name"], size.small, bold=named is not None) + 8
        lines = sorted(_across(feature["geometry"], globe, size.small / 2, wide), reverse=True)
        if lines:
            spots = [(x, y, "on") for _, x, y in lines]
            found.append((named is None, -lines[0][0], Label(feature["name"], spots, bold=named is not None, fill=named or "muted")))
    return [label for *_, label in sorted(found, key=lambda item: item[:2])]


def _across(geometry: Mapping[str, Any], globe: Globe, half: float, least: float) -> Iterator[tuple[float, float, float]]:
    """Yield the width and the middle of bands across a country's land on the map that are wider than `least` px.

    A band is `half` px high above and below its middle.
    """
    for ring in _rings(geometry):
        points = [globe.px((lon, lat)) for lon, lat in ring]
        if max(x for x, _ in points) - min(x for x, _ in points) <= least:
            continue
        low, high = max(min(y for _, y in points), globe.box[1]), min(max(y for _, y in points), globe.box[3])
        for y in (low + (high - low) * share / 20 for share in LINES):
            for spans in product(*(_spans(points, globe, at) for at in (y - half, y, y + half))):
                left, right = max(west for west, _ in spans), min(east for _, east in spans)
                if right - left > least:
                    yield right - left, (left + right) / 2, y


def _spans(points: Sequence[Point], globe: Globe, y: float) -> list[tuple[float, float]]:
    """Return where a ring's land begins and ends at a height of the map."""
    edges = zip(points, [*points[1:], points[0]], strict=True)
    cuts = sorted(x1 + (y - y1) / (y2 - y1) * (x2 - x1) for (x1, y1), (x2, y2) in edges if (y1 < y) != (y2 < y))
    return [(max(west, globe.box[0]), min(east, globe.box[2])) for west, east in zip(cuts[::2], cuts[1::2], strict=False)]
