"""Draw the picture that other sites show with a link to a page: a finding in large type above its chart."""

import html
import json
import re
from pathlib import Path

from warehouse.visuals import convert, style

WIDTH, HEIGHT = 1200, 630  # px, the shape that sites show whole
PADDING, TITLE, SMALL, LEADING = 60, 46, 24, 56  # px
OPENING = re.compile(r"<svg [^>]*>")


def picture(chart: Path, kicker: str) -> bytes:
    """Return as PNG the chart of an SVG file of `charts/`, without note and source, below `kicker` and its title."""
    meta, svg = json.loads(chart.with_suffix(".vl.json").read_text("utf-8"))["usermeta"], chart.read_text("utf-8")
    title = style.wrap(meta["title"], TITLE * style.BOLD, WIDTH - 2 * PADDING)
    top = PADDING + SMALL + LEADING * len(title)
    words = [
        _text(kicker, PADDING + SMALL / 2, SMALL, "muted", "normal"),
        *(_text(line, PADDING + SMALL + LEADING * (i + 0.85), TITLE, "ink", "bold") for i, line in enumerate(title)),
    ]
    width, height = (float(n) for n in re.findall(r' (?:width|height)="([\d.]+)"', svg)[:2])
    frame = meta["frame"]
    wide, high = width - 2 * frame["side"], height - frame["top"] - frame["bottom"]
    place = f'x="{PADDING}" y="{top + 16}" width="{WIDTH - 2 * PADDING}" height="{HEIGHT - top - 40}"'
    box = f'viewBox="{frame["side"]:g} {frame["top"]:g} {wide:g} {high:g}"'
    inner = OPENING.sub(f'<svg {place} {box} preserveAspectRatio="xMidYMin meet">', svg, count=1)
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{style.colour("ground")}"/>'
    outer = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="{style.FONT}">'
    return convert.png(style.plain(f"{outer}{ground}{inner}{''.join(words)}</svg>"), 1)


def _text(words: str, y: float, size: float, fill: str, weight: str) -> str:
    look = f'font-size="{size}" font-weight="{weight}" fill="{style.colour(fill)}"'
    return f'<text x="{PADDING}" y="{y:g}" {look}>{html.escape(words)}</text>'
