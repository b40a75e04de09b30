"""Test that Dagster's own tools publish the same release as `dyad refresh`."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 120  # seconds


@pytest.fixture
def empty_home(tmp_path: Path) -> dict[str, str]:
    """Return an environment with an empty home, as `make ui` sets it up."""
    (tmp_path / "dagster").mkdir()
    shutil.copy(ROOT / "pipelines" / "dagster.yaml", tmp_path / "dagster")
    return os.environ | {"DYAD_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "dagster")}


def content(home: Path) -> str:
    """Return the inputs of the home's current release; its id also depends on the release it follows."""
    return json.loads((home / "current" / "manifest.json").read_text("utf-8"))["content"]


@pytest.mark.campaign
def test_dg_checks_the_definitions(empty_home: dict[str, str]) -> None:
    checked = subprocess.run([BIN / "dg", "check", "defs"], cwd=ROOT, env=empty_home, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.campaign
def test_dg_launch_makes_the_same_release(empty_home: dict[str, str], home: Path) -> None:
    launched = subprocess.run([BIN / "dg", "launch", "--job", "refresh"], cwd=ROOT, env=empty_home, capture_output=True, text=True)
    assert launched.returncode == 0, launched.stdout[-2000:] + launched.stderr[-2000:]
    assert content(Path(empty_home["DYAD_HOME"])) == content(home)


@pytest.fixture
def page(empty_home: dict[str, str]) -> Iterator[str]:
    """Yield the web server of that home: its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [BIN / "dg", "dev", "--host", "127.0.0.1", "--port", str(port)]  # as `make ui`
    # where the tests run in the background of a shell, the signal is ignored in all they start, unless it is taken back
    server = subprocess.Popen(
        command, cwd=ROOT, env=empty_home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(30)


def ask(page: str, query: str) -> dict:
    """Return the answer to a GraphQL question; the web server may still be starting."""
    for _ in range(PATIENCE):
        try:
            body = json.dumps({"query": query}).encode()
            request = urllib.request.Request(f"{page}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer)["data"]
        except OSError:
            time.sleep(1)
    raise AssertionError("the web server did not start")


@pytest.mark.enable_socket
@pytest.mark.campaign
def test_the_page_launches_the_same_release(page: str, empty_home: dict[str, str], home: Path) -> None:
    """What the button `Materialize all` sends."""
    found = ask(page, "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }")
    (code,) = found["repositoriesOrError"]["nodes"]
    where = f'{{repositoryLocationName: "{code["location"]["name"]}", repositoryName: "{code["name"]}", jobName: "refresh"}}'
    answer = "{ __typename ... on LaunchRunSuccess { run { runId } } }"
    launched = ask(page, f"mutation {{ launchRun(executionParams: {{selector: {where}, runConfigData: {{}}}}) {answer} }}")
    assert launched["launchRun"]["__typename"] == "LaunchRunSuccess", launched
    run_id = launched["launchRun"]["run"]["runId"]
    for _ in range(PATIENCE):
        time.sleep(1)
        status = ask(page, f'{{ runOrError(runId: "{run_id}") {{ ... on Run {{ status }} }} }}')["runOrError"]["status"]
        if status in {"SUCCESS", "FAILURE", "CANCELED"}:
            break
    assert status == "SUCCESS"
    assert content(Path(empty_home["DYAD_HOME"])) == content(home)
