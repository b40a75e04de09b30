"""Draw the two maps: frames on the globe, coastlines, and symbols and names without overlap.

Put geometry, projections and placement here, not the choice of rows or titles (`military`, `diplomacy`).
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import altair as alt
import duckdb

from warehouse.visuals import forms, style
from warehouse.visuals.forms import Point, data
from warehouse.visuals.pair import ask

SYMBOL = 6.5  # px from a symbol's centre to its edge
DETAIL = (46, 36)  # degrees of longitude and latitude that an enlargement may span
CROWD = 6  # the fewest drills that get an enlargement
BEGAN = {"month": "{:%B %Y}".format, "year": "{:%Y}".format}  # formats of a date that is not known to the day
SHAPES = {"bilateral": "circle", "multilateral": "diamond"}
ROW = 8  # px: height of the rows that index the land
WATER_NEAR = 45  # px: within this distance a sea's name avoids land
DOT = 1.9  # degrees from the centre to the edge of a country too small for a shape
WORLD_SCALE = forms.WIDTH / 5.48  # natural earth projection: the whole equator in the picture's width
WORLD_ROTATION = -11  # cuts the map in the Bering Strait
WORLD_TOP = 150  # px from the upper edge to the equator
WORLD_HEIGHT = 262


class Disputed(NamedTuple):
    """A part of a country's shape that two states claim; it is drawn as a separate area in the colour of neither."""

    name: str
    part_of: str  # name of the shape that contains it
    within: tuple[float, float, float, float]  # west, south, east, north: contains this part of the shape and no other
    reason: str


# Natural Earth draws boundaries by control of an area; Crimea is a separate part of Russia's shape
DISPUTED = (
    Disputed(
        "Crimea",
        "Russia",
        (32, 44, 37, 46.5),
        "annexed by Russia in 2014; the UN General Assembly (resolution 68/262) counts it as Ukraine",
    ),
)


class Frame(NamedTuple):
    """A Mercator map: its middle meridian, px per radian, the northing (radians) of its upper edge, and its size in px."""

    middle: float
    scale: float
    top: float
    width: float
    height: float

    @classmethod
    def around(cls, places: Sequence[Point], margin: float, least: float, highest: float) -> "Frame":
        """Return the frame around these places with `margin` degrees, at least `least` degrees wide and at most `highest` px high."""
        west = _west(places)
        lons = [(lon - west) % 360 for lon, _ in places]
        span = max(max(lons) + 2 * margin, least)
        middle = west + max(lons) / 2
        lats = [lat for _, lat in places]
        south, north = (_northing(max(-75.0, min(78.0, lat))) for lat in (min(lats) - margin, max(lats) + margin))
        scale = min(forms.WIDTH / math.radians(min(span, 360)), highest / (north - south))
        height = max(220.0, (north - south) * scale)
        return cls(middle, scale, (north + south) / 2 + height / scale / 2, forms.WIDTH, round(height))

    def px(self, place: Point) -> Point:
        """Return the point of the picture for a place."""
        lon = (place[0] - self.middle + 180) % 360 - 180
        return self.width / 2 + math.radians(lon) * self.scale, (self.top - _northing(place[1])) * self.scale

    def outline(self, ring: Sequence[Point]) -> list[Point]:
        """Return an unwrapped ring on the picture, unbroken even if it crosses the meridian opposite the picture's middle."""
        first = self.px(ring[0])[0]
        return [(first + math.radians(lon - ring[0][0]) * self.scale, self.px((lon, lat))[1]) for lon, lat in ring]

    def place(self, px: Point) -> Point:
        """Return the place for a point of the picture."""
        lat = math.degrees(2 * math.atan(math.exp(self.top - px[1] / self.scale)) - math.pi / 2)
        return (self.middle + math.degrees((px[0] - self.width / 2) / self.scale) + 180) % 360 - 180, lat

    def holds(self, place: Point, margin: float = 0) -> bool:
        """Return True if a place is on the picture, or less than `margin` px outside."""
        x, y = self.px(place)
        return -margin <= x <= self.width + margin and -margin <= y <= self.height + margin

    def projection(self) -> dict[str, Any]:
        """Return the same frame for Vega-Lite."""
        return {
            "type": "mercator", "scale": round(self.scale, 4), "rotate": [round(-self.middle, 4), 0, 0],
            "translate": [self.width / 2, round(self.top * self.scale, 3)], "clipExtent": [[0, 0], [self.width, self.height]],
        }  # fmt: skip


def _northing(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(max(-89.0, min(89.0, lat))) / 2))


def _west(places: Sequence[Point]) -> float:
    """Return the westernmost longitude: the first one east of the widest gap around the globe."""
    lons = sorted({lon % 360 for lon, _ in places})
    gaps = [((lon - lons[i - 1]) % 360 or 360, lon) for i, lon in enumerate(lons)]
    return max(gaps)[1]


def shapes(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Read every country shape: name, iso3 and GeoJSON geometry; disputed parts are separate shapes."""
    rows = ask(con, "select name, iso3, geometry from core.country_shape order by name")
    return [part for row in rows for part in _apart({**row, "geometry": json.loads(row["geometry"])})]


def _apart(shape: dict[str, Any]) -> list[dict[str, Any]]:
    """Split a country's shape into the undisputed rest and the disputed parts, which have no iso3."""
    parts = []
    for disputed in (d for d in DISPUTED if d.part_of == shape["name"] and shape["geometry"]["type"] == "MultiPolygon"):
        polygons = shape["geometry"]["coordinates"]
        west, south, east, north = disputed.within
        inside = [p for p in polygons if all(west <= lon <= east and south <= lat <= north for lon, lat in p[0])]
        shape = shape | {"geometry": {"type": "MultiPolygon", "coordinates": [p for p in polygons if p not in inside]}}
        parts += [{"name": disputed.name, "iso3": None, "geometry": {"type": "Polygon", "coordinates": polygon}} for polygon in inside]
    return [shape, *parts]


def rings(geometry: Mapping[str, Any]) -> list[list[Point]]:
    """Return the rings of a Polygon or MultiPolygon, each without a jump at the antimeridian; none for a Point."""
    if geometry["type"] == "Point":
        return []
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [_unwrapped(ring) for polygon in polygons for ring in polygon]


def _unwrapped(ring: Sequence[Sequence[float]]) -> list[Point]:
    points: list[Point] = []
    for lon, lat in ring:
        before = points[-1][0] if points else lon
        points.append((lon + 360 * round((before - lon) / 360), lat))
    return points


def dot(place: Sequence[float]) -> dict[str, Any]:
    """Return a circle for a small country, clockwise, as the projections require."""
    lon, lat = place
    turns = [-2 * math.pi * i / 16 for i in range(17)]
    ring = [[round(lon + DOT * math.cos(t) / math.cos(math.radians(lat)), 2), round(lat + DOT * math.sin(t), 2)] for t in turns]
    return {"type": "Polygon", "coordinates": [ring]}


def drill_map(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], enclosed: set[str], ages: Sequence[str]) -> Any:
    """Draw symbols on coastlines: one map, or an overview and below it an enlargement of the place with most drills."""
    places = [(row["longitude"], row["latitude"]) for row in rows]
    crowd = _crowd(places)
    land = shapes(con)
    look = _ages(rows, ages)
    if len(crowd) < CROWD or len(crowd) == len(rows):
        return _panel(land, rows, Frame.around(places, 9, 50, 460), enclosed, look, None)
    near = [rows[i] for i in crowd]
    far = [row for i, row in enumerate(rows) if i not in set(crowd)]
    detail = Frame.around([places[i] for i in crowd], 4.5, 44, 430)
    overview = Frame.around(places, 8, 60, 360)
    upper = _panel(land, far, overview, enclosed, look, (detail, f"{style.plural(len(near), 'drill')}, enlarged below"))
    lower = _panel(land, near, detail, enclosed, look._replace(legend=False), None)
    return alt.vconcat(upper, lower, spacing=10).resolve_scale(fill="independent", shape="independent")


def _crowd(places: Sequence[Point]) -> list[int]:
    """Return the indices of the places in the fullest window of DETAIL degrees around one of them."""
    wide, high = DETAIL[0] / 2, DETAIL[1] / 2

    def near(middle: Point) -> list[int]:
        return [
            i for i, (lon, lat) in enumerate(places) if abs((lon - middle[0] + 180) % 360 - 180) <= wide and abs(lat - middle[1]) <= high
        ]

    return max((near(place) for place in places), key=len)


class Look(NamedTuple):
    """Colours of the spans of years, and whether the panel carries the legend."""

    spans: list[tuple[int, int]]
    colours: list[str]
    legend: bool = True

    def span(self, year: int) -> str:
        """Return the span of a year as in the legend."""
        first, last = next(s for s in self.spans if s[0] <= year <= s[1])
        return str(first) if first == last else f"{first}–{last}"


def _ages(rows: Sequence[dict[str, Any]], ages: Sequence[str]) -> Look:
    first, last = min(row["year"] for row in rows), max(row["year"] for row in rows)
    step = math.ceil((last - first + 1) / len(ages))
    spans = [(start, min(start + step - 1, last)) for start in range(first, last + 1, step)]
    return Look(spans, list(ages[-len(spans) :]))


def _panel(
    land: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    frame: Frame,
    enclosed: set[str],
    look: Look,
    enlarged: tuple[Frame, str] | None,
) -> style.Layers:
    true = [frame.px((row["longitude"], row["latitude"])) for row in rows]
    near = [shape for shape in land if any(frame.holds(point, 150) for ring in rings(shape["geometry"]) for point in ring)]
    coast = [{"type": "Feature", "geometry": shape["geometry"], "name": shape["name"]} for shape in near]
    shores = [frame.outline(ring) for shape in near for ring in rings(shape["geometry"]) if any(map(frame.holds, ring))]
    is_land = _land(shores, frame)
    moved = forms.spread(true, SYMBOL + 0.6, lambda px: _floats(px, frame, is_land))
    layers = [
        alt.Chart(data(coast)).mark_geoshape(fill=forms.LAND, stroke="white", strokeWidth=0.6, tooltip=None),
        _leaders(frame, true, moved),
        _symbols(frame, rows, moved, look),
        *_sea_names(frame, rows, moved, enclosed, _corner(frame, enlarged), is_land),
        *_box(frame, enlarged),
    ]
    return alt.layer(*layers).properties(
        width=frame.width, height=frame.height, view=alt.ViewBackground(fill=forms.WATER, stroke=forms.PALE)
    ).project(**frame.projection())  # fmt: skip


def _located(frame: Frame, px: Point, suffix: str = "") -> dict[str, float]:
    lon, lat = frame.place(px)
    return {f"lon{suffix}": round(lon, 3), f"lat{suffix}": round(lat, 3)}


def _leaders(frame: Frame, true: Sequence[Point], moved: Sequence[Point]) -> alt.Chart:
    """Draw thin lines from the place of each moved symbol to the symbol."""
    return _ruled(
        [_located(frame, a) | _located(frame, b, "2") for a, b in zip(true, moved, strict=True) if math.dist(a, b) > SYMBOL], forms.GREY
    )


def _ruled(lines: Sequence[dict[str, float]], colour: str) -> alt.Chart:
    encoded = {"longitude": "lon:Q", "latitude": "lat:Q", "longitude2": "lon2:Q", "latitude2": "lat2:Q"}
    return alt.Chart(data(lines)).mark_rule(stroke=colour, strokeWidth=0.8, tooltip=None).encode(**encoded)


def _symbols(frame: Frame, rows: Sequence[dict[str, Any]], moved: Sequence[Point], look: Look) -> alt.Chart:
    marks = [
        _located(frame, px) | {
            "name": row["name"], "start": BEGAN.get(row["date_precision"], style.day)(row["start_date"]), "years": look.span(row["year"]), "format": row["format"],
            "seas": ", ".join(row["seas"]), "others": ", ".join(row["other_participants"]), "precision": row["coordinate_precision"],
            **forms.stands_for([row]),
        }
        for row, px in zip(rows, moved, strict=True)
    ]  # fmt: skip
    spans = [look.span(first) for first, _ in look.spans]
    legend = alt.Legend(symbolStrokeColor=forms.INK) if look.legend else None
    return (
        alt.Chart(data(marks))
        .mark_point(filled=True, size=math.pi * SYMBOL**2, stroke=forms.INK, strokeWidth=0.9, opacity=1)
        .encode(
            longitude="lon:Q", latitude="lat:Q",
            fill=alt.Fill("years:O", scale=alt.Scale(domain=spans, range=look.colours), legend=legend),
            shape=alt.Shape("format:N", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())), legend=legend),
            tooltip=forms.tooltip(name="Drill", start="Began", format="Format", seas="Seas", others="Also took part", precision="Position stands for"),
        )
    )  # fmt: skip


Box = tuple[float, float, float, float]  # left, top, right, bottom in px


def _corner(frame: Frame, enlarged: tuple[Frame, str] | None) -> list[Box]:
    if not enlarged:
        return []
    inner, _ = enlarged
    (left, top), (right, bottom) = (frame.px(inner.place(corner)) for corner in ((0, 0), (inner.width, inner.height)))
    return [(left, top, right, bottom)]


def _box(frame: Frame, enlarged: tuple[Frame, str] | None) -> list[alt.Chart]:
    """Draw the outline of the part that the second map enlarges, with its label inside."""
    marks: list[alt.Chart] = []
    label = enlarged[1] if enlarged else ""
    for left, top, right, bottom in _corner(frame, enlarged):
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        path = [_located(frame, corner) | {"order": i} for i, corner in enumerate(corners)]
        encoded = {"longitude": "lon:Q", "latitude": "lat:Q", "order": "order:Q"}
        marks.append(alt.Chart(data(path)).mark_line(stroke=forms.INK, strokeWidth=1.4, tooltip=None).encode(**encoded))
        words = style.wrap(label, forms.SMALL, right - left - 10)
        lines = [_located(frame, ((left + right) / 2, top + 14 + i * 17)) | {"text": line} for i, line in enumerate(words)]
        text = alt.Chart(data(lines)).mark_text(fontSize=forms.SMALL, fontWeight="bold", stroke=None)
        marks.append(text.encode(longitude="lon:Q", latitude="lat:Q", text="text:N"))
    return marks


def _sea_names(
    frame: Frame,
    rows: Sequence[dict[str, Any]],
    moved: Sequence[Point],
    enclosed: set[str],
    occupied: Iterable[Box],
    is_land: Callable[[Point], bool],
) -> list[alt.Chart]:
    """Draw each sea's name and count beside its drills, without overlap; bold if the first island chain encloses it."""
    occupied = [*occupied, *((x - SYMBOL, y - SYMBOL, x + SYMBOL, y + SYMBOL) for x, y in moved)]
    names, lines = [], []
    for sea, count in sorted(Counter(row["sea"] for row in rows).items(), key=lambda item: (-item[1], item[0])):
        marks = [px for row, px in zip(rows, moved, strict=True) if row["sea"] == sea]
        text, bold = f"{sea} {count}", sea in enclosed
        half = style.text_width(text, forms.LABEL) * (1.08 if bold else 1) / 2 + 2
        box = _free_box(marks, half, occupied, frame, is_land)
        occupied.append(box)
        keys = [row["key"] for row in rows if row["sea"] == sea]
        names.append(_located(frame, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)) | {"text": text, "enclosed": bold, "keys": keys})
        end, symbol = min(((_nearest(box, mark), mark) for mark in marks), key=lambda pair: math.dist(*pair))
        away = math.dist(end, symbol)
        # symbols of other seas are about as near: a line shows which symbol the name belongs to
        others = [px for row, px in zip(rows, moved, strict=True) if row["sea"] != sea]
        if away > 3 * SYMBOL or any(math.dist(_nearest(box, other), other) < 1.6 * away for other in others):
            share = min(1, SYMBOL / away)
            edge = (symbol[0] + (end[0] - symbol[0]) * share, symbol[1] + (end[1] - symbol[1]) * share)
            lines.append(_located(frame, end) | _located(frame, edge, "2"))
    encoded = {"longitude": "lon:Q", "latitude": "lat:Q", "text": "text:N"}
    layers = [_ruled(lines, "#123c5a")]
    kinds: list[tuple[bool, dict[str, Any]]] = [(True, {"fontWeight": "bold"}), (False, {"fontStyle": "italic"})]
    for bold, kind in kinds:
        chosen = data([name for name in names if name["enclosed"] is bold])
        halo = alt.Chart(chosen).mark_text(stroke="white", strokeWidth=3, strokeJoin="round", tooltip=None, **kind).encode(**encoded)
        layers += [halo, alt.Chart(chosen).mark_text(color="#123c5a", tooltip=None, **kind).encode(**encoded)]
    return layers


def _free_box(marks: Sequence[Point], half: float, occupied: Sequence[Box], frame: Frame, is_land: Callable[[Point], bool]) -> Box:
    """Return the available box for a name nearest to the middle of its symbols, preferably on water."""
    x0, y0 = (sorted(values)[len(values) // 2] for values in zip(*marks, strict=True))
    tall, candidates = 9, []
    for away in range(6, 200, 6):
        for turn in (90, 270, 0, 180, 45, 135, 315, 225):
            x = x0 + (half + away) * math.cos(math.radians(turn))
            y = y0 + (tall + away) * math.sin(math.radians(turn))
            x, y = min(max(x, half + 2), frame.width - half - 2), min(max(y, tall + 2), frame.height - tall - 2)
            candidates.append((x - half, y - tall, x + half, y + tall))
    available = [box for box in candidates if not any(_overlap(box, other) for other in occupied)]
    near = [box for box in available if math.dist(_nearest(box, (x0, y0)), (x0, y0)) < WATER_NEAR]
    on_water = [box for box in near if not any(is_land((x, (box[1] + box[3]) / 2)) for x in (box[0], (box[0] + box[2]) / 2, box[2]))]
    return next(iter([*on_water, *available, *candidates]))


def _nearest(box: Box, point: Point) -> Point:
    """Return the point of a box nearest to another."""
    return min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3])


def _land(shores: Sequence[Sequence[Point]], frame: Frame) -> Callable[[Point], bool]:
    """Return a test for points on land (even-odd rule); edges are indexed by row of the picture for speed."""
    by_row: dict[int, list[tuple[Point, Point]]] = {}
    for ring in shores:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
            for row in range(max(0, int(min(y1, y2) // ROW)), min(int(frame.height // ROW), int(max(y1, y2) // ROW)) + 1):
                by_row.setdefault(row, []).append(((x1, y1), (x2, y2)))

    def is_land(point: Point) -> bool:
        x, y = point
        edges = by_row.get(int(y // ROW), [])
        return sum((x1 + (y - y1) / (y2 - y1) * (x2 - x1)) > x for (x1, y1), (x2, y2) in edges if (y1 < y) != (y2 < y)) % 2 == 1

    return is_land


def _floats(px: Point, frame: Frame, is_land: Callable[[Point], bool]) -> bool:
    """Return True if a symbol at this point is on the picture and on water, at its centre and at points around it."""
    x, y = px
    if not (SYMBOL <= x <= frame.width - SYMBOL and SYMBOL <= y <= frame.height - SYMBOL):
        return False
    near = [(x + dx * SYMBOL * 0.7, y + dy * SYMBOL * 0.7) for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))]
    return not any(map(is_land, near))


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


class Area(NamedTuple):
    """A country on the world map; `label` is the name to draw on it, if any, and `fields` are the fields of its mark."""

    fill: str
    is_disputed: bool
    label: str | None
    fields: dict[str, Any]


def world(con: duckdb.DuckDBPyConnection, areas: Mapping[str, Area], outlined: set[str]) -> style.Layers:
    """Draw the world's countries: those in `areas` (by iso3) filled, disputed ones hatched, those in `outlined` with a strong border.

    Areas that states dispute (DISPUTED) are hatched too, in the colour of neither.
    """
    drawn = [s for s in shapes(con) if not _polar(s["geometry"])]
    small = {s["name"] for s in drawn if s["geometry"]["type"] == "Point"}
    drawn = [s for s in drawn if s["name"] not in small or s["iso3"] in set(areas) | outlined]
    features, lines, labels = [], [], []
    for shape in drawn:
        area = areas.get(shape["iso3"]) or _unsettled(shape["name"])
        geometry = dot(shape["geometry"]["coordinates"]) if shape["name"] in small else shape["geometry"]
        fields = area.fields if area else {"country": shape["name"], "standing": "none", "evidence": ""}
        fill = area.fill if area else forms.LAND
        features.append({"type": "Feature", "geometry": geometry, "fill": fill, "iso3": shape["iso3"], **fields})
        keys = {"keys": fields["keys"]} if "keys" in fields else {}
        if area and area.is_disputed:
            # closer lines in a small area, so that some cross it
            cuts = forms.hatch(rings(geometry), 3.2 if shape["name"] not in small and shape["iso3"] else 1.3)
            paths = {"type": "MultiLineString", "coordinates": [[_short(a), _short(b)] for a, b in cuts]}
            lines.append({"type": "Feature", "geometry": paths, "stroke": forms.hatch_colour(area.fill), **keys})
        if area and area.label and shape["name"] not in small:
            labels += [label | keys for label in _fitting(area.label, geometry)]
    layers = [
        _geo(features).encode(
            color=alt.Color("fill:N", scale=None), tooltip=forms.tooltip(country="Country", standing="Standing")
        ),
        _geo(lines, filled=False, strokeWidth=0.8, tooltip=None).encode(stroke=alt.Stroke("stroke:N", scale=None)),
        _geo([f for f in features if f["fill"] == forms.UNSETTLED], filled=False, stroke=forms.HATCHES[0], strokeWidth=0.7, tooltip=None),
        _geo([f for f in features if f["iso3"] in outlined], filled=False, stroke="black", strokeWidth=1.3, tooltip=None),
        alt.Chart(data(labels)).mark_text(color="white", fontSize=forms.SMALL, fontWeight="bold", tooltip=None)
        .encode(longitude="lon:Q", latitude="lat:Q", text="text:N"),
    ]  # fmt: skip
    projection: dict[str, Any] = {
        "type": "naturalEarth1",
        "scale": round(WORLD_SCALE, 4),
        "rotate": [WORLD_ROTATION, 0, 0],
        "translate": [forms.WIDTH / 2, WORLD_TOP],
    }
    view = alt.ViewBackground(fill=forms.WATER, stroke=None)
    return alt.layer(*layers).properties(width=forms.WIDTH, height=WORLD_HEIGHT, view=view).project(**projection)


def _unsettled(name: str) -> Area | None:
    """Return the Area of a disputed part; None for any other name."""
    reason = next((d.reason for d in DISPUTED if d.name == name), None)
    return Area(forms.UNSETTLED, True, None, {"country": name, "standing": f"disputed: {reason}", "evidence": ""}) if reason else None


def _geo(features: Sequence[dict[str, Any]], **mark: Any) -> alt.Chart:
    return alt.Chart(data(features)).mark_geoshape(**{"stroke": "white", "strokeWidth": 0.5, "clip": True, **mark})


def _short(point: Point) -> list[float]:
    return [round(point[0], 2), round(point[1], 2)]


def _polar(geometry: Mapping[str, Any]) -> bool:
    """Return True for land around the South Pole, which is no state."""
    return all(lat < -60 for ring in rings(geometry) for _, lat in ring) and bool(rings(geometry))


def _fitting(label: str, geometry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the name at the middle of the country's widest part, or nothing if it does not fit."""
    ring = max(rings(geometry), key=lambda ring: max(x for x, _ in ring) - min(x for x, _ in ring))
    lats = [lat for _, lat in ring]
    best: tuple[float, float, float] = (0, 0, 0)
    for lat in (min(lats) + (max(lats) - min(lats)) * share / 20 for share in range(7, 14)):
        cuts = sorted(
            x1 + (lat - y1) / (y2 - y1) * (x2 - x1) for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False) if (y1 < lat) != (y2 < lat)
        )
        for west, east in zip(cuts[::2], cuts[1::2], strict=False):
            best = max(best, ((east - west) * math.cos(math.radians(lat)) ** 0.5, (west + east) / 2, lat))
    if style.text_width(label, forms.SMALL) * 1.1 > 0.92 * best[0] * forms.WIDTH / 360:
        return []
    return [{"lon": round(best[1], 2), "lat": round(best[2], 2), "text": label}]
