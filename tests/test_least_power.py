"""Test the limits of an analyst's connection, the secrecy of keys, and the calls that no package may make."""

import ast
import datetime as dt
import os
import stat
from pathlib import Path

import duckdb
import pytest
import pytest_socket

from pipelines import launch
from schemas.errors import Unusable
from sources.live import clock
from tests.campaigns import kill
from tests.support import publishers as played
from warehouse import models
from warehouse.connect import connect, query

ROOT = Path(__file__).parent.parent
FILES = [path for package in ("pipelines", "sources", "warehouse", "schemas") for path in sorted((ROOT / package).rglob("*.py"))]
KEY = "planted-5ecret-0123456789"

POWERS = {
    "write": "create table charts.mine (a integer)",
    "change": "update charts.claims set verdict = 'holds'",
    "delete": "delete from charts.claims",
    "read a file": "from read_text('/etc/passwd')",
    "read a table in a file": "from read_csv('/etc/passwd')",
    "read a file by its name": "from '/etc/passwd'",
    "look into a folder": "from glob('/*')",
    "guess a file": "from sniff_csv('/etc/passwd')",
    "write a file": "copy (select 1) to '{folder}/out.csv'",
    "write over the release": "copy (select 1) to '{release}' (format csv, use_tmp_file false)",
    "write a log beside it": "copy (select 1) to '{release}.wal' (format csv, use_tmp_file false)",
    "attach it again to write": "use memory; detach warehouse; attach '{release}' as warehouse; create table warehouse.mine (a integer)",
    "write beside temporary files": "copy (select 1) to '.tmp/out.csv'",
    "export": "export database '{folder}/out'",
    "open another database": "attach '{folder}/other.duckdb'",
    "install an extension": "install httpfs",
    "load an extension": "load httpfs",
    "ask the network": "from read_csv('http://127.0.0.1:9/x.csv')",
    "unlock the file system": "set enable_external_access = true",
    "unlock the configuration": "set lock_configuration = false",
    "reset the lock": "reset lock_configuration",
    "move temporary files": "set temp_directory = '{folder}'",
    "log to a file": "pragma profiling_output = '{folder}/profile.json'",
}


@pytest.mark.parametrize("power", POWERS)
def test_an_analyst_cannot(power: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".tmp").mkdir()
    monkeypatch.chdir(tmp_path)
    before = built.read_bytes()
    with connect(built.parent) as con, pytest.raises(duckdb.Error):
        con.execute(POWERS[power].format(folder=tmp_path, release=built))
    assert list(tmp_path.rglob("*")) == [tmp_path / ".tmp"]
    after, _ = built.read_bytes(), built.write_bytes(before)  # others read it
    assert after == before and not built.with_name(f"{built.name}.wal").exists()


@pytest.mark.parametrize("power", POWERS)
def test_a_query_that_may_not_be_asked_is_refused_in_words(
    power: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".tmp").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unusable):
        query(POWERS[power].format(folder=tmp_path, release=built), built.parent)


def test_connections_of_one_process_do_not_disturb_each_other(built: Path) -> None:
    with connect(built.parent) as first, connect(built.parent) as second:
        assert len(query("from charts.claims", built.parent)) == len(models.claims())
        assert first.execute("from charts.claims").fetchall() == second.execute("from charts.claims").fetchall()


def test_nobody_else_can_write_a_release(home: Path) -> None:
    found = [path for path in [home / "releases", *(home / "releases").rglob("*")] if not path.is_symlink()]
    assert len(found) > 20
    assert [path for path in found if stat.S_IMODE(path.stat().st_mode) & (stat.S_IWGRP | stat.S_IWOTH)] == []


def test_nobody_may_write_a_released_file_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = tmp_path / "releases" / kill.small_release(tmp_path, "2024-01-01")
    finally:
        os.umask(before)
    paths = [folder, *folder.rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o755}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o444}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Every publisher on loopback, an empty home, a planted key."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    monkeypatch.setattr(clock, "sleep", lambda seconds: None)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC))
    monkeypatch.setenv("DYAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home" / "dagster"))
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", KEY)
    with played.Publishers() as publishers:
        for name, value in publishers.environment().items():
            monkeypatch.setenv(name, value)
        yield publishers


@pytest.mark.campaign
def test_a_key_is_nowhere(world: played.Publishers, undrawn, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Not in a log, a manifest, a release or Dagster's event store: after a good answer, and after a publisher that repeats it."""
    launch.refresh(live=["un_comtrade"], since=2024)
    world.faults["un_comtrade"] = [played.status(401, f'{{"message": "invalid subscription key {KEY}"}}'.encode())] * 20
    launch.refresh(live=["un_comtrade"], since=2024)
    for key in (KEY, KEY[:20]):  # with status 200: as a whole, and as the publisher cuts it off before more words
        world.faults["un_comtrade"] = [played.body(f'{{"data": [], "error": "no rights for the key {key} today"}}'.encode())] * 20
        launch.refresh(live=["un_comtrade"], since=2024)
    assert any(KEY in asked.headers.values() for asked in world.requests if asked.source == "un_comtrade"), "the key was sent"
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert any("dagster" in path.parts for path in files) and any(path.name == "manifest.jsonl" for path in files)
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    output = capfd.readouterr()
    assert KEY[:8] not in output.out + output.err
    assert "***" in output.out + output.err, "the publisher's words are reported, the key in them hidden"


FORBIDDEN = {
    "eval", "exec", "compile", "__import__", "pickle", "marshal", "shelve", "dill", "joblib", "system", "popen", "read_pickle", "to_pickle",
    "unsafe_load", "full_load", "UnsafeLoader", "FullLoader", "mktemp", "extractall", "unpack_archive",
}  # fmt: skip
# a name that only looks alike: a pattern's compilation
HARMLESS = {("re", "compile")}
OURS = ("pipelines", "sources", "warehouse", "schemas")


def _called(tree: ast.AST) -> set[str]:
    """Names that are imported, called or read as an attribute."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            if not module.startswith(OURS):
                found |= set(module.split("."))
            if not module.startswith("schemas"):  # whose `compile` is a package
                found |= {part for alias in node.names for part in alias.name.split(".")}
        elif isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            found |= set() if (owner, node.attr) in HARMLESS else {node.attr}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_downloaded_bytes_are_never_executed(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert _called(tree) & FORBIDDEN == set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        assert not (isinstance(given.get("shell"), ast.Constant) and given["shell"].value), "a shell"
        if getattr(call.func, "attr", "") == "load" and getattr(getattr(call.func, "value", None), "id", "") == "yaml":
            assert given["Loader"].attr in ("SafeLoader", "CSafeLoader")


def test_the_search_finds_what_it_looks_for() -> None:
    assert _called(ast.parse("import pickle; eval(x); os.system(y); re.compile(z)")) & FORBIDDEN == {"pickle", "eval", "system"}
