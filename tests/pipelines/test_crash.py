"""Test that the current release stays whole if a refresh is killed, fails or runs beside others, and that the next refresh works.

The long campaigns are `tests/campaigns/kill.py` and `tests/campaigns/faults.py`; their figures are in tests/README.md.
"""

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner

from pipelines import instance, last_refresh, launch
from pipelines.cli.main import main
from schemas.errors import Refused, Unusable
from sources.live import clock, staleness
from tests.campaigns import faults
from tests.campaigns import kill as harness
from tests.support.pictures import UNDRAWN
from warehouse.home import LAST_REFRESH, MANIFEST
from warehouse.release import digests, locks, manifest, publish, retention, trace, verify
from warehouse.world import trade_file

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home that keeps two releases."""
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setattr(retention, "NEWEST", 2)
    return tmp_path


def dyad(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == code and "Traceback" not in result.output, result.output
    return result.output


# killed


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    "way",
    ["h.die, False", "h.fail(errno.ENOSPC), True", "h.fail(errno.EIO), False", "h.fail(errno.EROFS), True", "h.fail(errno.EDQUOT), False"],
)
def test_a_publish_killed_or_failing_at_any_call_leaves_whole_releases(way: str) -> None:
    """In a process of its own: hooks on system calls cannot be taken off again."""
    program = (
        "import errno, json, pathlib, sys, tempfile; from tests.campaigns import kill as h\n"
        f"with tempfile.TemporaryDirectory() as home: print(json.dumps(h.everywhere(pathlib.Path(home), [('way', {way})])))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["way"] > 30


@pytest.mark.campaign
def test_refreshes_killed_at_any_moment_leave_whole_releases_and_no_reader_sees_it() -> None:
    """The readers pause: without that they take a core from the refreshes; those of the small releases below never do.

    Pictures are left blank; the whole campaign draws them.
    """
    program = (
        "import pathlib, tempfile, pytest; from tests.campaigns import kill as h; from tests.support.pictures import blank\n"
        "blank(pytest.MonkeyPatch())\n"
        "with tempfile.TemporaryDirectory() as home: h.refreshes(pathlib.Path(home), kills=2, seed=3, pause=2)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.campaign
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler `cc` here to make calls fail that Python does not make")
def test_refreshes_whose_calls_fail_beneath_python_leave_whole_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are left blank; the whole campaign draws them."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    ended = faults.campaign(tmp_path, count=4, seed=3, log=lambda line: None, dyad=[sys.executable, "-c", UNDRAWN])
    assert sum(times for way, times in ended.items() if not way.endswith("before")) >= 3, ended


@pytest.mark.parametrize("seconds", [0, *(pytest.param(n, marks=pytest.mark.campaign) for n in (1, 2, 4))])
def test_a_refresh_ends_at_ctrl_c_in_one_line(seconds: float, own_home: Path) -> None:
    """The signal goes to the whole process group, as from a terminal; in a background shell it would be ignored, unless it is taken back."""
    refresh = subprocess.Popen(
        [BIN / "dyad", "refresh"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while not (own_home / LAST_REFRESH).exists() and refresh.poll() is None:
        time.sleep(0.05)
    time.sleep(seconds)
    os.killpg(refresh.pid, signal.SIGINT)
    output, errors = refresh.communicate(timeout=120)
    assert (refresh.returncode, output) == (130, ""), errors
    *progress, message = errors.splitlines()
    assert message == "dyad: interrupted; every published release is whole: run the command again"
    assert all(re.match(r"$|\w+ +\d+ tables ", line) for line in progress), errors
    assert not list(own_home.glob("releases/*")) and last_refresh.read(own_home) is None


@pytest.mark.parametrize("limit", [100, 3_000, 20_000, 40_000])
def test_a_write_that_stops_in_the_middle_leaves_whole_releases(limit: int, own_home: Path) -> None:
    """A limit on the size of files, which the system applies to DuckDB as well."""
    harness.small_release(own_home, "2024-01-01")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        harness.small_release(own_home, "2024-01-02")

    assert harness.child(limited) in (1, 2)  # 2: DuckDB's own error
    assert harness.not_whole(own_home) == []
    harness.small_release(own_home, "2024-01-02")
    assert harness.not_whole(own_home) + harness.leftovers(own_home) == []


@pytest.mark.campaign
@pytest.mark.parametrize("limit", [4_000_000, 12_000_000])
def test_a_full_disk_is_reported_in_one_line(limit: int, home: Path, tmp_path: Path) -> None:
    """The first limit stops Dagster's history, the second the warehouse."""
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    environment = os.environ | {"DYAD_HOME": str(tmp_path / "home"), "DAGSTER_HOME": str(tmp_path / "home" / "dagster")}
    before = (tmp_path / "home" / "current").readlink()
    limited = subprocess.run(
        [BIN / "dyad", "refresh", "--as-of", "2025-01-01"], env=environment, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert limited.returncode in (1, 2) and "Traceback" not in limited.stderr, limited.stderr
    assert (tmp_path / "home" / "current").readlink() == before and harness.not_whole(tmp_path / "home") == []


# many at once


@pytest.mark.parametrize("days", [5, pytest.param(28, marks=pytest.mark.campaign)])
def test_eight_readers_while_releases_come_and_go(days: int, own_home: Path) -> None:
    names = [harness.small_release(own_home, "2024-01-01")]
    with harness.readers(own_home, 8) as errors:
        for n in range(2, days + 1):
            names.append(harness.small_release(own_home, f"2024-01-{n:02}"))
            publish.set_current(own_home, names[-1 - n % 2])
        time.sleep(1)
        assert errors() == []
    assert errors.reads > 8


def test_many_rollbacks_and_pins_while_releases_are_made_and_pruned(own_home: Path) -> None:
    """Each either works or says that the release is gone; `current` always leads to a whole one."""
    harness.small_release(own_home, "2024-01-01")
    ended = harness.FORK.Event()

    def moves() -> None:
        while not ended.is_set():
            for name in [m["release"] for m in manifest.releases(own_home)]:
                for move in (publish.set_current, retention.pin, retention.unpin):
                    with contextlib.suppress(Unusable):
                        move(own_home, name)
                assert (own_home / "current" / MANIFEST).exists()

    movers = [harness.FORK.Process(target=lambda: os._exit(harness.child(moves))) for _ in range(2)]
    for mover in movers:
        mover.start()
    try:
        for n in range(2, 14):
            harness.small_release(own_home, f"2024-01-{n:02}")
            assert harness.not_whole(own_home) == []
    finally:
        ended.set()
    for mover in movers:
        mover.join(harness.PATIENCE)
    assert [mover.exitcode for mover in movers] == [0, 0], harness.unexpected(own_home)


def test_two_refreshes_started_together(own_home: Path) -> None:
    """One works; the other says who does, since when, and how to wait, and that way of waiting works."""
    with locks.refresh_lock(own_home):
        output = dyad("refresh", code=2)
        assert f"process {os.getpid()} since {datetime.now().astimezone():%Y-%m-%d}" in output
        wait = output.rstrip().rsplit(": ", 1)[1]
        waiting = subprocess.Popen(wait, shell=True)
        time.sleep(0.3)
        assert waiting.poll() is None, "it waits"
        assert "another command is changing" in dyad("prune", code=2)
    assert waiting.wait(30) == 0


def test_rollback_does_not_wait_for_a_refresh(own_home: Path) -> None:
    first, second = (harness.small_release(own_home, day) for day in ("2024-01-01", "2024-01-02"))
    with locks.refresh_lock(own_home):
        assert first in dyad("rollback", first)
        assert "pinned" in dyad("pin", second)
    assert (own_home / "current").resolve().name == first


def test_two_homes_do_not_meet(own_home: Path) -> None:
    other = own_home / "other"
    with locks.refresh_lock(own_home):
        harness.small_release(other, "2024-01-01")
    harness.small_release(own_home, "2024-01-02")
    assert [m["as_of"] for m in manifest.releases(other)] == ["2024-01-01"]
    assert [m["as_of"] for m in manifest.releases(own_home)] == ["2024-01-02"]


@pytest.mark.campaign
def test_nothing_leaks_and_the_disk_is_bounded_over_years(own_home: Path) -> None:
    """Four years, a release a week, each published that day; the file descriptors stay, the releases follow the rule."""
    years, start = 4, datetime(2026, 1, 1, 12)
    harness.small_release(own_home, "2026-01-01")
    open_files = len(list(Path("/proc/self/fd").iterdir()))
    for n in range(52 * years):
        day = start + timedelta(weeks=n)
        name = harness.small_release(own_home, f"{day:%Y-%m-%d}")
        os.utime(own_home / "releases" / name / MANIFEST, (day.timestamp(), day.timestamp()))
    assert len(list(Path("/proc/self/fd").iterdir())) <= open_files
    months = len({m["published_at"][:7] for m in manifest.releases(own_home)})
    assert 12 * years - 1 <= months <= len(manifest.releases(own_home)) <= 12 * years + retention.NEWEST + 2
    assert harness.leftovers(own_home) == []


# the rule


def manifests(count: int, current: int = 0) -> list[dict]:
    """Daily releases, the newest first; each follows the one before."""
    days = [datetime(2026, 6, 30, 12).astimezone() - timedelta(days=n) for n in range(count)]
    return [
        {"release": f"r{n}", "follows": f"r{n + 1}", "published_at": day.isoformat(timespec="seconds"), "is_current": n == current}
        for n, day in enumerate(days)
    ]


def test_the_rule_keeps_the_newest_the_last_of_each_month_the_current_and_the_pinned() -> None:
    gone = retention.surplus(manifests(100, current=70), {"r80"})
    kept = {f"r{n}" for n in range(100)} - set(gone)
    # 30 June and the 29 before it; 31 May, 30 April and 31 March; the current one and the one it follows; the pinned one
    assert kept == {f"r{n}" for n in range(30)} | {"r30", "r61", "r91"} | {"r70", "r71"} | {"r80"}
    assert gone[0] == "r99"


def test_pins(own_home: Path) -> None:
    first = harness.small_release(own_home, "2024-01-01")
    dyad("pin", first)
    for n in range(2, 9):
        harness.small_release(own_home, f"2024-01-{n:02}")
    assert first in {m["release"] for m in manifest.releases(own_home)} and f"+ {first}" in dyad("releases")
    dyad("unpin", first)
    assert f"removed {first}" in dyad("prune")
    assert "no release" in dyad("pin", first, code=2) and "is not pinned" in dyad("unpin", first, code=2)


def test_a_release_that_a_killed_prune_left_in_the_trash_is_removed_again(own_home: Path) -> None:
    first, *_ = [harness.small_release(own_home, f"2024-01-0{n}") for n in (1, 2)]
    (own_home / "trash" / first / "charts").mkdir(parents=True)
    for n in (3, 4):
        harness.small_release(own_home, f"2024-01-0{n}")
    assert first not in {m["release"] for m in manifest.releases(own_home)} and harness.leftovers(own_home) == []


def test_of_the_worlds_trade_the_newest_file_and_those_that_releases_rest_on_stay(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own_home / "bulk" / "baci"
    folder.mkdir(parents=True)
    for name in (
        "trade-1.duckdb",
        "trade-1.sha256",
        "trade-2.duckdb",
        "trade-2.sha256",
        "trade-3.duckdb",
        "trade-4.new",
        "trade-4.new.wal",
    ):
        (folder / name).touch()
    (folder / "current.duckdb").symlink_to("trade-3.duckdb")
    monkeypatch.setattr(
        manifest, "releases", lambda home: [m | {"world_trade": "trade-2.duckdb", "dyads": ["DEU-FRA"]} for m in manifests(2)]
    )
    retention.prune(own_home)
    assert sorted(p.name for p in folder.iterdir()) == ["current.duckdb", "trade-2.duckdb", "trade-2.sha256", "trade-3.duckdb"]


# doctor and status


@pytest.fixture
def ill(own_home: Path) -> Path:
    """Return a home with two releases that a test may damage, the second current."""
    harness.small_release(own_home, "2024-01-01")
    harness.small_release(own_home, "2024-01-02")
    for path in (own_home / "releases").glob("*/**/*"):
        path.chmod(0o755)
    return own_home


def test_a_healthy_home(ill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYAD_CONTACT", "desk@example.org")
    found = json.loads(dyad("doctor", "--json"))
    assert {f["state"] for f in found} == {"ok"} and len(found) == 7, found


def test_leftovers_of_dead_runs_are_removed(ill: Path) -> None:
    (ill / "building" / "dead").mkdir(parents=True)
    (ill / "trash" / "old").mkdir(parents=True)
    (ill / "current.new").symlink_to("releases/nowhere")
    assert dyad("doctor").count("mended") == 3
    assert harness.leftovers(ill) == [] and "mended" not in dyad("doctor")


def test_nothing_is_removed_while_a_refresh_is_at_work(ill: Path) -> None:
    with locks.refresh_lock(ill):
        (ill / "building" / "alive").mkdir(parents=True)
        assert "another command is changing" in dyad("doctor")
    assert (ill / "building" / "alive").exists()


def test_a_broken_current_is_pointed_at_the_newest_whole_release(ill: Path) -> None:
    first, second = sorted((ill / "releases").iterdir())
    shutil.rmtree(second)
    assert f"pointed `current` at {first.name}" in dyad("doctor")
    assert harness.not_whole(ill) == []


def test_a_rollback_while_doctor_works_is_not_undone(ill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = sorted((ill / "releases").iterdir())
    (ill / "current").unlink()
    (ill / "current").symlink_to("releases/nowhere")

    def slow(_: Path) -> list[str]:
        publish.set_current(ill, first.name)
        return []

    monkeypatch.setattr(verify, "damage", slow)
    assert "pointed `current`" not in dyad("doctor")
    assert (ill / "current").resolve() == first


@pytest.mark.parametrize("size", [None, 10**13])
def test_the_space_that_a_refresh_needs_is_without_the_linked_trade_file(size: int | None, ill: Path) -> None:
    """The trade file is missing, or larger than the disk."""
    (ill / "current" / "trade.duckdb").symlink_to(ill / "trade.duckdb")
    if size:
        with (ill / "trade.duckdb").open("wb") as file:
            file.truncate(size)
    report = dyad("doctor", code=int(bool(size)))  # the test's link is not in the manifest
    assert "GB of free space" in report and "may need" not in report


@pytest.mark.parametrize("damaged", ["warehouse.duckdb", "charts/claims.csv", "manifest.json"])
def test_damage_is_reported_with_what_to_do(damaged: str, ill: Path) -> None:
    file = (ill / "current" / damaged).resolve()
    file.write_bytes(file.read_bytes()[:-9])
    output = dyad("doctor", code=1)
    remedy = "delete" if damaged == "manifest.json" else "run `dyad rebuild "
    assert f"{file}: " in output and f"damaged, in the current release: restore it from a backup, or {remedy}" in output
    file.unlink()
    assert f"{file}: missing" in dyad("doctor", code=1)


@pytest.mark.parametrize("command", ["claims", "status", "trace naval_drills x", "sql from\tcharts.claims"])
def test_a_damaged_database_is_reported_in_one_line(command: str, ill: Path) -> None:
    file = (ill / "current" / "warehouse.duckdb").resolve()
    file.write_bytes(file.read_bytes()[:100])
    for _ in ("damaged", "missing"):
        [line] = dyad(*command.split(" "), code=2).splitlines()
        assert line.startswith(f"dyad: {file} is missing or damaged (") and "`dyad rollback <id>`" in line
        file.unlink(missing_ok=True)


def test_a_damaged_block_is_reported_in_one_line(monkeypatch: pytest.MonkeyPatch, ill: Path) -> None:
    def broken(*_: object) -> None:
        raise duckdb.IOException("Corrupt database file: computed checksum 1\ndoes not match 2")

    monkeypatch.setattr(trace, "trace", broken)
    assert (
        dyad("trace", "naval_drills", "x", code=2)
        == "dyad: Corrupt database file: computed checksum 1; run `dyad doctor` to find damaged files\n"
    )


def test_a_manifest_is_missing_or_holds_something_else(ill: Path) -> None:
    first, second = sorted((ill / "releases").iterdir())
    (second / MANIFEST).unlink()
    assert "manifest.json is missing or damaged" in dyad("status", code=2)
    for junk in ("{}", "[]", '{"release": 1}'):
        (second / MANIFEST).write_text(junk)
        listed = dyad("releases")
        assert f"!  {second.name}  damaged manifest" in listed and first.name in listed


def test_a_release_that_is_not_whole_is_not_rolled_back_to(ill: Path) -> None:
    first, second = sorted((ill / "releases").iterdir())
    junk = ill / "releases" / "junk"
    junk.mkdir()
    (junk / MANIFEST).write_text("{}")
    (first / "charts" / "claims.csv").write_text("x")
    assert "manifest.json: missing or damaged; the current release was not changed" in dyad("rollback", "junk", code=2)
    assert "claims.csv: damaged; the current release was not changed" in dyad("rollback", first.name, code=2)
    assert (ill / "current").resolve() == second


def test_a_damaged_history_is_reported(ill: Path) -> None:
    instance.prepare()
    with dg.DagsterInstance.get():
        pass
    file = ill / "dagster" / "history" / "runs.db"
    file.write_bytes(b"no database" * 1000)
    assert f"{file}: file is not a database: move it away" in dyad("doctor", code=1)
    file.write_bytes(b"")
    assert f"{file}: contains no table: move it away" in dyad("doctor", code=1)


@pytest.mark.parametrize("damage", ["flipped", "cut", "without a digest"])
def test_a_damaged_trade_file_is_reported(damage: str, own_home: Path) -> None:
    file = own_home / "bulk" / "baci" / "trade-1.duckdb"
    file.parent.mkdir(parents=True)
    duckdb.connect(str(file.with_suffix(".new"))).close()
    trade_file.publish(file.with_suffix(".new"), file)
    assert trade_file.damage(own_home) == [] and "trade file matches its SHA-256" in dyad("doctor")
    body = bytearray(file.read_bytes())
    body[-1] ^= 1
    if damage == "without a digest":
        file.with_suffix(".sha256").unlink()
    else:
        file.write_bytes(body if damage == "flipped" else body[:-1])
    assert f"{file}: " in (output := dyad("doctor", code=1)) and "delete it and run `dyad ingest baci <archive>` again" in output
    assert f"{file}: " in dyad("verify", code=1)


@pytest.mark.parametrize("part", ["content", "follows", "as_of"])
def test_a_manifest_that_gives_another_id_is_reported(part: str, ill: Path) -> None:
    """The manifest has no digest of its own; the release id in it is computed from its day, its content and the followed release."""
    assert "the files of 2 releases, " in dyad("verify")
    file = sorted(ill.glob("releases/*/manifest.json"))[0]
    file.write_text(json.dumps(json.loads(file.read_text()) | {part: "2020-01-01"}))
    assert f"{file}: damaged: the id computed from its day, content" in dyad("doctor", code=1)
    assert f"{file}: damaged" in dyad("verify", code=1)


def test_a_flipped_bit_of_a_release_fails_the_verification(ill: Path) -> None:
    file = sorted(ill.glob("releases/*/*.duckdb"))[0]
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    assert f"{file}: damaged" in dyad("verify", code=1)


def test_path_prints_the_folder_of_a_release_and_not_the_link(ill: Path) -> None:
    first, second = sorted((ill / "releases").iterdir())
    assert dyad("path").strip() == str(second) and dyad("path", first.name).strip() == str(first)
    assert "no release" in dyad("path", "none", code=2)


def test_status_says_what_failed_and_since_when(home: Path, own_sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two failures in a row since the last success, then one success."""
    monkeypatch.setenv("DYAD_HOME", str(home))
    monkeypatch.setenv("DAGSTER_HOME", str(home / "dagster"))
    file = own_sources / "un_sc_vetoes" / "snapshot" / "veto.csv"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    for _ in range(2):
        with pytest.raises(Exception, match="damaged or edited"):
            launch.refresh(sources_folder=own_sources)
    failed = json.loads(dyad("status", "--json"))["failed"]
    assert "un_sc_vetoes/snapshot/veto.csv: damaged or edited" in failed["message"] and failed["since"] <= failed["at"]
    assert "failed  last refresh failed at" in dyad("status")
    file.write_bytes(whole)
    launch.refresh(sources_folder=own_sources)
    assert json.loads(dyad("status", "--json"))["failed"] is None

    def unreadable(*_: object) -> None:
        raise Unusable("last_refresh.json is damaged")

    monkeypatch.setattr(last_refresh, "read", unreadable)
    assert "last_refresh.json is damaged" in dyad("status")


def test_status_says_who_was_not_asked_and_goes_on_where_that_cannot_be_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYAD_HOME", str(home))
    monkeypatch.setenv("DAGSTER_HOME", str(home / "dagster"))
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, 23, 59, tzinfo=UTC))
    monkeypatch.setattr(staleness, "overdue", lambda home, sources, today: {"world_bank_wdi": today.isoformat()})  # the day in UTC
    assert "overdue world_bank_wdi: last answer on 2020-01-01; ask with `dyad refresh --live --only world_bank_wdi`" in dyad("status")
    assert json.loads(dyad("status", "--json"))["overdue"] == {"world_bank_wdi": "2020-01-01"}

    def damaged(*_: object) -> None:
        raise Refused("manifest.jsonl:1: damaged")

    monkeypatch.setattr(staleness, "overdue", damaged)
    assert "bloc_membership" in (output := dyad("status")) and "damaged manifest.jsonl:1: damaged" in output


def test_a_release_that_does_not_open_is_never_pointed_at(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = harness.small_release(own_home, "2024-01-01")

    def damaged(database: Path) -> dict[str, str]:
        database.write_bytes(b"no database" * 1000)
        return {}

    monkeypatch.setattr(digests, "of_tables", damaged)
    with pytest.raises(Unusable, match="does not open|not a valid DuckDB"):
        harness.small_release(own_home, "2024-01-02")
    assert (own_home / "current").resolve().name == first


def test_a_read_only_home_is_reported_in_one_line(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(own_home / "lock"))

    monkeypatch.setattr(Path, "open", refuse)
    assert "Read-only file system" in dyad("refresh", code=2)
