"""Run the job `refresh` in this process, and raise a failure as one refusal."""

from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg

from pipelines import alerts
from pipelines.definitions import defs
from pipelines.instance import history
from pipelines.refusal import reason
from pipelines.settings import Settings, run_config
from schemas.errors import Refused
from sources import snapshot
from warehouse.home import home
from warehouse.release.locks import refresh_lock


class Published(NamedTuple):
    """A run's release; whether it existed before; the stale sources with the day of their last answer; why `current` was kept, if so."""

    release: str
    unchanged: bool
    stale: dict[str, str]
    kept: str


def refresh(sources_folder: Path = snapshot.BUNDLED, manifest: Path | None = None, **config: Any) -> Published:
    """Run the job `refresh` with these settings (fields of `Settings`) and return what it published.

    Raises:
        Refused: bad input or a failed audit; nothing was published.
        Unusable: another refresh is running, the webhook's address cannot be used, or the run history cannot be written.
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
        raise Refused(reason(events) or "the run failed without a recorded reason; `make ui` shows its log")
    published = next(e for e in events if e.is_step_materialization and e.asset_key == dg.AssetKey(["release"]))
    metadata = published.materialization.metadata
    return Published(str(metadata["release"].value), **metadata["outcome"].value)  # type: ignore[arg-type]  # as the step wrote it
