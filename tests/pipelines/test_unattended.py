"""Test live refreshes through Dagster with simulated publishers and real sockets."""

import datetime as dt
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner
from dagster._utils.schedules import schedule_execution_time_iterator

from pipelines import doctor, launch
from pipelines.cli.main import main
from pipelines.definitions import defs
from pipelines.schedules import CRONS
from pipelines.settings import Settings
from schemas.errors import Refused
from sources import snapshot
from sources.live import clock, planning
from sources.live.refresh import refresh_live
from tests.support import publishers as played
from warehouse.build import catalog, database, land, layers
from warehouse.build.clock import Clock

LIVE = {"imf_imts", "un_comtrade", "undl_sc_votes", "world_bank_wdi"}


def ask(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / "current" / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def live_sources(home: Path) -> set[str]:
    """Return the publishers whose answers a release cites."""
    return {source for (source,) in ask(home, "select distinct split_part(file, '/', 2) from core.evidence where file like 'live/%'")}


@pytest.fixture
def first(world: played.Publishers, fetched: Path, tmp_path: Path) -> str:
    """Return the release of the home that this test continues."""
    shutil.copytree(fetched, tmp_path, symlinks=True, dirs_exist_ok=True)
    return (tmp_path / "current").readlink().name


@pytest.mark.campaign
def test_what_is_fetched_is_in_the_release_and_unchanged_answers_make_no_new_one(first: str, world, tmp_path: Path) -> None:
    live = ask(tmp_path, "select count(*) from core.evidence where file like 'live/world_bank_wdi/2026-12-24/%'")
    assert live[0][0] > 0
    asked = len(world.requests)
    again = launch.refresh(live=["world_bank_wdi"])
    assert (again.release, again.unchanged) == (first, True)
    assert len(world.requests) > asked, "the change detector is asked"


@pytest.mark.campaign
def test_all_publishers_together_make_a_release(first: str, tmp_path: Path) -> None:
    """The default years reach into the year that is not over."""
    published = launch.refresh()
    assert first.startswith("2026-12-24-") and (published.release, published.stale) == (first, {})
    assert live_sources(tmp_path) >= LIVE


@pytest.mark.campaign
def test_years_that_other_publishers_bundle_make_a_release(world, undrawn, tmp_path: Path) -> None:
    published = launch.refresh(live=["all"], since=2016)
    assert published.release.startswith("2026-12-24-") and published.stale == {}
    assert live_sources(tmp_path) >= LIVE


def test_exercises_of_another_list_count_for_their_own_pair_and_once(world, tmp_path: Path) -> None:
    """China and Russia held one exercise in 2005, which both lists have."""
    [outcome] = refresh_live(tmp_path, played.SCOPE, only=["mme_exercises"], log=lambda line: None)
    assert outcome.status == "fetched"
    sources = snapshot.sources(home=tmp_path)
    clock = Clock(snapshot.read_until(sources), ("CHN-RUS", "THA-USA"))
    with database.connect(tmp_path / "warehouse.duckdb") as con:
        list(land.land(con, sources))
        catalog.fill(con, sources, clock)
        for schema in ("core", "charts"):
            assert [table.findings for table in layers.run_layer(con, schema, clock) if table.findings] == []
        counted = con.execute(
            "select dyad, year, sum(exercise_count)::int, bool_or(is_partial) from charts.joint_exercises "
            "where year in (1985, 1999, 2005, 2010) group by dyad, year order by dyad, year"
        ).fetchall()
    assert counted == [
        ("CHN-RUS", 1985, 0, False), ("CHN-RUS", 1999, 1, False), ("CHN-RUS", 2005, 1, False), ("CHN-RUS", 2010, 2, False),
        ("THA-USA", 1985, 1, False), ("THA-USA", 1999, 0, False), ("THA-USA", 2005, 1, False), ("THA-USA", 2010, 0, False),
    ]  # fmt: skip


@pytest.mark.campaign
def test_a_source_that_fails_is_named_and_changes_no_release(first: str, world, tmp_path: Path) -> None:
    world.updated = "2026-08-01"
    world.faults["world_bank_wdi"] = [played.status(500)] * 50
    failed = CliRunner().invoke(main, ["refresh", "--live", "--only", "world_bank_wdi"])
    assert failed.exit_code == 4 and f"unchanged {first}, published 20" in failed.output
    assert "stale world_bank_wdi: no usable answer since 2026-12-24; ask again" in failed.output
    assert "stale   world_bank_wdi: no usable answer since 2026-12-24" in CliRunner().invoke(main, ["status"]).output
    with dg.DagsterInstance.get() as instance:
        [observed] = instance.fetch_observations(dg.AssetKey(["publisher", "world_bank_wdi"]), limit=1).records
        [materialized] = instance.fetch_materializations(dg.AssetKey(["release"]), limit=2).records
    assert observed.run_id != materialized.run_id, "nothing is built from unchanged inputs"
    shown = observed.asset_observation.metadata
    assert (shown["status"].value, shown["stale since"].value) == ("failed", "2026-12-24")


def test_the_schedules_ask_each_cadence_at_its_hour() -> None:
    """The next ticks after a Tuesday: daily at three, weekly on Monday, monthly on the second."""
    repository = defs().get_repository_def()
    start = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC).timestamp()
    ticks = {s.name: next(schedule_execution_time_iterator(start, s.cron_schedule, s.execution_timezone)) for s in repository.schedule_defs}
    assert {name: f"{tick:%Y-%m-%d %H:%M}" for name, tick in ticks.items()} == {
        "refresh_daily": "2026-11-25 03:00",
        "refresh_weekly": "2026-11-30 03:30",
        "refresh_monthly": "2026-12-02 04:00",
    }
    assert len(ticks) == len(CRONS)


def test_the_sensor_asks_for_a_run_when_something_was_released(world) -> None:
    sensor = next(s for s in defs().get_repository_def().sensor_defs if s.name == "comtrade_releases")
    with dg.DagsterInstance.ephemeral() as instance:
        first = sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=None))
        again = sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=first.cursor))
        world.released["156", "2024"] = "2026-11-20T08:00:00"
        revised = sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=first.cursor))
    assert len(first.run_requests) == 1 and first.run_requests[0].run_config["resources"]["settings"]["config"]["live"] == ["un_comtrade"]
    assert not again.run_requests and len(revised.run_requests) == 1


@pytest.mark.parametrize(
    "bad",
    [
        played.body(b'{"data":[{"per'),
        played.changed(lambda answer: answer.replace(b"lastReleased", b"released")),
        played.body(b"[" * 3000),
        played.trickle(0.02),
        played.status(500),
    ],
)
def test_the_sensor_skips_what_it_cannot_read_in_little_time_and_leaves_a_run_alone(bad, world, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(planning, "BRIEF", 0.3)
    world.faults["un_comtrade"] = [bad] * 4
    sensor = next(s for s in defs().get_repository_def().sensor_defs if s.name == "comtrade_releases")
    with dg.DagsterInstance.ephemeral() as instance:
        tick = sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=None))
    assert not tick.run_requests and tick.skip_message.startswith("un_comtrade: ")
    assert len(world.requests) <= 4, "one attempt"
    assert not (tmp_path / "snapshots" / "incoming").exists()


def test_a_name_of_a_dataset_is_none_of_a_source() -> None:
    accepting = Settings(live=["un_sc_vetoes"], accept_revisions=["security_council_vetoes", "un_sc_vetoes"])
    assert accepting.accepted_sources == ["un_sc_vetoes"]


def test_the_doctor_says_whether_publishers_know_a_contact(world, monkeypatch) -> None:
    assert doctor._contact() == ("ok", "requests to publishers name the contact desk@example.org")
    monkeypatch.delenv("DYAD_CONTACT")
    assert doctor._contact().state == "note" and "DYAD_CONTACT is not set" in doctor._contact().line


@pytest.mark.campaign
def test_an_answer_that_breaks_an_audit_can_be_withdrawn(first: str, world, monkeypatch: pytest.MonkeyPatch) -> None:
    """It passes its parser, refuses every release until a person takes it back, and is not taken twice."""
    honest = world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"]
    world.updated, world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = "2026-12-23", 520.0
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 12, 25, 6, tzinfo=dt.UTC))
    for asked in (["world_bank_wdi"], []):
        with pytest.raises(Refused, match="dyad withdraw world_bank_wdi 2026-12-25"):
            launch.refresh(live=asked)
    result = CliRunner().invoke(main, ["withdraw", "world_bank_wdi", "2026-12-25"])
    assert result.exit_code == 0 and "withdrawn: 8 answers" in result.output, result.output
    assert CliRunner().invoke(main, ["withdraw", "world_bank_wdi", "2026-12-25"]).exit_code == 2
    assert launch.refresh().release == first
    again = launch.refresh(live=["world_bank_wdi"])
    assert (again.release, again.unchanged, again.stale) == (first, True, {"world_bank_wdi": "2026-12-24"})
    world.updated, world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = "2026-12-25", honest
    assert launch.refresh(live=["world_bank_wdi"]).stale == {}
