"""Record in `<home>/last_refresh.json` that a refresh began and how it ended, for readers that do not load Dagster.

A refresh that died leaves its beginning in the file and the home's lock free.
"""

import datetime as dt
import fcntl
import json
from pathlib import Path
from typing import Any, NamedTuple

from schemas.errors import Unusable
from warehouse.home import LAST_REFRESH, LOCK

DIED = "its process ended before the refresh did: killed, or the machine stopped; nothing was published"


class Failure(NamedTuple):
    """A failed refresh that is the newest finished one: its time, its reason in one line, and since when every refresh failed."""

    at: str
    message: str
    since: str


def begin(home: Path, run: str) -> None:
    """Record the start of a refresh; hold the home's lock meanwhile."""
    _write(home, {"running": {"run": run, "started_at": _now()}, "failed": _failed(_load(home))})


def end(home: Path, message: str | None, is_published: bool) -> None:
    """Record the end of the refresh that began last; hold the home's lock meanwhile.

    Args:
        home: the folder that holds everything.
        message: why it failed, if it did.
        is_published: a release was published; a run of some steps that all succeeded leaves an earlier failure standing.
    """
    failed, now = _load(home).get("failed"), _now()
    if message:
        failed = {"at": now, "message": message.splitlines()[0], "since": failed["since"] if failed else now}
    elif is_published:
        failed = None
    _write(home, {"running": None, "failed": failed})


def read(home: Path) -> Failure | None:
    """Return how the newest finished refresh failed; None if it did not, or if this home had none.

    Raises:
        Unusable: the file is damaged.
    """
    try:
        record = json.loads((home / LAST_REFRESH).read_text("utf-8")) if (home / LAST_REFRESH).exists() else {}
        if record.get("running") and _is_locked(home):
            record["running"] = None
        failed = _failed(record)
        return Failure(**failed) if failed else None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Unusable(f"{home / LAST_REFRESH} is damaged: delete it, the next refresh writes it again") from None


def _failed(record: dict[str, Any]) -> dict[str, str] | None:
    """Return the failure in a record; a refresh that began and never ended is one."""
    died, failed = record.get("running"), record.get("failed")
    if not died:
        return failed
    return {"at": died["started_at"], "message": DIED, "since": failed["since"] if failed else died["started_at"]}


def _load(home: Path) -> dict[str, Any]:
    """Return the record; an empty one if it is missing or damaged, since no refresh depends on it."""
    try:
        record = json.loads((home / LAST_REFRESH).read_text("utf-8"))
        _failed(record)
        return record
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _write(home: Path, record: dict[str, Any]) -> None:
    new = home / f"{LAST_REFRESH}.new"
    new.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    new.rename(home / LAST_REFRESH)


def _is_locked(home: Path) -> bool:
    """True if a process holds the home's lock; a shared lock, freed at once, asks without taking it from anyone."""
    try:
        with (home / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def _now() -> str:
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")
