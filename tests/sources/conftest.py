"""Loopback is open to these tests; nothing else is."""

import pytest
import pytest_socket

from sources.live import http
from tests.support.publishers import Publishers


@pytest.fixture(autouse=True)
def loopback() -> None:
    """After the setup that closes every socket."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses are noted, not made."""
    pauses: list[float] = []
    monkeypatch.setattr(http, "sleep", pauses.append)
    monkeypatch.setattr(http, "_asked_at", {})
    return pauses


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, slept: list[float]):
    """Every publisher, on this machine."""
    with Publishers() as publishers:
        for name, value in publishers.environment().items():
            monkeypatch.setenv(name, value)
        yield publishers
