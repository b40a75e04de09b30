"""Start what `make ui` starts, as a process on ports of its own."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines import serve, web

ROOT = Path(__file__).parents[2]
PATIENCE = 240  # seconds for a start or an end on a busy machine


def free_port() -> int:
    """Return the number of a port that nothing listens on."""
    with socket.create_server((web.HOST, 0)) as free:
        return int(free.getsockname()[1])


@contextlib.contextmanager
def serving(home: Path, log: Path) -> Iterator[int]:
    """Serve a home, and yield the port of the asset graph; the servers end as after Ctrl-C, and must end with 0."""
    port = free_port()
    environment = {
        **os.environ, "DYAD_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"), serve.PORT: str(port), web.PORT: str(free_port()),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
    }  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "pipelines.serve"], env=environment, cwd=ROOT, stdout=output, stderr=output)
    try:
        _wait(port, process, log)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE)
    assert code == 0, log.read_text("utf-8")[-2000:]


def _wait(port: int, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text("utf-8")[-2000:]
        connection = http.client.HTTPConnection(web.HOST, port, timeout=PATIENCE)
        try:
            connection.request("GET", "/server_info")
            assert connection.getresponse().status == 200
            return
        except (TimeoutError, ConnectionRefusedError):
            time.sleep(0.2)
        finally:
            connection.close()
    raise AssertionError(log.read_text("utf-8")[-2000:])
