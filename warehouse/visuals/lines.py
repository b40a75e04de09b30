"""Draw lines of shares over the years, broken at a missing year: several in one panel, or one each in small panels of one scale."""

from collections.abc import Sequence
from typing import NamedTuple

from warehouse.visuals import framing, plot, style, vegalite
from warehouse.visuals.labels import Label, dots, placed
from warehouse.visuals.pair import Row, Rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.style import Size, colour, percent
from warehouse.visuals.vegalite import Encoding, View, given, layered, literal, marks

NAME_ROOM = 1.9  # height of the name above a small panel, relative to the type
BESIDE = 10  # years from a line's end to the end of the axis, over which its name is still written right of the plot
OTHER = "other"  # the colour of lines that do not stand out


class Line(NamedTuple):
    """A line of shares: its name, its colour of the theme, and its points, each with `year`, `rate`, `keys` and `label`."""

    name: str
    points: Rows
    fill: str


def years(lines: Sequence[Line]) -> tuple[int, int]:
    """Return the first and the last year of an axis for these lines."""
    return plot.year_span(point["year"] for line in lines for point in line.points)


def panel(
    title: str, lines: Sequence[Line], top: float, events: Sequence[framing.Event], size: Size, width: float, least: float = 0
) -> Panel:
    """Draw lines of shares from 0 to `top` per cent, the title at least `least` px above."""
    right = 112 if size.is_narrow else 150  # px for the names
    area = Plot.of_years(years(lines), width - right, 220 if size.is_narrow else 320, 0, top)
    frame = framing.framed(area, events, size, title, beyond=right, least=max(least, framing.event_room(events, size)))
    at = {"x": area.years("year", size), "y": area.amounts("rate", after="%")}
    words, unnamed = names(_ends(lines), area, size, right)
    view, notes = frame.around(*drawn(lines, at), words)
    return view, [*notes, *without_room("Lines", unnamed)]


def drawn(lines: Sequence[Line], at: Encoding, **looks: float) -> list[View]:
    """Draw lines with one point per year, broken at a year without one, those in colour on top; `looks` replace those of the points."""
    points = [point | _looks(line) | looks for line in sorted(lines, key=lambda line: line.fill != OTHER) for point in line.points]
    return [
        plot.broken_lines(points, "line", "rate", at | given("stroke", "strokeWidth")),
        marks("point", points, at | {"fill": literal("stroke")} | given("stroke", "size"), shape="circle", opacity=1),
    ]


def small_panels(
    title: str, lines: Sequence[Line], top: float, events: Sequence[framing.Event], size: Size, width: float, reach: int
) -> View:
    """Draw one small panel per line, two beside each other, each below its line's name and its last share up to the year `reach`.

    The title is as far above as that of a panel with the `events`; `width` is that of both.
    """
    hinge = framing.hinge_of(events)
    own = (width + size.margin - 10) / 2 - size.margin - 2  # the last point extends beyond the plot
    area = Plot.of_years(years(lines), own, 60, 0, top)
    cells = [_small_panel(line, area, hinge, size, reach) for line in lines]
    # as high as the room above the panel beside it
    room = max(framing.event_room(events, size), NAME_ROOM * size.label)
    _, words = framing.head(title, [], size, width, room).layers()
    cells[0]["layer"].append(words)
    return {"concat": cells, "columns": 2, "spacing": 10}


def _small_panel(line: Line, area: Plot, hinge: framing.Event | None, size: Size, reach: int) -> View:
    last = [point for point in line.points if point["year"] <= reach][-1:] or line.points[-1:]
    at = {
        "x": area.years("year", size),
        "y": area.y("rate", values=[0, 50, 100], labelExpr="datum.value + (datum.value == 100 ? '%' : '')"),
    }
    name = {
        "px": -size.margin,
        "py": -size.label * 1.1,
        "size": size.label,
        "text": f"{style.capital(line.name)}, {percent(last[0]['rate'])}",
    }
    start = area.px(framing.year_start(hinge.day)) if hinge else area.width
    since = [{"px": start, "px2": area.width, "py": 0, "py2": area.height}] if start < area.width else []
    layers = [
        vegalite.layer("rect", since, given("x", "x2", "y", "y2"), fill=colour("band")),
        *drawn([line], at, size=8, width=1.5),
        plot.written([name]),
    ]
    return layered(layers, area.width, area.height)


def _looks(line: Line) -> Row:
    stands_out = line.fill != OTHER
    return {"line": line.name, "stroke": colour(line.fill), "width": 3 if stands_out else 1, "size": 30 if stands_out else 8}


def _ends(lines: Sequence[Line]) -> list[tuple[str, Line]]:
    """Return what is written at the ends of lines: name and last rate, with its year if other lines go on.

    Lines in colour come first, then those that go on longest. Lines that end together share a text.
    """
    newest = max(line.points[-1]["year"] for line in lines)
    groups: dict[tuple[int, str], list[Line]] = {}
    for line in sorted(lines, key=lambda line: (line.fill == OTHER, -line.points[-1]["year"])):
        groups.setdefault((line.points[-1]["year"], percent(line.points[-1]["rate"])), []).append(line)
    return [
        (f"{', '.join(line.name for line in group)} {rate}" + (f" in {year}" if year < newest else ""), group[0])
        for (year, rate), group in groups.items()
    ]


def names(ends: Sequence[tuple[str, Line]], area: Plot, size: Size, room: float) -> tuple[View, list[str]]:
    """Write texts at the ends of their lines, in `room` px beyond the plot unless the line ends much earlier; return those without room too."""
    newest = max(line.points[-1]["year"] for _, line in ends)
    labels = []
    for text, line in ends:
        end = line.points[-1]
        ends_earlier = end["year"] < newest - BESIDE
        x, y = area.px(end["year"]) if ends_earlier else area.width, area.py(end["rate"])
        parts = [part for paragraph in text.split("\n") for part in style.wrap(paragraph, size.small * style.BOLD, room - 10)]
        # a text of one line would stand at another line's end
        spots = [(x, y + dy, "right") for dy in (0, -8, 8, -16, 16, -26, *([26] if ends_earlier or len(parts) > 1 else []))]
        labels.append(Label("\n".join(parts), spots, bold=line.fill != OTHER, fill="muted" if line.fill == OTHER else line.fill))
    taken = dots((area.px(point["year"]), area.py(point["rate"])) for _, line in ends for point in line.points)
    found = placed(labels, taken, (0.0, -6.0, area.width + room, area.height - 2), size)
    return plot.written(found.rows), [label.text.replace("\n", " ") for label in found.left_over]


def without_room(lines: str, names: Sequence[str]) -> list[str]:
    """Return the note that gives the names of these `lines` that are not written in the plot, if there are any."""
    return [f"{lines} without room for a name: {style.listed(names)}."] if names else []
