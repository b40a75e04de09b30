"""Set what is around the marks of a plot: its title and legend, and the events on its time axis."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import duckdb

from warehouse.visuals import style, vegalite
from warehouse.visuals.labels import FLAG_STEP, Box, Label, broken, flagged
from warehouse.visuals.pair import Pair, ask
from warehouse.visuals.plot import Panel, Plot, texts, uprights, written
from warehouse.visuals.style import Size, colour, text_width
from warehouse.visuals.vegalite import View, given

MOST_ROWS = {"wide": 3, "narrow": 6}  # lines above a plot for the names of events
ABOVE = 6  # px around these lines
SYMBOL = 20  # px of a symbol of the legend, with the space after it


class Head(NamedTuple):
    """The text above a plot: rows for `written`, symbols of its legend, and its height in px."""

    text: list[dict[str, Any]]
    symbols: list[dict[str, Any]]
    height: float

    def layers(self) -> list[View]:
        """Draw the head above the plot's top."""
        symbols = vegalite.layer("point", self.symbols, given("x", "y", "fill", "stroke"), shape="square", size=110, opacity=1)
        return [symbols, written(self.text)]


def head(title: str, keys: Sequence[tuple[str, str]], size: Size, width: float, room: float = 0) -> Head:
    """Set a plot's title and its legend, each entry in the colour of its marks, `room` px above the plot.

    Args:
        title: the plot's title; empty for none.
        keys: entries of the legend, each a text and a colour of the theme; `outlined` is drawn as an empty square.
        size: the width that is drawn for.
        width: px of the plot with its margin.
        room: px between the legend and the plot, for labels and the names of events.
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
    """An event to mark: its day, its name, and whether the background after it is shaded."""

    day: dt.date
    title: str
    is_hinge: bool


def events(con: duckdb.DuckDBPyConnection, pair: Pair, chapter: str, first: int, last: int) -> list[Event]:
    """Return the events of a chapter from one year to another that concern the pair, the newest first."""
    rows = ask(
        con,
        "select distinct event_date as day, title, is_hinge from raw.turning_point where year(event_date) between ? and ? and event_date <= ? "
        "and coalesce(chapter, ?) = ? and coalesce(iso3, ?) in (?, ?) and coalesce(with_iso3, ?) in (?, ?) order by day desc, title",
        first, last, pair.as_of, chapter, chapter, pair.iso3_a, pair.iso3_a, pair.iso3_b, pair.iso3_a, pair.iso3_a, pair.iso3_b,
    )  # fmt: skip
    return [Event(**row) for row in rows]


def hinge_of(events: Iterable[Event]) -> Event | None:
    """Return the event after which the background is shaded, if it is among these."""
    return next((event for event in events if event.is_hinge), None)


def event_room(events: Sequence[Event], size: Size) -> float:
    """Return the px for the names of events that plots beside each other keep, so that their titles are at one height; 0 on a phone."""
    return 0 if size.is_narrow or not events else min(len(events), MOST_ROWS[size.name]) * size.small * FLAG_STEP + ABOVE


def year_start(day: dt.date) -> float:
    """Return the left edge of the column of a day's year."""
    return day.year - 0.5


def moment(day: dt.date) -> float:
    """Return a day as a year with a fraction."""
    return day.year + (day.month - 1) / 12 + (day.day - 1) / 366


def between_years(day: dt.date) -> float:
    """Return the x of a day on an axis whose ticks are in the middle of the years."""
    return moment(day) - 0.5


class Frame(NamedTuple):
    """The surroundings of a plot's marks: the band after the hinge, names and lines of events, a note on events without a name, the head."""

    area: Plot
    band: View
    names: View
    lines: list[Box]
    notes: list[str]
    head: Head

    def around(self, *layers: View, symbols: Sequence[View] | None = None) -> Panel:
        """Draw these layers within the frame, whose lines stop at texts; `symbols` replace those of its legend."""
        key, words = self.head.layers()
        lines = uprights(broken(self.lines, texts(layers)), strokeDash=[1, 3])
        drawn = [self.band, lines, self.names, *layers, *([key] if symbols is None else symbols), words]
        return vegalite.layered(drawn, self.area.width, self.area.height), self.notes


def framed(
    area: Plot, events: Sequence[Event], size: Size, title: str = "", keys: Sequence[tuple[str, str]] = (), *,
    beyond: float = 0, least: float = 0, at: Callable[[dt.date], float] = year_start,
) -> Frame:  # fmt: skip
    """Shade the time since the hinge, rule a named line at every other event, and set title and legend above.

    Args:
        area: the plot.
        events: the events to mark.
        size: the width that is drawn for.
        title: as in `head`.
        keys: as in `head`.
        beyond: px right of the plot over which the head may extend.
        least: px between head and plot at least.
        at: returns a day's x.
    """
    flags = [
        Label(
            event.title, [(area.px(at(event.day)), 0, side) for side in ("right", "left")],
            fill="hinge" if event.is_hinge else "muted", far=4, foot=-4.0,
        )
        for event in sorted(events, reverse=True)
    ]  # fmt: skip
    names, room = flagged(flags, -4, MOST_ROWS[size.name], (-float(size.margin), area.width), size)
    lines = [(x, top, x, area.height) for flag, (x, top, *_) in names.stems if flag.fill != "hinge"]
    bands = [{"px": area.px(at(e.day)), "px2": area.width, "py": -room - 4, "py2": area.height} for e in events if e.is_hinge]
    band = vegalite.layer("rect", bands, given("x", "x2", "y", "y2"), fill=colour("band"))
    unnamed = [f"{e.title} ({e.day:%B %Y})" for e in events if e.title in {flag.text for flag in names.left_over}]
    notes = [f"Without room for a name: {style.listed(unnamed)}."] if unnamed else []
    top = head(title, keys, size, area.width + beyond + size.margin, max(room + ABOVE if events else 0, least))
    return Frame(area, band, written(names.rows), lines, notes, top)
