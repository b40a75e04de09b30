"""Give the visuals one style: colours, type, hatching, wrapped text, and the frame of title, note and source around a chart.

Put here what all visuals share, not what one of them decides.

Text from sources enters a specification as data or as a title, never inside an expression, so Vega shows it unchanged.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any, NamedTuple

import altair as alt

WIDTH = 600  # px of a plot
LEAST_TYPE = 8.5  # px: the smallest type of a picture shown 400 px wide
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # the first is bundled with vl-convert, so that pictures need no system font
TITLE, SUBTITLE, LABEL, SMALL = 21, 14.5, 14.5, 14
MARGIN = 38  # px left of a plot for the labels of its axis
NBSP = "\u00a0"  # keeps a figure and its unit on one line

# Okabe and Ito's palette, distinct for every kind of colour vision
BLUE, SKY, ORANGE, VERMILLION, YELLOW = "#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#F0E442"
INK, GREY, PALE, LAND, WATER = "#222222", "#6b6b6b", "#d9d9d9", "#dedbd3", "#f3f7fa"
FAINT = 0.45  # opacity of marks that stand for doubtful rows
INDIGO = "#332288"  # Paul Tol's
FIRST, SECOND, BOTH = (
    VERMILLION,
    BLUE,
    "#0d0887",
)  # the dyad's two states, and both together: distinct in grey print and in dark mode too
UNSETTLED = "#c9c2ae"  # a disputed area: the colour of none of the states
HATCHES = "#1a1a1a", "#ffffff"  # over pale and over strong fills; dark mode does not change these two

CONFIG: dict[str, Any] = {
    "background": "white",
    "font": FONT,
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
    "text": {"font": FONT, "fontSize": LABEL, "color": INK},
}  # fmt: skip

# Advance widths of Arial's and Liberation Sans's letters, in thousandths of the type size
_ADVANCES = {
    222: "ijl'", 260: "|", 278: " !,./:;I[]ft\\", 333: "()-r`", 500: "cksvxyzJ", 556: "abdeghnopqu0123456789L?$#_–",
    584: "+=<>~", 611: "FTZ", 667: "ABEKPSVXY&", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W",
}  # fmt: skip
ADVANCE = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
UNKNOWN_ADVANCE = 1000

# names that take an article inside a sentence, but not in a list or a legend
ARTICLE = re.compile(
    "^(United|Soviet Union|Holy See|Netherlands|Philippines|Bahamas|Maldives|Comoros|Gambia|DR Congo|Isle of|Democratic Republic|"
    r"Trust Territory|Panama Canal Zone)\b|(Islands|Republic|Territory|Territories)$"
)

Point = tuple[float, float]


Layers = alt.LayerChart | alt.FacetChart  # the type of altair.layer(...)


class Drawing(NamedTuple):
    """A visual before it is framed: its main result as title, its chart (None if there is nothing to draw), and its rows.

    `alt` describes the chart in words; `shows` and `counted` replace the dataset's unit and counting rule; `left` is the width in px of
    the chart left of its plot.
    """

    title: str
    chart: Layers | alt.VConcatChart | None = None
    alt: str = ""
    shows: str = ""
    counted: str = ""
    left: int = 0
    notes: Sequence[str] = ()
    rows: Sequence[dict[str, Any]] = ()


def text_width(text: str, size: float) -> float:
    """Return the width of a line in px, in Liberation Sans."""
    return sum(ADVANCE.get(letter, UNKNOWN_ADVANCE) for letter in text) * size / 1000


def wrap(text: str, size: float, width: float = WIDTH) -> list[str]:
    """Break the text into lines no wider than `width` px; a wider word is broken too."""
    lines = [""]
    for word in text.split(" "):
        if text_width(f"{lines[-1]} {word}".strip(" "), size) <= width:
            lines[-1] = f"{lines[-1]} {word}".strip(" ")
            continue
        lines += [""] * bool(lines[-1])
        for letter in word:
            if lines[-1] and text_width(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def shorten(text: str, size: float, width: float) -> str:
    """Cut the text with an ellipsis if it is wider than `width` px."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def capital(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def the(name: str) -> str:
    """Return a state's name as inside a sentence: `the United Kingdom`."""
    return f"the {name}" if ARTICLE.search(name) else name


def whose(name: str) -> str:
    """Return the possessive of a name."""
    return name + ("'" if name.endswith("s") else "'s")


def listed(parts: Sequence[str]) -> str:
    """Join a list: `a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 drill`, `2 drills`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day(date: dt.date) -> str:
    """Format a day: `30 September 2025`."""
    return f"{date.day} {date:%B %Y}"


def usd(value: float) -> str:
    """Format dollars with at most three digits: `240 bn USD`, `4.1 m USD`."""
    for limit, word in ((1e15, None), (1e9, "bn"), (1e6, "m"), (1e3, "thousand")):
        if abs(value) >= limit:
            return f"{value:.2e}{NBSP}USD" if word is None else f"{_three_digits(value / limit)}{NBSP}{word}{NBSP}USD"
    return f"{_three_digits(value)}{NBSP}USD"


def _three_digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 99.95 else f"{value:.1f}"


def axis_unit(values: Iterable[float]) -> tuple[float, str]:
    """Return the dollars per unit of an axis, and the unit's name."""
    top = max((abs(value) for value in values), default=0)
    return next(((size, name) for size, name in ((1e9, "bn USD"), (1e6, "m USD")) if top >= size), (1, "USD"))


def percent(value: float) -> str:
    """Format a share: no decimals from ten per cent, one below."""
    if 0 < value < 0.05:
        return f"under 0.1{NBSP}%"
    if abs(value) >= 1e4:
        return f"{value:.1e}{NBSP}%"
    return f"{value:.0f}{NBSP}%" if abs(value) >= 9.95 else f"{value:.1f}{NBSP}%"


def stands_for(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fields that link a mark to its rows: their keys, and for the tooltip what qualifies them and their evidence."""
    doubts = sorted({doubt for row in rows for doubt in row["qualifications"]})
    return {"keys": [row["key"] for row in rows], "doubts": ", ".join(doubts) or "nothing", "evidence": cite(union(rows))}


def union(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the evidence ids of all rows, each once."""
    return list(dict.fromkeys(i for row in rows for i in row["evidence"]))


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


def years_axis(first: int, last: int, room: float) -> list[int]:
    """Return the years to label on an axis `room` px wide: all, or every second, fifth, tenth and so on."""
    steps = (s for s in (1, 2, 5, 10, 20, 50, 100) if (last - first + 1) / s * 46 <= room)
    step = next(steps, 200)
    return [year for year in range(first, last + 1) if year % step == 0 or step == 1]


def year_span(years: Collection[int]) -> tuple[int, int]:
    """Return first and last year of an axis, at least eight years, so that a single column does not fill the plot."""
    first, last = min(years), max(years)
    missing = max(0, 7 - (last - first))
    return first - (missing + 1) // 2, last + missing // 2


def year_x(field: str, first: int, last: int, width: float) -> alt.X:
    """Return a linear axis of years with room for columns from `year - 0.4` to `year + 0.4`."""
    axis = alt.Axis(values=years_axis(first, last, width), format="d", title=None, tickSize=4)
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[first - 0.6, last + 0.6]), axis=axis)


def pixels(width: float, domain: Point) -> float:
    """Return the px of one unit of a linear scale."""
    return width / ((domain[1] - domain[0]) or 1)


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


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def hatch_colour(fill: str) -> str:
    """Return the hatching colour with the higher contrast to a fill."""
    return max(HATCHES, key=lambda colour: contrast(colour, fill))


def hatched_bar(left: float, right: float, low: float, high: float, x_px: float, y_px: float) -> list[dict[str, float]]:
    """Return the hatching of a bar in data units; `x_px` and `y_px` are the px per unit, so that the lines run at 45 degrees."""
    ring = [(left * x_px, low * y_px), (right * x_px, low * y_px), (right * x_px, high * y_px), (left * x_px, high * y_px)]
    lines = hatch([ring], 6)
    return [{"left": a[0] / x_px, "low": a[1] / y_px, "right": b[0] / x_px, "high": b[1] / y_px} for a, b in lines]


def hatching(lines: Sequence[dict[str, float]], x: alt.X, y: alt.Y) -> alt.Chart:
    """Draw white diagonal lines over bars."""
    encoded = {"x": x, "x2": "right:Q", "y": y, "y2": "high:Q"}
    return alt.Chart(data(lines)).mark_rule(stroke="white", strokeWidth=2, tooltip=None).encode(**encoded)


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


def corner_text(text: str) -> alt.Chart:
    """Draw the unit of an axis above its upper end."""
    return (
        alt.Chart(data([{"text": text}])).mark_text(align="left", baseline="bottom", fontSize=SMALL, color=GREY, dy=-9, tooltip=None)
        .encode(x=alt.value(-MARGIN), y=alt.value(0), text="text:N")
    )  # fmt: skip


def key_lines(keys: Sequence[dict[str, Any]], field: str, scale: alt.Scale) -> alt.Chart:
    """Draw a legend as lines of text, each in the colour of its series."""
    marks = [
        {"text": line, "y": i, field: key[field]}
        for i, (key, line) in enumerate((k, w) for k in keys for w in wrap(k["text"], LABEL * 1.09))
    ]
    return (
        alt.Chart(data(marks)).mark_text(align="left", fontSize=LABEL, fontWeight="bold", tooltip=None)
        .encode(x=alt.value(-MARGIN), y=alt.Y("y:O", axis=None), text="text:N", color=alt.Color(f"{field}:N", scale=scale, legend=None))
        .properties(width=WIDTH - 20, height=alt.Step(20))
    )  # fmt: skip


def paragraph(text: Sequence[str], size: float = SMALL, left: int = 0) -> alt.Chart:
    """Return wrapped text as a separate view, one paragraph per item, starting `left` px left of the plots."""
    lines = [line for part in text for line in wrap(part, size)]
    step = size * 1.35
    return (
        alt.Chart(data([{"text": line, "y": (i + 0.5) * step} for i, line in enumerate(lines)]))
        .mark_text(align="left", baseline="middle", fontSize=size, color="#444444")
        .encode(text="text:N", x=alt.value(-left), y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, len(lines) * step], reverse=True)))
        .properties(width=WIDTH - left, height=len(lines) * step)
    )


def framed(drawing: Drawing, subtitle: str, note: str, source: str) -> dict[str, Any]:
    """Return the complete specification: title, subtitle, chart, note and source; or only title and note if there is no chart."""
    title = alt.TitleParams(text=wrap(drawing.title, TITLE * 1.09), subtitle=wrap(subtitle, SUBTITLE))
    if drawing.chart is None:
        chart: alt.Chart | alt.VConcatChart = paragraph([note], LABEL).properties(title=title)
    else:
        chart = alt.vconcat(drawing.chart, paragraph([note, source], left=drawing.left), title=title, spacing=16)
    spec = chart.configure(**CONFIG).to_dict()
    datasets = {name: json.loads(rows) for name, rows in spec["datasets"].items()}
    return _without_empty_layers(spec, datasets) | {"datasets": datasets}


def _without_empty_layers(view: dict[str, Any], datasets: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return the view without layers that have no rows to draw: the library warns that their extent is infinite."""
    parts = {
        kind: [_without_empty_layers(part, datasets) for part in view[kind] if datasets.get(part.get("data", {}).get("name"), True)]
        for kind in ("layer", "vconcat", "hconcat")
        if kind in view
    }
    return view | parts
