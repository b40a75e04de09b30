"""Print results: JSON for programs, columns for people."""

import datetime as dt
import decimal
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(plain(value), indent=1, ensure_ascii=False, allow_nan=False))


def print_table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows in right-aligned columns under their names."""
    lines = [list(names), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo(" ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def plain(value: Any) -> Any:
    """Convert a value to JSON types: days and times to ISO 8601, decimals to numbers, NaN and infinity to null."""
    if isinstance(value, dict):
        return {str(plain(name)): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float | decimal.Decimal) and not math.isfinite(value):
        return None
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value if isinstance(value, str | int | float | None) else str(value)


def _cell(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple | dict):
        return json.dumps(plain(value), ensure_ascii=False)
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value).replace("\n", "\\n")  # a row is one line
