"""Start what `make ui` and `make serve` start, and attack it as another page in a browser on this machine would."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote

import pexpect
import pytest
import pytest_socket
import websockets.exceptions
from playwright.sync_api import Browser
from websockets.sync.client import connect

from pipelines import serve, web
from tests.support.serving import PATIENCE, ROOT, free_port, serving

MUTATION = 'mutation { deletePipelineRun(runId: "00000000-0000-0000-0000-000000000000") { __typename } }'
ANSWER = "RunNotFoundError"  # the mutation ran


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Yield the port of the asset graph of an empty home."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    home = tmp_path_factory.mktemp("served")
    with serving(home, home / "log") as port:
        yield port


@pytest.fixture(autouse=True)
def loopback(port: int) -> None:
    """Allow loopback after the setup that disables every socket."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


def ask(port: int, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(web.HOST, port, timeout=60)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_servers_own_page_commands_it(port: int) -> None:
    own = {"Origin": f"http://{web.HOST}:{port}", "Sec_Fetch_Site": "same-origin", "Content_Type": "application/json"}
    status, body = ask(port, "POST", "/graphql", json.dumps({"query": MUTATION}), **own)
    assert status == 200 and ANSWER in body


def test_the_code_location_has_the_projects_name(port: int) -> None:
    query = "{ workspaceOrError { ... on Workspace { locationEntries { name loadStatus } } } }"
    body = ask(port, "POST", "/graphql", json.dumps({"query": query}), Content_Type="application/json")[1]
    assert json.loads(body)["data"]["workspaceOrError"]["locationEntries"] == [{"name": "dyad", "loadStatus": "LOADED"}]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://news.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Host": "news.example"},
    ],
)
def test_no_other_page_commands_it(headers: dict[str, str], port: int) -> None:
    status, body = ask(port, "POST", "/graphql", json.dumps({"query": MUTATION}), Content_Type="application/json", **headers)
    assert status == 403 and body.startswith("refused: ") and ANSWER not in body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_link_commands_it(method: str, port: int) -> None:
    status, body = ask(port, method, f"/graphql?query={quote(MUTATION)}")
    assert status == 403 and ANSWER not in body


def test_a_websocket_of_another_page_is_refused(port: int) -> None:
    address, protocol = f"ws://{web.HOST}:{port}/graphql", ["graphql-ws"]
    with connect(address, origin=f"http://{web.HOST}:{port}", subprotocols=protocol) as own:
        own.send(json.dumps({"type": "connection_init"}))
        assert json.loads(own.recv(timeout=60)) == {"type": "connection_ack"}
    with pytest.raises(websockets.exceptions.InvalidStatus, match="403"):
        connect(address, origin="http://news.example", subprotocols=protocol)


def test_a_second_server_ends_at_once(port: int, tmp_path: Path) -> None:
    environment = {**os.environ, "DYAD_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "dagster"), serve.PORT: str(port)}
    ended = subprocess.run(
        [sys.executable, "-m", "pipelines.serve"], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 1
    assert ended.stderr == f"dyad: cannot serve on {web.HOST}:{port}: Address already in use; stop the other server, or set {serve.PORT}\n"
    assert not (tmp_path / "dagster").exists()


def test_a_server_interrupted_while_it_starts_prints_no_traceback(port: int, tmp_path: Path) -> None:
    own = free_port()
    environment = os.environ | {
        "DYAD_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "dagster"), serve.PORT: str(own), web.PORT: str(free_port()),
    }  # fmt: skip
    starting = subprocess.Popen(
        [sys.executable, "-m", "pipelines.serve"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while starting.poll() is None:
        try:
            socket.create_connection((web.HOST, own)).close()  # listens, and has yet to load Dagster
            break
        except ConnectionRefusedError:
            time.sleep(0.02)
    starting.send_signal(signal.SIGINT)
    output = starting.communicate(timeout=PATIENCE)[0]
    assert (starting.returncode, output) == (0, "")


def test_ctrl_c_in_a_terminal_ends_make_serve_without_a_traceback(port: int, tmp_path: Path) -> None:
    """Ctrl-C reaches every process of a terminal. Later, Dagster may itself stop a code server during an import, which then prints one."""
    environment = os.environ | {
        "DYAD_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "dagster"), serve.PORT: str(free_port()), web.PORT: str(free_port()),
    }  # fmt: skip
    arguments = ["serve", f"VENV={sys.prefix}", f"--old-file={sys.prefix}/.ready"]
    terminal = pexpect.spawn(
        "make", arguments, env=environment, cwd=ROOT, encoding="utf-8", timeout=PATIENCE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    terminal.expect("the current release's page at .*\n")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    assert not [line for line in terminal.before.splitlines() if "Traceback" in line or "make:" in line], terminal.before[-3000:]


def test_a_daemon_interrupted_while_it_starts_goes_on_until_the_server_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Dagster handles SIGTERM, by which the server stops the daemon, as SIGINT; an interrupted import would print a traceback."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with serve._daemon() as daemon:
        for _ in range(20):
            daemon.send_signal(signal.SIGINT)
            time.sleep(0.03)
        assert daemon.poll() is None
    assert capfd.readouterr() == ("", "")


def test_a_signal_at_the_start_of_the_daemon_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    started, start = [], subprocess.Popen

    def interrupted(command: list[str]) -> subprocess.Popen:
        started.append(start(command))
        os.kill(os.getpid(), signal.SIGTERM)
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), serve._daemon():
            pass
        assert started[0].poll() is not None
    finally:
        signal.signal(signal.SIGTERM, before)
        started[0].kill()


def test_the_server_ends_with_the_process_that_started_it(port: int, tmp_path: Path) -> None:
    """A process that is killed cannot pass a signal on."""
    own = free_port()
    environment = os.environ | {
        "DYAD_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "dagster"), serve.PORT: str(own), web.PORT: str(free_port()),
    }  # fmt: skip
    command = [sys.executable, "-m", "pipelines.serve"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as first:
        assert "the asset graph is at" in first.stdout.readline()
        first.kill()
        assert select.select([first.stdout], [], [], PATIENCE)[0] and not first.stdout.read()  # no process of the server can write to it


ATTACK = """
<iframe id="frame" src="{server}/"></iframe>
<script>
const query = {query}, done = [];
const json = {{method: "POST", headers: {{"Content-Type": "application/json"}}, body: JSON.stringify({{query}})}};
const tries = [
  () => fetch("{server}/graphql", json),
  () => fetch("{server}/graphql", {{method: "POST", mode: "no-cors", body: JSON.stringify({{query}})}}),
  () => fetch("{server}/graphql?query=" + encodeURIComponent(query), {{mode: "no-cors"}}),
  () => fetch("{server}/report_asset_materialization/release", {{method: "POST", mode: "no-cors"}}),
  () => new Promise((ok) => {{ const image = new Image(); image.onerror = ok; image.src = "{server}/graphql?query=" + encodeURIComponent(query); }}),
  () => new Promise((ok) => {{ const socket = new WebSocket("{socket}/graphql", "graphql-ws"); socket.onopen = () => ok("open"); socket.onerror = () => ok("closed"); }}),
];
(async () => {{ for (const attempt of tries) done.push(await attempt().then(String, () => "failed")); document.title = done.join(","); }})();
</script>
"""


class Attacker(BaseHTTPRequestHandler):
    """A page of another origin on this machine."""

    page = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *_: object) -> None:
        pass


def test_a_page_in_a_browser_commands_nothing(port: int, browser: Browser) -> None:
    server, socket_address = f"http://{web.HOST}:{port}", f"ws://{web.HOST}:{port}"
    Attacker.page = ATTACK.format(server=server, socket=socket_address, query=json.dumps(MUTATION))
    other = HTTPServer((web.HOST, 0), Attacker)
    threading.Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
    answers: list[int] = []
    page = browser.new_page()
    page.on("response", lambda r: answers.append(r.status) if r.url.startswith(server) else None)
    for host in (web.HOST, "localhost"):  # the same site on another port, and another site
        page.goto(f"http://{host}:{other.server_port}/")
        page.wait_for_function("document.title")
        assert page.title().split(",")[-1] == "closed"
        assert page.frame_locator("#frame").locator("body").text_content(timeout=60_000).startswith("refused: ")
    assert answers and set(answers) <= {403, 405}, answers
    page.goto(f"{server}/locations")  # the server's own page still works
    page.get_by_text("dyad", exact=True).first.wait_for(timeout=120_000)
    page.close()
    other.shutdown()
