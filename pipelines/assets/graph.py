"""The asset graph: publishers, raw, core, charts, claims, release. One step a layer, one connection at a time.

Belongs here: asset and check specs made from the schemas, the SQL models and the audits, and the thin steps that run a
layer and report it. Does not belong here: logic; a step calls the warehouse and yields what happened.

A layer is one step with many assets: a step costs more than the models in it, and the warehouse moves as a unit.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

import dagster as dg
import pandera.pandas as pa

from pipelines import alerts, web
from pipelines.assets.specs import OWNERS, column_schema
from pipelines.settings import Settings
from schemas import charts, raw, registry, render
from schemas.errors import Refused, Unusable
from schemas.finding import FIRST
from sources import snapshot
from sources.live import refresh
from warehouse import models
from warehouse.build import as_of, audit, catalog, claims, land, layers
from warehouse.build.database import connect
from warehouse.build.validate import TableResult
from warehouse.connect import home
from warehouse.models import lineage
from warehouse.release import assemble, publish
from warehouse.release.revisions import changes_since
from warehouse.world import as_source

CLAIMS = "charts.claims"
RELEASE = dg.AssetKey(["release"])
TOGETHER = "Made together with all others by the job `refresh`, under *Jobs*: a release moves as a unit, no asset is made alone."
TABLES = registry.RAW.keys() | registry.MODELED.keys()


def asset_key(table: str) -> dg.AssetKey:
    """`core.trade_flow` -> core/trade_flow."""
    return dg.AssetKey(table.split("."))


def publisher_key(source: str) -> dg.AssetKey:
    """The upstream product behind a source folder."""
    return dg.AssetKey(["publisher", source])


def _spec(table: str, group: str, model: type[pa.DataFrameModel], described: list[render.Column], deps: list[dg.AssetKey]) -> dg.AssetSpec:
    decides = [m.claim_id for m in models.claims() if table in m.depends_on]
    return dg.AssetSpec(
        asset_key(table),
        group_name=group,
        deps=deps,
        kinds={"duckdb", "pandera", "sql" if group != "raw" else "csv"},
        owners=OWNERS,
        description=f"{render.title(model)}\n\n{TOGETHER}",
        metadata={
            "dagster/table_name": table,
            "dagster/column_schema": column_schema(described),
            **({"claims it decides": ", ".join(decides)} if decides else {}),
        },
    )


def _freshness(source: snapshot.Source) -> dg.FreshnessPolicy | None:
    """A source with a connector is stale when twice its cadence has passed without a usable answer."""
    if "schedule" not in source.origin:
        return None
    cadence = dt.timedelta(days=source.origin["cadence_days"])
    return dg.FreshnessPolicy.time_window(fail_window=2 * cadence, warn_window=1.5 * cadence)


def publishers(sources: Sequence[snapshot.Source]) -> list[dg.AssetSpec]:
    """The upstream products, outside what runs here."""
    return [
        dg.AssetSpec(
            publisher_key(s.name),
            group_name="publishers",
            kinds={"csv"},
            owners=OWNERS,
            description=s.origin["description"],
            freshness_policy=_freshness(s),
            metadata={
                "producer": s.origin["producer"], "url": dg.MetadataValue.url(s.origin["url"]), "citation": s.origin["citation"],
                "licence": s.origin["license"]["name"], "coverage": s.origin["coverage"]["note"],
            },
        )
        for s in sources
    ]  # fmt: skip


def raw_specs(sources: Sequence[snapshot.Source]) -> list[dg.AssetSpec]:
    """One asset a kind of raw table, downstream of every source that ships it."""
    shipping = {
        kind: [publisher_key(s.name) for s in sources if kind in {f.kind for f in s.files} | set(s.origin.get("kinds", []))]
        for kind in raw.KINDS
    }
    return [_spec(f"raw.{kind}", "raw", model, render.landed_columns(model), shipping[kind]) for kind, model in raw.KINDS.items()]


def layer_specs(schema: str) -> list[dg.AssetSpec]:
    """One asset a SQL model, its dependencies read out of the SQL; bookkeeping tables are no assets."""
    return [
        _spec(
            m.name, schema, registry.MODELED[m.name], render.columns(registry.MODELED[m.name]),
            [asset_key(d) for d in m.depends_on if d in TABLES],
        )
        for m in models.layer(schema)
    ]  # fmt: skip


def check_specs(specs: Sequence[dg.AssetSpec], layer: str) -> list[dg.AssetCheckSpec]:
    """The Pandera check of every table, and the layer's audits on the tables they judge."""
    pandera = [dg.AssetCheckSpec("schema", asset=s.key, blocking=True, description="The table obeys its Pandera model") for s in specs]
    audits = [
        dg.AssetCheckSpec(a.name.split("__")[1], asset=asset_key(a.table), blocking=True, description=a.sentence)
        for a in audit.load()
        if a.layer == layer
    ]
    return pandera + audits


def _first_rows(columns: list[str], rows: Sequence[tuple]) -> dg.MetadataValue:
    lines = [columns, ["---"] * len(columns), *rows]
    return dg.MetadataValue.md("\n".join("| " + " | ".join(str(v).replace("|", "\\|") for v in line) + " |" for line in lines))


def _column_lineage(table: str) -> dict[str, dg.TableColumnLineage]:
    read_from = lineage.read().get(table)
    if not read_from:
        return {}
    deps = {
        column: [dg.TableColumnDep(asset_key(read), name) for read, name in (source.rsplit(".", 1) for source in sources) if read in TABLES]
        for column, sources in read_from.items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}


def _schema_result(built: TableResult, key: dg.AssetKey) -> dg.AssetCheckResult:
    metadata: dict = {"failing_rows": sum(f.count for f in built.findings)}
    if built.findings:
        rows = [(row, f.column, f.rule, value) for f in built.findings for row, value in f.first][:FIRST]
        metadata["first_rows"] = _first_rows(["row", "column", "rule", "value"], rows)
    return dg.AssetCheckResult(passed=not built.findings, check_name="schema", asset_key=key, metadata=metadata)


def _audit_result(outcome: audit.Outcome) -> dg.AssetCheckResult:
    metadata: dict = {"failing_rows": outcome.count, "sql": dg.MetadataValue.md(f"```sql\n{outcome.audit.sql}\n```")}
    if outcome.count:
        metadata["first_rows"] = _first_rows(outcome.columns, outcome.first)
    return dg.AssetCheckResult(
        passed=not outcome.count, check_name=outcome.audit.name.split("__")[1], asset_key=asset_key(outcome.audit.table), metadata=metadata
    )


def _checked(
    context: dg.AssetExecutionContext, con, layer: str, tables: Sequence[TableResult], hints: Sequence[str]
) -> Iterator[dg.AssetCheckResult]:
    """The results of the Pandera checks and the audits; a failure ends the run with every message, and nothing is published."""
    problems = [finding.line(b.table) for b in tables for finding in b.findings]
    for b in tables:
        yield _schema_result(b, asset_key(b.table))
    outcomes = [] if problems else list(audit.run(con, layer))
    problems += [outcome.line() for outcome in outcomes if outcome.count]
    yield from map(_audit_result, outcomes)
    if problems:
        raise Refused("\n".join([*problems, *hints]))
    rows = sum(b.row_count for b in tables)
    context.log.info(f"{layer:<7} {len(tables):>3} tables {rows:>7,} rows {len(tables) + len(outcomes):>3} checks hold")


def _filled(con, table: TableResult, **more: dg.MetadataValue) -> dg.MaterializeResult:
    """A table's rows, first ten and column lineage, and what else there is to show of it."""
    first = con.execute(f"select * from {table.table} limit 10")
    preview = _first_rows([name for name, *_ in first.description], first.fetchall())
    metadata = {**more, "dagster/row_count": table.row_count, "preview": preview, **_column_lineage(table.table)}
    return dg.MaterializeResult(asset_key=asset_key(table.table), metadata=metadata)


def freshness_of(con, table: str) -> dict[str, dg.MetadataValue]:
    """The days on which the newest and the oldest of the figures that a dataset rests on were read; of an empty one none."""
    days = con.execute(
        "select max(read_on)::varchar, min(read_on)::varchar from core.evidence "
        f"semi join (select unnest(evidence) as evidence_id from {table}) using (evidence_id)"
    ).fetchone()
    named = zip(("newest figure read on", "oldest figure read on"), days, strict=True)
    return {name: dg.MetadataValue.text(day) for name, day in named if day}


def _tell(context: dg.AssetExecutionContext, outcome: refresh.Outcome) -> None:
    """What became of a publisher that was asked, on its asset: only a usable answer makes it fresh."""
    event = dg.AssetObservation if outcome.status == "failed" else dg.AssetMaterialization
    said = {"status": outcome.status, "message": outcome.message, "stale since": outcome.stale_since, "notes": "\n".join(outcome.notes)}
    if outcome.status == "failed":
        alerts.tell(f"{outcome.source} failed: {outcome.message}", context.log.error)
    context.log_event(event(publisher_key(outcome.source), metadata={name: text for name, text in said.items() if text}))


def steps(sources: Sequence[snapshot.Source]) -> list[dg.AssetsDefinition]:
    """The four steps. The specs follow the bundled sources; a run reads the sources its settings name."""
    raws = raw_specs(sources)
    cores = layer_specs("core")
    chart_specs = layer_specs("charts")
    claim_deps = sorted({d for m in models.claims() for d in m.depends_on})
    claim_spec = _spec(CLAIMS, "claims", charts.Claims, render.columns(charts.Claims), [asset_key(d) for d in claim_deps])

    @dg.multi_asset(name="raw", specs=raws, check_specs=check_specs(raws, "raw"))
    def raw_step(context: dg.AssetExecutionContext, settings: Settings):
        folder = publish.begin(home(), context.run.run_id)
        for outcome in settings.outcomes:
            _tell(context, outcome)
        assemble.begin(settings.made)
        with connect(folder / "warehouse.duckdb") as con:
            landed = list(land.land(con, settings.sources))
            catalog.fill(con, settings.sources, settings.clock)
            yield from _checked(context, con, "raw", landed, settings.unproved)
            yield from (_filled(con, table) for table in landed)

    @dg.multi_asset(name="core", specs=cores, check_specs=check_specs(cores, "core"))
    def core_step(context: dg.AssetExecutionContext, settings: Settings):
        with connect(_database(context)) as con:
            as_of.forget(con, settings.clock)
            built = list(layers.run_layer(con, "core", settings.clock))
            yield from _checked(context, con, "core", built, settings.unproved)
            yield from (_filled(con, table) for table in built)

    @dg.multi_asset(
        name="charts",
        specs=[*chart_specs, claim_spec],
        check_specs=[*check_specs(chart_specs, "charts"), *check_specs([claim_spec], "claims")],
    )
    def charts_step(context: dg.AssetExecutionContext, settings: Settings):
        """The datasets, the claims they decide, and the pictures, which mark what the claims name."""
        database = _database(context)
        with connect(database) as con:
            datasets = list(layers.run_layer(con, "charts", settings.clock))
            yield from _checked(context, con, "charts", datasets, settings.unproved)
            ledger = claims.decide(con, settings.clock)
            yield from _checked(context, con, "claims", [ledger], settings.unproved)
            pictures = assemble.draw(con, database.parent, settings.made)
            context.log.info(f"charts  {len(pictures):>3} pictures")
            for table in [*datasets, ledger]:
                shown = {"picture": dg.MetadataValue.md(pictures[table.table])} if table.table in pictures else {}
                yield _filled(con, table, **freshness_of(con, table.table), **shown)

    revisions = dg.AssetCheckSpec(
        "revisions", asset=RELEASE, blocking=True, description="No dataset shrank or jumped since the release before"
    )

    @dg.asset(
        key=RELEASE, group_name="release", kinds={"duckdb", "markdown"}, owners=OWNERS, check_specs=[revisions],
        deps=[*(s.key for s in cores), *(s.key for s in chart_specs), claim_spec.key],
        description=f"The audited release, published by one rename: warehouse.duckdb, claims.md, manifest.json\n\n{TOGETHER}",
    )  # fmt: skip
    def release(context: dg.AssetExecutionContext, settings: Settings) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        database = _database(context)
        about = settings.about
        with connect(database) as con:
            found, said = changes_since(con, home() / "releases", about, settings.made)
            refused = [line for dataset, line in said.items() if dataset not in settings.accept_revisions]
            yield dg.AssetCheckResult(
                passed=not refused, check_name="revisions", metadata={"changes": len(found), "said": "; ".join(said.values())}
            )
            if refused:
                raise Refused(
                    "\n".join(f"{line}; if that is right, run again with --accept-revision {line.split(':')[0]}" for line in refused)
                )
            about = about | {"changes": [list(change) for change in found]}  # what a rebuild cannot compare again
            if not settings.made:
                assemble.fill(con, database.parent, about, found)
                as_source.link(settings.world_trade, database.parent, settings.clock.as_of)
        folder = publish.publish(home(), database.parent, about, settings.sources, settings.again)
        yield dg.MaterializeResult(
            metadata={
                "release": about["release"], "page": dg.MetadataValue.url(web.page(about["release"])),
                "page file": dg.MetadataValue.path(str(folder / "index.html")), "dagster/uri": str(folder),
                "as_of": about["as_of"],
                "changes": dg.MetadataValue.md((folder / "changes.md").read_text("utf-8")),
            },
        )  # fmt: skip

    return [raw_step, core_step, charts_step, release]


def _database(context: dg.AssetExecutionContext):
    path = home() / "building" / context.run.run_id / "warehouse.duckdb"
    if not path.exists():
        raise Unusable("nothing is being built in this run: launch the job `refresh` under *Jobs*, a release moves as a unit")
    return path
