"""Draw without letting Vega measure each text, which would take more than half of the time.

The place of every text is known before (`plot.written`). Vega draws empty texts there, and the words are put in afterwards. Since Vega
places plots beside each other by their extent, two more empty texts stand at the left and right end of each layer of texts.
"""

import html
import re
from typing import Any

from warehouse.visuals import style, vegalite

EMPTY = re.compile(r'<text aria-label="@(\d*)"([^>]*)/>')
FILLED = re.compile(r'<text aria-label="[^"]*"([^>]*)>([^<]*)</text>')
ALIGNED = {"left": 0.0, "center": 0.5, "right": 1.0}  # the part of a text that is left of its place


def emptied(spec: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a specification of the same picture with empty texts, without `usermeta`, and the words of the texts."""
    datasets, words = dict[str, Any](), list[str]()

    def change(layer: vegalite.View) -> vegalite.View:
        name = layer["data"]["name"]
        rows = spec["datasets"][name]
        if layer["mark"]["type"] != "text" or not rows:
            datasets[name] = rows
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
    return EMPTY.sub(lambda match: _text(words[int(match[1])], match[2]) if match[1] else "", picture)


def reworded(picture: str, words: list[str], others: list[str]) -> str | None:
    """Return the SVG of an emptied specification, filled with `words`, with `others` in their places; None if equal words become different."""
    instead = dict(zip(words, others, strict=True))
    if any(instead[word] != other for word, other in zip(words, others, strict=True)):
        return None
    return FILLED.sub(lambda match: _text(instead[html.unescape(match[2])], match[1]), picture)


def _text(word: str, attributes: str) -> str:
    text = html.escape(word, quote=False)
    name = text.replace('"', "&quot;")
    return f'<text aria-label="{name}"{attributes}>{text}</text>'


def _ends(row: dict[str, Any]) -> tuple[float, float]:
    """Return the left and right end of a text, in px."""
    wide = style.text_width(row["text"], row["size"], row["weight"] == "bold")
    left = row["px"] - ALIGNED[row["align"]] * wide
    return left, left + wide
