"""Test the step that asks publishers: each publisher's asset shows its outcome, and one that fails stops no other."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines import instance, last_refresh
from pipelines.config import run_config
from pipelines.definitions import defs
from pipelines.run import ALONE
from tests.support import publishers as played

FAILED, FETCHED, BUNDLED = "world_bank_wdi", "un_sc_vetoes", "gacc_press"


@pytest.fixture
def history(world: played.Publishers) -> Iterator[dg.DagsterInstance]:
    """Yield the run history of an empty home; publishers are played, one of them is broken."""
    world.faults[FAILED] = [played.status(500)] * 50
    with instance.history() as opened:
        yield opened


def shown(history: dg.DagsterInstance, *key: str) -> dict:
    """Return what the page shows of an asset's last materialization."""
    metadata = history.get_latest_materialization_event(dg.AssetKey(key)).asset_materialization.metadata
    return {name: value.value for name, value in metadata.items()}


def test_materialize_all_asks_the_publishers_and_makes_a_release_though_one_fails(
    history: dg.DagsterInstance, webhook: list[str], undrawn, tmp_path: Path
) -> None:
    """In a fresh home, and as the page launches it: no job is named."""
    everything = defs().resolve_implicit_global_asset_job_def()
    run = everything.execute_in_process(run_config=run_config(live=[FAILED, FETCHED]), instance=history, raise_on_error=False)
    assert run.success and (tmp_path / "current" / "index.html").exists() and last_refresh.read(tmp_path) is None

    failed, fetched, bundled = (shown(history, "publisher", name) for name in (FAILED, FETCHED, BUNDLED))
    assert failed["status"] == "failed" and failed["stale since"] and failed["requests"] >= 4 and "500" in failed["message"]
    assert fetched["status"] == "fetched" and "stale since" not in fetched and fetched["requests"] == 2
    assert fetched["bytes"] > 500 and fetched["rows"] == 3 and fetched["seconds"] >= 0 and "vetoed_by" not in fetched["notes"]
    assert bundled["status"] == "bundled" and bundled["dagster/row_count"] > 10 and "requests" not in bundled
    checks = {e.asset_key.path[-1]: e for e in run.get_asset_check_evaluations() if e.check_name == "answered"}
    assert [name for name, e in checks.items() if not e.passed and e.severity == dg.AssetCheckSeverity.ERROR] == [FAILED]

    [line] = webhook
    assert line.startswith(f"{FAILED} failed: ") and "500" in line and "\n" not in line

    release = shown(history, "release")["release"]
    assert shown(history, "release", "page")["dagster/uri"].endswith(f"{release}/index.html")
    assert shown(history, "release", "bilateral_trade")["bilateral_trade.parquet"].endswith(
        f"/releases/{release}/charts/bilateral_trade.parquet"
    )
    assert Path(shown(history, "release", "data_package")["dagster/uri"]).is_file()


def test_publishers_alone_can_be_asked(history: dg.DagsterInstance, tmp_path: Path) -> None:
    run = _of_group("publishers", history, live=[FETCHED])
    assert run.success and (tmp_path / "live" / FETCHED).exists() and not (tmp_path / "releases").exists()


@pytest.mark.parametrize("group", ["raw", "core", "charts", "release"])
def test_a_layer_alone_is_refused_in_one_sentence_that_names_the_job(group: str, history: dg.DagsterInstance, tmp_path: Path) -> None:
    run = _of_group(group, history)
    [failure] = [e.step_failure_data for e in run.all_events if e.is_step_failure]
    assert not run.success and failure.user_failure_data.description == ALONE and "`refresh`" in ALONE
    assert failure.error.cause is None
    assert last_refresh.read(tmp_path) is None, "no refresh was tried"


def _of_group(group: str, history: dg.DagsterInstance, **settings: object) -> dg.ExecuteInProcessResult:
    graph = defs().resolve_asset_graph()
    groups = {group, "claims"} if group == "charts" else {group}
    keys = [key for key in graph.get_all_asset_keys() if graph.get(key).group_name in groups]
    everything = defs().resolve_implicit_global_asset_job_def()
    return everything.execute_in_process(run_config=run_config(**settings), instance=history, raise_on_error=False, asset_selection=keys)


def test_what_needs_an_archive_is_apart() -> None:
    """Nothing that needs the name of a file is in reach of "Materialize all"; its own job still makes it."""
    graph = defs().resolve_asset_graph()
    bulk = {key for key in graph.get_all_asset_keys() if graph.get(key).group_name == "bulk"}
    assert bulk and not any(graph.get(key).is_executable for key in bulk)
    assert bulk == set(defs().resolve_job_def("ingest").asset_layer.executable_asset_keys)
