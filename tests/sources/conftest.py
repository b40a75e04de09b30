"""Allow connections to loopback, and to nothing else."""

import pytest
import pytest_socket

from sources.live import clock, http
from tests.support.publishers import Publishers


@pytest.fixture(autouse=True)
def loopback() -> None:
    """Allow loopback after the setup that disables every socket."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record pauses instead of waiting."""
    pauses: list[float] = []
    monkeypatch.setattr(clock, "sleep", pauses.append)
    monkeypatch.setattr(http, "_asked_at", {})
    return pauses


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, slept: list[float]):
    """Simulate every publisher on this machine."""
    with Publishers() as publishers:
        for name, value in publishers.environment().items():
            monkeypatch.setenv(name, value)
        yield publishers
