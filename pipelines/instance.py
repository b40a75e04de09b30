"""Dagster's run history kept true and bounded.

Belongs here: runs whose process died, and runs too old to keep. Does not belong here: how history is written (`history`), or
what is read from it for people (`failures`).

Only a history inside the home is touched: another may belong to several homes, whose runs are at work.
"""

import contextlib
import datetime as dt
import shutil
from pathlib import Path

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES

from schemas.errors import Unusable
from warehouse.connect import home
from warehouse.release.locks import refresh_lock

NEWEST = 30
STARTS_WITHIN = dt.timedelta(hours=1)


def _is_ours(instance: dg.DagsterInstance) -> bool:
    return not instance.is_ephemeral and Path(instance.root_directory).is_relative_to(home())


def bury(instance: dg.DagsterInstance, alive: str) -> list[str]:
    """Mark the runs that died with their process as failed, else the queue waits for them; hold the home's lock meanwhile.

    Args:
        instance: the run history.
        alive: the id of the run that holds the lock.

    Returns:
        The ids of the runs that were marked.
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
    """Delete finished runs but the newest `NEWEST` and those with an asset's last materialization; the ids of the deleted."""
    if not _is_ours(instance):
        return []
    old = instance.get_runs(dg.RunsFilter(statuses=list(FINISHED_STATUSES)))[NEWEST:]  # newest first
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
    """`python -m pipelines.upkeep`, before a daemon starts: a dead run would keep its queue waiting for ever."""
    with contextlib.suppress(Unusable), refresh_lock(home()), dg.DagsterInstance.get() as instance:
        for run_id in bury(instance, alive=""):
            print(f"run {run_id} had died; marked as failed")


if __name__ == "__main__":
    main()
