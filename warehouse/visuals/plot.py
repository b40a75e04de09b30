"""Lay out a plot: scales known in px, its key, labels that avoid marks and each other, and events on a time axis.

Every plot has a fixed size and fixed domains, so that the program knows the place of every mark before it is drawn.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import duckdb

from warehouse.visuals import style, vegalite
from warehouse.visuals.pair import Pair, ask
from warehouse.visuals.style import Size, colour, text_width
from warehouse.visuals.vegalite import Encoding, View, given

BETWEEN = 24  # px between panels beside each other
BREAK = "break-paths-show-path-domains"  # how Vega-Lite draws a line at a point without a value
Box = tuple[float, float, float, float]  # left, top, right and bottom, in px
LEADING = 1.25  # height of a line relative to its type
GAP = 3  # px that stay free around a label
FLAG, FLAG_STEP = 6, 1.55  # px of a stem beside the middle of its flag; height of a line of flags relative to the type
SYMBOL = 20  # px of a symbol of the key, with the space after it


class Plot(NamedTuple):
    """A plot's width and height in px, and the domains of its linear scales."""

    width: float
    height: float
    x_domain: tuple[float, float]
    y_domain: tuple[float, float]

    def px(self, x: float) -> float:
        """Return the px of a value from the plot's left."""
        return (x - self.x_domain[0]) * self.width / ((self.x_domain[1] - self.x_domain[0]) or 1)

    def py(self, y: float) -> float:
        """Return the px of a value from the plot's top."""
        return (self.y_domain[1] - y) * self.height / ((self.y_domain[1] - self.y_domain[0]) or 1)

    def x(self, field: str, **axis: Any) -> Encoding:
        """Return the horizontal encoding of a field."""
        return _linear(field, self.x_domain, axis)

    def y(self, field: str, **axis: Any) -> Encoding:
        """Return the vertical encoding of a field."""
        return _linear(field, self.y_domain, axis)

    def years(self, field: str, size: Size) -> Encoding:
        """Return the horizontal encoding of a field of years, with as many years labelled as there is room for."""
        first, last = round(self.x_domain[0] + 0.5), round(self.x_domain[1] - 0.5)
        room = self.width / text_width("0000  ", size.label)
        step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if (last - first + 1) / s <= room), 200)
        return self.x(field, values=[year for year in range(first, last + 1) if year % step == 0 or step == 1], format="d", tickSize=4)

    def amounts(self, field: str, before: str = "", after: str = "", per: float = 1) -> Encoding:
        """Return the vertical encoding of a field of amounts, labelled in units of `per`, with the unit at the highest grid line alone."""
        values = ticks((self.y_domain[0] / per, self.y_domain[1] / per))
        places = 0 if all(float(value).is_integer() for value in values) else 1
        form = f",.{places}f" if values[-1] < 1e7 else ".1e"
        highest = f"datum.value == {values[-1] * per}"
        text = f"({highest} ? '{before}' : '') + format(datum.value / {per}, '{form}') + ({highest} ? '{after}' : '')"
        return self.y(field, values=[value * per for value in values], labelExpr=text)


Spot = tuple[float, float, str]  # a point in px, and the side of it on which a text stands


class Label(NamedTuple):
    """A text, the spots where it may stand in order of preference, and its looks; a flag also has a stem from its spot to `foot`."""

    text: str
    spots: Sequence[Spot]
    size: float = 0
    bold: bool = False
    fill: str = "ink"
    far: float = 5  # px from the point
    foot: float | None = None  # px from the plot's top


class Placed(NamedTuple):
    """Labels in their places: rows for `written`, labels without room, stems of flags, and all boxes that are taken."""

    rows: list[dict[str, Any]]
    left_over: list[Label]
    stems: list[tuple[Label, Box]]
    boxes: list[Box]


def _linear(field: str, domain: tuple[float, float], axis: dict[str, Any]) -> Encoding:
    shown = {"title": None, **axis} if axis else None
    return {"field": field, "type": "quantitative", "scale": {"domain": list(domain)}, "axis": shown}


def ticks(domain: tuple[float, float], most: int = 6) -> list[float]:
    """Return round values inside a domain, at most `most` steps apart, zero included if it is inside."""
    low, high = domain
    step = next(
        (s * 10.0**p for p in range(-12, 16) for s in (1, 2, 2.5, 5) if (high - low) / (s * 10.0**p) <= most and not (s == 2.5 and p < 1)),
        high - low or 1,
    )
    values = [round(n * step, 12) for n in range(int(low // step), int(high // step) + 1) if low <= n * step <= high]
    return [int(value) if abs(value) < 1e15 and value == int(value) else value for value in values] or [high]


def year_span(years: Iterable[int]) -> tuple[int, int]:
    """Return first and last year of an axis, at least eight years, so that a single column does not fill the plot."""
    known = list(years)
    first, last = min(known), max(known)
    missing = max(0, 7 - (last - first))
    return first - (missing + 1) // 2, last + missing // 2


def written(rows: Sequence[dict[str, Any]]) -> View:
    """Draw text at `px` and `py` from the plot's top left; `align`, `size`, `weight` and `fill` are the text's looks."""
    looks = {name: {"expr": f"datum.{field}"} for name, field in (("align", "align"), ("fontSize", "size"), ("fontWeight", "weight"))}
    full = [{"align": "left", "weight": "normal", "size": 13, "fill": colour("ink"), **row} for row in rows]
    encoding = {"text": {"field": "text", "type": "nominal"}, **given("x", "y", "fill")}
    return vegalite.layer("text", full, encoding, baseline="middle", **looks)


def ruled(rows: Sequence[dict[str, Any]], *channels: str, **looks: Any) -> View:
    """Draw lines from `px`, `py` to `px2`, `py2`, muted unless `stroke` is among the looks or the channels that the data gives."""
    muted = {} if "stroke" in channels else {"stroke": colour("muted")}
    return vegalite.layer("rule", rows, given("x", "y", "x2", "y2", *channels), **(muted | looks))


def uprights(lines: Iterable[Box], **looks: Any) -> View:
    """Draw vertical lines at the left of these boxes."""
    return ruled([{"px": x, "px2": x, "py": top, "py2": bottom} for x, top, _, bottom in lines], **looks)


def around(x: float, y: float, sides: str = "above right left below") -> list[Spot]:
    """Return the spots around a point."""
    return [(x, y, side) for side in sides.split()]


def box(text: str, spot: Spot, size: float, bold: bool = False, far: float = 5) -> Box:
    """Return the box of a text at a spot, `far` px from its point."""
    (x, y, side), lines = spot, text.split("\n")
    width, height = max(text_width(line, size, bold) for line in lines), len(lines) * size * LEADING
    left = {"right": x + far, "left": x - far - width}.get(side, x - width / 2)
    top = {"above": y - far - height, "below": y + far}.get(side, y - height / 2)
    return left, top, left + width, top + height


def overlap(one: Box, other: Box, gap: float = 0) -> bool:
    """Return True if two boxes are nearer to each other than `gap`."""
    return one[0] < other[2] + gap and other[0] < one[2] + gap and one[1] < other[3] + gap and other[1] < one[3] + gap


def placed(labels: Iterable[Label], taken: Iterable[Box], bounds: Box, size: Size) -> Placed:
    """Place labels, the most important first, at the first of their spots that is inside the bounds and free of marks and earlier labels."""
    result = Placed([], [], [], list(taken))
    for label in labels:
        type_size = label.size or size.small
        tried = (_boxes(label, spot, type_size) for spot in label.spots)
        free = next((new for new in tried if _inside(new[0], bounds) and not any(overlap(n, b, GAP) for n in new for b in result.boxes)), None)
        if free is None:
            result.left_over.append(label)
            continue
        result.boxes.extend(free)
        result.rows.extend(_lines(label, free[0], type_size))
        if label.foot is not None:
            result.stems.append((label, free[1]))
    return result


def _boxes(label: Label, spot: Spot, size: float) -> list[Box]:
    """Return the box of a label at a spot, and that of its stem."""
    x, y, _ = spot
    stem = [] if label.foot is None else [(x, min(label.foot, y - FLAG), x, max(label.foot, y + FLAG))]
    return [box(label.text, spot, size, label.bold, label.far), *stem]


def _lines(label: Label, at: Box, size: float) -> list[dict[str, Any]]:
    looks = {"size": size, "weight": "bold" if label.bold else "normal", "fill": colour(label.fill)}
    lines = label.text.split("\n")
    return [{"text": line, "px": at[0], "py": at[1] + (i + 0.5) * size * LEADING, **looks} for i, line in enumerate(lines)]


def _inside(inner: Box, outer: Box) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


class Head(NamedTuple):
    """The text above a plot: rows for `written`, symbols of its key, and its height in px."""

    text: list[dict[str, Any]]
    symbols: list[dict[str, Any]]
    height: float

    def layers(self) -> list[View]:
        """Draw the head above the plot's top."""
        symbols = vegalite.layer("point", self.symbols, given("x", "y", "fill", "stroke"), shape="square", size=110, opacity=1)
        return [symbols, written(self.text)]


def head(title: str, keys: Sequence[tuple[str, str]], size: Size, width: float, room: float = 0) -> Head:
    """Set a plot's title and its key, each entry in the colour of its marks, `room` px above the plot.

    Args:
        title: the plot's title; empty for none.
        keys: entries of the key, each a text and a colour of the theme; `outlined` is drawn as an empty square.
        size: the width that is drawn for.
        width: px of the plot with its margin.
        room: px between the key and the plot, for labels and the names of events.
    """
    rows = [[(0.0, line, "ink", False)] for line in style.wrap(title, size.label * style.BOLD, width) if line]
    end = width
    for text, fill in keys:
        lines = style.wrap(text, size.label * style.BOLD, width - SYMBOL)
        needed = SYMBOL + max(text_width(line, size.label, bold=True) for line in lines)
        if end + needed > width:
            rows += [[(0.0, line, fill, i == 0)] for i, line in enumerate(lines)]
            end = 0.0
        else:
            rows[-1].append((end, text, fill, True))
        end += needed + 18
    return _set(rows, size, room)


def _set(rows: Sequence[Sequence[tuple[float, str, str, bool]]], size: Size, room: float) -> Head:
    """Set rows of a head, each a list of texts with their place, their colour and whether a symbol is before them."""
    step = size.label * 1.5
    text: list[dict[str, Any]] = []
    symbols: list[dict[str, Any]] = []
    for i, row in enumerate(rows):
        py = (i - len(rows) + 0.5) * step - room
        for at, line, fill, has_symbol in row:
            px, word = at - size.margin, "muted" if fill in ("outlined", "other") else fill
            indent = SYMBOL if fill != "ink" else 0
            text.append({"text": line, "px": px + indent, "py": py, "size": size.label, "weight": "bold", "fill": colour(word)})
            if has_symbol:
                inner, outer = ("ground", word) if fill == "outlined" else (fill, fill)
                symbols.append({"px": px + 7, "py": py, "fill": colour(inner), "stroke": colour(outer)})
    return Head(text, symbols, len(rows) * step + room)


class Event(NamedTuple):
    """An event to mark: its day, its name, and whether the time since it is shaded."""

    day: dt.date
    title: str
    is_hinge: bool


def events(con: duckdb.DuckDBPyConnection, pair: Pair, chapter: str, first: dt.date, last: dt.date) -> list[Event]:
    """Return the events of a chapter that concern the pair: the hinge first, then the newest."""
    rows = ask(
        con,
        "select distinct event_date as day, title, is_hinge from raw.turning_point where event_date between ? and ? "
        "and coalesce(chapter, ?) = ? and coalesce(iso3, ?) in (?, ?) and coalesce(with_iso3, ?) in (?, ?) order by is_hinge desc, day desc, title",
        first, min(last, pair.as_of), chapter, chapter, pair.iso3_a, pair.iso3_a, pair.iso3_b, pair.iso3_a, pair.iso3_a, pair.iso3_b,
    )  # fmt: skip
    return [Event(**row) for row in rows]


EVENT_ROWS = 2  # lines above a plot for the names of events


def event_room(found: Sequence[Event], size: Size) -> float:
    """Return the px above a plot that the names of events need."""
    return (EVENT_ROWS * size.small * FLAG_STEP + 6) if found else 0


class Marked(NamedTuple):
    """Events on a plot: the layers behind its marks, the boxes of their lines, and a note on those without room for a name."""

    layers: list[View]
    boxes: list[Box]
    notes: list[str]


def marked(found: Sequence[Event], plot: Plot, size: Size, at: Callable[[dt.date], float]) -> Marked:
    """Shade the time since the hinge, and rule a named line at every other event; `at` gives a day's x."""
    step, bounds = size.small * FLAG_STEP, (-float(size.margin), -event_room(found, size), plot.width, 0.0)
    levels = [-step * (row + 0.5) - 4 for row in range(EVENT_ROWS)]
    flags = [
        Label(
            event.title, [(plot.px(at(event.day)), y, side) for y in levels for side in ("right", "left")],
            fill="hinge" if event.is_hinge else "muted", far=4, foot=-4.0,
        )
        for event in found
    ]  # fmt: skip
    names = placed(flags, [], bounds, size)
    lines = [(x, top, x, plot.height) for flag, (x, top, *_) in names.stems if flag.fill != "hinge"]
    bands = [{"px": plot.px(at(e.day)), "px2": plot.width, "py": -step * EVENT_ROWS - 4, "py2": plot.height} for e in found if e.is_hinge]
    band = vegalite.layer("rect", bands, given("x", "x2", "y", "y2"), fill=colour("band"))
    unnamed = [f"{e.title} ({e.day:%B %Y})" for e, flag in zip(found, flags, strict=True) if flag in names.left_over]
    notes = [f"Without room for a name: {style.listed(unnamed)}."] if unnamed else []
    return Marked([band, uprights(lines, strokeDash=[1, 3]), written(names.rows)], lines, notes)


def broken_lines(points: Sequence[dict[str, Any]], line: str, value: str, encoding: Encoding, **look: Any) -> View:
    """Draw a line through the points of each value of the field `line`, broken at a year without a point."""
    drawn = encoding | {"detail": vegalite.category(line)}
    return vegalite.layer("line", _with_gaps(points, line, value), drawn, invalid=BREAK, aria=False, **look)


def dots(points: Iterable[tuple[float, float]]) -> list[Box]:
    """Return the boxes that small marks at these px cover, which labels avoid."""
    return [(x - 2, y - 2, x + 2, y + 2) for x, y in points]


def _with_gaps(points: Sequence[dict[str, Any]], line: str, value: str) -> list[dict[str, Any]]:
    """Return the points of each line by year, with an empty point in each gap, so that the line breaks."""
    full: list[dict[str, Any]] = []
    for name in sorted({point[line] for point in points}):
        known = {p["year"]: {k: v for k, v in p.items() if k not in ("keys", "label")} for p in points if p[line] == name}
        empty = next(iter(known.values())) | {value: None}
        full += [known.get(year, empty | {"year": year}) for year in range(min(known), max(known) + 1)]
    return full


def year_start(day: dt.date) -> float:
    """Return the left edge of the column of a day's year."""
    return day.year - 0.5


def moment(day: dt.date) -> float:
    """Return a day as a year with a fraction."""
    return day.year + (day.month - 1) / 12 + (day.day - 1) / 366


def panel_width(size: Size, count: int) -> int:
    """Return the px of each of one or two equal panels."""
    return size.plot if size.is_narrow or count == 1 else (size.width - BETWEEN) // 2 - size.margin


def once(panels: Iterable[tuple[View, Sequence[str]]]) -> list[str]:
    """Return the notes of panels, each once."""
    return list(dict.fromkeys(note for _, notes in panels for note in notes))


def beside(size: Size, *panels: View) -> View:
    """Put panels beside each other if there is room, else below each other; each keeps its own scales."""
    if len(panels) == 1:
        return panels[0]
    joined = vegalite.below(panels, 26) if size.is_narrow else vegalite.beside(panels, BETWEEN)
    return joined | {"resolve": {"scale": {"x": "independent", "y": "independent", "color": "independent"}}}
