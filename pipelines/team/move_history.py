"""Move a home's run history from files to Postgres, once: `python -m pipelines.team.move_history`.

Runs and schedules are copied row by row. Events are stored again through Dagster, oldest first: Postgres numbers them anew, and Dagster
derives the state of assets and checks from them. The files stay as they are, and the settings name Postgres only after everything
was copied.
"""

import os
import sys
import tempfile
from pathlib import Path

import click
import dagster as dg
import sqlalchemy as db
from dagster_webserver import cli
from sqlalchemy.exc import DBAPIError

from pipelines import instance, postgres
from pipelines.daemon import no_daemon
from pipelines.history_files import dagster_home
from schemas.errors import Unusable
from warehouse.home import home
from warehouse.release.locks import refresh_lock

TABLES = {  # by file, in an order that satisfies the references between them; derived tables and heartbeats are left out
    "history/runs.db": ("snapshots", "runs", "run_tags", "bulk_actions", "backfill_tags", "kvs"),
    "schedules/schedules.db": ("jobs", "instigators", "job_ticks", "asset_daemon_asset_evaluations"),
}
STAMPED = {  # tables whose rows get the time of their insertion, with the columns that identify a row
    "asset_keys": ("asset_key",),
    "asset_check_executions": ("run_id", "asset_key", "check_name"),
}
EVENTS = "history/runs/event_log.db"
REPORTED = ""  # the run of events that a person reported on the page


def main() -> None:
    """Move the history of the home and print how much was moved.

    Raises:
        SystemExit: the history could not be moved; the files are still in use.
    """
    try:
        click.echo(move())
    except (Unusable, OSError) as error:
        sys.exit(f"dyad: {error}")


def move() -> str:
    """Copy the history, compare the copy with the files, and make the settings name Postgres.

    Raises:
        Unusable: a server or a refresh is running, the settings are edited, or the database has runs or cannot be used.
    """
    folder, address = dagster_home(), postgres.reached()
    settings = folder / instance.SETTINGS
    if not address or not settings.exists() or not instance.are_unedited(settings.read_bytes()):
        raise Unusable(
            f"nothing to move: set {postgres.POSTGRES}; the run history must be in files, and the settings in {settings} unedited"
        )
    os.environ["DAGSTER_HOME"] = str(folder)
    with refresh_lock(home()), no_daemon(folder), tempfile.TemporaryDirectory() as new:
        instance.write_settings(folder, in_postgres=False)  # an earlier version's may name a module that was renamed
        instance.write_settings(Path(new), in_postgres=True)
        try:
            with dg.DagsterInstance.from_config(str(folder)) as old, dg.DagsterInstance.from_config(new) as copy:
                runs, events = _copy(folder, old, copy, address)
        except DBAPIError as error:
            raise postgres.unusable(error) from None
        instance.write_settings(folder, in_postgres=True)
    return f"moved {runs} runs with {events} events to Postgres; the files in {folder} are now unused"


def _copy(folder: Path, old: dg.DagsterInstance, copy: dg.DagsterInstance, address: str) -> tuple[int, int]:
    """Copy rows and events, and return the number of runs and events.

    Raises:
        Unusable: the database has runs, or the copy differs.
    """
    if copy.get_runs_count():
        raise Unusable(f"the database in {postgres.POSTGRES} has runs: create an empty one, and move the run history there")
    copy.optimize_for_webserver(cli.DEFAULT_DB_STATEMENT_TIMEOUT, cli.DEFAULT_POOL_RECYCLE, cli.DEFAULT_POOL_MAX_OVERFLOW)
    run_ids = [run.run_id for run in old.get_runs()]
    new = db.create_engine(address)
    with new.begin() as target:
        for file, tables in TABLES.items():
            with db.create_engine(f"sqlite:///{folder / file}").connect() as source:
                for table in tables:
                    _copy_rows(source, target, table)
    logs = [entry for run_id in (*run_ids, REPORTED) for entry in old.all_logs(run_id)]
    for entry in sorted(logs, key=lambda entry: entry.timestamp):  # stable: events of one moment keep their order
        copy.event_log_storage.store_event(entry)
    if wiped := set(copy.all_asset_keys()) - set(old.all_asset_keys()):
        copy.wipe_assets(list(wiped))
    with new.begin() as target, db.create_engine(f"sqlite:///{folder / EVENTS}").connect() as source:
        for table, key in STAMPED.items():
            _copy_stamps(source, target, table, key)
    differing = [run_id for run_id in run_ids if old.all_logs(run_id) != copy.all_logs(run_id)]
    if differing or old.get_runs() != copy.get_runs():
        place = f"in run {differing[0]}" if differing else "in the list of runs"
        raise Unusable(f"the copy differs from the files in {folder} {place}: the files stay in use; try again with an empty database")
    return len(run_ids), len(logs)


def _copy_rows(source: db.Connection, target: db.Connection, table: str) -> None:
    """Copy a table; Postgres numbers the rows, in the order that they had."""
    old, new = (db.Table(table, db.MetaData(), autoload_with=connection) for connection in (source, target))
    names = [column.name for column in old.columns if column.name != "id" or not isinstance(column.type, db.Integer)]
    order = [old.c.id] if "id" in old.c else []
    if rows := [dict(row) for row in source.execute(db.select(*(old.c[name] for name in names)).order_by(*order)).mappings()]:
        target.execute(new.insert(), rows)


def _copy_stamps(source: db.Connection, target: db.Connection, table: str, key: tuple[str, ...]) -> None:
    """Copy the times at which the rows of a table were created."""
    old, new = (db.Table(table, db.MetaData(), autoload_with=connection) for connection in (source, target))
    columns = [old.c[name].label(f"old_{name}") for name in (*key, "create_timestamp")]
    if rows := [dict(row) for row in source.execute(db.select(*columns)).mappings()]:
        same = [new.c[name] == db.bindparam(f"old_{name}") for name in key]
        target.execute(new.update().where(*same).values(create_timestamp=db.bindparam("old_create_timestamp")), rows)


if __name__ == "__main__":
    main()
