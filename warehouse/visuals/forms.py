"""Draw what the two maps share and no other visual uses: their colours and type, hatching, and marks placed apart.

Put here nothing that another visual needs (`style`, `plot`). The maps have one width.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any

import altair as alt

from warehouse.visuals import style

WIDTH = 600  # px of a plot
LEAST_TYPE = 8.5  # px: the smallest type of a picture shown 400 px wide
TITLE, SUBTITLE, LABEL, SMALL = 21, 14.5, 14.5, 14
MARGIN = 38  # px left of a plot for the labels of its axis

# Okabe and Ito's palette, distinct for every kind of colour vision
BLUE, SKY, ORANGE, VERMILLION, YELLOW = "#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#F0E442"
INK, GREY, PALE, LAND, WATER = "#222222", "#6b6b6b", "#d9d9d9", "#dedbd3", "#f3f7fa"
INDIGO = "#332288"  # Paul Tol's
UNSETTLED = "#c9c2ae"  # a disputed area: the colour of none of the states
HATCHES = "#1a1a1a", "#ffffff"  # over pale and over strong fills; dark mode does not change these two

CONFIG: dict[str, Any] = {
    "background": "white",
    "font": style.FONT,
    "padding": 12,
    "view": {"stroke": None},
    "concat": {"spacing": 18},
    "title": {
        "anchor": "start", "frame": "bounds", "color": INK, "fontSize": TITLE, "fontWeight": "bold", "offset": 14,
        "subtitleColor": "#444444", "subtitleFontSize": SUBTITLE, "subtitlePadding": 7, "lineHeight": 25, "subtitleLineHeight": 19,
    },
    "axis": {
        "labelFontSize": LABEL, "titleFontSize": LABEL, "labelColor": INK, "titleColor": INK, "titleFontWeight": "normal",
        "gridColor": "#e4e4e4", "domainColor": INK, "tickColor": INK, "labelPadding": 5, "labelFlush": False,
    },
    "axisY": {"domain": False, "ticks": False, "minExtent": MARGIN, "maxExtent": MARGIN},
    "axisX": {"grid": False},
    "legend": {
        "orient": "top", "direction": "horizontal", "title": None, "labelFontSize": LABEL, "labelColor": INK, "labelLimit": WIDTH - MARGIN - 30,
        "symbolType": "square", "symbolSize": 150, "symbolStrokeWidth": 1.2, "columnPadding": 16, "rowPadding": 4, "offset": 8,
    },
    "text": {"font": style.FONT, "fontSize": LABEL, "color": INK},
}  # fmt: skip

SIZE = style.Size("wide", WIDTH, 0, 12, TITLE, SUBTITLE, LABEL, SMALL)
Point = tuple[float, float]


class Drawing(style.Drawing):
    """A visual of one width, in the type and colours of this module."""


def stands_for(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fields that link a mark to its rows: their keys, and for the tooltip what qualifies them and their evidence."""
    doubts = sorted({doubt for row in rows for doubt in row["qualifications"]})
    return {"keys": [row["key"] for row in rows], "doubts": ", ".join(doubts) or "nothing", "evidence": cite(style.union(rows))}


def cite(ids: Sequence[str], most: int = 3) -> str:
    """Return the first evidence ids of a mark and the number of others."""
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")


def data(rows: Iterable[dict[str, Any]]) -> alt.InlineData:
    """Return rows as inline data.

    The rows are one JSON text until `framed`, since Altair deep-copies lists, slowly, each time it joins charts.
    """
    rounded = [{k: round(v, 6) if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    return alt.InlineData(values=json.dumps(rounded, ensure_ascii=False, allow_nan=False))


def tooltip(**fields: str) -> list[alt.Tooltip]:
    """Return the tooltip of a mark: fields with their titles, then what qualifies its rows, evidence last."""
    every = {**fields, "doubts": "Qualified by", "evidence": "Evidence"}
    return [alt.Tooltip(field=field, type="nominal", title=title) for field, title in every.items()]


def hatch(rings: Sequence[Sequence[Point]], step: float) -> list[tuple[Point, Point]]:
    """Return diagonal lines `step` apart, clipped to the area of these closed rings (even-odd rule)."""
    points = [point for ring in rings for point in ring]
    if not points:
        return []
    low, high = min(x - y for x, y in points), max(x - y for x, y in points)
    lines = []
    for number in range(math.ceil(low / step), math.floor(high / step) + 1):
        cuts = sorted(cut for ring in rings for cut in _cuts(ring, number * step + 1e-9))
        lines += [pair for pair in zip(cuts[::2], cuts[1::2], strict=False) if pair[0] != pair[1]]
    return lines


def _cuts(ring: Sequence[Point], offset: float) -> Iterable[Point]:
    """Yield the points in which the line x - y = offset crosses the edges of a ring."""
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        before, after = x1 - y1 - offset, x2 - y2 - offset
        if (before < 0) != (after < 0):
            share = before / (before - after)
            yield (x1 + share * (x2 - x1), y1 + share * (y2 - y1))


def hatch_colour(fill: str) -> str:
    """Return the hatching colour with the higher contrast to a fill."""
    return max(HATCHES, key=lambda colour: style.contrast(colour, fill))


def spread(
    points: Sequence[Point], radius: float, is_wanted: Callable[[Point], bool] = lambda point: True, most: float = 60
) -> list[Point]:
    """Move each point as little as needed, so that it is two radii from earlier points and at a place accepted by `is_wanted`.

    If no such place is free within `most`, use the nearest free one. The result depends on the input alone.
    """
    placed: list[Point] = []
    for point in points:
        free = (at for at in _around(point, radius / 2) if all(math.dist(at, other) >= 2 * radius for other in placed))
        first = next(free)
        near = (at for at in [first, *islice(free, 600)] if math.dist(at, point) <= most and is_wanted(at))
        placed.append(next(near, first))
    return placed


def _around(point: Point, step: float) -> Iterator[Point]:
    """Yield a point, then places around it at increasing distance."""
    yield point
    for ring in count(1):
        for turn in range(6 * ring):
            angle = math.pi * turn / 3 / ring
            yield point[0] + ring * step * math.cos(angle), point[1] + ring * step * math.sin(angle)
