"""Send the lineage of finished runs to an OpenLineage server, with the adapter of `dagster-openlineage`.

The library's own sensor gives no inputs. The sensors here read the events of one run once it has ended, and add as inputs what each
asset depends on.
"""

import os
from importlib.util import find_spec
from typing import Any

import dagster as dg
from dagster import DagsterEventType as Event

from schemas.errors import Problem

VARIABLES = "OPENLINEAGE"  # OPENLINEAGE_URL, OPENLINEAGE_CONFIG and others of OpenLineage's client
LIBRARY = "dagster_openlineage"
ENDS = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
RUN = {Event.RUN_START: "start", Event.RUN_SUCCESS: "complete", Event.RUN_FAILURE: "fail", Event.RUN_CANCELED: "cancel"}
STEP = {Event.STEP_START: "start", Event.STEP_SUCCESS: "complete", Event.STEP_FAILURE: "fail"}


def sensors() -> list[dg.SensorDefinition]:
    """Return a sensor for each way in which a run ends; none unless the environment names a server and the library is installed."""
    return [_sensor(end) for end in ENDS] if _named() and find_spec(LIBRARY) else []


def unsent() -> Problem | None:
    """Return why no lineage is sent although the environment names a server; None if it is sent, or no server is named."""
    if not (named := _named()) or find_spec(LIBRARY):
        return None
    return (
        f"no lineage is sent: {named[0]} is set, but the extra `lineage` is not installed: run `pip install dagster-openlineage` in the "
        f"environment of `dyad`, or unset {named[0]}"
    )


def _named() -> list[str]:
    return sorted(name for name in os.environ if name.startswith(VARIABLES))


def _sensor(end: dg.DagsterRunStatus) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=end, name=f"open_lineage_{end.value.lower()}", default_status=dg.DefaultSensorStatus.RUNNING,
        monitor_all_code_locations=True,  # runs of the command `dyad` belong to none
        description="The lineage of every run, to the OpenLineage server that the environment names",
    )  # fmt: skip
    def send_lineage(context: dg.RunStatusSensorContext) -> None:
        if context.repository_def:
            send(context.instance, context.dagster_run, context.repository_def.asset_graph)

    return send_lineage


def send(history: dg.DagsterInstance, run: dg.DagsterRun, graph: Any) -> None:
    """Send the start and end of a run and of its steps, and each asset with its inputs and the lineage of its columns.

    `graph` is the code location's asset graph, whose type is private to Dagster.
    """
    from dagster_openlineage import OpenLineageAdapter  # type: ignore[import-untyped]
    from dagster_openlineage.utils import make_step_run_id  # type: ignore[import-untyped]

    adapter, name = OpenLineageAdapter(), run.job_name
    ids: dict[str | None, str] = {}
    for entry in history.all_logs(run.run_id, of_type={*RUN, *STEP, Event.ASSET_MATERIALIZATION}):
        event, at = entry.get_dagster_event(), entry.timestamp
        if state := RUN.get(event.event_type):
            getattr(adapter, f"{state}_pipeline")(name, run.run_id, at)
        elif state := STEP.get(event.event_type):
            step = event.step_key
            getattr(adapter, f"{state}_step")(name, run.run_id, at, ids.setdefault(step, make_step_run_id()), step)
        else:
            table = event.step_materialization_data.materialization
            inputs = sorted(graph.get(table.asset_key).parent_keys) if graph.has(table.asset_key) else []
            adapter.asset_materialization(table.asset_key, run.run_id, at, metadata=table.metadata, upstream_asset_keys=inputs)
