"""The code location: the graph, the refresh job and the policies that hold for all of it.

Belongs here: what Dagster loads. Does not belong here: how assets are made (`graph`).
"""

import dagster as dg

from pipelines.assets import graph, world
from pipelines.schedules import schedules, sensors
from pipelines.settings import Settings, progress
from sources.snapshot import known

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("bulk"),
    description="Build, audit and publish a release. Settings: as_of (YYYY-MM-DD), dyads (CHN-RUS, ...).",
)


@dg.definitions
def defs() -> dg.Definitions:
    """All definitions; one process and one connection, since steps share one DuckDB file."""
    sources = known()
    return dg.Definitions(
        assets=[*graph.publishers(sources), *graph.steps(sources), *world.ASSETS],
        jobs=[refresh, world.JOB],
        schedules=schedules(sources, refresh),
        sensors=sensors(refresh),
        resources={"settings": Settings(), **world.RESOURCES},
        loggers={"progress": progress},
        executor=dg.in_process_executor,
    )
