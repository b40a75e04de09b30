"""Follow the README of a team's server with a real Postgres and nginx, then attack, restart and kill what it started."""

import json
import os
import shlex
import signal
import socket
import sqlite3
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_socket
import websockets.exceptions
from websockets.sync.client import connect

from tests.support import units
from tests.support.machine import README, ROOT, SECRET, WORKERS, Machine, missing_packages

pytestmark = pytest.mark.campaign
NAME, USER, PASSWORD = "dyad.example.org", "alice", "correct horse"  # noqa: S105 -- of this test
PATIENCE = 900
LAUNCH = """mutation Launch($config: RunConfigData!) { launchRun(executionParams: {
    selector: {repositoryName: "__repository__", repositoryLocationName: "dyad", jobName: "refresh"}, runConfigData: $config})
    { ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
RUNS = "{ runsOrError { ... on Runs { results { runId status startTime endTime } } } }"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    except OSError:
        return False
    return True


def logs(machine: Machine) -> str:
    return "".join(f"\n== {file.name}\n{file.read_text('utf-8')[-3000:]}" for file in sorted(machine.folder.glob("*.log")))


def ask(machine: Machine, path: str, method: str = "GET", auth: tuple[str, str] | None = (USER, PASSWORD), **more: Any) -> httpx.Response:
    """Send a request to the proxy, as a browser that knows its certificate."""
    trusted = ssl.create_default_context(cafile=machine.folder / "etc" / "nginx" / "dyad.certificate.pem")
    headers = {"Host": NAME} | more.pop("headers", {})
    with httpx.Client(verify=trusted, trust_env=False, timeout=120) as client:
        url = f"https://127.0.0.1:{machine.https}{path}"
        return client.request(method, url, auth=auth, headers=headers, extensions={"sni_hostname": NAME}, **more)


def query(machine: Machine, text: str, **variables: Any) -> dict[str, Any]:
    more: dict[str, Any] = {"json": {"query": text, "variables": variables}, "headers": {"Origin": f"https://{NAME}"}}
    answer = ask(machine, "/graphql", "POST", **more)
    if answer.status_code == 502 and text == RUNS:  # nginx repeats no POST that a dying worker received: it might launch a run twice
        answer = ask(machine, "/graphql", "POST", **more)
    assert answer.status_code == 200, answer.text + logs(machine)
    return answer.json()["data"]


def launch(machine: Machine, **settings: str) -> str:
    config = json.dumps({"resources": {"settings": {"config": settings}}})
    return query(machine, LAUNCH, config=config)["launchRun"]["run"]["runId"]


def runs(machine: Machine) -> dict[str, dict[str, Any]]:
    return {run["runId"]: run for run in query(machine, RUNS)["runsOrError"]["results"]}


def wait(machine: Machine, until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end, logs(machine)
        time.sleep(1)


def current(machine: Machine) -> str:
    return (machine.home / "current").resolve().name


def the_history_was_moved_whole(machine: Machine) -> None:
    with sqlite3.connect(f"file:{machine.home}/dagster/history/runs.db?mode=ro", uri=True) as files:
        before = files.execute("select run_id, status, start_time, end_time from runs").fetchall()
    assert len(before) == 2
    after = {(run["runId"], run["status"], run["startTime"], run["endTime"]) for run in runs(machine).values()}
    assert after >= set(before)
    asset = '{ assetOrError(assetKey: {path: ["release"]}) { ... on Asset { assetMaterializations { runId timestamp } } } }'
    assert {m["runId"] for m in query(machine, asset)["assetOrError"]["assetMaterializations"]} == {run[0] for run in before}
    assert (machine.folder / "var" / "history.dump").read_bytes().startswith(b"PGDMP")


def systemd_accepts_the_unit(machine: Machine) -> None:
    unit = machine.folder / "etc" / "systemd" / "system" / "dyad@.service"
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def nothing_is_answered_without_the_password(machine: Machine) -> None:
    for path in ("/", "/server_info", "/graphql", "/current/index.html", "/releases/x/index.html", "/nothing"):
        for auth in (None, (USER, "wrong"), ("mallory", PASSWORD)):
            for method in ("GET", "POST"):
                assert ask(machine, path, method, auth=auth).status_code == 401, (path, auth, method)


def page_and_graph_are_served(machine: Machine) -> None:
    assert "dagster" in ask(machine, "/").text.lower()
    redirect = ask(machine, "/current/index.html")
    assert (redirect.status_code, redirect.headers["Location"]) == (302, f"/releases/{current(machine)}/index.html")
    page = ask(machine, redirect.headers["Location"])
    assert (page.status_code, page.content) == (200, (machine.home / "current" / "index.html").read_bytes())


def no_other_page_is_answered(machine: Machine) -> None:
    for headers in ({"Origin": "https://news.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "news.example"}):
        for path, method in (("/graphql", "POST"), ("/current/index.html", "GET")):
            assert ask(machine, path, method, json={"query": RUNS}, headers=headers).status_code == 403, (path, headers)


def a_range_is_answered_as_the_worker_answers_it(machine: Machine) -> None:
    path = f"/releases/{current(machine)}/warehouse.duckdb"
    direct = httpx.get(f"http://127.0.0.1:{machine.pages[0]}{path}", headers={"Range": "bytes=8-99"}, trust_env=False)
    proxied = ask(machine, path, headers={"Range": "bytes=8-99"})
    assert (proxied.status_code, proxied.content) == (direct.status_code, direct.content)
    assert proxied.headers.get("Content-Range") == direct.headers.get("Content-Range")


def a_websocket_passes_with_the_password_from_the_own_page_only(machine: Machine) -> None:
    trusted = ssl.create_default_context(cafile=machine.folder / "etc" / "nginx" / "dyad.certificate.pem")
    given = httpx.BasicAuth(USER, PASSWORD)._auth_header

    def opened(origin: str, **headers: str) -> Any:
        return connect(
            f"wss://{NAME}/graphql", sock=socket.create_connection(("127.0.0.1", machine.https), timeout=60), ssl=trusted,
            server_hostname=NAME, origin=origin, subprotocols=["graphql-ws"], additional_headers=headers,
        )  # fmt: skip

    with opened(f"https://{NAME}", Authorization=given) as own:
        own.send(json.dumps({"type": "connection_init"}))
        assert json.loads(own.recv(timeout=60)) == {"type": "connection_ack"}
    for origin, headers, status in (("https://news.example", {"Authorization": given}, "403"), (f"https://{NAME}", {}, "401")):
        with pytest.raises(websockets.exceptions.InvalidStatus, match=status):
            opened(origin, **headers)


def no_file_log_or_command_contains_the_databases_password(machine: Machine) -> None:
    files = [file for file in (machine.home / "dagster").rglob("*") if file.is_file()] + list(machine.folder.glob("*.log"))
    commands = [Path(f"/proc/{process}/cmdline") for unit in WORKERS for process in units.processes(machine.folder, unit)]
    assert len(commands) >= 6
    read = {path: path.read_bytes() for path in [*files, *commands] if path.exists() and path.name != "readme.log"}
    assert [path for path, content in read.items() if SECRET.encode() in content] == []
    assert SECRET not in json.dumps(query(machine, "{ instance { info } }"))


def another_home_is_refused_and_a_move_is_not_repeated(machine: Machine) -> None:
    lines = (machine.folder / "etc" / "dyad" / "environment").read_text("utf-8").splitlines()
    environment = machine.environment | dict(line.split("=", 1) for line in lines if line and line[0] != "#")

    def refused(*command: str, **more: str) -> str:
        done = subprocess.run(
            [ROOT / ".venv" / "bin" / command[0], *command[1:]], env=environment | more, cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode in (1, 2) and len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr

    assert f"has the run history of {machine.home}: set it to a database" in refused(
        "dyad", "refresh", DYAD_HOME=str(machine.folder / "another")
    )
    assert "set DYAD_POSTGRES to the address" in refused("dyad", "refresh", "--as-of", "2025-03-03", DYAD_POSTGRES="")
    nowhere = environment["DYAD_POSTGRES"].replace("/socket", "/nowhere")
    assert "start Postgres, or correct DYAD_POSTGRES" in refused("dyad", "refresh", "--as-of", "2025-03-03", DYAD_POSTGRES=nowhere)
    assert "nothing to move" in refused("python", "-m", "pipelines.team.move_history")


def two_workers_share_a_queue_and_restarts_and_kills_lose_nothing(machine: Machine) -> None:
    """Launch two runs at once, restart both workers in the second, kill the worker with the daemon in the third, and go on with the other."""
    before = runs(machine)
    first, second = launch(machine, as_of="2025-01-01"), launch(machine, as_of="2025-01-02")
    wait(machine, lambda: runs(machine)[second]["status"] == "STARTED")
    assert runs(machine)[first]["status"] == "SUCCESS", "the second run waited in the queue"
    release = current(machine)
    _wait_for_the_build(machine, second)
    units.main(machine.folder, "restart", list(WORKERS))
    wait(machine, lambda: ask(machine, "/server_info").status_code == 200)
    wait(machine, lambda: runs(machine)[second]["status"] == "FAILURE")

    third = launch(machine, as_of="2025-01-03")
    _wait_for_the_build(machine, third)
    leader = next(unit for unit in WORKERS if _runs_the_daemon(machine, unit))
    units.stop(machine.folder, leader, signal.SIGKILL)
    # a killed process listens until its last thread has ended, and nginx repeats no POST that it received
    wait(machine, lambda: not _listens(machine.ui[WORKERS.index(leader)]))
    assert current(machine) == release
    fourth = launch(machine, as_of="2025-01-04")
    wait(machine, lambda: runs(machine)[fourth]["status"] == "SUCCESS")
    ended = {first: "SUCCESS", second: "FAILURE", third: "FAILURE", fourth: "SUCCESS"}
    after = {run: details["status"] for run, details in runs(machine).items()}
    assert after == {run: details["status"] for run, details in before.items()} | ended
    days = {path.name[:10] for path in (machine.home / "releases").iterdir()}
    assert days >= {"2024-12-12", "2025-01-01", "2025-01-04"} and not days & {"2025-01-02", "2025-01-03"}
    assert current(machine) == release, "later days were published before"


def _wait_for_the_build(machine: Machine, run: str) -> None:
    wait(machine, (machine.home / "building" / run).exists)


def _runs_the_daemon(machine: Machine, unit: str) -> bool:
    commands = [Path(f"/proc/{process}/cmdline").read_bytes() for process in units.processes(machine.folder, unit)]
    return any(b"dagster._daemon" in command for command in commands)


CHECKS = (
    the_history_was_moved_whole,
    systemd_accepts_the_unit,
    nothing_is_answered_without_the_password,
    page_and_graph_are_served,
    no_other_page_is_answered,
    a_range_is_answered_as_the_worker_answers_it,
    a_websocket_passes_with_the_password_from_the_own_page_only,
    no_file_log_or_command_contains_the_databases_password,
    another_home_is_refused_and_a_move_is_not_repeated,
    two_workers_share_a_queue_and_restarts_and_kills_lose_nothing,
)


def test_continuous_integration_installs_the_packages() -> None:
    [line] = [line for line in README.splitlines() if line.startswith("apt-get install")]
    packages = shlex.split(line)[4:]
    assert f"--no-install-recommends {' '.join(packages)}" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_readme_sets_up_a_server_that_keeps_its_promises(home: Path, subtests: pytest.Subtests) -> None:
    """Check everything in one test, since to set up the server takes a minute or more."""
    if missing := missing_packages():
        needed = f"a team's server needs packages that are not installed: run `apt-get install {' '.join(missing)}`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(needed)
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    with Machine(home) as machine:
        done = machine.follow_the_readme(f"{PASSWORD}\n", PATIENCE)
        assert done.returncode == 0, done.stdout[-4000:] + logs(machine)
        for port in (*machine.ui, *machine.pages):  # the README's last line restarts a worker
            wait(machine, lambda port=port: _listens(port))
        for check in CHECKS:
            with subtests.test(check.__name__):
                check(machine)
