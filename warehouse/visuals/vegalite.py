"""Write the parts of a Vega-Lite specification: layers of marks, plots of layers, and plots beside each other.

The parts are plain dictionaries, which join without being copied; the tests validate whole specifications by Vega-Lite's schema.
"""

from collections.abc import Iterable
from typing import Any

View = dict[str, Any]
Encoding = dict[str, Any]


def category(field: str) -> Encoding:
    """Return an encoding that separates marks by a field."""
    return {"field": field, "type": "nominal"}


def literal(field: str) -> Encoding:
    """Return an encoding that draws the values of a field, such as colours, as they are."""
    return {"field": field, "type": "nominal", "scale": None}


def amount(field: str) -> Encoding:
    """Return an encoding that draws the values of a field, such as px, as they are."""
    return {"field": field, "type": "quantitative", "scale": None}


_PLACES: Encoding = {
    "x": amount("px") | {"axis": None}, "x2": {"field": "px2"}, "y": amount("py") | {"axis": None}, "y2": {"field": "py2"},
}  # fmt: skip
_LOOKS: Encoding = {
    **{channel: literal(channel) for channel in ("fill", "stroke", "shape")},
    **{channel: amount(field) for channel, field in (("size", "size"), ("opacity", "opacity"), ("strokeWidth", "width"))},
}
_GIVEN = _PLACES | _LOOKS
_NAMED: Encoding = {"description": category("label"), "tooltip": category("label")}


def given(*channels: str) -> Encoding:
    """Return encodings that draw what the data gives: px in `x`, `y`, `x2` and `y2`, colours, and looks such as `opacity`."""
    return {channel: _GIVEN[channel] for channel in channels}


def layer(mark: str, rows: Iterable[dict[str, Any]], encoding: Encoding, **look: Any) -> View:
    """Draw rows as marks that stand for nothing, such as grounds, lines and symbols of a legend; a screen reader passes over all but text."""
    rounded = [{k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    return {"data": {"values": rounded}, "mark": {"type": mark, "tooltip": None, "aria": mark == "text", **look}, "encoding": encoding}


def marks(mark: str, rows: Iterable[dict[str, Any]], encoding: Encoding, **look: Any) -> View:
    """Draw rows as marks that stand for rows of the dataset: each has `keys`, and a `label` that names and describes the mark."""
    drawn = layer(mark, rows, _NAMED | encoding, **look)
    del drawn["mark"]["tooltip"], drawn["mark"]["aria"]
    return drawn


def layered(layers: Iterable[View], width: float, height: float) -> View:
    """Put layers above each other, the first lowest; layers without rows are left out, since their extent would be infinite."""
    return {"layer": [view for view in layers if view["data"]["values"]], "width": width, "height": height}


def named_data(view: View) -> tuple[View, dict[str, list[dict[str, Any]]]]:
    """Return the view with its inline rows replaced by names, and the rows by name, as `datasets` of a specification; equal rows share a name."""
    datasets: dict[str, list[dict[str, Any]]] = {}

    def named(part: View) -> View:
        if "data" not in part:
            parts = {kind: [named(child) for child in part[kind]] for kind in ("layer", "concat", "vconcat", "hconcat") if kind in part}
            return part | parts
        rows = part["data"]["values"]
        name = next((name for name, others in datasets.items() if others == rows), f"data-{len(datasets) + 1}")
        datasets[name] = rows
        return part | {"data": {"name": name}}

    return named(view), datasets
