"""Land the sources' snapshots as raw tables, in one step, since Dagster's overhead for a step exceeds the time to land a kind."""

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines import checks
from pipelines.assets.specs import publisher_key
from pipelines.assets.tables import materialization, spec
from pipelines.refusal import failing_in_one_sentence
from pipelines.run import Run
from schemas import raw, render
from sources import snapshot
from warehouse.build import catalog, database, land
from warehouse.home import home
from warehouse.release import publish
from warehouse.visuals import convert


def specs(sources: Sequence[snapshot.Source]) -> list[dg.AssetSpec]:
    """Return one asset per kind of raw table, downstream of every source that ships this kind."""
    publishers = {
        kind: [publisher_key(s.name) for s in sources if kind in {f.kind for f in s.files} | set(s.origin.get("kinds", []))]
        for kind in raw.KINDS
    }
    return [spec(f"raw.{kind}", "raw", model, render.landed_columns(model), publishers[kind]) for kind, model in raw.KINDS.items()]


def step(sources: Sequence[snapshot.Source]) -> dg.AssetsDefinition:
    """Return the step that creates the build folder and lands every kind."""
    tables = specs(sources)

    @dg.multi_asset(name="raw", specs=tables, check_specs=checks.specs(tables, "raw"))
    def raw_step(context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        with failing_in_one_sentence():
            inputs = run.inputs
            if not inputs.followed:
                convert.start()  # every picture must be drawn
            run.folder = publish.begin(home(), run.id)
            run.con = database.begin(run.folder / database.BUILT)
            results = list(land.land(run.con, inputs.sources))
            catalog.fill(run.con, inputs.sources, inputs.clock)
            yield from checks.results(context, run.con, "raw", results, inputs.unreleased)
            yield from (materialization(run.con, table) for table in results)

    return raw_step
