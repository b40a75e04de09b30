"""Define the code location: the graph, the jobs and the policies that hold for all of it.

Put here what Dagster loads, not how an asset is made (`assets`).
"""

import dagster as dg

from pipelines.assets import ingest, models, raw, release, world
from pipelines.progress import progress
from pipelines.run import run
from pipelines.schedules import schedules, sensors
from pipelines.settings import Settings
from sources.snapshot import known

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("bulk"),
    description="Build, audit and publish a release. Settings: as_of (YYYY-MM-DD), dyads (CHN-RUS, ...).",
)


@dg.definitions
def defs() -> dg.Definitions:
    """Return all definitions; one process and one connection, since steps share one DuckDB file."""
    sources = known()
    core, charts = models.core_step(), models.charts_step()
    published = release.step([*core.specs, *charts.specs])
    return dg.Definitions(
        assets=[ingest.step(sources), raw.step(sources), core, charts, published, *(spec for a in world.ASSETS for spec in a.specs)],
        jobs=[refresh, _bulk_job()],
        schedules=schedules(sources, refresh),
        sensors=sensors(refresh),
        resources={"settings": Settings(), "run": run},
        loggers={"progress": progress},
        executor=dg.in_process_executor,
    )


def _bulk_job() -> dg.JobDefinition:
    """Return the job of the world's trade, complete.

    Of its assets the location has the specs alone: nobody can start a load of an archive without naming one, so
    "Materialize all" must not reach them.
    """
    apart = dg.Definitions(assets=world.ASSETS, jobs=[world.JOB], resources=world.RESOURCES, executor=dg.in_process_executor)
    return apart.resolve_job_def(world.JOB.name)
