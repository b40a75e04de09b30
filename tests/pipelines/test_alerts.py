"""Test that every failure is reported in one line, to the log and to the webhook if there is one."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import pytest
import pytest_socket

from pipelines import alerts, launch
from pipelines.definitions import defs
from schemas.errors import Refused, Unusable


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch):
    """Yield what a webhook on loopback receives."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    heard: list[str] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("DYAD_WEBHOOK", f"http://127.0.0.1:{server.server_port}/hook")
    yield heard
    server.shutdown()
    server.server_close()


def test_a_run_that_fails_in_its_first_step_is_told(told: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
    [line] = told
    assert line.startswith("refresh failed: no_such_source is not a live source") and "\n" not in line


def test_without_a_webhook_and_with_a_broken_one_the_log_says_it(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    alerts.notify("one", said.append)
    monkeypatch.setenv("DYAD_WEBHOOK", "http://127.0.0.1:9/closed")
    alerts.notify("two", said.append)
    monkeypatch.delenv("DYAD_WEBHOOK")
    alerts.notify("three", said.append)
    assert told == ["one"] and said == [
        "one",
        "two",
        "the webhook could not be notified: ConnectError; check the address in DYAD_WEBHOOK",
        "three",
    ]
