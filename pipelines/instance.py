"""Keep Dagster's home: its folder and settings, runs whose process died, and runs too old to keep.

Put here what concerns run history as a whole, not how events are stored (`event_log`) or what one run does.

Only a history inside the home is changed: another may belong to several homes, whose runs are at work.
"""

import contextlib
import datetime as dt
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import yaml
from sqlalchemy.exc import DBAPIError

from pipelines.event_log import CheckError
from pipelines.history_files import dagster_home
from schemas.errors import Unusable
from warehouse.home import home
from warehouse.release.locks import refresh_lock

TEMPLATE = Path(__file__).parent / "dagster.yaml"
SETTINGS = "dagster.yaml"
# of every earlier template: a home that has one of these never edited it
EARLIER_TEMPLATES = {
    "f19d96481485eb45408c9ac8c5b9d1b074813b4425c2e57d7a0547740dc80564",
    "c555972a6096d6a23bd1eb88cfabf10dbc37feb61022b95860884b0414779fe8",
    "15564979ac0d8b69a749092cde7f91c3e47f86de241df7977a87f8c087e5de65",
    "c49523d9448ae2d74de656e3e7b0c07a1b9df9b19c2d52700ab91c4d534d56f2",
}
MOVED_MODULE = "pipelines.history"  # named by earlier templates
FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
NEWEST = 30
STARTS_WITHIN = dt.timedelta(hours=1)


def prepare() -> Path:
    """Create Dagster's home with its settings if it has none, and return it; the UI shows every run that is kept there.

    Raises:
        Unusable: its settings were edited and name a module that was moved.
    """
    folder = dagster_home()
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / SETTINGS
    text = settings.read_bytes() if settings.exists() else b""
    if not text or hashlib.sha256(text).hexdigest() in EARLIER_TEMPLATES:
        new = Path(shutil.copy(TEMPLATE, folder / f"{SETTINGS}.{os.getpid()}"))
        new.rename(settings)  # a killed run must not leave half the settings
    elif MOVED_MODULE.encode() in text:
        raise Unusable(f"{settings} names {MOVED_MODULE}: write pipelines.event_log there, or delete the file and the next run writes it")
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


@contextlib.contextmanager
def history() -> Iterator[dg.DagsterInstance]:
    """Open Dagster's instance in its prepared home.

    Raises:
        Unusable: its settings or its files cannot be read or written.
    """
    folder = prepare()
    try:
        instance = dg.DagsterInstance.get()
    except DBAPIError as error:
        raise _unwritable(folder, error) from None
    except (dg.DagsterError, yaml.YAMLError, CheckError, ValueError) as error:
        problem = " ".join(str(error).split())[:200]
        raise Unusable(f"{folder / SETTINGS} cannot be used ({problem}); delete it, the next run writes it again") from None
    try:
        with instance:
            yield instance
    except DBAPIError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: DBAPIError) -> Unusable:
    return Unusable(
        f"the run history in {folder} cannot be written: {error.orig}; free space, or let `dyad doctor` look; "
        "`dyad status` says which release is current"
    )


def _is_ours(instance: dg.DagsterInstance) -> bool:
    return not instance.is_ephemeral and Path(instance.root_directory).is_relative_to(home())


def fail_orphaned_runs(instance: dg.DagsterInstance, alive: str) -> list[str]:
    """Fail the runs that died with their process, so that they do not block the queue; hold the home's lock meanwhile.

    Args:
        instance: the run history.
        alive: the id of the run that holds the lock.

    Returns:
        The ids of the runs that were failed.
    """
    if not _is_ours(instance):
        return []
    at_work = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    stuck = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING], updated_before=dt.datetime.now(dt.UTC) - STARTS_WITHIN
    )
    dead = [run for some in (at_work, stuck) for run in instance.get_runs(some) if run.run_id != alive]
    for run in dead:
        instance.report_run_failed(run, "its process ended before the run did: killed, or the machine stopped; nothing was published")
    return [run.run_id for run in dead]


def prune(instance: dg.DagsterInstance) -> list[str]:
    """Delete the finished runs except the newest `NEWEST` and those with an asset's last materialization; return the deleted ids."""
    if not _is_ours(instance):
        return []
    old = instance.get_runs(dg.RunsFilter(statuses=FINISHED))[NEWEST:]  # newest first
    if not old:
        return []
    last = instance.get_latest_materialization_events(list(instance.all_asset_keys()))
    kept = {event.run_id for event in last.values() if event}
    gone = [run.run_id for run in old if run.run_id not in kept]
    for run_id in gone:
        instance.delete_run(run_id)
        shutil.rmtree(Path(instance.storage_directory()) / run_id, ignore_errors=True)
    return gone


def main() -> None:
    """Prepare Dagster's home for the web server and the daemon: an orphaned run would block the daemon's queue for ever."""
    try:
        prepare()
    except Unusable as error:
        sys.exit(f"dyad: {error}")
    with contextlib.suppress(Unusable), refresh_lock(home()), dg.DagsterInstance.get() as instance:
        for run_id in fail_orphaned_runs(instance, alive=""):
            print(f"run {run_id} had died; marked as failed")


if __name__ == "__main__":
    main()
