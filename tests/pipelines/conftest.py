"""Simulate the publishers on this machine, for tests that refresh through Dagster."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import pytest_socket

from sources.live import clock
from tests.support import publishers as played


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[played.Publishers]:
    """Simulate every publisher on loopback, with an empty home and a clock fixed after every bundled reading."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    monkeypatch.setattr(clock, "sleep", lambda seconds: None)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 12, 24, 6, tzinfo=dt.UTC))
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    with played.Publishers() as publishers:
        for name, value in publishers.environment().items():
            monkeypatch.setenv(name, value)
        yield publishers


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Run a webhook on loopback, and yield the lines that it receives."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    lines: list[str] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            lines.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("DYAD_WEBHOOK", f"http://127.0.0.1:{server.server_port}/hook")
    yield lines
    server.shutdown()
    server.server_close()
