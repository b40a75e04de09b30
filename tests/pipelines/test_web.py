"""Test the server of releases: links lead to a release's page, and to no other file of this machine."""

import http.client
import socket
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import pytest
from click.testing import CliRunner

from pipelines import web
from pipelines.cli.main import main

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def served(home: Path) -> Iterator[tuple[str, int]]:
    """Host and port of a server of the shared home."""
    with web.server(home, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address
        server.shutdown()


def ask(served: tuple[str, int], path: str, method: str = "GET") -> tuple[int, bytes]:
    """Status and body; the path is sent as it is, dots and all."""
    connection = http.client.HTTPConnection(*served, timeout=30)
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_the_link_of_a_release_leads_to_its_page(home: Path, served: tuple[str, int]) -> None:
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        told = instance.get_latest_materialization_event(dg.AssetKey(["release"])).asset_materialization.metadata
    link = urlsplit(told["page"].url)
    assert (link.scheme, link.hostname, link.port) == ("http", web.HOST, web.PORT)
    page = Path("releases") / told["release"].value / "index.html"
    assert ask(served, link.path) == (200, (home / page).read_bytes())
    assert Path(told["page file"].path).parts[-3:] == page.parts, "this home may be a copy of the one that was refreshed"


def test_the_bare_address_leads_to_the_current_page_and_its_files(home: Path, served: tuple[str, int]) -> None:
    with urllib.request.urlopen("http://{}:{}/".format(*served), timeout=30) as answer:  # noqa: S310 -- our own
        assert answer.url.endswith(web.CURRENT)
        assert answer.read() == (home / "current" / "index.html").read_bytes()
    assert ask(served, "/current/charts/claims.csv")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/current/../../lock", "/current/%2e%2e/%2e%2e/lock", "/releases/..%2flock", "//etc/passwd", "/%2fetc%2fpasswd",
        "/lock", "/dagster/dagster.yaml", "/releases/", "/current", "/current/charts/", "/current/out.txt", "/current/%00", "/nothing",
    ],
)  # fmt: skip
def test_nothing_but_files_of_releases_is_served(path: str, home: Path, served: tuple[str, int]) -> None:
    out = (home / "current" / "out.txt").resolve()
    out.symlink_to(home / "lock")
    try:
        assert (home / "lock").is_file() and (home / "dagster" / "dagster.yaml").is_file()
        assert ask(served, path)[0] == 404
    finally:
        out.unlink()


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_nothing_can_be_written(method: str, served: tuple[str, int]) -> None:
    assert ask(served, "/current/index.html", method)[0] == 501


def test_only_this_machine_is_answered(served: tuple[str, int]) -> None:
    assert served[0] == "127.0.0.1"


def test_a_home_without_a_release_is_served_until_it_has_one(tmp_path: Path) -> None:
    with web.server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        assert ask(server.server_address, web.CURRENT)[0] == 404
        (tmp_path / "releases" / "one").mkdir(parents=True)
        (tmp_path / "releases" / "one" / "index.html").write_text("made")
        (tmp_path / "current").symlink_to("releases/one")
        assert ask(server.server_address, web.CURRENT) == (200, b"made")
        server.shutdown()


def test_a_busy_port_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind((web.HOST, 0))
        other.listen()
        monkeypatch.setattr(web, "PORT", other.getsockname()[1])
        result = CliRunner().invoke(main, ["page"])
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert f"{web.HOST}:{web.PORT}" in result.output and "Address already in use" in result.output


@pytest.mark.parametrize("verb", ["ui", "serve"])
def test_make_serves_the_pages_beside_dagsters(verb: str) -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text("utf-8")
    recipe = makefile.split(f"\n{verb}: ", 1)[1].split("\n\n", 1)[0]
    assert "dyad page &" in recipe and "--host 127.0.0.1" in recipe
