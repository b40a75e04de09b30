"""Give the visuals one look: the theme's colours, the two widths, type sizes, measured text and formats of figures.

Put here what has no coordinates, not scales (`plot.py`), labels (`labels.py`) or events (`framing.py`).

Text from sources enters a specification as data or as a title, never inside an expression, so Vega shows it unchanged.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from warehouse.visuals.vegalite import View

# The name of a CSS custom property, its colour on a light ground, and its colour on a dark one
THEME = {
    "ground": ("#ffffff", "#15181c"),
    "ink": ("#1c1c1c", "#ececec"),
    "muted": ("#5f5f5f", "#a8adb3"),
    "grid": ("#e3e3e3", "#33383e"),
    "band": ("#f6ecdd", "#2b2620"),  # the time since the hinge
    "hinge": ("#80602c", "#d0aa6a"),  # its name
    "first": ("#d1500c", "#ff8a4f"),  # the dyad's first state
    "second": ("#1567a8", "#62aef0"),  # its second
    "together": ("#43217a", "#cdb2ff"),
    "together-2": ("#8a68c4", "#8f72cf"),
    "other": ("#857c6d", "#97907f"),  # with others, or everything else
    "bloc-1": ("#00796b", "#3fc0ae"),
    "bloc-2": ("#a06a00", "#e0b04a"),
    "bloc-3": ("#6d3b53", "#d79ab6"),  # a third bloc
    "land": ("#e2dfd6", "#2e3338"),
    "water": ("#f1f5f8", "#1b2026"),
}

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # the first is bundled with vl-convert, so that pictures need no system font
VARIABLE = re.compile(r"var\(--([a-z0-9-]+), (#[0-9a-f]{6})\)")

# Advance widths of Arial's and Liberation Sans's letters, in thousandths of the type size
_ADVANCES = {
    222: "ijl'", 260: "|", 278: " !,./:;I[]ft\\", 333: "()-r`", 500: "cksvxyzJ", 556: "abdeghnopqu0123456789L?$#_–",
    584: "+=<>~", 611: "FTZ", 667: "ABEKPSVXY&", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W",
}  # fmt: skip
ADVANCE = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
UNKNOWN_ADVANCE = 1000
BOLD = 1.08  # the width of bold type relative to regular
PALE = 0.55  # opacity of a mark that is not counted or not complete

# names that take an article inside a sentence, but not in a list or a legend
ARTICLE = re.compile(
    "^(United|Soviet Union|Holy See|Netherlands|Philippines|Bahamas|Maldives|Comoros|Gambia|DR Congo|Isle of|Democratic Republic|"
    r"Trust Territory|Panama Canal Zone)\b|(Islands|Republic|Territory|Territories)$|^SCO$"
)


class Size(NamedTuple):
    """A width to draw for: px of the content, of its margin left of the plots, around it, and of each kind of type."""

    name: str
    width: int
    margin: int
    padding: int
    title: float
    subtitle: float
    label: float
    small: float

    @property
    def plot(self) -> int:
        """Return the width of a single plot."""
        return self.width - self.margin

    @property
    def is_narrow(self) -> bool:
        """Return True for a phone's width."""
        return self.name == "narrow"


SIZES = {
    "wide": Size("wide", 1050, 52, 12, 24, 15, 13.5, 12.5),
    "narrow": Size("narrow", 338, 46, 10, 18, 14, 13, 12.5),
}

Finding = Callable[..., str | None]


class Title(NamedTuple):
    """A title, and the name of the finding that it reports."""

    text: str
    finding: str = ""


class Drawing(NamedTuple):
    """A visual before it is framed: its title, its chart (None if there is nothing to draw), and its rows.

    `alt` describes the chart in words; `shows` and `counted` replace the dataset's unit and counting rule; `unit` names what the chart is
    drawn in, if the dataset is drawn in several units.
    """

    title: Title
    chart: View | None = None
    alt: str = ""
    shows: str = ""
    counted: str = ""
    notes: Sequence[str] = ()
    rows: Sequence[dict[str, Any]] = ()
    left: float | None = None  # px left of the plots, if not the width's margin
    unit: str = ""
    on_land: bool = False  # drawn on the shapes that the dataset's header names


def nothing(subject: str, unit: str = "") -> Drawing:
    """Return the drawing of a subject without figures."""
    return Drawing(Title(f"{subject}: nothing to draw"), unit=unit)


def first_that_holds(findings: Sequence[Finding], *facts: Any) -> Title:
    """Return the first finding whose condition holds; a finding returns None if it does not, and the last must hold for any rows."""
    found = ((finding(*facts), finding.__name__.strip("_")) for finding in findings)
    return next(Title(capital(sentence), name) for sentence, name in found if sentence is not None)


def colour(name: str) -> str:
    """Return a colour of the theme as a CSS variable with the light colour as fallback."""
    return f"var(--{name}, {THEME[name][0]})"


def plain(text: str) -> str:
    """Replace CSS variables by the light colours, since programs that print and edit pictures know no variables."""
    return VARIABLE.sub(r"\2", text)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a line in px, in Liberation Sans."""
    return sum(ADVANCE.get(letter, UNKNOWN_ADVANCE) for letter in text) * size / 1000 * (BOLD if bold else 1)


def wrap(text: str, size: float, width: float) -> list[str]:
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


def number(count: int) -> str:
    """Write a count in words up to ten: `none`, `ten`, `11`."""
    words = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return words[count] if count < len(words) else f"{count:,}"


def times(count: int) -> str:
    """Write how often: `once`, `three times`, `20 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{number(count)} times")


def change(then: float, now: float) -> str:
    """Return `up` or `down`; nothing if both values are equal."""
    return "up" if now > then else "down" if now < then else ""


def day(date: dt.date) -> str:
    """Format a day: `30 September 2025`."""
    return f"{date.day} {date:%B %Y}"


def spans(years: Iterable[int]) -> str:
    """Join years, runs of them as spans: `2003, 2005–2007 and 2010`."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return listed([f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs])


MONEY = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def money(value: float, symbol: str = "$") -> str:
    """Format an amount of money with at most three digits: `$240bn`, `¥1.76tn`."""
    sign, value = "−" if value < 0 else "", abs(value)
    if value >= 1e15:
        return f"{sign}{symbol}{value:.2e}"
    limit, word = next(((limit, word) for limit, word in MONEY if value >= limit), (1, ""))
    scaled = value / limit
    places = 0 if scaled >= 99.95 else 2 if word == "tn" and scaled < 9.995 else 1
    return f"{sign}{symbol}{scaled:,.{places}f}{word}"


def axis_unit(values: Iterable[float]) -> tuple[float, str]:
    """Return the amount of money per unit of an axis, and the unit's suffix."""
    top = max((abs(value) for value in values), default=0)
    return next(((size, name) for size, name in MONEY[:-1] if top >= size), (1, ""))


def percent(value: float) -> str:
    """Format a share: no decimals from ten per cent, one below."""
    if 0 < value < 0.05:
        return "under 0.1%"
    if abs(value) >= 1e4:
        return f"{value:.1e}%"
    return f"{value:.0f}%" if abs(value) >= 9.95 else f"{value:.1f}%"


def is_documented(row: Mapping[str, Any]) -> bool:
    """Return whether a row counts: one that is not documented beyond doubt is drawn pale."""
    return row["confidence"] == "documented"


def mark(rows: Sequence[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Return the fields that link a mark to its rows: their keys, and its label with what qualifies them.

    A mark of converted rows also has `factors`: the evidence ids of the figures that they were converted with.
    """
    doubts = sorted({doubt for row in rows for doubt in row["qualifications"]})
    factors = list(dict.fromkeys(i for row in rows for i in row.get("factors", ())))
    linked = {"keys": [row["key"] for row in rows], "label": label + (f" ({', '.join(doubts)})" if doubts else "")}
    return linked | ({"factors": factors} if factors else {})


def union(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the evidence ids of all rows and of their factors, each once."""
    return list(dict.fromkeys(i for row in rows for i in (*row["evidence"], *row.get("factors", ()))))
