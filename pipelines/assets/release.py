"""Publish the release, and show the files that readers open: the page, the datasets' files, the data package."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines import web
from pipelines.assets.specs import OWNERS
from pipelines.assets.tables import BY_REFRESH
from pipelines.refusal import failing_in_one_sentence
from pipelines.run import Run
from pipelines.settings import Settings
from pipelines.unchanged import Published
from schemas.errors import Refused
from warehouse.build.database import BUILT
from warehouse.export import FOLDER
from warehouse.home import RELEASES, home
from warehouse.release import assemble, publish, retention
from warehouse.release import revisions as revisions_of
from warehouse.release.diff import Change
from warehouse.release.revisions import changes_since
from warehouse.world import as_source

RELEASE = dg.AssetKey(["release"])
FILES = {"page": "index.html", "data_package": "datapackage.json"}


def specs(tables: Sequence[dg.AssetSpec]) -> list[dg.AssetSpec]:
    """Return the asset of the release, downstream of all `tables`, and those of its files, downstream of release and datasets."""
    shared: dict[str, Any] = {"group_name": "release", "owners": OWNERS}
    datasets = [t.key for t in tables if t.key.path[0] == "charts"]
    title = "The audited release, published by one rename: warehouse.duckdb, claims.md, manifest.json"
    return [
        dg.AssetSpec(RELEASE, deps=[t.key for t in tables], kinds={"duckdb", "markdown"}, description=_described(title), **shared),
        dg.AssetSpec(
            _key("page"), deps=[RELEASE, *datasets], kinds={"html"}, **shared,
            description=_described("The release's page: every visual, with the evidence behind each mark"),
        ),
        dg.AssetSpec(
            _key("data_package"), deps=[RELEASE, *datasets], kinds={"json"}, **shared,
            description=_described("The description of all datasets for programs (Frictionless Data Package)"),
        ),
        *(
            dg.AssetSpec(
                _key(d.path[-1]), deps=[RELEASE, d], kinds={"parquet", "csv", "svg"}, **shared,
                description=_described(f"The dataset {d.path[-1]} as files, and its picture, if it has one"),
            )
            for d in datasets
        ),
    ]  # fmt: skip


def step(tables: Sequence[dg.AssetSpec]) -> dg.AssetsDefinition:
    """Return the step that completes and publishes the release of these tables, and prunes old releases."""
    assets = specs(tables)
    revisions = dg.AssetCheckSpec(
        "revisions",
        asset=RELEASE,
        blocking=True,
        description="No dataset lost rows or changed what was known, and no reference table changed",
    )

    @dg.multi_asset(name="release", specs=assets, check_specs=[revisions])
    def release(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], run: dg.ResourceParam[Run]
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        with failing_in_one_sentence():
            con, inputs = run.con, run.inputs
            if not settings.allow_empty:
                revisions_of.check_rows(con)
            changes, problems = changes_since(con, home() / RELEASES, inputs.about)
            yield from _revisions(changes, problems, settings.accept_revisions)
            about = inputs.about | {"changes": [list(change) for change in changes]}  # a rebuild may lack the release to compare with
            assemble.fill(con, run.folder, about, changes, run.pictures)
            as_source.link(inputs.world_trade, run.folder, inputs.clock.as_of)
            con.close()
            (run.folder / BUILT).unlink()
            folder = publish.publish(home(), run.folder, about, inputs.sources, inputs.rebuilt)
            run.is_published = True
            kept = publish.advance(home(), about, inputs.current, settings.set_current, bool(inputs.rebuilt))
            outcome = Published(folder.name, False, dt.datetime.now().astimezone().isoformat(timespec="seconds"), inputs.stale, kept or "")
            yield dg.MaterializeResult(RELEASE, metadata=metadata(folder, about, outcome))
            yield from (_file_result(folder, spec.key) for spec in assets[1:])
            retention.prune(home())

    return release


def _described(text: str) -> str:
    return f"{text}\n\n{BY_REFRESH}"


def _key(name: str) -> dg.AssetKey:
    return dg.AssetKey([*RELEASE.path, name])


def _revisions(changes: Sequence[Change], problems: dict[str, str], accepted: Sequence[str]) -> Iterator[dg.AssetCheckResult]:
    """Yield the result of the check of revisions.

    Raises:
        Refused: a change needs approval (`warehouse.release.revisions`) and is not accepted.
    """
    refused = {dataset: line for dataset, line in problems.items() if dataset not in accepted}
    counted: dict[str, Any] = {"changes": len(changes), "problems": "; ".join(problems.values())}
    yield dg.AssetCheckResult(passed=not refused, check_name="revisions", asset_key=RELEASE, metadata=counted)
    if refused:
        raise Refused("\n".join(f"{line}; if that is right, run again with --accept-revision {name}" for name, line in refused.items()))


def metadata(folder: Path, about: dict[str, Any], outcome: Published) -> dict[str, Any]:
    """Return what Dagster shows of a release: its files, its changes, and the outcome of the refresh."""
    return {
        "release": about["release"], "page": dg.MetadataValue.url(web.page(about["release"])),
        "page file": dg.MetadataValue.path(str(folder / "index.html")), "dagster/uri": str(folder), "as_of": about["as_of"],
        "outcome": dg.MetadataValue.json(outcome._asdict()), "changes": dg.MetadataValue.md((folder / "changes.md").read_text("utf-8")),
    }  # fmt: skip


def _file_result(folder: Path, key: dg.AssetKey) -> dg.MaterializeResult:
    """Return the result of an asset that readers open, with the addresses of its files."""
    name = key.path[-1]
    files = [folder / FILES[name]] if name in FILES else sorted((folder / FOLDER).glob(f"{name}.*"))
    links = {path.name: dg.MetadataValue.url(web.address(f"/releases/{folder.name}/{path.relative_to(folder)}")) for path in files}
    return dg.MaterializeResult(key, metadata={**links, "dagster/uri": str(files[0].parent if len(files) > 1 else files[0])})
