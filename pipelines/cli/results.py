"""Run SQL on a connection and print the rows: for `dyad sql` and its prompt."""

import shutil
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from pipelines.cli.printing import Limits, plain, print_csv, print_json, print_table
from schemas.errors import Unusable

if TYPE_CHECKING:
    from warehouse.connect import Connection

ROWS = 40  # shown on a terminal
INTERRUPT_SECONDS = 0.1  # between two looks for Ctrl-C


def limits() -> Limits:
    """Return the rows and the width that a terminal shows; no limits for a pipe or a file."""
    return Limits(ROWS, shutil.get_terminal_size().columns) if sys.stdout.isatty() else Limits()


def answer(con: "Connection", text: str, mode: str, limits: Limits) -> None:
    """Run the statements of a text in order and print the rows of each in `mode`; CSV and JSON allow only one statement with rows.

    They run in another thread, since a running DuckDB task would block Ctrl-C in the main thread.

    Raises:
        Unusable: the text has no statement; several statements have rows in mode csv or json; or two columns share a name in mode json.
        KeyboardInterrupt: Ctrl-C ended a statement.
    """
    interrupted = threading.Event()
    # raised as an exception, Ctrl-C while the thread starts would leave it running
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(_run, con, text, mode, limits)
            while not running.done():
                wait([running], INTERRUPT_SECONDS)
                if interrupted.is_set():
                    con.interrupt()  # each time: an interrupt between two statements of the text ends neither
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupted.is_set() and running.exception():
        raise KeyboardInterrupt
    running.result()


def _run(con: "Connection", text: str, mode: str, limits: Limits) -> None:
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
