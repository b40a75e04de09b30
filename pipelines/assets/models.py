"""Run the SQL models: one step for core, one for the datasets and their claims.

Put here what the steps yield, not SQL (`warehouse/models`). A layer is one step with many assets, since Dagster's
overhead for a step exceeds the time of its models.
"""

from collections.abc import Iterator

import dagster as dg

from pipelines import checks
from pipelines.assets.specs import asset_key
from pipelines.assets.tables import TABLES, materialization, spec
from pipelines.refusal import failing_in_one_sentence
from pipelines.run import Run
from schemas import charts, registry, render
from warehouse import models
from warehouse.build import as_of, claims, layers
from warehouse.build.database import Connection
from warehouse.release import assemble

CLAIMS = "charts.claims"


def layer_specs(schema: str) -> list[dg.AssetSpec]:
    """Return one asset per SQL model, with the dependencies that its SQL names; bookkeeping tables are not assets."""
    return [
        spec(
            m.name, schema, registry.MODELED[m.name], render.columns(registry.MODELED[m.name]),
            [asset_key(d) for d in m.depends_on if d in TABLES], [models.FOLDER / schema / f"{m.table}.sql"],
        )
        for m in models.layer(schema)
    ]  # fmt: skip


def claims_spec() -> dg.AssetSpec:
    """Return the asset of the table of claims, which depends on the tables that any claim's model reads."""
    claim_models = models.claims()
    deps = [asset_key(d) for d in sorted({d for m in claim_models for d in m.depends_on if d in TABLES})]
    code = [models.FOLDER.joinpath(*m.name.split(".")).with_suffix(".sql") for m in claim_models]
    return spec(CLAIMS, "claims", charts.Claims, render.columns(charts.Claims), deps, code)


def core_step() -> dg.AssetsDefinition:
    """Return the step that runs the models of layer core on the figures known on the day of the release."""
    tables = layer_specs("core")

    @dg.multi_asset(name="core", specs=tables, check_specs=checks.specs(tables, "core"))
    def core(context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        with failing_in_one_sentence():
            con = run.con
            as_of.forget(con, run.inputs.clock)
            run.then = claims.decide_then(con, run.inputs.clock)
            results = list(layers.run_layer(con, "core", run.inputs.clock))
            yield from checks.results(context, con, "core", results, run.inputs.unreleased)
            yield from (materialization(con, table) for table in results)

    return core


def charts_step() -> dg.AssetsDefinition:
    """Return the step that builds the datasets and decides the claims."""
    tables, claims_table = layer_specs("charts"), claims_spec()

    @dg.multi_asset(
        name="charts",
        specs=[*tables, claims_table],
        check_specs=[*checks.specs(tables, "charts"), *checks.specs([claims_table], "claims")],
    )
    def datasets(context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        with failing_in_one_sentence():
            con, inputs = run.con, run.inputs
            results = list(layers.run_layer(con, "charts", inputs.clock))
            yield from checks.results(context, con, "charts", results, inputs.unreleased)
            claims.create(con)
            run.pictures = assemble.draw(con, run.folder, inputs.followed)
            claims_result = claims.decide(con, run.then)
            yield from checks.results(context, con, "claims", [claims_result], inputs.unreleased)
            yield from (materialization(con, table, **freshness_of(con, table.table)) for table in [*results, claims_result])

    return datasets


def freshness_of(con: Connection, table: str) -> dict[str, dg.MetadataValue]:
    """Return the days on which the newest and the oldest figure behind a dataset were read; nothing if the dataset is empty."""
    [days] = con.execute(
        "select max(read_on)::varchar, min(read_on)::varchar from core.evidence "
        f"semi join (select unnest(evidence) as evidence_id from {table}) using (evidence_id)"
    ).fetchall()
    days_by_name = zip(("newest figure read on", "oldest figure read on"), days, strict=True)
    return {name: dg.MetadataValue.text(day) for name, day in days_by_name if day}
