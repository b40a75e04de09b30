"""Run Dagster's daemon with the project's dagster.yaml: a schedule starts although an earlier run died."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest
import pytest_socket

from pipelines import instance
from tests.support import publishers as played

ROOT = Path(__file__).parents[2]
PATIENCE = 600  # the next full minute, a code server, a worker, a refresh


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Yield the processes that `make serve` starts, with publishers on loopback."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    instance.prepare()
    _leave_a_dead_run()
    with played.Publishers() as publishers, (tmp_path / "daemon.log").open("wb") as log:
        environment = os.environ | publishers.environment() | {"DYAD_SCHEDULES": "on", "PYTHONPATH": str(ROOT)}
        instance.main()
        started = [Path(sys.executable).parent / "dagster-daemon", "run", "--module-name", "tests.support.minutely"]
        process = subprocess.Popen(started, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _leave_a_dead_run() -> None:
    with dg.DagsterInstance.get() as history:
        history.create_run_for_job(_work, run_id=None, status=dg.DagsterRunStatus.STARTED)


@dg.job
def _work() -> None:
    pass


@pytest.mark.campaign
def test_a_scheduled_refresh_makes_a_release(daemon: subprocess.Popen, tmp_path: Path) -> None:
    def output() -> str:
        return (tmp_path / "daemon.log").read_text("utf-8")[-2000:]

    done = dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS], tags={"dagster/schedule_name": "refresh_daily"})
    end = time.monotonic() + PATIENCE
    with dg.DagsterInstance.get() as history:
        while not (runs := history.get_runs(done)) and time.monotonic() < end:
            assert daemon.poll() is None, output()
            time.sleep(1)
        assert runs, output()
        dead = list(history.get_runs())[-1]
        assert dead.status == dg.DagsterRunStatus.FAILURE
    assert (tmp_path / "current" / "index.html").exists()
    assert json.loads((tmp_path / "live" / "stale.json").read_text("utf-8")) == {}
