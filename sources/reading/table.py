"""Reading publishers' tables strictly: JSON, CSV and HTML as rows of text, with the header held to what was agreed.

Belongs here: what all `parse.py` need to read bytes. Does not belong here: what one publisher's columns mean.
"""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from schemas.errors import Refused
from sources.snapshot import MOST_COLUMNS, csv_reader


def text(body: bytes) -> str:
    """The body as text, a byte order mark left out.

    Raises:
        Refused: not UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"byte {error.start} is not UTF-8; the publisher has changed the encoding") from None


def json_value(body: bytes) -> Any:
    """The body as JSON.

    Raises:
        Refused: not UTF-8, or not complete JSON.
    """
    try:
        return json.loads(text(body))
    except ValueError as error:
        raise Refused(f"the JSON is cut or damaged ({error}); try again later") from None
    except RecursionError:
        raise Refused("the JSON is nested deeper than any answer is; the publisher is broken") from None


def header_notes(found: Iterable[str], required: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """What is new in a header, for people; the order does not matter.

    Raises:
        Refused: a required column is missing or was renamed, or there are too many.
    """
    found, required = list(found), list(required)
    if len(found) > MOST_COLUMNS:
        raise Refused(f"{len(found)} columns, more than any table has; the publisher is broken")
    new = [name for name in found if name not in required and name not in set(known)]
    missing = [name for name in required if name not in found]
    if missing:
        hint = f" (new is {', '.join(new)})" if new else ""
        raise Refused(f"column {', '.join(missing)} is missing{hint}; the publisher has changed the table: compare parse.py")
    return (f"new column {', '.join(new)}, not read",) if new else ()


def csv_rows(body: bytes, required: Iterable[str], known: Iterable[str] = ()) -> tuple[list[tuple[int, dict[str, str]]], tuple[str, ...]]:
    """The records with their line numbers, cells stripped, and notes on new columns.

    Raises:
        Refused: not UTF-8, no CSV, a repeated, missing or renamed column, or a record of another length.
    """
    reader = csv_reader(io.StringIO(text(body), newline=""))
    rows = []
    try:
        header = [name.strip() for name in next(reader, [])]
        notes = header_notes(header, required, known)
        if len(set(header)) != len(header):
            raise Refused(f"line 1: a column name is repeated in {','.join(header)}")
        for row in reader:
            if len(row) != len(header):
                raise Refused(f"line {reader.line_num}: {len(row)} cells where the header has {len(header)}; the file is cut or damaged")
            rows.append((reader.line_num, dict(zip(header, (cell.strip() for cell in row), strict=True))))
    except csv.Error as error:
        raise Refused(f"line {reader.line_num}: not readable as CSV ({error}); the file is cut or damaged") from None
    return rows, notes


def number(value: Any, where: str) -> float:
    """A finite number, as a publisher writes one: `1_000`, `٣` and a truth value are numbers to Python alone.

    Raises:
        Refused: it is none; the message starts with `where`.
    """
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        raise Refused(f"{where}: {str(value)[:80]!r} is not a number") from None
    if isinstance(value, bool) or "_" in str(value) or not str(value).isascii():
        raise Refused(f"{where}: {value!r} is not a number")
    if result != result or result in (float("inf"), float("-inf")):
        raise Refused(f"{where}: {value!r} is not a finite number")
    return result
