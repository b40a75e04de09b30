"""Run a reader's query in a process of its own, which is killed at a time limit.

DuckDB stops an interrupted query only between chunks of rows; one call, such as `levenshtein` of two long texts, could run for hours.
"""

import json
import multiprocessing
from multiprocessing.connection import Connection as Pipe
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.cli.printing import plain
from schemas.errors import Unusable

SECONDS = 5.0
CHARACTERS = 1_000_000  # of an answer's rows as JSON
FORKS = multiprocessing.get_context("forkserver")


class Rows(NamedTuple):
    """The first rows of a result, their values as JSON types, whether there are more, and the ids of the figures that they name."""

    columns: list[str]
    rows: list[list[Any]]
    has_more: bool
    evidence_ids: list[str]


def prepare() -> None:
    """Start the process from which the process of each query is forked, so that none has to import DuckDB."""
    FORKS.set_forkserver_preload(["pipelines.cli.main", __name__, "warehouse.connect", "warehouse.release.catalogue"])
    ensure_running()


def query(sql: str, release: Path, limit: int) -> Rows:
    """Return the first `limit` rows of one query on a release.

    Raises:
        Unusable: the SQL is wrong or not one statement, or its answer takes too long or is too large.
    """
    receiver, sender = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_send, args=(sender, sql, release, limit))
    process.start()
    sender.close()
    try:
        if not receiver.poll(SECONDS):
            raise Unusable(f"the query was stopped after {SECONDS:g} seconds: ask for fewer rows, or use a simpler expression")
        answer = receiver.recv()
    except EOFError:
        raise Unusable(
            "the query ended without an answer, probably because memory ran out: ask for fewer rows, or for shorter values"
        ) from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if isinstance(answer, Unusable):
        raise answer
    return answer


def _send(sender: Pipe, sql: str, release: Path, limit: int) -> None:
    """Send the rows of a query, or the error that it raised."""
    try:
        sender.send(_rows(sql, release, limit))
    except Unusable as error:
        sender.send(error)


def _rows(sql: str, release: Path, limit: int) -> Rows:
    from warehouse.connect import answer
    from warehouse.release.catalogue import evidence_ids

    with answer(sql, release) as result:
        columns = [name for name, *_ in result.description]
        found = plain(result.fetchmany(limit + 1))
        rows = found[:limit]
        size = len(json.dumps(rows))
        if size > CHARACTERS:
            raise Unusable(f"the answer to the query has {size:,} characters, more than {CHARACTERS:,}: ask for fewer rows or columns")
        return Rows(columns, rows, len(found) > limit, evidence_ids(result, rows) if rows else [])
