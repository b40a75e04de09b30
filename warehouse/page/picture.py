"""Embed a chart's SVG files in the page, in the page's colours, without title, subtitle, note and source, which the page sets as text."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

SVG = "{http://www.w3.org/2000/svg}"
WORDS = ("role-title", "concat_1_group")  # title and subtitle, note and source
GEOMETRY = {"d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "cx", "cy"}
DROPPED = {"role", "aria-roledescription", "aria-hidden", "pointer-events", "class", "font-family"}
INHERITED = ("fill", "stroke", "stroke-width", "font-size", "font-weight", "text-anchor")
HIDDEN = ("opacity", "0")  # of the invisible marks on a line, which carry its labels; a group has it if all its marks do
DEFAULTS = {("transform", "translate(0,0)"), ("opacity", "1")}
LONG_PATH = 1000  # characters; a longer path is an outline on a map, whose points may be rounded to whole pixels
LEAST_STEP = 3  # px, sideways and upwards together, between points of such an outline
DOT = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")  # as Vega draws a circle
PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
LABEL = re.compile(r' aria-label="[^"]*"(?= data-)')
STEP = re.compile(r"([ML])(-?[\d.]+),(-?[\d.]+)|Z")
DECIMALS = re.compile(r"-?\d+\.\d{2,}")
ET.register_namespace("", SVG.strip("{}"))


class Picture(NamedTuple):
    """A drawing as markup, its width and height in px, and the positions of each mark's rows."""

    markup: Markup
    width: float
    height: float
    marks: list[list[int]]


def picture(file: Path, meta: Mapping[str, Any], positions: Mapping[tuple, int], at: Mapping[str, int], prefix: str) -> Picture:
    """Return the chart of an SVG file, each mark with the positions of its rows in the page's table and of its factors in its evidence.

    Args:
        file: the drawing, as `visuals.files` wrote it.
        meta: `usermeta` of its specification.
        positions: the position of each row of the dataset, by key.
        at: the position of each figure of the page's evidence, by id.
        prefix: a text that makes the ids of the drawing unique in the page.
    """
    root = ET.parse(file).getroot()  # noqa: S314 -- our own
    frame = meta["frame"]
    links = {"data-rows": [positions[tuple(key)] for key in meta["rows"]], "data-factors": [at[i] for i in meta["factors"]]}
    width, height = float(root.get("width", 0)) - 2 * frame["side"], float(root.get("height", 0)) - frame["top"] - frame["bottom"]
    marks = [[links["data-rows"][int(i)] for i in of.split()] for element in root.iter() if (of := element.get("data-rows"))]
    _remove_words(root)
    for element in root.iter():
        _simplify(element, links, prefix)
    for group in root.iter(f"{SVG}g"):
        _share_looks(group)
    _unwrap(root)
    box = f"{frame['side']:g} {frame['top']:g} {width:g} {height:g}"
    root.attrib.clear()
    root.attrib |= {"viewBox": box, "class": meta["width"], "role": "group", "aria-label": meta["alt"], "tabindex": "0"}
    return Picture(Markup(ET.tostring(root, "unicode").replace(" />", "/>")), width, height, marks)  # noqa: S704 -- drawn from escaped text


def without_labels(markup: Markup) -> Markup:
    """Return a drawing whose marks have no names, for a page that takes them from another drawing with the same marks."""
    return Markup(LABEL.sub("", markup))  # noqa: S704 -- from escaped markup


def _remove_words(parent: ET.Element) -> None:
    """Remove the words around the chart, and boxes that draw nothing."""
    for child in list(parent):
        classes = child.get("class", "").split()
        if any(name in classes for name in WORDS) or (child.tag == f"{SVG}rect" and len(parent) > 1 and not classes) or _is_empty(child):
            parent.remove(child)
        else:
            _remove_words(child)


def _is_empty(element: ET.Element) -> bool:
    return (
        element.tag == f"{SVG}path"
        and element.get("class") in ("background", "foreground")
        and not (element.get("stroke") or element.get("fill"))
    )


def _simplify(element: ET.Element, links: Mapping[str, Sequence[int]], prefix: str) -> None:
    """Keep names on marks only, drop what the page sets, shorten coordinates and circles, and prefix ids."""
    if "stroke" not in element.attrib:
        element.attrib.pop("stroke-width", None)
    for name in DROPPED | {name for name, value in element.attrib.items() if (name, value) in DEFAULTS}:
        element.attrib.pop(name, None)
    if "data-rows" not in element.attrib:
        element.attrib.pop("aria-label", None)
    _in_theme(element)
    for name, value in element.attrib.items():
        if name in links:
            element.set(name, runs(links[name][int(i)] for i in value.split()))
        elif name in GEOMETRY:
            element.set(name, _rounded(value))
        elif name == "id":
            element.set(name, f"{prefix}-{value}")
        elif "url(#" in value:
            element.set(name, value.replace("url(#", f"url(#{prefix}-"))
    _as_circle(element)


def _in_theme(element: ET.Element) -> None:
    """Replace plain colours by the variables of the page's theme that they name."""
    for name in ("fill", "stroke"):
        if variable := element.attrib.pop(f"data-{name}", None):
            element.set(name, f"var(--{variable})")


def _as_circle(element: ET.Element) -> None:
    """Write a path that is a circle as such, which is half as long."""
    dot, place = DOT.fullmatch(element.get("d", "")), PLACE.fullmatch(element.get("transform", ""))
    if dot and place:
        del element.attrib["d"], element.attrib["transform"]
        element.tag = f"{SVG}circle"
        element.attrib |= {"cx": place[1], "cy": place[2], "r": dot[1]}


def _share_looks(group: ET.Element) -> None:
    """Move the most frequent value of each inherited look from the children of a group to the group."""
    for name in INHERITED:
        values = Counter(child.get(name) for child in group)
        if len(group) > 1 and None not in values and name not in group.attrib:
            [(shared, _)] = values.most_common(1)
            group.set(name, str(shared))
            for child in group:
                if child.get(name) == shared:
                    del child.attrib[name]
    if len(group) > 1 and all(child.get(HIDDEN[0]) == HIDDEN[1] for child in group):
        group.set(*HIDDEN)
        for child in group:
            del child.attrib[HIDDEN[0]]


def _unwrap(parent: ET.Element) -> None:
    """Replace groups without attributes by their children."""
    for child in list(parent):
        _unwrap(child)
        if child.tag == f"{SVG}g" and not child.attrib:
            place = list(parent).index(child)
            parent[place : place + 1] = list(child)


def runs(positions: Iterable[int]) -> str:
    """Write positions in their order, successive ones as a run: `3 7-9`."""
    found: list[list[int]] = []
    for position in positions:
        if found and position == found[-1][-1] + 1:
            found[-1].append(position)
        else:
            found.append([position])
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in found)


def _rounded(value: str) -> str:
    """Round coordinates to 0.1 px, in long paths to 1 px."""
    if len(value) > LONG_PATH and not STEP.sub("", value):
        return _outline(value)
    return DECIMALS.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), value)


def _outline(path: str) -> str:
    """Write a path of straight lines in whole px, each point by its distance from the one before; leave out those nearer."""
    written: list[str] = []
    x = y = 0
    for step in STEP.finditer(path):
        if step[1] is None:
            written.append("z")
            continue
        at = round(float(step[2])), round(float(step[3]))
        if step[1] == "M":
            written.append(f"M{at[0]},{at[1]}")
        elif abs(at[0] - x) + abs(at[1] - y) < LEAST_STEP:
            continue
        else:
            after_step = written[-1][0] not in "Mz"
            dx, dy = at[0] - x, at[1] - y
            written.append(f"{('' if dx < 0 else ' ') if after_step else 'l'}{dx}{'' if dy < 0 else ','}{dy}")
        x, y = at
    return "".join(written)
