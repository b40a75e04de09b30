"""Simulate the publishers on this machine, for tests that refresh through Dagster."""

import contextlib
import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import pytest_socket

from pipelines import launch
from sources.live import clock
from tests.support import publishers as played
from tests.support.pictures import blank


@contextlib.contextmanager
def playing(home: Path, patch: pytest.MonkeyPatch) -> Iterator[played.Publishers]:
    """Simulate every publisher on loopback for a home, with a clock fixed after every bundled reading."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    patch.setattr(clock, "sleep", lambda seconds: None)
    patch.setattr(clock, "now", lambda: dt.datetime(2026, 12, 24, 6, tzinfo=dt.UTC))
    patch.setenv("DYAD_HOME", str(home))
    patch.setenv("DAGSTER_HOME", str(home / "dagster"))
    with played.Publishers() as publishers:
        for name, value in publishers.environment().items():
            patch.setenv(name, value)
        yield publishers


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[played.Publishers]:
    """Simulate every publisher, with an empty home."""
    with playing(tmp_path, monkeypatch) as publishers:
        yield publishers


@pytest.fixture(scope="session")
def fetched(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """Return a home with one release, with blank pictures, for which every publisher was asked for the default years."""

    def refresh(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch, playing(folder, patch):
            blank(patch)
            launch.refresh(live=["all"])

    return once("fetched", refresh)


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
