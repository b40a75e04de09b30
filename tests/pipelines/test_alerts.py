"""Test that every failure is reported in one line, to the log and to the webhook if there is one."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines import alerts, launch
from pipelines.definitions import defs
from schemas.errors import Refused, Unusable


def test_a_run_that_fails_in_its_first_step_is_told(webhook: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    with pytest.raises((Refused, Unusable), match="no_such_source"):
        launch.refresh(live=["no_such_source"])
    sensor = next(s for s in defs().get_repository_def().sensor_defs if s.name == "say_why")
    with dg.DagsterInstance.get() as instance:
        [failed] = instance.get_runs()
        event = next(e.dagster_event for e in instance.all_logs(failed.run_id) if e.dagster_event and e.dagster_event.is_run_failure)
        context = dg.build_run_status_sensor_context("say_why", event, instance, failed).for_run_failure()
        sensor(context)
    [line] = webhook
    assert line.startswith("refresh failed: no_such_source is not a live source") and "\n" not in line


def test_without_a_webhook_and_with_a_broken_one_the_log_says_it(webhook: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    alerts.notify("one", said.append)
    monkeypatch.setenv("DYAD_WEBHOOK", "http://127.0.0.1:9/closed")
    alerts.notify("two", said.append)
    monkeypatch.delenv("DYAD_WEBHOOK")
    alerts.notify("three", said.append)
    assert webhook == ["one"] and said == [
        "one",
        "two",
        "the webhook could not be notified: ConnectError; check the address in DYAD_WEBHOOK",
        "three",
    ]
