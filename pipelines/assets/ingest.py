"""Ask the publishers that the settings name in one step, and show each publisher's outcome as an asset.

Put here how Dagster shows the requests, not how a publisher is asked (`sources.live`). Dagster's overhead for a
step per publisher would exceed the time of the request, and a failed step would stop every step that depends on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from pipelines import inputs, instance
from pipelines.assets import release
from pipelines.assets.specs import OWNERS, code_references, publisher_key
from pipelines.refusal import failing_in_one_sentence
from pipelines.run import Run
from pipelines.settings import Settings
from pipelines.unchanged import keep
from sources import snapshot
from sources.live import clock, refresh, staleness
from warehouse import memory
from warehouse.home import RELEASES, home

ANSWERED = "answered"


def specs(sources: Sequence[snapshot.Source]) -> list[dg.AssetSpec]:
    """Return one asset per upstream product."""
    return [
        dg.AssetSpec(
            publisher_key(s.name),
            group_name="publishers",
            kinds={"csv"},
            owners=OWNERS,
            description=s.origin["description"],
            metadata={
                "producer": s.origin["producer"], "url": dg.MetadataValue.url(s.origin["url"]), "citation": s.origin["citation"],
                "licence": s.origin["license"]["name"], "coverage": s.origin["coverage"]["note"],
                **code_references([path for name in ("origin.yaml", "fetch.py", "parse.py") if (path := snapshot.BUNDLED / s.name / name).exists()]),
            },
        )
        for s in sources
    ]  # fmt: skip


def check_specs(sources: Sequence[snapshot.Source]) -> list[dg.AssetCheckSpec]:
    """Return a check of each publisher's last answer; a failed check does not block, since the last good snapshot stays valid."""
    meaning = "The last answer was usable, and is no older than twice the publisher's update interval"
    return [dg.AssetCheckSpec(ANSWERED, asset=publisher_key(s.name), description=meaning) for s in sources]


def step(sources: Sequence[snapshot.Source]) -> dg.AssetsDefinition:
    """Return the step that asks the publishers that the settings name, and reads the inputs of the run."""
    assets = [spec.replace_attributes(skippable=True) for spec in specs(sources)]  # later steps are skipped if none is yielded

    @dg.multi_asset(name="publishers", specs=assets, check_specs=check_specs(sources))
    def ingest(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], run: dg.ResourceParam[Run]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with failing_in_one_sentence():
            run.record()
            memory.check_addresses()
            instance.fail_orphaned_runs(context.instance, run.id)
            instance.prune(context.instance)
            outcomes = _ask(context, settings, run)
            run.inputs = inputs.read(home(), settings, list(outcomes.values()))
            sources_by_name = {s.name: s for s in run.inputs.sources}
            overdue = staleness.overdue(home(), sources, clock.now().date())
            about = run.inputs.about
            tags = {"dyad/day": about["as_of"], "dyad/pairs": " ".join(about["dyads"]), "dyad/release": about["release"]}
            context.instance.add_run_tags(run.id, tags)
            for name in (s.name for s in sources):
                stale = run.inputs.stale.get(name)
                result = _result(name, sources_by_name.get(name), outcomes.get(name), stale, overdue.get(name, ""))
                if run.inputs.existing:
                    context.log_event(dg.AssetObservation(publisher_key(name), metadata=result.metadata))
                    yield from result.check_results or []
                else:
                    yield result
            if run.inputs.existing:
                _end_unchanged(context, settings, run)

    return ingest


def _end_unchanged(context: dg.AssetExecutionContext, settings: Settings, run: Run) -> None:
    """Keep the existing release and log an observation of it; Dagster skips the later steps, since no publisher is materialized."""
    outcome = keep(run.inputs, settings.set_current)
    run.is_published = True
    shown = release.metadata(home() / RELEASES / outcome.release, run.inputs.about, outcome)
    context.log_event(dg.AssetObservation(release.RELEASE, metadata=shown))


def _ask(context: dg.AssetExecutionContext, settings: Settings, run: Run) -> Mapping[str, refresh.Outcome]:
    """Ask the publishers that the settings name, record each that failed, and return the outcomes by source."""
    folder = settings.sources_folder
    refresh.finish(home(), folder)
    if not settings.live:
        return {}
    outcomes = refresh.refresh_live(home(), settings.scope, settings.sources_to_ask, context.log.info, settings.accepted_sources, folder)
    for outcome in outcomes:
        if outcome.status == "failed":
            run.alerts.append(f"{outcome.source} failed: {outcome.message}")
            context.log.error(run.alerts[-1])
    return {outcome.source: outcome for outcome in outcomes}


def _result(
    name: str, source: snapshot.Source | None, outcome: refresh.Outcome | None, stale: str | None, overdue: str
) -> dg.MaterializeResult:
    """Return the result of a publisher's asset: its outcome in this run, the day since which it is stale, and the size of its source."""
    status = outcome.status if outcome else _status_unasked(source)
    metadata: dict[str, Any] = {"status": status, "stale since": stale}
    if outcome:
        metadata |= {
            "message": outcome.message, "requests": outcome.requests, "bytes": outcome.bytes, "rows": outcome.rows,
            "seconds": round(outcome.seconds, 1), "notes": "\n".join(outcome.notes),
        }  # fmt: skip
    if source:
        metadata |= {"files": len(source.files), "dagster/row_count": _row_count(source)}
    failed = status == "failed" or stale is not None
    check = dg.AssetCheckResult(
        passed=not failed and not overdue,
        check_name=ANSWERED,
        asset_key=publisher_key(name),
        severity=dg.AssetCheckSeverity.ERROR if failed else dg.AssetCheckSeverity.WARN,
        metadata={k: v for k, v in {"status": status, "stale since": stale, "last answer": overdue}.items() if v},
        description=outcome.message if outcome else None,
    )
    return dg.MaterializeResult(
        publisher_key(name), metadata={k: v for k, v in metadata.items() if v not in ("", None)}, check_results=[check]
    )


def _status_unasked(source: snapshot.Source | None) -> str:
    """Return the status of a source that was not asked: no figures, kept (it has live files) or bundled."""
    if source is None:
        return "no figures"
    return "kept" if any(f.is_live for f in source.files) else "bundled"


def _row_count(source: snapshot.Source) -> int:
    """Return the number of figures of a source: the lines of its files, without headers and without `documents.csv`."""
    return sum(f.path.read_bytes().count(b"\n") - 1 for f in source.files if f.kind != "documents")
