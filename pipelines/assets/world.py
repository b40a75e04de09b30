"""The world's trade in the asset graph: the landed rows, partitioned by year, and the aggregates.

Belongs here: the specs, the thin steps, and running them. Does not belong here: logic; a step calls `warehouse.world`.

One run does all years of an archive: what did not change is found by its hash and not computed again, so a run per year
would only add Dagster's own second or two to each. The aggregates carry no partitions, since every event of a year and
table is a write to Dagster's database (measured: 145 of them, 8 s on a busy machine).
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from pipelines.assets.specs import OWNERS, column_schema
from pipelines.launch import history, reason
from schemas import world as declared
from schemas.errors import Refused, Unusable
from schemas.finding import FIRST
from schemas.render import columns, title
from sources import snapshot
from warehouse.connect import home
from warehouse.release.locks import refresh_lock
from warehouse.world import aggregates
from warehouse.world import archive as archives
from warehouse.world import ingest as landing

YEARS = dg.StaticPartitionsDefinition([str(year) for year in range(1962, 2051)])


class Archive(dg.Config):
    """What to land."""

    path: str
    source: str = "baci"


class Engine(dg.Config):
    """What computes the aggregates: duckdb or spark."""

    engine: str = "duckdb"


MADE = "Made by the job `ingest`, under *Jobs*, from a publisher's archive."


def _spec(name: str, description: str, **how) -> dg.AssetSpec:
    return dg.AssetSpec(["bulk", name], group_name="bulk", owners=OWNERS, description=f"{description}\n\n{MADE}", **how)


LANDED = _spec("hs6", title(declared.Baci), kinds={"parquet", "pandera"}, partitions_def=YEARS)
AGGREGATES = [
    _spec(
        m.table,
        title(declared.AGGREGATES[m.table]),
        kinds={"duckdb", "sql"},
        deps=[dg.AssetKey(d.split(".")) for d in m.depends_on if d == "bulk.hs6" or d.split(".")[1] in declared.AGGREGATES],
        metadata={"dagster/column_schema": column_schema(columns(declared.AGGREGATES[m.table]))},
    )
    for m in aggregates.tables()
]


@dg.multi_asset(name="bulk_landed", specs=[LANDED], backfill_policy=dg.BackfillPolicy.single_run())
def landed_step(context: dg.AssetExecutionContext, config: Archive, say: dg.ResourceParam[Callable[[str], None]]):
    """Stream, validate and land every member of an archive."""
    with refresh_lock(home()):
        release = landing.ingest(Path(config.path), home(), config.source, say)
    reported = [line for m in release.members for line in m.reported]
    metadata = {
        "release": release.name,
        "dagster/row_count": sum(m.rows for m in release.members),
        "dagster/uri": str(release.folder),
        "reported": len(reported),
        "first_reported": dg.MetadataValue.md("\n".join(reported[:FIRST])),
    }
    yield dg.MaterializeResult(LANDED.key, metadata=metadata)


@dg.multi_asset(name="bulk_aggregates", specs=AGGREGATES)
def aggregates_step(config: Engine, say: dg.ResourceParam[Callable[[str], None]]):
    """Aggregate the years that changed."""
    found = landing.releases(home(), "baci")
    if not found:
        raise Unusable("no BACI release is landed: `dyad ingest baci <archive>` first")
    with refresh_lock(home()):
        path = aggregates.build(home(), found[-1], snapshot.sources(), say, config.engine)
    for spec in AGGREGATES:
        yield dg.MaterializeResult(spec.key, metadata={"release": found[-1].name, "dagster/uri": str(path)})


ASSETS = [landed_step, aggregates_step]
RESOURCES = {"say": lambda line: None}
JOBS = {
    "baci": dg.define_asset_job("ingest", selection=dg.AssetSelection.assets(*ASSETS), description="Land a BACI archive and aggregate it."),
    "comtrade-bulk": dg.define_asset_job("ingest_comtrade", selection=[LANDED.key], description="Land a Comtrade bulk file."),
}


def ingest(path: Path, source: str, engine: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the job on an archive in this process; returns release, rows, members, seconds and what was reported.

    Raises:
        Refused: a member breaks a rule; what was landed before stays.
        Unusable: there is no such archive, or another run is at work.
    """
    started = time.monotonic()
    with refresh_lock(home()):
        pass  # say so in one line now, before Dagster starts a run that must fail
    path = path.resolve()
    named = {year for m in archives.members(path) for year in re.findall(r"(?<=_Y)\d{4}(?=_)", m.name)[:1]}
    years = sorted(filter(YEARS.has_partition_key, named))  # the run refuses others
    tags = {ASSET_PARTITION_RANGE_START_TAG: years[0], ASSET_PARTITION_RANGE_END_TAG: years[-1]} if years else {}
    definitions = dg.Definitions(assets=ASSETS, jobs=[JOBS[source]], resources={"say": say}, executor=dg.in_process_executor)
    ops = {"bulk_landed": {"config": {"path": str(path), "source": source}}, "bulk_aggregates": {"config": {"engine": engine}}}
    config = {
        "ops": ops if source == "baci" else {"bulk_landed": ops["bulk_landed"]},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},  # `say` tells the person, Dagster's history the rest
    }
    with history() as instance:
        work = definitions.resolve_job_def(JOBS[source].name)
        result = work.execute_in_process(run_config=config, instance=instance, raise_on_error=False, tags=tags)
    if not result.success:
        raise Refused(reason(result.all_events))
    release = landing.releases(home(), source)[-1]
    return {
        "release": release.name,
        "rows": sum(m.rows for m in release.members),
        "members": len(release.members),
        "seconds": round(time.monotonic() - started, 1),
        "reported": [line for m in release.members for line in m.reported],
    }
