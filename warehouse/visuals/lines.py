"""Draw lines of shares over the years, broken at a missing year: several in one panel, or one each in small panels of one scale."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from warehouse.visuals import plot, style, vegalite
from warehouse.visuals.plot import Label, Plot
from warehouse.visuals.style import Size, colour, percent
from warehouse.visuals.vegalite import View, given, layered, literal, marks

NAME_ROOM = 1.9  # height of the name above a small panel, relative to the type
OTHER = "other"  # the colour of lines that do not stand out


class Line(NamedTuple):
    """A line of shares: its name, its colour of the theme, and its points, each with `year`, `rate`, `keys` and `label`."""

    name: str
    points: Sequence[dict[str, Any]]
    fill: str


def panel(
    title: str, lines: Sequence[Line], top: float, found: Sequence[plot.Event], size: Size, width: float, room: float = 0
) -> tuple[View, list[str]]:
    """Draw lines of shares from 0 to `top` per cent, the title at least `room` px above; return the panel and its notes."""
    right = 112 if size.is_narrow else 150  # px for the names
    first, last = plot.year_span(point["year"] for line in lines for point in line.points)
    area = Plot(width - right, 220 if size.is_narrow else 320, (first - 0.6, last + 0.6), (0, top))
    marked = plot.marked(found, area, size, plot.year_start)
    head = plot.head(title, [], size, width, max(room, plot.event_room(found, size)))
    at = {"x": area.years("year", size), "y": area.amounts("rate", after="%")}
    points = [point | _looks(line) for line in lines for point in line.points]
    layers = [
        plot.broken_lines(points, "line", "rate", at | given("stroke", "strokeWidth")),
        marks("point", points, at | {"fill": literal("stroke")} | given("stroke", "size"), shape="circle", opacity=1),
        plot.written(_names(lines, area, size, right)),
    ]
    return layered([*marked.layers, *layers, *head.layers()], area.width, area.height), marked.notes


def small_panels(
    title: str, lines: Sequence[Line], top: float, found: Sequence[plot.Event], years: tuple[int, int], size: Size, width: float
) -> View:
    """Draw a small panel a line, two beside each other, each below its line's name and last share; `width` is that of both."""
    hinge = next((event for event in found if event.is_hinge), None)
    own = (width + size.margin - 10) / 2 - size.margin - 2  # the last point extends beyond the plot
    area = Plot(own, 60, (years[0] - 0.6, years[1] + 0.6), (0, top))
    cells = [_small_panel(line, area, hinge, size) for line in lines]
    room = 0 if size.is_narrow else plot.event_room(found, size)
    cells[0]["layer"] += plot.head(title, [], size, width, max(room, NAME_ROOM * size.label)).layers()[1:]  # as high as a panel's beside it
    return vegalite.grid(cells, 2, 10)


def _small_panel(line: Line, area: Plot, hinge: plot.Event | None, size: Size) -> View:
    at = {
        "x": area.years("year", size),
        "y": area.y("rate", values=[0, 50, 100], labelExpr="datum.value + (datum.value == 100 ? '%' : '')"),
    }
    points = [point | _looks(line) | {"size": 8, "width": 1.5} for point in line.points]
    name = {
        "px": -size.margin,
        "py": -size.label * 1.1,
        "size": size.label,
        "text": f"{style.capital(line.name)}, {percent(line.points[-1]['rate'])}",
    }
    since = [{"px": area.px(plot.year_start(hinge.day)), "px2": area.width, "py": 0, "py2": area.height}] if hinge else []
    layers = [
        vegalite.layer("rect", since, given("x", "x2", "y", "y2"), fill=colour("band")),
        plot.broken_lines(points, "line", "rate", at | given("stroke", "strokeWidth")),
        marks("point", points, at | {"fill": literal("stroke")} | given("stroke", "size"), shape="circle", opacity=1),
        plot.written([name]),
    ]
    return layered(layers, area.width, area.height)


def _looks(line: Line) -> dict[str, Any]:
    stands_out = line.fill != OTHER
    return {"line": line.name, "stroke": colour(line.fill), "width": 3 if stands_out else 1, "size": 30 if stands_out else 8}


def _names(lines: Sequence[Line], area: Plot, size: Size, room: float) -> list[dict[str, Any]]:
    """Name each line at its end with its last rate, those in colour first; lines that end together share a name."""
    ends: dict[tuple[int, str], list[Line]] = {}
    for line in sorted(lines, key=lambda line: line.fill == OTHER):
        ends.setdefault((line.points[-1]["year"], percent(line.points[-1]["rate"])), []).append(line)
    labels = []
    for (year, rate), group in ends.items():
        x, y = area.px(year), area.py(group[0].points[-1]["rate"])
        text = "\n".join(style.wrap(f"{', '.join(line.name for line in group)} {rate}", size.small * style.BOLD, room - 10))
        spots = [(x, y + dy, "right") for dy in (0, 8, -8, 16, -16, 26, -26)] + [(x, y, side) for side in ("below", "above", "left")]
        fill = group[0].fill
        labels.append(Label(text, spots, bold=fill != OTHER, fill="muted" if fill == OTHER else fill, far=8))
    taken = plot.dots((area.px(point["year"]), area.py(point["rate"])) for line in lines for point in line.points)
    return plot.placed(labels, taken, (0.0, -6.0, area.width + room, area.height + 8), size).rows
