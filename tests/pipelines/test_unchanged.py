"""Test that a refresh of unchanged inputs keeps the release without a run, and leaves every other case to a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import last_refresh, unchanged
from pipelines.cli import refresh
from pipelines.settings import Settings
from sources.home import LIVE, REWRITING
from warehouse.release import locks, publish


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of two releases as this test's home."""
    monkeypatch.setenv("DYAD_HOME", str(home))
    return home


def test_the_release_stands_and_an_earlier_failure_is_over(here: Path) -> None:
    now = publish.current(here)
    last_refresh.begin(here, "a run")
    last_refresh.end(here, "a failure", is_published=False)
    outcome = unchanged.ended(Settings())
    assert outcome is not None and (outcome.release, outcome.unchanged, outcome.kept) == (now, True, "")
    assert outcome.since.startswith("20") and last_refresh.read(here) is None and outcome.moved_from == ""


def test_a_refresh_after_a_rollback_reports_that_current_moved(here: Path) -> None:
    """It moves, since a refresh also ends the use of a release with figures that were withdrawn since."""
    now = publish.current(here)
    [earlier] = [path.name for path in (here / "releases").glob("2024-12-12-*")]
    publish.rollback(here, earlier)
    try:
        outcome = unchanged.ended(Settings())
        assert outcome is not None and (outcome.release, outcome.moved_from) == (now, earlier) and publish.current(here) == now
        assert f"current moved from {earlier}; to go back: dyad rollback {earlier}" in list(refresh._lines(outcome, 1))
    finally:
        publish.rollback(here, str(now))


def test_an_earlier_release_does_not_become_current_unasked(here: Path) -> None:
    now = publish.current(here)
    outcome = unchanged.ended(Settings(as_of="2024-12-12"))
    assert outcome is not None and outcome.release.startswith("2024-12-12") and f"current stays {now}" in outcome.kept


@pytest.mark.parametrize("given", [{"as_of": "2025-01-01"}, {"dyads": ("FRA-GBR",)}, {"as_of": "2100-01-01"}, {"dyads": ("CHN-XXX",)}])
def test_other_inputs_and_wrong_ones_are_left_to_a_run(given: dict, here: Path) -> None:
    assert unchanged.ended(Settings(**given)) is None


def test_damage_leftovers_and_another_refresh_are_left_to_a_run(here: Path, own_sources: Path) -> None:
    with locks.refresh_lock(here):
        assert unchanged.ended(Settings()) is None
    marker = here / LIVE / "world_bank_wdi" / REWRITING
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()
    assert unchanged.ended(Settings()) is None
    marker.unlink()
    file = own_sources / "un_sc_vetoes" / "snapshot" / "veto.csv"
    file.write_bytes(file.read_bytes()[:-1])
    assert unchanged.ended(Settings(sources_folder=own_sources)) is None


def test_a_run_that_keeps_the_release_prints_its_outcome_alone(here: Path) -> None:
    current = (here / "current").readlink().name
    [manifest] = (here / "releases").glob("2024-*/manifest.json")
    command = [Path(sys.executable).parent / "dyad", "rebuild", manifest]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (
        0, f"rebuilt {manifest.parent.name}\ncurrent stays {current}; to change it: dyad rollback {manifest.parent.name}\n", "",
    )  # fmt: skip
