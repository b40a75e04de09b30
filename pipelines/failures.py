"""What Dagster's history says of failed refreshes, read from its files without waiting for Dagster to load.

Belongs here: reading `runs.db` and a run's events for `dyad status` and `dyad doctor`. Does not belong here: writing history.
"""

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from schemas.errors import Unusable
from warehouse.connect import home

BROKEN = ("FAILURE", "CANCELED")


class Failure(NamedTuple):
    """The newest refresh failed: when, why in one line, and since when every one did."""

    at: str
    message: str
    since: str


def dagster_home() -> Path:
    """Where run history lies: `DAGSTER_HOME`, or `dagster/` in the home."""
    return Path(os.environ.get("DAGSTER_HOME") or home() / "dagster").resolve()


def history(dagster_home: Path) -> Path:
    """Dagster's files on runs."""
    return dagster_home / "history"


def last(dagster_home: Path) -> Failure | None:
    """The newest finished refresh if it failed; None where it did not, or where there is no history in files.

    Raises:
        Unusable: the history is damaged.
    """
    file = history(dagster_home) / "runs.db"
    if not file.exists():
        return None
    try:
        return _last(dagster_home, file)
    except sqlite3.Error as error:
        raise Unusable(f"{file} cannot be read ({error}): move it away; run history is lost, no release is") from None


def _last(dagster_home: Path, file: Path) -> Failure | None:
    finished = _ask(
        file,
        "select run_id, status, update_timestamp from runs where pipeline_name = 'refresh' "
        "and status in ('SUCCESS', 'FAILURE', 'CANCELED') order by id desc",
    )
    failed = []
    for run_id, status, at in finished:
        if status not in BROKEN:
            break
        failed.append((run_id, at))
    return Failure(_local(failed[0][1]), _why(dagster_home, failed[0][0]), _local(failed[-1][1])) if failed else None


def damage(dagster_home: Path) -> list[str]:
    """The files of the history that SQLite cannot read, one line each."""
    files = [*history(dagster_home).rglob("*.db"), *(dagster_home / "schedules").glob("*.db")]
    return [f"{file}: {said}" for file in sorted(files) if (said := _quick_check(file)) != "ok"]


def _quick_check(file: Path) -> str:
    try:
        if not _ask(file, "select 1 from sqlite_master limit 1"):
            return "holds no table"
        return str(_ask(file, "pragma quick_check(1)")[0][0])
    except sqlite3.DatabaseError as error:
        return str(error)


def _ask(file: Path, sql: str) -> list[tuple]:
    con = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


def _why(dagster_home: Path, run_id: str) -> str:
    file = history(dagster_home) / "runs" / f"{run_id}.db"
    sql = "select event from event_logs where dagster_event_type in ('STEP_FAILURE', 'PIPELINE_FAILURE', 'PIPELINE_CANCELED') order by id"
    events = [json.loads(event) for (event,) in _ask(file, sql)] if file.exists() else []
    said = [message for event in events for message in _messages(event)]
    return said[0] if said else "its reason was not recorded"


def _messages(event: dict[str, Any]) -> Iterator[str]:
    """The innermost cause of an event's error; else what the event itself says."""
    told = event["dagster_event"] or {}
    error = (told.get("event_specific_data") or {}).get("error")
    while error and error.get("cause"):
        error = error["cause"]
    message = error["message"] if error else told.get("message")
    if message:
        yield message.strip().splitlines()[0].removeprefix("schemas.errors.Refused: ").removeprefix("schemas.errors.Unusable: ")


def _local(utc: str) -> str:
    return dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC).astimezone().isoformat(timespec="seconds")
