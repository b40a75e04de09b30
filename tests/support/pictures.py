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
    return list(_texts(sheet(svg), 0, 0))


def _texts(node: ElementTree.Element, x: float, y: float) -> Iterator[Text]:
    for part in re.findall(r"translate\(([^)]*)\)", node.get("transform", "")):
        moved = [float(number) for number in part.split(",")]
        x, y = x + moved[0], y + (moved[1] if len(moved) > 1 else 0)
    if node.tag.endswith("}text"):
        lines = [line for line in node if line.tag.endswith("}tspan")] or [node]
        size, down = float(node.get("font-size", "0").removesuffix("px")), y
        for line in lines:
            words = "".join(line.itertext())
            down += float(line.get("dy", 0))
            width = style.text_width(words, size, node.get("font-weight") == "bold")
            left = x - {"middle": width / 2, "end": width}.get(node.get("text-anchor", "start"), 0)
            if words.strip():
                yield Text(words, size, (left, down - 0.74 * size, left + width, down + 0.21 * size))
    else:
        for child in node:
            yield from _texts(child, x, y)


def marks(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the data of the marks that represent rows."""
    return [datum for data in spec["datasets"].values() for datum in data if "keys" in datum and "label" in datum]
