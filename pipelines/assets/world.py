"""Define the assets of the world's trade and run their job: the landed rows, partitioned by year, and the aggregates.

One run loads all years of an archive: unchanged years are recognized by their hash and skipped, so a run per year would only add
Dagster's overhead to each. The aggregates have no partitions, since each year and table would add events to Dagster's database.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.assets.specs import OWNERS, code_references, column_schema
from pipelines.event_log import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG
from pipelines.instance import history
from pipelines.refusal import raise_failure
from schemas import world
from schemas.errors import Unusable
from schemas.finding import FIRST
from schemas.render import columns, title
from sources import snapshot
from warehouse import models
from warehouse.home import home
from warehouse.release.locks import refresh_lock
from warehouse.world import aggregates, archive, editions, file_format
from warehouse.world.ingest import ingest

YEARS = dg.StaticPartitionsDefinition([str(year) for year in range(1988, 2051)])


# `String`, not `StringSource`: the latter may name an environment variable, whose content a refusal would quote
ARCHIVE = {"path": dg.Field(dg.String, description="The archive to land: the path of a zip or a folder")}
ENGINE = {"engine": dg.Field(dg.String, default_value="duckdb", description="What computes the aggregates: duckdb or spark")}


BY_INGEST = "Made by the job `ingest`, under *Jobs*, from a publisher's archive."


def _spec(name: str, description: str, **how: Any) -> dg.AssetSpec:
    return dg.AssetSpec(["bulk", name], group_name="bulk", owners=OWNERS, description=f"{description}\n\n{BY_INGEST}", **how)


LANDED = _spec("hs6", title(world.Baci), kinds={"parquet", "pandera"}, partitions_def=YEARS)
AGGREGATES = [
    _spec(
        m.table,
        title(world.AGGREGATES[m.table]),
        kinds={"duckdb", "sql"},
        deps=[dg.AssetKey(d.split(".")) for d in m.depends_on if d == "bulk.hs6" or d.split(".")[1] in world.AGGREGATES],
        metadata={
            "dagster/column_schema": column_schema(columns(world.AGGREGATES[m.table])),
            **code_references([models.FOLDER / "bulk" / f"{m.table}.sql"]),
        },
    )
    for m in models.layer("bulk")
]


@dg.multi_asset(name="bulk_landed", specs=[LANDED], backfill_policy=dg.BackfillPolicy.single_run(), config_schema=ARCHIVE)
def landed_step(context: dg.AssetExecutionContext, report: dg.ResourceParam[Callable[[str], None]]) -> Iterator[dg.MaterializeResult]:
    """Stream, validate and land every member of an archive."""
    with refresh_lock(home()):
        edition = ingest(Path(context.op_execution_context.op_config["path"]), home(), report)
    reported = [line for m in edition.members for line in m.reported]
    metadata: dict[str, Any] = {
        "release": edition.name,
        "dagster/row_count": sum(m.rows for m in edition.members),
        "dagster/uri": str(edition.folder),
        "reported": len(reported),
        "first_reported": dg.MetadataValue.md("\n".join(reported[:FIRST])),
    }
    yield dg.MaterializeResult(LANDED.key, metadata=metadata)


@dg.multi_asset(name="bulk_aggregates", specs=AGGREGATES, config_schema=ENGINE)
def aggregates_step(context: dg.AssetExecutionContext, report: dg.ResourceParam[Callable[[str], None]]) -> Iterator[dg.MaterializeResult]:
    """Aggregate the years that changed."""
    landed = editions.landed(home())
    if not landed:
        raise Unusable("no edition of BACI is landed: run `dyad ingest baci <archive>` first")
    with refresh_lock(home()):
        path = aggregates.build(home(), landed[-1], snapshot.sources(), report, context.op_execution_context.op_config["engine"])
    for spec in AGGREGATES:
        yield dg.MaterializeResult(spec.key, metadata={"release": landed[-1].name, "dagster/uri": str(path)})


ASSETS = [landed_step, aggregates_step]
RESOURCES = {"report": lambda line: None}
JOB = dg.define_asset_job("ingest", selection=dg.AssetSelection.assets(*ASSETS), description="Land a BACI archive and aggregate it.")


def run(path: Path | None, engine: str, report: Callable[[str], None]) -> dict[str, Any]:
    """Run the job on an archive in this process; return edition (`release`), rows, members, seconds and reported lines.

    Args:
        path: the archive; None for the newest that the connector fetched.
        engine: duckdb or spark.
        report: a function that prints a line of progress.

    Raises:
        Refused: a member breaks a rule; members landed before stay landed.
        Unusable: there is no such archive, or another run is active.
        KeyboardInterrupt: a signal ended the run.
    """
    started = time.monotonic()
    with refresh_lock(home()):
        pass  # raise at once, before Dagster starts a run that would fail
    path = (path or archive.fetched(home())).resolve()
    definitions = dg.Definitions(assets=ASSETS, jobs=[JOB], resources={"report": report}, executor=dg.in_process_executor)
    config = {
        "ops": {"bulk_landed": {"config": {"path": str(path)}}, "bulk_aggregates": {"config": {"engine": engine}}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},  # `report` prints the progress
    }
    with history() as instance:
        job = definitions.resolve_job_def(JOB.name)
        result = job.execute_in_process(run_config=config, instance=instance, raise_on_error=False, tags=_year_tags(path))
    if not result.success:
        raise_failure(result.all_events)
    edition = editions.landed(home())[-1]
    return {
        "release": edition.name,
        "rows": sum(m.rows for m in edition.members),
        "members": len(edition.members),
        "seconds": round(time.monotonic() - started, 1),
        "reported": [line for m in edition.members for line in m.reported],
    }


def _year_tags(path: Path) -> dict[str, str]:
    """Return the tags by which Dagster marks the archive's years as materialized; years without a partition get none."""
    archive_years = {file_format.parse_name(m.name).year for m in archive.members(path) if file_format.has_rows(m.name)}
    years = sorted(filter(YEARS.has_partition_key, archive_years))
    return {ASSET_PARTITION_RANGE_START_TAG: years[0], ASSET_PARTITION_RANGE_END_TAG: years[-1]} if years else {}
