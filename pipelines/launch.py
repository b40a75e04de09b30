"""Run the refresh job in this process and say in one line what came of it.

Belongs here: launching, and turning Dagster's failure into the message a person reads.
Does not belong here: what a refresh does (`graph`).
"""

import gc
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster import _check as check
from sqlalchemy.exc import DBAPIError

from pipelines.failures import dagster_home
from schemas.errors import Refused, Unusable
from warehouse.connect import home
from warehouse.release.locks import refresh_lock


def instance_folder() -> Path:
    """`DAGSTER_HOME`, or `dagster/` in the home: where Dagster keeps its run history, so that the UI shows every run."""
    folder = dagster_home()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        half = Path(shutil.copy(Path(__file__).parent / "dagster.yaml", folder / f"dagster.yaml.{os.getpid()}"))
        half.rename(folder / "dagster.yaml")  # a killed run must not leave half the settings
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


@contextmanager
def history() -> Iterator[dg.DagsterInstance]:
    """Dagster's instance in `instance_folder`.

    Raises:
        Unusable: its settings or its files cannot be read or written.
    """
    folder = instance_folder()
    try:
        instance = dg.DagsterInstance.get()
    except DBAPIError as error:
        raise _unwritable(folder, error) from None
    except (dg.DagsterError, yaml.YAMLError, check.CheckError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise Unusable(f"{folder / 'dagster.yaml'} cannot be used ({said}); delete it, the next run writes it again") from None
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


def refresh(**settings: Any) -> str:
    """Run the job `refresh` with these settings (fields of `Settings`) and return the id of the release it published.

    Raises:
        Refused: bad input or a failed audit; nothing was published.
        Unusable: another refresh is at work, or the run history cannot be written.
    """
    from pipelines.definitions import defs
    from pipelines.settings import run_config

    with refresh_lock(home()):
        pass  # say so in one line now, before Dagster starts a run that must fail
    config = run_config(**settings)
    job = defs().resolve_job_def("refresh")
    gc.freeze()  # what the imports left stays to the end: looking through it again and again took a twelfth of a refresh
    try:
        with history() as instance:
            result = job.execute_in_process(run_config=config, instance=instance, raise_on_error=False)
            events = result.all_events
    finally:
        gc.unfreeze()
    if not result.success:
        raise Refused(reason(events))
    published = next(e for e in events if e.is_step_materialization and e.asset_key == dg.AssetKey(["release"]))
    return str(published.materialization.metadata["release"].value)


def reason(events: Sequence[dg.DagsterEvent]) -> str:
    """The innermost cause of the first failure."""
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if event.is_failure and error is not None:
            while error.cause is not None:
                error = error.cause
            if error.cls_name == "DagsterExecutionInterruptedError":
                return "the run was interrupted; start it again"
            return error.message.split(": ", 1)[1].strip() if error.message.startswith("schemas.errors.") else error.message.strip()
    return "the run failed; `make ui` shows why"
