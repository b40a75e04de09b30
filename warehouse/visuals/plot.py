"""Lay out a plot: scales known in px, its marks by year, and panels beside each other.

Every plot has a fixed size and fixed domains, so that the program knows the place of every mark before it is drawn.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from warehouse.visuals import style, vegalite
from warehouse.visuals.labels import Box, box
from warehouse.visuals.style import Size, colour, text_width
from warehouse.visuals.vegalite import Encoding, View, given

BETWEEN = 24  # px between panels beside each other
TICKS = 6  # steps of an axis at most
BREAK = "break-paths-show-path-domains"  # how Vega-Lite draws a line at a point without a value
Panel = tuple[View, list[str]]  # a drawn plot and its notes


class Plot(NamedTuple):
    """A plot's width and height in px, and the domains of its linear scales."""

    width: float
    height: float
    x_domain: tuple[float, float]
    y_domain: tuple[float, float]

    @classmethod
    def of_years(cls, years: Iterable[int], width: float, height: float, low: float, high: float) -> "Plot":
        """Return a plot of these years, each as wide as a column, and of amounts from `low` to `high`."""
        first, last = year_span(years)
        return cls(width, height, (first - 0.6, last + 0.6), (low, high))

    @property
    def span(self) -> tuple[int, int]:
        """Return the first and the last year on the axis."""
        return round(self.x_domain[0] + 0.5), round(self.x_domain[1] - 0.5)

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
        first, last = self.span
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

    def money(self, field: str, values: Iterable[float], symbol: str = "$") -> Encoding:
        """Return the vertical encoding of a field of these amounts of money, labelled in thousands, millions, billions or trillions."""
        unit, suffix = style.axis_unit(values)
        return self.amounts(field, symbol, suffix, unit)


def _linear(field: str, domain: tuple[float, float], axis: dict[str, Any]) -> Encoding:
    shown = {"title": None, **axis} if axis else None
    return {"field": field, "type": "quantitative", "scale": {"domain": list(domain)}, "axis": shown}


def ticks(domain: tuple[float, float]) -> list[float]:
    """Return round values at equal steps inside a domain, at most TICKS in all, zero included if it is inside."""
    low, high = domain
    step = next(
        (s * 10.0**p for p in range(-12, 16) for s in (1, 2, 2.5, 5) if (high - low) / (s * 10.0**p) <= TICKS and not (s == 2.5 and p < 1)),
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
    """Draw text from `px` rightwards at the height `py`; `size`, `weight` and `fill` are the text's looks."""
    looks = {name: {"expr": f"datum.{field}"} for name, field in (("fontSize", "size"), ("fontWeight", "weight"))}
    full = [{"weight": "normal", "size": 13, "fill": colour("ink"), **row} for row in rows]
    words = {"field": "text", "type": "nominal"}
    encoding = {"text": words, "description": words, **given("x", "y", "fill")}
    return vegalite.layer("text", full, encoding, align="left", baseline="middle", **looks)


def texts(layers: Iterable[View]) -> list[Box]:
    """Return the boxes of all texts in layers drawn by `written`."""
    rows = [row for view in layers if view["mark"]["type"] == "text" for row in view["data"]["values"]]
    return [box(row["text"], (row["px"], row["py"], "right"), row["size"], row["weight"] == "bold", far=0) for row in rows]


def ruled(rows: Sequence[dict[str, Any]], *channels: str, **looks: Any) -> View:
    """Draw lines from `px`, `py` to `px2`, `py2`, muted unless `stroke` is among the looks or the channels that the data gives."""
    muted = {} if "stroke" in channels else {"stroke": colour("muted")}
    return vegalite.layer("rule", rows, given("x", "y", "x2", "y2", *channels), **(muted | looks))


def uprights(lines: Iterable[Box], **looks: Any) -> View:
    """Draw vertical lines at the left of these boxes."""
    return ruled([{"px": x, "px2": x, "py": top, "py2": bottom} for x, top, _, bottom in lines], **looks)


def broken_lines(points: Sequence[dict[str, Any]], line: str, value: str, encoding: Encoding, **look: Any) -> View:
    """Draw a line through the points of each value of the field `line`, broken at a year without a point."""
    drawn = encoding | {"detail": vegalite.category(line)}
    return vegalite.layer("line", _with_gaps(points, line, value), drawn, invalid=BREAK, **look)


def stacked(marks: Iterable[dict[str, Any]], half: float = 0.4) -> list[dict[str, Any]]:
    """Stack marks of the same `year` by their `tall`, in columns of twice `half` a year: positive ones upwards, negative ones downwards."""
    ends = defaultdict[tuple[int, bool], float](float)
    found = []
    for mark in marks:
        side = mark["year"], mark["tall"] >= 0
        low = ends[side]
        ends[side] += mark["tall"]
        found.append(mark | {"left": mark["year"] - half, "right": mark["year"] + half, "low": low, "high": ends[side]})
    return found


def columns(stack: Iterable[dict[str, Any]], area: Plot, size: Size, y: Encoding, **looks: Any) -> View:
    """Draw stacked marks on a plot with this vertical axis of the field `low`."""
    places = {"x": area.years("left", size), "x2": {"field": "right"}, "y": y, "y2": {"field": "high"}}
    return vegalite.marks("rect", stack, places | given("fill", "stroke", "opacity"), **looks)


def _with_gaps(points: Sequence[dict[str, Any]], line: str, value: str) -> list[dict[str, Any]]:
    """Return the points of each line by year, with an empty point in each gap, so that the line breaks."""
    full: list[dict[str, Any]] = []
    for name in dict.fromkeys(point[line] for point in points):
        known = {p["year"]: {k: v for k, v in p.items() if k not in ("keys", "label")} for p in points if p[line] == name}
        empty = next(iter(known.values())) | {value: None}
        full += [known.get(year, empty | {"year": year}) for year in range(min(known), max(known) + 1)]
    return full


def panel_width(size: Size, count: int) -> int:
    """Return the px of each of one or two equal panels."""
    return size.plot if size.is_narrow or count == 1 else (size.width - BETWEEN) // 2 - size.margin


def unequal(size: Size, count: int, right: float = 0) -> tuple[float, float]:
    """Return the widths in px of a plot with `right` px free beside it and of a second panel a third as wide as a single plot.

    On a phone or alone, each has the full width.
    """
    if size.is_narrow or count == 1:
        return size.plot - right, size.plot
    second = size.plot // 3
    return size.plot - right - size.margin - BETWEEN - second, second


def joined(size: Size, panels: Sequence[Panel]) -> Panel:
    """Put panels beside each other if there is room, else below each other, each with its own scales; return their notes once each."""
    views = [view for view, _ in panels]
    notes = list(dict.fromkeys(note for _, notes in panels for note in notes))
    if len(views) == 1:
        return views[0], notes
    view = {"vconcat": views, "spacing": 26} if size.is_narrow else {"hconcat": views, "spacing": BETWEEN}
    return view | {"resolve": {"scale": {"x": "independent", "y": "independent", "color": "independent"}}}, notes
