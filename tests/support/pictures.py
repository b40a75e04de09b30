"""Read drawn visuals: their text with its place, and their marks; or leave them blank."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from warehouse.visuals import convert, registry, style

DYAD = "CHN-RUS"
HELPERS = [
    "core.dyad",
    "core.evidence",
    "core.exercise",
    "core.veto",
    "core.country_shape",
    "raw.sea",
    "raw.island_chain",
    "raw.turning_point",
    "raw.partner_table",
    "raw.trade_basis",
    "raw.trade_break",
    "raw.unsc_seat",
    "raw.snapshot_file",
    "catalog.source",
    "raw.bloc_member",
    "raw.counting_rule",
    "catalog.parameter",
    "catalog.dyad",
    "views.dollar_conversion",
    "views.un_member",
]


BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="600" viewBox="0 0 1080 600"></svg>'


def blank(patch: pytest.MonkeyPatch) -> None:
    """Leave the pictures of this process's refreshes blank, since drawing takes a third of a refresh."""
    patch.setattr(convert, "start", lambda *_: None)
    patch.setattr(convert, "svg", lambda spec: BLANK)
    patch.setattr(convert, "png", lambda picture, scale: b"")


# `dyad` with blank pictures, as a program for `python -c`
UNDRAWN = f"""
from warehouse.visuals import convert
convert.start, convert.svg, convert.png = lambda *_: None, lambda spec: {BLANK!r}, lambda picture, scale: b""
from pipelines.cli.main import run
run()
"""


def ask(con, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


def published(con, path: Path) -> None:
    """Copy what the visuals read out of a release into a database that a test may change."""
    con.execute(f"attach '{path}' as release (read_only)")
    for table in [*HELPERS, "charts.claims", *(f"charts.{dataset}" for dataset in registry.drawings())]:
        con.execute(f"create schema if not exists {table.split('.')[0]}")
        con.execute(f"create table {table} as from release.{table}")
    con.execute("detach release")


class Text(NamedTuple):
    """A line of text in a picture, its size and the box that it covers, in px."""

    words: str
    size: float
    box: tuple[float, float, float, float]


def sheet(svg: str) -> ElementTree.Element:
    """Return the picture as a tree; raise if it is not well-formed."""
    return ElementTree.fromstring(svg)  # noqa: S314  the picture is our own


def texts(svg: str) -> list[Text]:
    """Return the visible lines of text of a picture."""
    return [text for node, x, y in _places(sheet(svg), 0, 0) if node.tag.endswith("}text") for text in _lines(node, x, y)]


def dotted(svg: str) -> list[tuple[float, float, float, float]]:
    """Return the boxes of the dotted lines of events."""
    places = [(float(node.get("y2")), x, y) for node, x, y in _places(sheet(svg), 0, 0) if node.get("stroke-dasharray") == "1,3"]
    return [(x, y + min(0, down), x, y + max(0, down)) for down, x, y in places]


def _places(node: ElementTree.Element, x: float, y: float) -> Iterator[tuple[ElementTree.Element, float, float]]:
    """Yield every element with its place."""
    for part in re.findall(r"translate\(([^)]*)\)", node.get("transform", "")):
        moved = [float(number) for number in part.split(",")]
        x, y = x + moved[0], y + (moved[1] if len(moved) > 1 else 0)
    yield node, x, y
    for child in node:
        yield from _places(child, x, y)


def _lines(node: ElementTree.Element, x: float, y: float) -> Iterator[Text]:
    size = float(node.get("font-size", "0").removesuffix("px"))
    for line in [line for line in node if line.tag.endswith("}tspan")] or [node]:
        words = "".join(line.itertext())
        y += float(line.get("dy", 0))
        width = style.text_width(words, size, node.get("font-weight") == "bold")
        left = x - {"middle": width / 2, "end": width}.get(node.get("text-anchor", "start"), 0)
        if words.strip():
            yield Text(words, size, (left, y - 0.74 * size, left + width, y + 0.21 * size))


def marks(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the data of the marks that represent rows."""
    return [datum for data in spec["datasets"].values() for datum in data if "keys" in datum and "label" in datum]
