"""Maintain Dagster's home: create its folder and settings, fail orphaned runs, delete old runs.

Put here what concerns the run history as a whole, not how events are stored (`event_log`) or what one run does.

Runs are failed and deleted only if Dagster's folder is inside the home: a folder elsewhere may be shared with homes whose runs are
still active. A history in Postgres belongs to one home, which it records.
"""

import contextlib
import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import dagster as dg
from sqlalchemy.exc import DBAPIError

from pipelines import event_log, postgres
from pipelines.history_files import dagster_home, settings_problem
from schemas.errors import Unusable
from warehouse.home import home
from warehouse.release.locks import refresh_lock

TEMPLATE = Path(__file__).parent / "dagster.yaml"
SETTINGS = "dagster.yaml"
# SHA-256 of every earlier template: a settings file with one of these digests was never edited, so it can be replaced
EARLIER_TEMPLATES = {
    "be48472fdab3ec9f2b9bde1d56a978bf678382da591af5e083a54d31dab4fb6c",
    "5ac2f3fc3be02c7d42221625745c39aea3cbf11b6a3f6736f2308b9722bddad3",
    "f19d96481485eb45408c9ac8c5b9d1b074813b4425c2e57d7a0547740dc80564",
    "c555972a6096d6a23bd1eb88cfabf10dbc37feb61022b95860884b0414779fe8",
    "15564979ac0d8b69a749092cde7f91c3e47f86de241df7977a87f8c087e5de65",
    "c49523d9448ae2d74de656e3e7b0c07a1b9df9b19c2d52700ab91c4d534d56f2",
}
MOVED_MODULE = "pipelines.history"  # named by earlier templates
IN_FILES = b"event_log_storage:\n  module: pipelines.event_log\n  class: EventLog\n"
IN_POSTGRES = f"storage:\n  postgres:\n    postgres_url:\n      env: {postgres.POSTGRES}\n".encode()
OWNER = "dyad/home"  # key in a history in Postgres; its value is the home whose runs it has
FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
NEWEST = 30
STARTS_WITHIN = dt.timedelta(hours=1)


def prepare() -> Path:
    """Create Dagster's home and its settings if they are missing, and return the folder.

    Raises:
        Unusable: the settings are damaged, or were edited and name a module that was renamed, or they and the environment disagree on
            where the history is.
    """
    folder, database = dagster_home(), postgres.address()
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / SETTINGS
    text = settings.read_bytes() if settings.exists() else b""
    if not text or hashlib.sha256(text.replace(IN_POSTGRES, IN_FILES)).hexdigest() in EARLIER_TEMPLATES:
        write_settings(folder, in_postgres=IN_POSTGRES in text if text else bool(database))
        text = settings.read_bytes()
    elif problem := settings_problem(folder):
        raise Unusable(f"{problem}, so it cannot be used: delete it, and the next run writes it again")
    elif MOVED_MODULE.encode() in text:
        raise Unusable(
            f"{settings} names {MOVED_MODULE}, which does not exist: write pipelines.event_log instead, or delete the file, and the next "
            "run writes it again"
        )
    if IN_FILES in text and database:
        raise Unusable(
            f"the run history in {folder} is in files, but {postgres.POSTGRES} is set: stop the server and run "
            f"`python -m pipelines.team.move_history`, or unset {postgres.POSTGRES}"
        )
    if IN_POSTGRES in text and not database:
        raise Unusable(f"{settings} keeps the run history in Postgres: set {postgres.POSTGRES} to the address of the database")
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


def are_unedited(settings: bytes) -> bool:
    """Return whether settings of a history in files are as this or an earlier version wrote them."""
    return settings == TEMPLATE.read_bytes() or hashlib.sha256(settings).hexdigest() in EARLIER_TEMPLATES


def write_settings(folder: Path, in_postgres: bool) -> None:
    """Write the settings of a history in files or in Postgres by one rename: a killed process must not leave half of them."""
    text = TEMPLATE.read_bytes()
    new = folder / f"{SETTINGS}.{os.getpid()}"
    new.write_bytes(text.replace(IN_FILES, IN_POSTGRES) if in_postgres else text)
    new.rename(folder / SETTINGS)


@contextlib.contextmanager
def history() -> Iterator[dg.DagsterInstance]:
    """Open Dagster's instance in its prepared home.

    Raises:
        Unusable: its settings cannot be used, its files or its database cannot be written, or the database has another home's history.
    """
    folder, database = prepare(), postgres.reached()
    try:
        instance = event_log.instance(folder)
    except DBAPIError as error:
        raise _unwritable(folder, error) from None
    except Exception as error:  # Dagster may raise any error if it cannot use its settings
        problem = " ".join(str(error).split())[:200]
        raise Unusable(f"{folder / SETTINGS} cannot be used ({problem}); delete it, and the next run writes it again") from None
    try:
        with instance:
            if database:
                _claim(instance)
            yield instance
    except DBAPIError as error:
        raise _unwritable(folder, error) from None


def _claim(instance: dg.DagsterInstance) -> None:
    """Record this home as the owner of a history in Postgres, so that no other home's refresh fails or deletes its runs.

    Raises:
        Unusable: the history is another home's.
    """
    cursors = instance.daemon_cursor_storage
    owner = cursors.get_cursor_values({OWNER}).get(OWNER)
    if owner is None:
        cursors.set_cursor_values({OWNER: str(home())})
    elif owner != str(home()):
        raise Unusable(f"the database in {postgres.POSTGRES} has the run history of {owner}: set it to a database that only {home()} uses")


def _unwritable(folder: Path, error: DBAPIError) -> Unusable:
    if postgres.address():
        return postgres.unusable(error)
    return Unusable(
        f"the run history in {folder} cannot be written: {error.orig}; free space or run `dyad doctor`; "
        "`dyad status` shows the current release"
    )


def _is_ours(instance: dg.DagsterInstance) -> bool:
    return not instance.is_ephemeral and Path(instance.root_directory).is_relative_to(home())


def fail_orphaned_runs(instance: dg.DagsterInstance, alive: str) -> list[str]:
    """Fail the runs whose process died, so that they do not block the queue; the home's lock must be held.

    Args:
        instance: the run history.
        alive: the id of the run that holds the lock; empty if no run does.

    Returns:
        The ids of the failed runs.
    """
    if not _is_ours(instance):
        return []
    active = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    stuck = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING], updated_before=dt.datetime.now(dt.UTC) - STARTS_WITHIN
    )
    orphaned = [run for runs in (active, stuck) for run in instance.get_runs(runs) if run.run_id != alive]
    for run in orphaned:
        instance.report_run_failed(
            run, "the process of the run was killed, or the machine stopped; `dyad releases` lists what is published"
        )
    return [run.run_id for run in orphaned]


def prune(instance: dg.DagsterInstance) -> list[str]:
    """Delete finished runs, and return their ids; the newest `NEWEST` stay, and those with the last materialization of an asset."""
    if not _is_ours(instance):
        return []
    old = instance.get_runs(dg.RunsFilter(statuses=FINISHED))[NEWEST:]  # newest first
    if not old:
        return []
    last = instance.get_latest_materialization_events(list(instance.all_asset_keys()))
    needed = {event.run_id for event in last.values() if event}
    obsolete = [run.run_id for run in old if run.run_id not in needed]
    for run_id in obsolete:
        instance.delete_run(run_id)
        shutil.rmtree(Path(instance.storage_directory()) / run_id, ignore_errors=True)
    return obsolete


def main() -> None:
    """Prepare Dagster's home for the web server and the daemon; fail orphaned runs, which would block the daemon's queue.

    Raises:
        Unusable: its settings cannot be used, or its files cannot be read or written.
    """
    with history() as instance, contextlib.suppress(Unusable), refresh_lock(home()):
        for run_id in fail_orphaned_runs(instance, alive=""):
            click.echo(f"run {run_id}: its process had died; the run is marked as failed")
