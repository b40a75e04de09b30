"""Draw without letting Vega measure each text, which would take more than half of the time.

The place of every text is known before (`plot.written`). Vega draws empty texts there, and the words are put in afterwards. Since Vega
places plots beside each other by their extent, two more empty texts stand at the left and right end of each layer of texts.
"""

import html
import re
from typing import Any

from warehouse.visuals import style, vegalite

EMPTY = re.compile(r'<text aria-label="@(\d*)"([^>]*)/>')
ALIGNED = {"left": 0.0, "center": 0.5, "right": 1.0}  # the part of a text that is left of its place


def emptied(spec: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a specification of the same picture with empty texts, without `usermeta`, and the words of the texts."""
    datasets, words = dict(spec["datasets"]), list[str]()

    def change(layer: vegalite.View) -> vegalite.View:
        name = layer["data"]["name"]
        rows = spec["datasets"][name]
        if layer["mark"]["type"] != "text" or not rows:
            return layer
        ends = [end for row in rows for end in _ends(row)]
        datasets[f"{name} empty"] = [row | {"text": f"@{len(words) + i}"} for i, row in enumerate(rows)]
        datasets[f"{name} empty"] += [rows[0] | {"text": "@", "px": end} for end in (min(ends), max(ends))]
        words.extend(row["text"] for row in rows)
        return layer | {"data": {"name": f"{name} empty"}, "encoding": layer["encoding"] | {"text": {"value": ""}}}

    changed = vegalite.with_layers(spec, change)
    return {name: part for name, part in changed.items() if name != "usermeta"} | {"datasets": datasets}, words


def filled(picture: str, words: list[str]) -> str:
    """Return the SVG of an emptied specification with its words."""

    def whole(match: re.Match[str]) -> str:
        if not match[1]:
            return ""
        text = html.escape(words[int(match[1])], quote=False)
        name = text.replace('"', "&quot;")
        return f'<text aria-label="{name}"{match[2]}>{text}</text>'

    return EMPTY.sub(whole, picture)


def _ends(row: dict[str, Any]) -> tuple[float, float]:
    """Return the left and right end of a text, in px."""
    wide = style.text_width(row["text"], row["size"], row["weight"] == "bold")
    left = row["px"] - ALIGNED[row["align"]] * wide
    return left, left + wide
