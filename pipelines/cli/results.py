"""Run SQL on a connection and print the rows: for `dyad sql` and its prompt."""

import shutil
import sys
from typing import TYPE_CHECKING

from pipelines.cli.printing import Limits, plain, print_csv, print_json, print_table
from schemas.errors import Unusable

if TYPE_CHECKING:
    from warehouse.connect import Connection

ROWS = 40  # shown on a terminal


def limits() -> Limits:
    """Return the rows and the width that a terminal shows; no limits for a pipe or a file."""
    return Limits(ROWS, shutil.get_terminal_size().columns) if sys.stdout.isatty() else Limits()


def answer(con: "Connection", text: str, mode: str, limits: Limits) -> None:
    """Run the statements of a text in order and print the rows of each in `mode`; CSV and JSON allow only one statement with rows.

    Raises:
        Unusable: the text has no statement; several statements have rows in mode csv or json; or two columns share a name in mode json.
    """
    from warehouse.connect import has_rows, parsed

    statements = parsed(con, text)
    with_rows = [has_rows(statement) for statement in statements]
    if mode != "table" and sum(with_rows) > 1:
        raise Unusable(f"{sum(with_rows)} statements of the query return rows, and {mode} prints one result: send one at a time")
    for statement, is_printed in zip(statements, with_rows, strict=True):
        result = con.execute(statement)
        if is_printed:
            _print(result, mode, limits)


def _print(result: "Connection", mode: str, limits: Limits) -> None:
    names, rows = [name for name, *_ in result.description], iter(result.fetchone, None)
    if mode == "table":
        print_table(names, rows, limits)
    elif mode == "csv":
        print_csv(names, rows)
    elif duplicates := {name for name in names if names.count(name) > 1}:
        raise Unusable(f"more than one column is named {min(duplicates)}: rename one with `as`")
    else:
        print_json([dict(zip(names, map(plain, row), strict=True)) for row in rows])
