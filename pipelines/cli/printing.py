"""Print results: JSON and CSV for programs, columns for people."""

import csv
import datetime as dt
import decimal
import itertools
import json
import math
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from schemas.words import plural

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
CELL = 40  # characters of a value in a table whose width is limited


def invoked() -> str:
    """Return how to run `dyad` again: its name if it is on the PATH, otherwise as this process was run, such as `.venv/bin/dyad`."""
    return sys.argv[0] if Path(sys.argv[0]).name == "dyad" and not shutil.which("dyad") else "dyad"


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(plain(value), indent=1, ensure_ascii=False, allow_nan=False))


class Limits(NamedTuple):
    """The rows and the width of a printed table; None for no limit."""

    rows: int | None = None
    width: int | None = None


NO_LIMITS = Limits()


def print_table(names: Sequence[str], rows: Iterable[Sequence[Any]], limits: Limits = NO_LIMITS) -> None:
    """Print rows in right-aligned columns under the column names; without a row limit, page them if they exceed the terminal's height."""
    lines = list(_table_lines(names, rows, limits))
    if limits.rows is None and sys.stdout.isatty() and len(lines) >= shutil.get_terminal_size().lines:
        click.echo_via_pager(f"{line}\n" for line in lines)
    else:
        click.echo("\n".join(lines))


def _table_lines(names: Sequence[str], rows: Iterable[Sequence[Any]], limits: Limits) -> Iterator[str]:
    """Yield the lines of a table, and a last one that counts the rows and columns if the limits leave some out."""
    shown, more = _first(rows, limits.rows)
    lines = [list(names), *([_cell(value, limits.width and CELL) for value in row] for row in shown)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    count = _fitting(widths, limits.width)
    for line in lines:
        cells = [cell.rjust(width) for cell, width in zip(line[:count], widths, strict=False)]
        yield " ".join(cells + ["…"] * (count < len(widths)))
    if more or count < len(widths):
        yield f"({'first ' if more else ''}{plural(len(shown), 'row')}, {count} of {len(widths)} columns)"


def _first(rows: Iterable[Sequence[Any]], limit: int | None) -> tuple[list[Sequence[Any]], bool]:
    """Return the rows up to the limit, and whether there are more."""
    first = list(itertools.islice(rows, None if limit is None else limit + 1))
    return first[:limit], limit is not None and len(first) > limit


def _fitting(widths: Sequence[int], limit: int | None) -> int:
    """Return how many columns fit into the limit, at least one; a mark of two characters follows if some do not."""
    ends = list(itertools.accumulate(width + 1 for width in widths))
    if limit is None or ends[-1] - 1 <= limit:
        return len(widths)
    return max(1, sum(end + 1 <= limit for end in ends))


def print_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as CSV (RFC 4180) under the column names: lists joined by `;`, an empty cell for NULL."""
    table = csv.writer(sys.stdout)
    table.writerow(names)
    table.writerows([_csv_cell(value) for value in row] for row in rows)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(str(_csv_cell(item)) for item in value)
    if isinstance(value, dict):
        return json.dumps(plain(value), ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else value


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


def _cell(value: Any, width: int | None = None) -> str:
    text = _text(value)
    return text if width is None or len(text) <= width else f"{text[: width - 1]}…"


def _text(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple | dict):
        return json.dumps(plain(value), ensure_ascii=False)
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value).replace("\n", "\\n")  # a row is one line
