"""Test the server of releases: links lead to a release's page, and to no other file of this machine."""

import contextlib
import http.client
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import pytest
import uvicorn
from click.testing import CliRunner

from pipelines import deadline, guard, web
from pipelines.cli.main import main
from schemas.errors import Unusable

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def served(home: Path) -> Iterator[tuple[str, int]]:
    """Host and port of a server of the shared home."""
    with web.Server(home, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address
        server.shutdown()


def ask(served: tuple[str, int], path: str, method: str = "GET") -> tuple[int, bytes]:
    """Status and body; the path is sent as it is, dots and all."""
    connection = http.client.HTTPConnection(*served, timeout=30)
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def redirected(served: tuple[str, int], path: str) -> str:
    """Return where an answer leads; a header that the path wrote would be another name."""
    connection = http.client.HTTPConnection(*served, timeout=30)
    connection.request("GET", path)
    headers = connection.getresponse().headers
    assert set(headers) == {"Server", "Date", "Location", "Content-Length", "Cache-Control", "X-Content-Type-Options"}
    assert headers["Location"].startswith("/releases/")
    return headers["Location"]


def test_the_link_of_a_release_leads_to_its_page(home: Path, served: tuple[str, int]) -> None:
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        metadata = instance.get_latest_materialization_event(dg.AssetKey(["release"])).asset_materialization.metadata
    link = urlsplit(metadata["page"].url)
    assert (link.scheme, link.hostname, link.port) == ("http", web.HOST, 3001)
    page = Path("releases") / metadata["release"].value / "index.html"
    assert ask(served, link.path) == (200, (home / page).read_bytes())
    assert Path(metadata["page file"].path).parts[-3:] == page.parts, "this home may be a copy of the one that was refreshed"


@pytest.mark.parametrize("path", ["/", "/current", "/current/", web.CURRENT, "/current/charts/claims.csv", "/current/charts/../index.html"])
def test_current_leads_to_the_releases_own_address(path: str, home: Path, served: tuple[str, int]) -> None:
    """Else a browser would show its copy of a release that was withdrawn, since the older one was written earlier."""
    file = home / "current" / (path.removeprefix("/current").replace("charts/../", "").strip("/") or "index.html")
    with urllib.request.urlopen("http://{}:{}{}".format(*served, path), timeout=30) as answer:  # noqa: S310 -- our own
        assert f"/releases/{file.parent.resolve().relative_to((home / 'releases').resolve()).parts[0]}/" in answer.url
        assert answer.read() == file.read_bytes()


def test_a_rollback_shows_at_once(tmp_path: Path) -> None:
    for release in ("one", "two"):
        (tmp_path / "releases" / release).mkdir(parents=True)
        (tmp_path / "releases" / release / "index.html").write_text(release)
    link = tmp_path / "current"
    with web.Server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        for release in ("two", "one"):
            link.unlink(missing_ok=True)
            link.symlink_to(f"releases/{release}")
            connection = http.client.HTTPConnection(*server.server_address, timeout=30)
            connection.request("GET", web.CURRENT, headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Location"]) == (302, f"/releases/{release}/index.html")
            assert answer.headers["Cache-Control"] == "no-cache"
        server.shutdown()


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/current/../../lock", "/current/%2e%2e/%2e%2e/lock", "/releases/..%2flock", "//etc/passwd", "/%2fetc%2fpasswd",
        "/lock", "/dagster/dagster.yaml", "/releases/", "/currently", "/current/charts/", "/current/out.txt", "/current/%00", "/nothing",
        "/current//etc/passwd", "/current/%0d%0aSet-Cookie:x", "/current/%5c%5cnews.example", "/current/../../../etc/passwd",
    ],
)  # fmt: skip
def test_nothing_but_files_of_releases_is_served(path: str, home: Path, served: tuple[str, int]) -> None:
    out = (home / "current" / "out.txt").resolve()
    out.symlink_to(home / "lock")
    try:
        assert (home / "lock").is_file() and (home / "dagster" / "dagster.yaml").is_file()
        status, location = ask(served, path)[0], path
        while status == 302:
            location = redirected(served, location)
            status = ask(served, location)[0]
        assert status == 404
    finally:
        out.unlink()


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_nothing_can_be_written(method: str, served: tuple[str, int]) -> None:
    assert ask(served, "/current/index.html", method)[0] == 501


def test_only_this_machine_is_answered(served: tuple[str, int]) -> None:
    assert served[0] == "127.0.0.1"


TEXT = b"0123456789"


@pytest.fixture
def digits(tmp_path: Path) -> Iterator[Callable[..., tuple[http.client.HTTPResponse, bytes]]]:
    """Serve a release of one file, the ten digits, and yield a function that requests it."""
    (tmp_path / "releases" / "one").mkdir(parents=True)
    (tmp_path / "releases" / "one" / "digits.bin").write_bytes(TEXT)

    def get(method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(*server.server_address, timeout=30)
        connection.request(method, "/releases/one/digits.bin", headers={name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()

    with web.Server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield get
        server.shutdown()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0), ("bytes=2-4", 2, 4), ("bytes=7-", 7, 9), ("bytes=-3", 7, 9), ("bytes=-99", 0, 9), ("bytes=5-99", 5, 9),
        ("Bytes= 2-4 ", 2, 4), (f"bytes=9-{'9' * 99}", 9, 9),
    ],
)  # fmt: skip
def test_a_range_of_a_file_is_sent(asked: str, first: int, last: int, digits: Callable) -> None:
    answer, body = digits(Range=asked)
    assert (answer.status, body) == (206, TEXT[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/10"
    assert answer.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-12", "bytes=-0", f"bytes={'9' * 99}-"])
def test_a_range_beyond_the_file_is_refused(asked: str, digits: Callable) -> None:
    answer, body = digits(Range=asked)
    assert (answer.status, body, answer.headers["Content-Range"]) == (416, b"", "bytes */10")


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=4-2",
        "bytes=a-b",
        "bytes=1-2,4-5",
        "lines=1-2",
        "bytes=-1-2",
        "bytes=٣-",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_another_range_is_ignored(asked: str, digits: Callable) -> None:
    answer, body = digits(Range=asked.encode())
    assert (answer.status, body, answer.headers["Content-Range"]) == (200, TEXT, None)


def test_a_head_announces_ranges_and_has_none(digits: Callable) -> None:
    answer, body = digits("HEAD", Range="bytes=2-4")
    assert (answer.status, body, answer.headers["Content-Length"], answer.headers["Accept-Ranges"]) == (200, b"", "10", "bytes")


def test_a_range_of_another_version_is_the_whole_file(digits: Callable) -> None:
    head, _ = digits("HEAD")
    tag, day = head.headers["ETag"], head.headers["Last-Modified"]
    assert tag.startswith('"')
    for version, status in ((tag, 206), (day, 206), ('"other"', 200), (f"W/{tag}", 200), ("Fri, 01 Jan 2100 00:00:00 GMT", 200)):
        assert digits(Range="bytes=2-4", If_Range=version)[0].status == status


def test_a_file_that_the_client_has_is_not_sent_again(digits: Callable) -> None:
    head, _ = digits("HEAD")
    tag, day = head.headers["ETag"], head.headers["Last-Modified"]
    for known in ({"If_None_Match": tag}, {"If_None_Match": f'"x", W/{tag}'}, {"If_None_Match": "*"}, {"If_Modified_Since": day}):
        answer, body = digits(**known)
        assert (answer.status, body, answer.headers["Cache-Control"]) == (304, b"", "no-cache")
    for other in ({"If_None_Match": '"x"'}, {"If_None_Match": '"x"', "If_Modified_Since": day}):
        assert digits(**other)[1] == TEXT


def test_a_home_without_a_release_is_served_until_it_has_one(tmp_path: Path) -> None:
    with web.Server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        assert ask(server.server_address, web.CURRENT)[0] == 404
        (tmp_path / "releases" / "one").mkdir(parents=True)
        (tmp_path / "releases" / "one" / "index.html").write_text("made")
        (tmp_path / "current").symlink_to("releases/one")
        assert ask(server.server_address, redirected(server.server_address, "/")) == (200, b"made")
        server.shutdown()


def test_a_busy_port_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind((web.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv(web.PORT, str(port))
        result = CliRunner().invoke(main, ["page"])
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert f"{web.HOST}:{port}" in result.output and "Address already in use" in result.output


@pytest.mark.parametrize("text", ["http", "-1", "65536", "٣٠٠٠"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(web.PORT, text)
    with pytest.raises(Unusable, match=f"{web.PORT} is '{text}': set it to a port, for example 3001"):
        web.address()


@pytest.mark.parametrize("headers", [{"Host": "news.example"}, {"Origin": "http://news.example"}, {"Sec-Fetch-Site": "cross-site"}])
@pytest.mark.parametrize("path", ["/", web.CURRENT, "/releases/x/index.html"])
def test_another_page_reads_nothing(path: str, headers: dict[str, str], served: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*served, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    assert answer.status == 403 and guard.HOSTS in answer.read().decode()


def test_idle_connections_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.Reader, "timeout", 0.05)
    with web.Server(home, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with socket.create_connection(server.server_address, timeout=30) as idle:
            assert idle.recv(1) == b""
        server.shutdown()


def trickled(address: tuple[str, int], data: bytes) -> float:
    """Send a byte at a time until the server closes the connection; return the seconds that took."""
    started = time.monotonic()
    with socket.create_connection(address, timeout=30) as client, contextlib.suppress(OSError):
        for n in range(len(data)):
            client.sendall(data[n : n + 1])
            client.settimeout(0.05)
            with contextlib.suppress(TimeoutError):
                if not client.recv(1000):
                    break
    return time.monotonic() - started


@pytest.mark.parametrize("data", [b"GET /" + b"a" * 200, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200], ids=["path", "header"])
def test_a_request_that_trickles_ends(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.Reader, "timeout", 0.5)
    with web.Server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        assert 0.4 < trickled(server.server_address, data) < 5
        server.shutdown()


POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400\r\n\r\n"


@pytest.mark.parametrize("data", [b"GET /" + b"a" * 200, POST + b"a" * 200], ids=["header", "body"])
def test_a_request_to_dagsters_pages_that_trickles_ends(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "SECONDS", 0.5)

    async def app(scope: dict, receive: Callable, send: Callable) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"whole"})

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, http=deadline.Timely, lifespan="off", log_level="critical"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        address = listener.getsockname()
        assert 0.4 < trickled(address, data) < 5
        connection = http.client.HTTPConnection(*address, timeout=30)
        for _ in range(2):  # the connection stays open between whole requests
            connection.request("POST", "/", b"a" * 100)
            assert connection.getresponse().read() == b"whole"
        connection.close()
        server.should_exit = True
        thread.join()


def test_connections_beyond_a_bound_are_closed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "CONNECTIONS", 2)
    with web.Server(home, 0) as server, contextlib.ExitStack() as stack:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        first, second, third = (stack.enter_context(socket.create_connection(server.server_address, timeout=30)) for _ in range(3))
        assert third.recv(1) == b""
        for kept in (first, second):
            kept.sendall(b"HEAD /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert kept.recv(12) == b"HTTP/1.0 404"
        server.shutdown()
