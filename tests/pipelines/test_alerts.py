"""Test that every failure is reported in one line, to the log and to the webhook if there is one."""

import socket
import threading
from pathlib import Path

import dagster as dg
import pytest

from pipelines import alerts, launch
from pipelines.definitions import defs
from pipelines.run import run
from schemas.errors import Refused, Unusable
from warehouse.release.locks import refresh_lock


def test_a_run_that_fails_in_its_first_step_is_reported(webhook: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    with pytest.raises((Refused, Unusable), match="no_such_source"):
        launch.refresh(live=["no_such_source"])
    sensor = next(s for s in defs().get_repository_def().sensor_defs if s.name == "notify_of_failure")
    with dg.DagsterInstance.get() as instance:
        [failed] = instance.get_runs()
        event = next(e.dagster_event for e in instance.all_logs(failed.run_id) if e.dagster_event and e.dagster_event.is_run_failure)
        context = dg.build_run_status_sensor_context("notify_of_failure", event, instance, failed).for_run_failure()
        sensor(context)
    [line] = webhook
    assert line.startswith("refresh failed: no_such_source is not a live source") and "\n" not in line


def test_without_a_webhook_nothing_is_posted_and_a_broken_one_is_logged(webhook: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []
    alerts.post("one", logged.append)
    monkeypatch.setenv("DYAD_WEBHOOK", "http://127.0.0.1:9/closed")
    alerts.post("two", logged.append)
    monkeypatch.delenv("DYAD_WEBHOOK")
    alerts.post("three", logged.append)
    assert webhook == ["one"]
    assert logged == ["the webhook could not be notified (ConnectError): check the address in DYAD_WEBHOOK"]


def test_a_long_line_is_cut_before_it_is_posted(webhook: list[str]) -> None:
    alerts.post("x" * 10**6, [].append)
    assert webhook == ["x" * alerts.LONGEST]


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"])
def test_a_webhook_that_never_ends_its_answer_is_left_after_the_deadline(answer: bytes, webhook: list[str], monkeypatch) -> None:
    monkeypatch.setattr(alerts, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DYAD_WEBHOOK", f"http://127.0.0.1:{silent.getsockname()[1]}/hook")
        logged: list[str] = []
        poster = threading.Thread(target=alerts.post, args=("line", logged.append))
        poster.start()
        connection, _ = silent.accept()
        with connection:
            connection.sendall(answer)
            poster.join(10)
            assert not poster.is_alive() and bool(logged) == (not answer.endswith(b"\r\n\r\n"))


@pytest.mark.parametrize(
    "address",
    ["hooks.example.org/secret-0a1b", "ftp://secret-0a1b", "http://", "http://[secret-0a1b", "http://secret-0a1b:x/", "file:///etc"],
)
def test_a_bad_address_is_a_refused_setting_and_not_quoted(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DYAD_WEBHOOK", address)
    with pytest.raises(Unusable, match="DYAD_WEBHOOK is not a web address") as caught:
        launch.refresh()
    assert "0a1b" not in str(caught.value) and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "error"), [("ALL_PROXY", "gopher://127.0.0.1", "ValueError"), ("NO_PROXY", "[::1", "InvalidURL")]
)
def test_a_proxy_that_cannot_be_used_is_logged_and_ends_no_run(
    variable: str, value: str, error: str, webhook: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    logged: list[str] = []
    alerts.post("line", logged.append)
    assert webhook == [] and logged == [f"the webhook could not be notified ({error}): check the address in DYAD_WEBHOOK"]


def test_failed_publishers_are_announced_after_the_lock_is_free(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    posted: list[str] = []

    def post(line: str, log: object) -> None:
        with refresh_lock(tmp_path):
            posted.append(line)

    monkeypatch.setattr(alerts, "post", post)

    @dg.op(required_resource_keys={"run"})
    def fails(context: dg.OpExecutionContext) -> None:
        context.resources.run.alerts.append("imf_imts failed: no answer")
        raise ValueError

    @dg.job(resource_defs={"run": run})
    def job() -> None:
        fails()

    job.execute_in_process(raise_on_error=False)
    assert posted == ["imf_imts failed: no answer"]
