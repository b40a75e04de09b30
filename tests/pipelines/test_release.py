"""Test releases: whole or absent, equal for equal inputs, and readable while the next one is built."""

import contextlib
import datetime as dt
import hashlib
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from pipelines import doctor, instance, launch, unchanged
from pipelines.cli.main import main
from schemas import registry
from schemas.errors import Refused, Unusable
from tests.campaigns import kill
from warehouse import connect, models
from warehouse import home as places
from warehouse.build.clock import Clock
from warehouse.release import code, identity, locks, manifest, publish, revisions, trace
from warehouse.release.digests import of_tables
from warehouse.release.manifest import releases

DYAD = Path(sys.executable).parent / "dyad"


@pytest.fixture
def dyad(home: Path, monkeypatch: pytest.MonkeyPatch):
    """Return the command line on the shared home."""
    monkeypatch.setenv("DYAD_HOME", str(home))

    def call(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output

    return call


def digests(release: Path) -> dict[str, str]:
    """SHA-256 of every file of a release."""
    files = [p for p in sorted(release.rglob("*")) if p.is_file()]
    return {p.relative_to(release).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def content(release: Path) -> dict[str, Any]:
    """Return what equal inputs must reproduce: the bytes of every file but the database's own, and the content of each of its tables."""
    described = json.loads((release / "manifest.json").read_text())
    assert described["tables"] == of_tables(release / "warehouse.duckdb")
    del described["files"]["warehouse.duckdb"]
    files = {name: sha for name, sha in digests(release).items() if name not in ("warehouse.duckdb", "manifest.json")}
    assert described["files"] == files
    return described


ANOTHER_MACHINE = """
import os, time
listed, scanned, now = os.listdir, os.scandir, time.time


class Scanned:
    def __init__(self, entries): self.entries = iter(entries)
    __iter__ = __enter__ = lambda self: self
    __next__ = lambda self: next(self.entries)
    close = __exit__ = lambda *_: None


os.listdir = lambda *a: listed(*a)[::-1]  # files in another order
os.scandir = lambda *a: Scanned(list(scanned(*a))[::-1])
time.time = lambda: now() + 400 * 86400  # another day
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])  # one processor
"""


@pytest.mark.campaign
def test_two_builds_are_equal(home: Path, tmp_path: Path) -> None:
    """On another machine: another home, time zone, language, hash seed, clock, one processor, its files in another order."""
    first = (home / "current").resolve()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(ANOTHER_MACHINE)
    other = {
        "DYAD_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "dagster"), "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7",
        "LC_ALL": "tr_TR.ISO-8859-9", "LANG": "tr_TR", "PYTHONPATH": str(tmp_path / "site"),
    }  # fmt: skip
    [followed] = (home / "releases").glob("2024-12-12-*")
    shutil.copytree(followed, tmp_path / "releases" / followed.name)
    (tmp_path / "current").symlink_to(Path("releases") / followed.name)
    done = subprocess.run([DYAD, "refresh"], env=os.environ | other, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    second = (tmp_path / "current").resolve()
    assert first.name == second.name
    assert content(first) == content(second)


def test_the_manifest_names_every_file(home: Path) -> None:
    folder = (home / "current").resolve()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"] == {name: sha for name, sha in digests(folder).items() if name != "manifest.json"}


@pytest.mark.campaign
def test_a_release_is_made_again_from_its_manifest_alone(home: Path, dyad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The release it followed is gone: the manifest lists what had changed."""
    release = (home / "current").resolve()
    assert json.loads((release / "manifest.json").read_text())["follows"].startswith("2024-12-12")
    manifest = shutil.copy(release / "manifest.json", tmp_path)
    monkeypatch.setenv("DYAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home" / "dagster"))
    assert dyad("rebuild", str(manifest)).endswith(f"rebuilt {release.name}\n")
    assert content(tmp_path / "home" / "current") == content(release)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home of the test's own."""
    monkeypatch.setenv("DYAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home" / "dagster"))
    return tmp_path / "home"


CHANGE = ["bilateral_trade", "CHN-RUS FALSE", "changed", "headline", "value_usd", "1", "9", 9.0]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("release", "2026-11-23-000000000000", "check out the version of the project that built it"),
        pytest.param("changes", [CHANGE], "catalog.change differs from its manifest", marks=pytest.mark.campaign),
    ],
)
def test_a_rebuild_of_an_edited_manifest_publishes_nothing(
    key: str, value: object, message: str, home: Path, elsewhere: Path, tmp_path: Path
) -> None:
    manifest_before = json.loads((home / "current" / "manifest.json").read_text())
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(manifest_before | {key: value}))
    result = CliRunner().invoke(main, ["rebuild", str(manifest)])
    assert result.exit_code == 1 and message in result.output
    assert not (elsewhere / "current").exists() and releases(elsewhere) == []


@pytest.mark.parametrize("part", ["tables", "files"])
def test_a_release_that_differs_from_the_manifest_to_rebuild_is_refused(part: str, tmp_path: Path) -> None:
    name = kill.small_release(tmp_path, "2024-01-02")
    described = json.loads((tmp_path / "releases" / name / "manifest.json").read_text())
    publish.check_existing(tmp_path, name, described)
    with pytest.raises(Refused, match=r"charts.claims\S* differs from its manifest: the manifest was edited"):
        publish.check_existing(tmp_path, name, described | {part: {}})


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"{}", b'{"release": 1}', b"[" * 100_000])
def test_a_rebuild_of_what_is_no_manifest_is_reported_in_one_line(body: bytes, elsewhere: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes(body)
    result = CliRunner().invoke(main, ["rebuild", str(manifest)])
    assert (result.exit_code, result.output) == (2, f"dyad: {manifest}: not a complete manifest; give the manifest.json of a release\n")


def test_a_damaged_release_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "releases" / kill.small_release(tmp_path, "2024-01-02")
    rows = (folder / "charts" / "claims.csv").read_bytes()
    (folder / "charts" / "claims.csv").unlink()
    assert kill.small_release(tmp_path, "2024-01-02") == folder.name
    assert (folder / "charts" / "claims.csv").read_bytes() == rows and kill.not_whole(tmp_path) == []


@pytest.mark.campaign
def test_a_whole_release_that_was_damaged_since_is_made_again(home: Path, elsewhere: Path) -> None:
    shutil.copytree(home, elsewhere, symlinks=True)
    release = (elsewhere / "current").resolve()
    before = content(release)
    (release / "index.html").chmod(0o644)
    (release / "index.html").write_text("garbage")
    (release / "charts" / "bilateral_trade.csv").unlink()
    assert launch.refresh().release == release.name
    assert content(release) == before


def test_a_damaged_release_whose_manifest_lists_another_table_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "releases" / kill.small_release(tmp_path, "2024-01-02")
    described = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_text(json.dumps(described | {"tables": {"charts.claims": "0"}}))
    (folder / "charts" / "claims.csv").unlink()
    with pytest.raises(Refused, match="charts.claims differs from its manifest: .* move the release's folder away and refresh"):
        kill.small_release(tmp_path, "2024-01-02")
    assert not (folder / "charts" / "claims.csv").exists()


def test_a_release_follows_the_last_one_about_the_same_dyads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another pair's release between must not let a loss pass unseen."""

    def release(name: str, as_of: str, dyad: str, day: int, is_current: bool = False) -> dict:
        at = f"2026-01-0{day}T12:00:00+00:00"
        return {"release": name, "as_of": as_of, "dyads": [dyad], "published_at": at, "is_current": is_current, "follows": None}

    found = [
        release("old", "2024-01-01", "CHN-RUS", 1), release("new", "2024-01-02", "CHN-RUS", 2),
        release("other", "2024-01-02", "FRA-GBR", 3, is_current=True), release("later", "2025-01-01", "CHN-RUS", 4),
    ]  # fmt: skip
    monkeypatch.setattr(identity, "releases", lambda home: found)
    clock = Clock(dt.date(2024, 1, 3), ("CHN-RUS",))
    assert identity.followed(tmp_path, clock, "x") == "new"
    found[0]["is_current"], found[2]["is_current"] = True, False
    assert identity.followed(tmp_path, clock, "x") == "old"
    assert identity.followed(tmp_path, Clock(dt.date(2023, 1, 1), ("CHN-RUS",)), "x") is None


def test_the_same_inputs_keep_their_name_whatever_was_current_between(tmp_path: Path) -> None:
    names = [kill.small_release(tmp_path, day) for day in ("2024-01-02", "2024-01-01", "2024-01-02")]
    assert names[0] == names[2] != names[1]


def test_the_name_goes_by_the_code_and_not_by_what_is_kept_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("schemas", "warehouse"):
        shutil.copytree(identity.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(identity, "ROOT", tmp_path)
    code_id = identity.code_id.__wrapped__
    named = code_id()
    for folder in ("schemas", "warehouse/world"):
        (tmp_path / folder / "__pycache__").mkdir()
        (tmp_path / folder / "__pycache__" / "bulk.cpython-311.json").write_text("{}")
    assert code_id() == named
    module = tmp_path / "warehouse" / "world" / "ingest.py"
    module.write_text("# A comment.\n" + module.read_text("utf-8").replace('"""', '"""Another docstring. ', 1), "utf-8")
    assert code_id() == named
    module.write_text(module.read_text("utf-8") + "\nMORE = 1\n", "utf-8")
    assert code_id() != named
    named, described = code_id(), tmp_path / "schemas" / "charts.py"
    described.write_text(described.read_text("utf-8").replace('):\n    """', '):\n    """Another title. ', 1), "utf-8")
    assert code_id() != named


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        ('"""Module."""\n\nx = "#1"  # why\n', 'x = "#1"'),
        ('def f():\n    """Two\n    lines."""\n    return """kept\n\n# kept"""\n', 'def f():\n    return """kept\n# kept"""'),
        ('class A:\n    """One."""\n\n    b = 1\n', "class A:\n    b = 1"),
    ],
)
def test_comments_and_docstrings_are_no_statements(source: str, statements: str) -> None:
    assert code.statements(source) == statements


def test_the_docstring_of_a_table_class_is_published() -> None:
    source = '"""Module."""\nclass A:\n    """Title."""\n    def f():\n        """Return."""\n'
    assert code.statements(source, has_descriptions=True) == 'class A:\n    """Title."""\n    def f():'


def test_readers_keep_the_release_they_opened(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    reader = duckdb.connect(str(tmp_path / "home" / "current" / "warehouse.duckdb"), read_only=True)
    earlier = next(p.name for p in (tmp_path / "home" / "releases").iterdir() if p.name.startswith("2024"))
    publish.set_current(tmp_path / "home", earlier)
    assert reader.execute("select value from catalog.parameter where name = 'as_of'").fetchone() == ("2026-11-30",)
    assert (tmp_path / "home" / "current").readlink() == Path("releases") / earlier


def test_another_refresh_is_asked_to_wait(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYAD_HOME", str(home))
    with locks.refresh_lock(home), pytest.raises(Unusable, match="another command is changing"):
        launch.refresh()


def test_other_dyads(pairs: duckdb.DuckDBPyConnection) -> None:
    def count(table: str, dyad: str) -> int:
        return pairs.execute(f"select count(*) from charts.{table} where dyad = ?", [dyad]).fetchone()[0]

    assert count("bilateral_trade", "CHN-USA") > 50
    assert count("trade_dependence", "CHN-USA") > 100
    # the United States was China's first partner of all economies in 2018: 633.5 bn USD
    sql = "select rank from charts.trade_dependence where dyad = 'CHN-USA' and year = 2018 and rule = 'A'"
    assert pairs.execute(sql).fetchone() == (1,)
    # outside coverage there is no row, never a zero
    assert [count(t, "FRA-GBR") for t in ("joint_exercises", "naval_drills", "bilateral_trade", "trade_dependence", "trade_composition")] == [0] * 5  # fmt: skip
    assert count("joint_exercises", "CHN-USA") == 0
    # both vetoed together over Suez, 1956-10-30
    sql = "select count(*) from charts.security_council_vetoes where dyad = 'FRA-GBR' and veto_type = 'joint' and year = 1956"
    assert pairs.execute(sql).fetchone()[0] == 2
    # the People's Republic holds China's seat from 1971-10-25: the American veto of 1970-03-17 (S/9696) was cast beside another
    vetoes = "from charts.security_council_vetoes where dyad = 'CHN-USA'"
    assert pairs.execute(f"select min(vote_date)::varchar, count(*) filter (where draft_symbol = 'S/9696') {vetoes}").fetchone() == (
        "1972-08-25",
        0,
    )
    assert count("claims", "CHN-RUS") == 0
    assert trace.claims_markdown(pairs).endswith("does not cover the dyad of any text.\n")


@pytest.mark.campaign
def test_a_refresh_of_other_dyads_publishes_them(elsewhere: Path, undrawn) -> None:
    launch.refresh(dyads=["CHN-USA", "FRA-GBR"])
    current = elsewhere / "current"
    assert json.loads((current / "manifest.json").read_text())["dyads"] == ["CHN-USA", "FRA-GBR"]
    assert (current / "claims.md").read_text().endswith("does not cover the dyad of any text.\n")
    assert {"index.html", "FRA-GBR.html"} <= {path.name for path in current.iterdir()}
    with duckdb.connect(str(current / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select distinct dyad from charts.security_council_vetoes order by 1").fetchall() == [("CHN-USA",), ("FRA-GBR",)]


def test_current_moves_to_no_other_pair_or_earlier_day_unasked(home: Path, tmp_path: Path) -> None:
    later, earlier = (next((home / "releases").glob(f"{year}-*")) for year in (2026, 2024))
    shutil.copytree(home / "releases", tmp_path / "releases", symlinks=True)
    heads = {folder: json.loads((folder / "manifest.json").read_text()) for folder in (later, earlier)}
    assert publish.advance(tmp_path, heads[earlier], None, False) is None, "the first release of a home"
    assert publish.current(tmp_path) == earlier.name
    assert publish.advance(tmp_path, heads[later], earlier.name, False) is None, "a later day of the same pairs"
    kept = publish.advance(tmp_path, heads[earlier], later.name, False)
    assert publish.current(tmp_path) == later.name
    assert f"current stays {later.name} (CHN-RUS as of 2026-11-30)" in kept and f"dyad rollback {earlier.name}" in kept
    assert "current stays" in publish.advance(tmp_path, heads[later] | {"release": earlier.name, "dyads": ["CHN-USA"]}, later.name, False)
    assert publish.advance(tmp_path, heads[earlier], later.name, True) is None and publish.current(tmp_path) == earlier.name


def test_a_rebuild_repairs_a_release_and_moves_current_only_if_asked(home: Path, tmp_path: Path) -> None:
    later, earlier = (next((home / "releases").glob(f"{year}-*")) for year in (2026, 2024))
    shutil.copytree(home / "releases", tmp_path / "releases", symlinks=True)
    head = json.loads((later / "manifest.json").read_text())
    assert publish.advance(tmp_path, head, None, False, True) is None, "of a home without a current release"
    assert publish.advance(tmp_path, head, later.name, False, True) is None, "of the current release"
    publish.set_current(tmp_path, earlier.name)
    kept = f"current stays {earlier.name}; to change it: dyad rollback {later.name}"
    assert publish.advance(tmp_path, head, earlier.name, False, True) == kept and publish.current(tmp_path) == earlier.name
    assert publish.advance(tmp_path, head, earlier.name, True, True) is None and publish.current(tmp_path) == later.name


def test_a_rollback_during_a_refresh_is_not_undone(home: Path, tmp_path: Path) -> None:
    later, earlier = (next((home / "releases").glob(f"{year}-*")) for year in (2026, 2024))
    shutil.copytree(home / "releases", tmp_path / "releases", symlinks=True)
    publish.set_current(tmp_path, earlier.name)
    head = json.loads((later / "manifest.json").read_text())
    assert "chosen during this refresh" in publish.advance(tmp_path, head, "another", False)
    assert publish.current(tmp_path) == earlier.name


def test_a_rollback_at_the_end_of_a_refresh_is_not_undone(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the lock of the releases just before the refresh does."""
    later, earlier = (next((home / "releases").glob(f"{year}-*")) for year in (2026, 2024))
    shutil.copytree(home / "releases", tmp_path / "releases", symlinks=True)
    head = json.loads((later / "manifest.json").read_text())

    def after_a_rollback(home: Path) -> contextlib.AbstractContextManager[None]:
        monkeypatch.setattr(publish, "release_lock", locks.release_lock)
        publish.rollback(home, earlier.name)
        return locks.release_lock(home)

    monkeypatch.setattr(publish, "release_lock", after_a_rollback)
    assert "chosen during this refresh" in publish.advance(tmp_path, head, None, False)
    assert publish.current(tmp_path) == earlier.name


def test_a_release_without_a_row_is_refused(built: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{built}' as whole (read_only); use whole")
        revisions.check_rows(con)
    with duckdb.connect() as con:
        con.execute("create schema charts; create schema catalog")
        for name in ("catalog.parameter", "catalog.dyad", *(name for name in registry.MODELED if name.startswith("charts."))):
            con.execute(registry.ddl(name) if name in registry.CATALOG else f"create table {name} (n int)")
        con.execute("insert into catalog.parameter values ('as_of', '1900-01-01'); insert into catalog.dyad values ('CHN-RUS')")
        with pytest.raises(Refused, match="no dataset has a row for CHN-RUS as of 1900-01-01: .*--allow-empty"):
            revisions.check_rows(con)


def test_rollback_and_releases(home: Path, dyad) -> None:
    now = (home / "current").readlink()
    listed = json.loads(dyad("releases", "--json"))
    assert [m["as_of"] for m in listed] == ["2026-11-30", "2024-12-12"]
    try:
        assert listed[1]["release"] in dyad("rollback", listed[1]["release"])
        assert "as of 2024-12-12" in dyad("status")
    finally:
        publish.set_current(home, now.name)
    assert "no release nowhere" in dyad("rollback", "nowhere", code=2)


def test_trace_reaches_the_bytes(dyad) -> None:
    output = dyad("trace", "security_council_vetoes", "CHN-RUS", "S/2007/14")
    assert "sources/un_sc_vetoes/snapshot/veto.csv line" in output and "sha256" in output and "https://" in output
    assert (
        "/veto.csv line 199, sha256" in output
        and "\n    line 199: draft_symbol S/2007/14, " in output
        and "in_favour 9, against 3" in output
    )
    chain = json.loads(dyad("trace", "security_council_vetoes", "CHN-RUS", "S/2007/14", "--json"))
    assert "S/2007/14" in chain["row"].values()
    [vote] = next(e["lines"] for e in chain["evidence"] if e["locator"].endswith("roll_call.csv line 123"))
    del vote["note"]
    assert vote == {"line": 123, "draft_symbol": "S/2007/14", "member_iso3": "CHN", "vote": "no", "basis": "named_list"}


def test_status_lists_the_provisional_rows_and_what_would_settle_each(home: Path, dyad) -> None:
    assert "provisional core.veto S/2026/740: to be settled by SC/16455 or S/PV.10224, which record the vote" in dyad("status")
    assert {row.split()[0] for row in json.loads(dyad("status", "--json"))["provisional"]} == {
        "core.exercise",
        "core.membership",
        "core.veto",
    }


def test_trace_takes_either_state_first(dyad) -> None:
    rows = [dyad("trace", "security_council_vetoes", pair, "S/2007/14") for pair in ("CHN-RUS", "RUS-CHN", "rus-chn")]
    assert rows[0].splitlines()[0].split() == ["dyad", "CHN-RUS"] and len(set(rows)) == 1


def test_trace_takes_the_id_of_a_claim_alone(dyad) -> None:
    assert dyad("trace", "claims", "c13") == dyad("trace", "claims", "claim_id=C13")


def test_trace_shows_the_first_lines_of_a_block_and_none_of_a_whole_file(built: Path, dyad) -> None:
    output = dyad("trace", "trade_dependence", "CHN-RUS", "2023", "CHN", "A")
    chain = json.loads(dyad("trace", "trade_dependence", "CHN-RUS", "2023", "CHN", "A", "--json"))
    for e in chain["evidence"]:
        assert [line["line"] for line in e["lines"]] == list(range(e["first_line"], e["last_line"] + 1))
        assert all("value" in line for line in e["lines"])
    longest = max(len(e["lines"]) for e in chain["evidence"])
    assert f"and {longest - 5} more lines" in output
    with duckdb.connect(str(built), read_only=True) as con:
        key = con.execute("select dyad, year, category, format from charts.joint_exercises where exercise_count = 0 limit 1").fetchone()
    [whole] = json.loads(dyad("trace", "joint_exercises", *map(str, key), "--json"))["evidence"]
    assert whole["lines"] == [] and whole["last_line"] > 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trace", "security_council_vetoes", "CHN-RUS", "S/1"], "no row CHN-RUS S/1"),
        (["trace", "security_council_vetoes", "CHN-RUS", "S/2007/14", "no"], "has a key of 2 values, dyad draft_symbol"),
        (
            ["trace", "security_council_vetoes", "CHN-RUS"],
            "rows of security_council_vetoes match CHN-RUS: add draft_symbol, such as draft_symbol=S/",
        ),
        (["trace", "vetoes", "x"], "choose one of"),
        (
            ["trace", "bilateral_trade", "year=2023"],
            "bilateral_trade has no key column `year`: use dyad, frequency, period_start, exporter, basis, for example CHN-RUS",
        ),
        (["trace", "claims", "C99"], "no row C99 in claims"),
        (["trace", "bilateral_trade"], "CHN 'IMF DOTS, CHN-reported'"),  # in quotes, as it must be typed
        (["trace", "bilateral_trade", "CHN-RUS"], "such as 'basis=CEPII BACI' or "),
        (["top", "--by", "agreement", "--limit", "-1"], "is not in the range x>=1"),
        (["trace", "charts.naval_drills"], "has the key dyad exercise_id: give its values, or some of them, for example CHN-RUS"),
        (["claims", "C99"], "no claim C99: choose one of C01"),
        (["help", "nothing"], "no verb nothing: choose one of claims"),
        (["rollback", "20"], "releases begin with 20, such as"),
        (["rollback", "zzz"], "that `dyad releases` lists"),
        (["refresh", "--dyad", "XXX-YYY"], "'XXX' is not a known country"),
        (["refresh", "--dyad", "CHN-CHN"], "two different states"),
        (["refresh", "--dyad", "China"], "two ISO alpha-3 codes"),
        (["refresh", "--as-of", "12.12.2024"], "write YYYY-MM-DD"),
        (["refresh", "--as-of", "2024-02-30"], "write YYYY-MM-DD"),
        (["refresh", "--as-of", ""], "write YYYY-MM-DD"),
        (["refresh", "--only", "gacc_monthly"], "add --live"),
        (["refresh", "--since", "2020"], "add --live"),
        (["sql", "select nothing from nowhere"], "nowhere"),
        (["sql", "select 1; select 2", "--json"], "2 statements of the query return rows, and json prints one result: send one at a time"),
        (["sql", "-- nothing"], "has no statements"),
        (["sql", "select 1 as a, 2 as a", "--json"], "more than one column is named a"),
        (["sql", "copy (select 1) to '/tmp/x.csv'"], "disabled"),
    ],
)
def test_misuse_is_one_line(arguments: list[str], message: str, dyad) -> None:
    assert message in dyad(*arguments, code=2)


def test_a_day_after_the_newest_reading_is_refused(home: Path, dyad) -> None:
    """What is asked of the publishers first may move the newest day, so that the run itself decides."""
    now = (home / "current").readlink()
    output = dyad("refresh", "--as-of", "2030-01-01", code=1)
    assert "--as-of 2030-01-01 is after 2026-11-30, the newest day on which a source was read" in output
    assert (home / "current").readlink() == now


def test_claims_and_sql(dyad) -> None:
    assert "C13" in dyad("claims")
    assert len(json.loads(dyad("claims", "--json"))) == len(models.claims())
    assert json.loads(dyad("sql", "select count(*) as n from charts.claims", "--json")) == [{"n": len(models.claims())}]
    assert {row["as_of"] for row in json.loads(dyad("claims", "--json"))} == {"2026-11-30"}


def test_sql_answers_in_json_that_a_program_can_read(dyad) -> None:
    sql = """
        select ['a', 'b'] as listed, date '2024-01-01' as day, timestamp '2024-01-01 10:00' as moment, 1.50 as number, 'nan'::double as none,
            null as missing, {'inner': [date '2024-01-01']} as nested, true as yes, 170141183460469231731687303715884105727::hugeint as whole
    """
    assert json.loads(dyad("sql", sql, "--json")) == [
        {
            "listed": ["a", "b"], "day": "2024-01-01", "moment": "2024-01-01T10:00:00", "number": 1.5, "none": None, "missing": None,
            "nested": {"inner": ["2024-01-01"]}, "yes": True, "whole": 2**127 - 1,
        }
    ]  # fmt: skip


def test_a_refusal_is_reported_in_json_too(dyad, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> str:
        raise Refused("a.csv:2: wrong\na.csv:3: wrong too")

    monkeypatch.setattr(launch, "refresh", refuse)
    monkeypatch.setattr(unchanged, "ended", lambda settings: None)
    result = CliRunner().invoke(main, ["refresh", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"refused": ["a.csv:2: wrong", "a.csv:3: wrong too"]}
    assert "nothing was published" in result.stderr


def test_the_help_shows_examples_as_they_are_typed(dyad) -> None:
    start = dyad("--help")
    assert "\b" not in start and "\\b" not in start
    assert "  dyad refresh --as-of 2024-12-12                from what was known on that day\n" in start
    for name in ("refresh", "claims", "trace", "sql", "releases", "rollback", "status"):
        assert f"Example: dyad {name}" in dyad(name, "--help")


def test_a_release_is_named_by_its_beginning_its_day_or_its_place(home: Path) -> None:
    later, earlier = (next((home / "releases").glob(f"{year}-*")) for year in (2026, 2024))
    names = {
        later.name: later, "2026": later, later.name[11:15]: later, "2026-11-30": later, "current": later, "previous": earlier,
        "2024-12-12": earlier,
    }  # fmt: skip
    assert {name: connect.existing(home, name) for name in names} == names


def test_a_key_is_given_in_order_or_by_name_in_any_case(dyad) -> None:
    ways = [
        ("trade_dependence", "CHN-RUS", "2023", "CHN", "A", "False"),
        ("charts.trade_dependence", "rule=A", "year=2023", "country=CHN", "is_mirror=False"),
        ("Trade_Dependence", "chn-rus", "2023", "rule=a", "chn"),
    ]
    assert len({dyad("trace", *way) for way in ways}) == 1


def test_claims_can_be_chosen(dyad) -> None:
    assert [row["claim_id"] for row in json.loads(dyad("claims", "c07", "C13", "--json"))] == ["C07", "C13"]


def test_help_and_completion(dyad) -> None:
    assert dyad("help") == dyad("--help") and "Example: dyad trace" in dyad("help", "trace")
    assert "_DYAD_COMPLETE=bash_complete" in dyad("completion", "bash")


@pytest.mark.parametrize("variable", ["DYAD_HOME", "DAGSTER_HOME"])
def test_a_home_that_is_a_file_is_refused(variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").touch()
    monkeypatch.setenv("DYAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(variable, str(tmp_path / "data"))
    result = CliRunner().invoke(main, ["refresh"])
    assert result.exit_code == 2
    assert result.output == f"dyad: the path in {variable} is a file: {tmp_path / 'data'}; set it to a folder\n"


@pytest.mark.parametrize("named", ["", None])
def test_the_home_does_not_depend_on_the_working_folder(named: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.delenv("DYAD_HOME") if named is None else monkeypatch.setenv("DYAD_HOME", named)
    assert places.home() == places.CHECKOUT / "data"
    monkeypatch.setattr(places, "CHECKOUT", tmp_path)
    assert places.home() == tmp_path / "user" / ".local" / "share" / "dyad"
    monkeypatch.setenv("DYAD_HOME", "~/figures")
    assert places.home() == tmp_path / "user" / "figures"


def test_a_release_that_another_program_writes_is_not_called_damaged(built: Path, tmp_path: Path) -> None:
    shutil.copyfile(built, tmp_path / "warehouse.duckdb")
    program = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    command = [sys.executable, "-c", program, str(tmp_path / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as viewer:
        assert viewer.stdout.readline() == "open\n"
        with pytest.raises(Unusable, match=rf"is open for writing in .*{viewer.pid}.*: close it there, or open it read-only"):
            connect.connect(tmp_path)
        viewer.communicate("\n")
    connect.connect(tmp_path).close()


@pytest.mark.parametrize("version", ["(3, 10)", "(2, 7)"])
def test_an_old_python_is_refused_before_anything_is_made(version: str, tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = {version}; exec(sys.argv[1])" "$2"\n')
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(Path(__file__).parents[2] / name, tmp_path)
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "requirements.txt").touch()
    done = subprocess.run(["make", f"PYTHON={old}", "sql"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode and "and 3.11 or newer is needed: run make PYTHON=python3.11 sql" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_nothing_published_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["claims"])
    assert result.exit_code == 2 and "run `dyad refresh` first" in result.output
    listed = CliRunner().invoke(main, ["releases"])
    assert (listed.exit_code, listed.stdout) == (0, "") and "run `dyad refresh` first" in listed.stderr


VERBS = ["claims", "diff", "path", "path previous", "rollback previous", "sql from-nothing", "status", "top --by agreement", "trace x y"]


@pytest.mark.parametrize("target", ["", "releases/2025-01-01-cccccccccccc", "/etc", "releases", "current"])
def test_releases_without_a_current_one_are_not_called_none(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person deleted the link, or the folder that it leads to, or the link leads to another folder or to itself."""
    for release in ("2024-12-12-aaaaaaaaaaaa", "2026-11-30-bbbbbbbbbbbb"):
        (tmp_path / "releases" / release).mkdir(parents=True)
        (tmp_path / "releases" / release / "manifest.json").touch()
    if target:
        (tmp_path / "current").symlink_to(target)
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    line = f"dyad: no release is current in {tmp_path}: choose one that `dyad releases` lists, such as `dyad rollback 2026-11-30-bbbbbbbbbbbb`\n"
    for words in [*VERBS, f"panel {tmp_path}/panel.csv", f"publish {tmp_path}/site --url https://data.example.org/"]:
        result = CliRunner().invoke(main, words.split())
        assert (result.exit_code, result.output) == (2, line), words


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [("claims --help", 0, "Example: dyad claims"), ("claims", 2, "run `dyad refresh` first"), ("nonsense", 2, "No such command")],
)
def test_the_process_ends_with_its_code_after_all_it_said(words: str, code: int, message: str, tmp_path: Path) -> None:
    done = subprocess.run([DYAD, *words.split()], env=os.environ | {"DYAD_HOME": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == code
    assert message in done.stdout + done.stderr


def test_a_reader_who_left_and_a_closed_output_end_without_a_traceback(tmp_path: Path) -> None:
    for words, ending in itertools.product(("releases --json", "--help"), ("| true", ">&-", "> /dev/full")):
        command = f"{DYAD} {words} {ending}"
        done = subprocess.run(command, shell=True, env=os.environ | {"DYAD_HOME": str(tmp_path)}, capture_output=True, text=True)
        assert "Traceback" not in done.stderr


def test_nobody_else_may_write_whatever_the_shell_allows(tmp_path: Path) -> None:
    subprocess.run(f"umask 0; {DYAD} doctor", shell=True, env=os.environ | {"DYAD_HOME": str(tmp_path / "new")}, capture_output=True)
    assert (tmp_path / "new").stat().st_mode & 0o022 == 0


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%2Fb", "a%41", "a\\b", "a\nb", "a\udcff"])
@pytest.mark.parametrize("variable", ["DYAD_HOME", "DAGSTER_HOME"])
def test_a_home_that_a_database_would_read_as_another_is_refused(
    variable: str, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv(variable, str(tmp_path / name))
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 2 and f"the path in {variable} contains" in result.output and "set it to another folder" in result.output


@pytest.mark.parametrize("name", ["100% x", "it's", 'a"b', "数据", "a b{c}", "$HOME", "a;b"])
def test_a_home_may_have_any_other_name(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / name
    monkeypatch.setenv("DYAD_HOME", str(own))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    kill.small_release(own, "2024-01-01")
    with instance.history() as history:
        assert history.get_runs() == []
    assert (own / "dagster" / "history" / "runs.db").exists()
    assert [f for f in doctor.examine(own, own / "dagster") if f.state == "wrong" and "is installed" not in f.line] == []
    for command in (["verify"], ["sql", "from charts.claims limit 1"], ["path"]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize("gigabytes", [1.4, 8])
def test_a_limit_on_addresses_is_refused_before_a_process_dies_of_it(gigabytes: float, tmp_path: Path) -> None:
    limit = int(gigabytes * 1e9)
    for words in (["refresh"], ["rebuild", __file__]):
        done = subprocess.run(
            [DYAD, *words],
            env=os.environ | {"DYAD_HOME": str(tmp_path)},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"this process may use {gigabytes:.1f} GB of address space" in done.stderr and "`ulimit -v unlimited`" in done.stderr


@pytest.mark.parametrize("error", [MemoryError(), ImportError("numpy.so: failed to map segment from shared object")])
def test_memory_that_ran_out_is_reported_in_one_line(error: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(manifest, "releases", fails)
    result = CliRunner().invoke(main, ["releases"])
    assert result.exit_code == 2 and result.output.startswith("dyad: memory ran out") and result.output.count("\n") == 1
