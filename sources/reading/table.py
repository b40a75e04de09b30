"""Read publishers' JSON and CSV strictly: the header must have the expected columns, and numbers must be plain.

Put here functions that several `parse.py` use to read bytes, not the meaning of one publisher's columns.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from schemas.errors import Note, Refused
from schemas.words import plural
from sources.snapshot import MOST_COLUMNS, csv_reader

LONGEST_NAME = 40  # characters of a column's name that a message quotes: a wrong file's first line may be anything
LONGEST_CELL = 80
MOST_NAMES = 5  # columns that a message names


def text(body: bytes) -> str:
    """Return the body as text, without a byte order mark.

    Raises:
        Refused: not UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"byte {error.start} is not UTF-8; the publisher has changed the encoding: correct parse.py") from None


def json_value(body: bytes) -> Any:
    """Return the value of a JSON body.

    Raises:
        Refused: not UTF-8, or not complete JSON.
    """
    try:
        return json.loads(text(body))
    except ValueError as error:
        raise Refused(f"the JSON is truncated or damaged ({error}); try again later") from None
    except RecursionError:
        raise Refused("the JSON is nested too deeply to be an answer; the publisher's service is faulty: try again later") from None


def header_notes(header: Iterable[str], required: Iterable[str], known: Iterable[str]) -> tuple[Note, ...]:
    """Return a note on a header's new columns; the order of the columns does not matter.

    Raises:
        Refused: a required column is missing or was renamed, or there are too many columns.
    """
    header, required = list(header), list(required)
    if len(header) > MOST_COLUMNS:
        raise Refused(f"{len(header)} columns, more than any table has; the publisher's service is faulty: try again later")
    new = [name for name in header if name not in required and name not in set(known)]
    missing = [name for name in required if name not in header]
    if missing:
        hint = f" (new: {_names(new[: len(missing)])})" if new else ""
        what = f"column {missing[0]} is" if len(missing) == 1 else f"columns {_names(missing)} are"
        raise Refused(f"{what} missing{hint}; the publisher has changed the table: correct parse.py")
    return (f"new column{'s' if len(new) > 1 else ''} {_names(new)}, not read",) if new else ()


def _names(columns: list[str]) -> str:
    """Return the first names, and the number of the others."""
    named = ", ".join(name[:LONGEST_NAME] for name in columns[:MOST_NAMES])
    return f"{named} and {len(columns) - MOST_NAMES} more" if len(columns) > MOST_NAMES else named


def csv_rows(body: bytes, required: Iterable[str], known: Iterable[str] = ()) -> tuple[list[tuple[int, dict[str, str]]], tuple[str, ...]]:
    """Return the records with their line numbers, cells stripped, and notes on new columns.

    Raises:
        Refused: not UTF-8, not CSV, a repeated, missing or renamed column, or a record of another length.
    """
    records, notes = csv_records(body, required, known)
    return list(records), notes


def csv_records(
    body: bytes, required: Iterable[str], known: Iterable[str] = ()
) -> tuple[Iterator[tuple[int, dict[str, str]]], tuple[str, ...]]:
    """Return the records as an iterator, and the notes; otherwise as `csv_rows`. For files whose records do not fit into memory at once.

    Raises:
        Refused: as `csv_rows`; the iterator raises errors of single records.
    """
    reader = csv_reader(io.StringIO(text(body), newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise _not_csv(reader.line_num, error) from None
    notes = header_notes(header, required, known)
    if len(set(header)) != len(header):
        repeated = next(name for name in header if header.count(name) > 1)
        raise Refused(f"line 1: the column {repeated[:LONGEST_NAME]!r} is repeated; the publisher has changed the table: correct parse.py")
    return _records(reader, header), notes


def _records(reader: Any, header: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for row in reader:
            if not row:  # an empty line, which some editors leave at the end
                continue
            if len(row) != len(header):
                raise Refused(
                    f"line {reader.line_num}: {plural(len(row), 'cell')}, but the header has {len(header)}; the file is truncated or damaged: try again later"
                )
            yield reader.line_num, dict(zip(header, (cell.strip() for cell in row), strict=True))
    except csv.Error as error:
        raise _not_csv(reader.line_num, error) from None


def _not_csv(line: int, error: csv.Error) -> Refused:
    return Refused(f"line {line}: not readable as CSV ({error}); the file is truncated or damaged: try again later")


def number(value: Any, where: str) -> float:
    """Return a finite number; refuse `1_000`, `٣` and booleans, which `float` accepts.

    Raises:
        Refused: the value is not such a number; the message starts with `where`.
    """
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        raise Refused(
            f"{where}: {str(value)[:LONGEST_CELL]!r} is not a number; the publisher has changed the table: correct parse.py"
        ) from None
    if isinstance(value, bool) or "_" in str(value) or not str(value).isascii():
        raise Refused(f"{where}: {str(value)[:LONGEST_CELL]!r} is not a number; the publisher has changed the table: correct parse.py")
    if result != result or result in (float("inf"), float("-inf")):
        raise Refused(
            f"{where}: {str(value)[:LONGEST_CELL]!r} is not a finite number; the publisher has changed the table: correct parse.py"
        )
    return result
