"""Run the job `refresh` in this process, and raise a failure as one refusal."""

from pathlib import Path
from typing import Any

import dagster as dg

from pipelines import alerts
from pipelines.assets.release import RELEASE
from pipelines.config import run_config
from pipelines.definitions import defs
from pipelines.instance import history
from pipelines.refusal import raise_failure
from pipelines.settings import Settings
from pipelines.unchanged import Published
from sources import snapshot
from warehouse.home import home
from warehouse.release.locks import refresh_lock


def refresh(sources_folder: Path = snapshot.BUNDLED, manifest: Path | None = None, **config: Any) -> Published:
    """Run the job `refresh` with these settings (fields of `Settings`) and return what it published.

    Raises:
        Refused: bad input or a failed audit; nothing was published.
        Unusable: another refresh is running, the webhook's address cannot be used, or the run history cannot be written.
        KeyboardInterrupt: a signal ended the run.
    """
    alerts.address()
    with refresh_lock(home()):
        pass  # raise at once, before Dagster starts a run that would fail
    job = defs().resolve_job_def("refresh")
    given = Settings(**{name: value for name, value in config.items() if value}, sources_folder=sources_folder, manifest=manifest)
    with history() as instance:
        result = job.execute_in_process(
            run_config=run_config(**config), instance=instance, raise_on_error=False, resources={"settings": given}
        )
        events = result.all_events
    if not result.success:
        raise_failure(events)
    outcomes = (
        e.asset_observation_data.asset_observation if e.is_asset_observation else e.materialization for e in events if _is_of_release(e)
    )
    return Published(**next(outcomes).metadata["outcome"].value)  # type: ignore[arg-type]  # as the step wrote it


def _is_of_release(event: dg.DagsterEvent) -> bool:
    return (event.is_asset_observation or event.is_step_materialization) and event.asset_key == RELEASE
