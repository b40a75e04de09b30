"""Place labels so that they avoid marks and each other; some are flags on stems."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from warehouse.visuals.style import Size, colour, text_width

Box = tuple[float, float, float, float]  # left, top, right and bottom, in px
Point = tuple[float, float]
Spot = tuple[float, float, str]  # a point in px, and the side of it on which a text stands
LEADING = 1.25  # height of a line relative to its type
GAP = 3  # px that stay free around a label
FLAG, FLAG_STEP = 6, 1.55  # px of a stem beside the middle of its flag; height of a line of flags relative to the type


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


def placed(labels: Iterable[Label], taken: Iterable[Box], bounds: Box, size: Size, lines: Sequence[Box] = ()) -> Placed:
    """Place labels, the most important first, at the first of their spots that is inside the bounds and free of marks and earlier labels.

    A label also avoids `lines`, the dotted ones of events, but is placed on one rather than left out.
    """
    result = Placed([], [], [], list(taken))
    for label in labels:
        type_size = label.size or size.small
        tried = [new for spot in label.spots if _inside((new := _boxes(label, spot, type_size))[0], bounds)]
        clear = [new for new in tried if not _meets(new, result.boxes)]
        free = next((new for new in clear if not _meets(new, lines)), clear[0] if clear else None)
        if free is None:
            result.left_over.append(label)
            continue
        result.boxes.extend(free)
        result.rows.extend(_lines(label, free[0], type_size))
        if label.foot is not None:
            result.stems.append((label, free[1]))
    return result


def flagged(flags: Sequence[Label], ground: float, most: int, sides: tuple[float, float], size: Size) -> tuple[Placed, float]:
    """Place flags in the fewest lines above `ground` that have room for all, the first in the highest; return the px of these lines too.

    Args:
        flags: the flags; of their spots only x and side count.
        ground: px of the lowest line's bottom.
        most: lines at most.
        sides: the left-most and the right-most px.
        size: the width that is drawn for.
    """
    names, room, step = Placed([], list(flags), [], []), 0.0, size.small * FLAG_STEP
    for lines in range(1, min(len(flags), most) + 1):
        levels = [ground - step * (line + 0.5) for line in range(lines)][::-1]
        spread = [flag._replace(spots=[(x, y, side) for y in levels for x, _, side in flag.spots]) for flag in flags]
        room = lines * step
        names = placed(spread, [], (sides[0], ground - room, sides[1], ground + step), size)
        if not names.left_over:
            break
    return names, room


def _meets(new: Iterable[Box], boxes: Iterable[Box]) -> bool:
    return any(overlap(n, b, GAP) for n in new for b in boxes)


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


def broken(lines: Iterable[Box], texts: Sequence[Box]) -> list[Box]:
    """Return the parts of vertical lines that run outside of texts and the gap around them."""
    parts = []
    for line in lines:
        x, top, _, bottom = line
        for _, above, _, below in sorted((text for text in texts if overlap(text, line, GAP)), key=lambda text: text[1]):
            if above > top:
                parts.append((x, top, x, min(above, bottom)))
            top = max(top, below)
        if top < bottom:
            parts.append((x, top, x, bottom))
    return parts


def dots(points: Iterable[tuple[float, float]], radius: float = 2) -> list[Box]:
    """Return the boxes that small marks at these px cover, which labels avoid."""
    return [(x - radius, y - radius, x + radius, y + radius) for x, y in points]


def along(line: Sequence[Point], step: float) -> Iterator[Point]:
    """Yield points of a line, about `step` px apart."""
    yield from line[:1]
    for a, b in pairwise(line):
        count = max(1, round(math.dist(a, b) / step))
        yield from ((a[0] + (b[0] - a[0]) * i / count, a[1] + (b[1] - a[1]) * i / count) for i in range(1, count + 1))
