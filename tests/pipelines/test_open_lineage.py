"""Test that the lineage of a refresh reaches OpenLineage: its steps, the tables in and out of each, and their columns."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner

from pipelines import definitions, launch, open_lineage, serve, web
from pipelines.cli.main import main
from pipelines.unchanged import Published
from warehouse.models import lineage


def test_nothing_is_sent_or_imported_unless_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_lineage.sensors() == []
    program = "import sys, pipelines.definitions as d; d.defs(); print('dagster_openlineage' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False\n"
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")
    assert {sensor.name for sensor in open_lineage.sensors()} == {f"open_lineage_{end}" for end in ("success", "failure", "canceled")}


UNSENT = "dyad: no lineage is sent: OPENLINEAGE_URL is set, but the extra `lineage` is not installed: run `pip install dagster-openlineage`"


def test_a_refresh_and_the_servers_say_that_the_library_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setattr(launch, "refresh", lambda **settings: Published("id", False, "now", {}, ""))
    monkeypatch.setattr(open_lineage, "find_spec", lambda name: None)
    assert CliRunner().invoke(main, ["refresh"]).stderr == ""
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")
    assert open_lineage.sensors() == []
    refreshed = CliRunner().invoke(main, ["refresh"])
    assert (refreshed.exit_code, refreshed.stderr.count("\n")) == (0, 1) and refreshed.stderr.startswith(UNSENT)

    listener = SimpleNamespace(getsockname=lambda: ("127.0.0.1", 3000), serve_forever=lambda: None)
    monkeypatch.setattr(web, "server", lambda home: contextlib.nullcontext(listener))
    monkeypatch.setattr(serve.signal, "signal", print)  # of the tests' own process
    monkeypatch.setattr(serve, "_listening", lambda port: contextlib.nullcontext(listener))
    monkeypatch.setattr(serve, "_daemon", contextlib.nullcontext)
    monkeypatch.setattr(serve, "_serve", print)
    serve.main()
    errors = capsys.readouterr().err
    assert errors.count("\n") == 1 and errors.startswith(UNSENT)


@pytest.fixture
def events(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what the sensor of successful runs sends of the last refresh, by OpenLineage's transport into a file."""
    file = tmp_path / "events.jsonl"
    for name, value in {"TYPE": "file", "LOG_FILE_PATH": str(file), "APPEND": "true"}.items():
        monkeypatch.setenv(f"OPENLINEAGE__TRANSPORT__{name}", value)
    repository = definitions.defs().get_repository_def()
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        published = instance.get_latest_materialization_event(dg.AssetKey("release"))
        run = instance.get_run_by_id(published.run_id)
        [end] = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_SUCCESS)
        context = dg.build_run_status_sensor_context(
            "open_lineage_success", end.get_dagster_event(), instance, run, repository_def=repository
        )
        repository.get_sensor_def("open_lineage_success")(context)
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.mark.filterwarnings("ignore:Parameter `repository_def`")  # beta in Dagster
@pytest.mark.filterwarnings("ignore:A test tried to use socket")  # urllib3 looks for IPv6 when it is imported
def test_a_refresh_is_sent_with_its_steps_tables_and_columns(events: list[dict[str, Any]]) -> None:
    states: dict[str, list[str]] = {}
    for event in events:
        states.setdefault(event["job"]["name"], []).append(event["eventType"])
    steps = {"refresh", *(f"refresh.{step}" for step in ("publishers", "raw", "core", "charts", "release"))}
    assert {job for job, seen in states.items() if seen == ["START", "COMPLETE"]} == steps
    [trade] = [event for event in events if event["job"]["name"] == "charts/bilateral_trade"]
    assert {table["name"] for table in trade["inputs"]} >= {"core/trade_flow", "raw/trade_basis"}
    [table] = trade["outputs"]
    assert table["name"] == "charts/bilateral_trade"
    columns = table["facets"]["columnLineage"]["fields"]
    assert {(origin["name"], origin["field"]) for origin in columns["dyad"]["inputFields"]} == {("core/dyad", "dyad")}
    assert ("core/trade_flow", "value_usd") in {(origin["name"], origin["field"]) for origin in columns["value_usd"]["inputFields"]}
    assert sum("columnLineage" in table["facets"] for event in events for table in event["outputs"]) == len(lineage.read())
