"""Run the SQL models: one step for core, one for the datasets, the claims they decide and their pictures.

Put here what the steps yield, not SQL (`warehouse/models`). A layer is one step with many assets: a step costs more than the
models in it.
"""

import dagster as dg

from pipelines import checks
from pipelines.assets.specs import asset_key
from pipelines.assets.tables import TABLES, filled, spec
from pipelines.refusal import failing_in_one_sentence
from pipelines.run import Run
from schemas import charts, registry, render
from warehouse import models
from warehouse.build import as_of, claims, layers
from warehouse.build.database import connect
from warehouse.release import assemble

CLAIMS = "charts.claims"


def layer_specs(schema: str) -> list[dg.AssetSpec]:
    """Return one asset a SQL model, its dependencies read out of the SQL; bookkeeping tables are no assets."""
    return [
        spec(
            m.name, schema, registry.MODELED[m.name], render.columns(registry.MODELED[m.name]),
            [asset_key(d) for d in m.depends_on if d in TABLES], [models.FOLDER / schema / f"{m.table}.sql"],
        )
        for m in models.layer(schema)
    ]  # fmt: skip


def claims_spec() -> dg.AssetSpec:
    """Return the asset of the claims, which every model of a claim decides."""
    decided = models.claims()
    deps = [asset_key(d) for d in sorted({d for m in decided for d in m.depends_on if d in TABLES})]
    code = [models.FOLDER / "claims" / f"{m.table}.sql" for m in decided]
    return spec(CLAIMS, "claims", charts.Claims, render.columns(charts.Claims), deps, code)


def core_step() -> dg.AssetsDefinition:
    """Return the step that runs the models of layer core on what was known on the day of the release."""
    tables = layer_specs("core")

    @dg.multi_asset(name="core", specs=tables, check_specs=checks.specs(tables, "core"))
    def core(context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]):
        with failing_in_one_sentence(), connect(run.database) as con:
            as_of.forget(con, run.inputs.clock)
            built = list(layers.run_layer(con, "core", run.inputs.clock))
            yield from checks.results(context, con, "core", built, run.inputs.unproved)
            yield from (filled(con, table) for table in built)

    return core


def charts_step() -> dg.AssetsDefinition:
    """Return the step that makes the datasets, the claims they decide, and the pictures, which mark what the claims name."""
    tables, claimed = layer_specs("charts"), claims_spec()

    @dg.multi_asset(
        name="charts",
        specs=[*tables, claimed],
        check_specs=[*checks.specs(tables, "charts"), *checks.specs([claimed], "claims")],
    )
    def datasets(context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]):
        with failing_in_one_sentence(), connect(run.database) as con:
            inputs = run.inputs
            built = list(layers.run_layer(con, "charts", inputs.clock))
            yield from checks.results(context, con, "charts", built, inputs.unproved)
            decided = claims.decide(con, inputs.clock)
            yield from checks.results(context, con, "claims", [decided], inputs.unproved)
            pictures = assemble.draw(con, run.folder, inputs.existing)
            context.log.info(f"charts  {len(pictures):>3} pictures")
            for table in [*built, decided]:
                shown = {"picture": dg.MetadataValue.md(pictures[table.table])} if table.table in pictures else {}
                yield filled(con, table, **freshness_of(con, table.table), **shown)

    return datasets


def freshness_of(con, table: str) -> dict[str, dg.MetadataValue]:
    """Return the days on which the newest and the oldest of the figures that a dataset rests on were read; nothing if it is empty."""
    days = con.execute(
        "select max(read_on)::varchar, min(read_on)::varchar from core.evidence "
        f"semi join (select unnest(evidence) as evidence_id from {table}) using (evidence_id)"
    ).fetchone()
    named = zip(("newest figure read on", "oldest figure read on"), days, strict=True)
    return {name: dg.MetadataValue.text(day) for name, day in named if day}
