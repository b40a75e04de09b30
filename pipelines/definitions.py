"""Define Dagster's code location: the assets, jobs, schedules, sensors and resources."""

import dagster as dg

from pipelines import open_lineage
from pipelines.assets import ingest, models, raw, release, world
from pipelines.config import settings
from pipelines.progress import progress
from pipelines.run import run
from pipelines.schedules import schedules, sensors
from sources.snapshot import all_sources

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("bulk"),
    description="Build, audit and publish a release. Settings: as_of (YYYY-MM-DD), dyads (CHN-RUS, ...).",
)


@dg.definitions
def defs() -> dg.Definitions:
    """Return all definitions; the executor uses one process, since all steps write one DuckDB file."""
    sources = all_sources()
    core, charts = models.core_step(), models.charts_step()
    published = release.step([*core.specs, *charts.specs])
    return dg.Definitions(
        assets=[ingest.step(sources), raw.step(sources), core, charts, published, *(spec for a in world.ASSETS for spec in a.specs)],
        jobs=[refresh, _bulk_job()],
        schedules=schedules(sources, refresh.name),
        sensors=[*sensors(refresh.name), *open_lineage.sensors()],
        resources={"settings": settings, "run": run},
        loggers={"progress": progress},
        executor=dg.in_process_executor,
    )


def _bulk_job() -> dg.JobDefinition:
    """Return the job that loads the world's trade, with its executable assets.

    The code location contains only the specs of these assets: a load needs the path of an archive, so "Materialize all" must
    not start one.
    """
    bulk = dg.Definitions(assets=world.ASSETS, jobs=[world.JOB], resources=world.RESOURCES, executor=dg.in_process_executor)
    return bulk.resolve_job_def(world.JOB.name)
