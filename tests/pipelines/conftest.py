"""Simulate the publishers on this machine, for tests that refresh through Dagster."""

import datetime as dt
from collections.abc import Iterator
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
