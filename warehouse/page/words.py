"""Format values and rows as text for the page."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from warehouse.visuals import style

FIELD = re.compile(r"\{(\w+)\}")


def day(value: str | None) -> str:
    """Format `2026-11-23` as `23 November 2026`."""
    if not value:
        return "not known"
    return style.day(dt.date.fromisoformat(value))


def size(count: int) -> str:
    """Format a number of bytes as kB or MB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def is_link(text: Any) -> bool:
    """Return True for an http(s) URL; others, such as `javascript:`, could come from a source and must not become links."""
    return str(text or "").startswith(("https://", "http://"))


def dollars(value: float) -> str:
    """Format an amount: `$147.2 bn`, `$3.4 m`, `$50,568`."""
    for unit, name in ((1e9, " bn"), (1e6, " m")):
        if abs(value) >= unit:
            return f"${value / unit:,.1f}{name}"
    return f"${value:,.0f}"


def value_text(value: Any, unit: str, names: Mapping[str, str]) -> str:
    """Write a value with its unit; states by name, days in full, codes of several words without underscores."""
    if value is None or value == []:
        return "not known" if value is None else "none"
    if isinstance(value, list):
        return ", ".join(value_text(item, "", names) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date) or (unit == "date" and isinstance(value, str)):
        return day(str(value))
    if isinstance(value, str):
        return names.get(value, value.replace("_", " ") if value.islower() else value)
    if unit == "USD":
        return dollars(value)
    if unit == "%":
        return f"{value:.2g}%" if abs(value) < 1 else f"{value:.1f}%"
    return str(value) if unit == "year" else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def row_text(template: str, row: Mapping[str, Any], units: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Write a row in words: its dataset's `row_text` with each `{column}` replaced by the value."""
    return FIELD.sub(lambda field: value_text(row[field[1]], units[field[1]], names), template)
