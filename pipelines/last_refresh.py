"""Record in `<home>/last_refresh.json` the start and the outcome of the last refresh, for readers that do not import Dagster.

If the process of a refresh died, the file has its start without an outcome, and nobody holds the home's lock.
"""

import contextlib
import datetime as dt
import fcntl
import json
from pathlib import Path
from typing import Any, NamedTuple

from schemas.errors import Unusable
from warehouse.home import LAST_REFRESH, LOCK
from warehouse.release.locks import refresh_lock

DIED = "the process of the refresh was killed, or the machine stopped; `dyad releases` lists what is published"


class Failure(NamedTuple):
    """The newest failure: its time, its reason in one line, and the time of the first failure since a refresh ended with a release."""

    at: str
    message: str
    since: str


def begin(home: Path, run: str) -> None:
    """Record the start of a refresh; the home's lock must be held."""
    _write(home, {"running": {"run": run, "started_at": _now()}, "failed": _failed(_load(home))})


def end(home: Path, message: str | None, is_published: bool) -> None:
    """Record the end of the refresh that began last; the home's lock must be held.

    Args:
        home: the folder of snapshots and releases.
        message: the reason of a failure; None if the run succeeded or was interrupted.
        is_published: true if the run ended with a release, new or existing; only then is an earlier failure cleared.
    """
    failed, now = _load(home).get("failed"), _now()
    if message:
        failed = {"at": now, "message": message.splitlines()[0], "since": failed["since"] if failed else now}
    elif is_published:
        failed = None
    _write(home, {"running": None, "failed": failed})


def refused(home: Path, message: str) -> None:
    """Record the reason of a refusal outside a run; record nothing if the home is locked or cannot be written."""
    with contextlib.suppress(Unusable, OSError), refresh_lock(home):
        begin(home, "none")
        end(home, message, is_published=False)


def read(home: Path) -> Failure | None:
    """Return the newest failure since a refresh ended with a release; None if there is none. A refresh whose process died failed.

    Raises:
        Unusable: the file is damaged.
    """
    try:
        record = json.loads((home / LAST_REFRESH).read_text("utf-8")) if (home / LAST_REFRESH).exists() else {}
        if record.get("running") and _is_locked(home):
            record["running"] = None
        failed = _failed(record)
        return Failure(**failed) if failed else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unusable(f"{home / LAST_REFRESH} is damaged: delete it, and the next refresh writes it again") from None


def _failed(record: dict[str, Any]) -> dict[str, str] | None:
    """Return the failure in a record; a refresh that started and did not end counts as failed."""
    unfinished, failed = record.get("running"), record.get("failed")
    if not unfinished:
        return failed
    return {"at": unfinished["started_at"], "message": DIED, "since": failed["since"] if failed else unfinished["started_at"]}


def _load(home: Path) -> dict[str, Any]:
    """Return the record; an empty one if it is missing or damaged, since no refresh depends on it."""
    try:
        record = json.loads((home / LAST_REFRESH).read_text("utf-8"))
        _failed(record)
        return record
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _write(home: Path, record: dict[str, Any]) -> None:
    new = home / f"{LAST_REFRESH}.new"
    new.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    new.rename(home / LAST_REFRESH)


def _is_locked(home: Path) -> bool:
    """Return true if a process holds the home's lock; test it with a shared lock, which blocks no other reader."""
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
