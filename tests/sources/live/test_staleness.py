"""Test that a publisher that failed stays marked until it answers again, whichever others are asked meanwhile."""

import datetime as dt
from pathlib import Path

import pytest

from schemas.errors import Unusable
from sources import snapshot
from sources.connector import Request
from sources.live import answers, clock, staleness
from sources.live.refresh import Outcome

SOURCES = snapshot.sources()


def test_a_failure_lasts_until_the_next_answer(tmp_path: Path) -> None:
    failed = Outcome("world_bank_wdi", "failed", "503", "2026-11-20")
    assert staleness.record(tmp_path, [failed], SOURCES) == {"world_bank_wdi": "2026-11-20"}
    assert staleness.record(tmp_path, [Outcome("un_sc_vetoes", "unchanged", "")], SOURCES) == {"world_bank_wdi": "2026-11-20"}
    assert staleness.record(tmp_path, [], SOURCES) == {"world_bank_wdi": "2026-11-20"}
    assert staleness.record(tmp_path, [failed._replace(stale_since="2026-11-21")], SOURCES) == {"world_bank_wdi": "2026-11-20"}
    assert staleness.record(tmp_path, [Outcome("world_bank_wdi", "fetched", "")], SOURCES) == {}


def test_a_source_that_never_answered_is_stale_since_its_figures_were_read(tmp_path: Path) -> None:
    read = snapshot.read_until([s for s in SOURCES if s.name == "world_bank_wdi"]).isoformat()
    never_answered = Outcome("wikidata_memberships", "failed", "503")
    stale = {"world_bank_wdi": read, "wikidata_memberships": ""}
    assert staleness.record(tmp_path, [Outcome("world_bank_wdi", "failed", "503"), never_answered], SOURCES) == stale
    assert staleness.read(tmp_path) == stale


def test_a_damaged_file_is_named_and_written_again(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "stale.json").write_text("{")
    with pytest.raises(Unusable, match="stale.json: damaged"):
        staleness.read(tmp_path)
    staleness.record(tmp_path, [Outcome("world_bank_wdi", "unchanged", "")], SOURCES)
    assert staleness.read(tmp_path) == {}


def test_who_was_not_asked_for_twice_the_cadence_is_overdue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = snapshot.read_until([s for s in SOURCES if s.name == "world_bank_wdi"])  # a cadence of 90 days
    late = read + dt.timedelta(days=181)
    assert "world_bank_wdi" not in staleness.overdue(tmp_path, SOURCES, late - dt.timedelta(days=1))
    assert staleness.overdue(tmp_path, SOURCES, late)["world_bank_wdi"] == read.isoformat()
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(late, dt.time(12), dt.UTC))
    answers.note_unchanged(tmp_path, "world_bank_wdi", Request("asked", "https://example.org", is_detector=True))
    assert "world_bank_wdi" in staleness.overdue(tmp_path, SOURCES, late), "a change detector is no answer"
    answers.note_unchanged(tmp_path, "world_bank_wdi", Request("asked", "https://example.org"))
    assert "world_bank_wdi" not in staleness.overdue(tmp_path, SOURCES, late)
    assert "dyad_reference" not in staleness.overdue(tmp_path, SOURCES, dt.date(2999, 1, 1)), "nobody can be asked for it"


def test_a_source_without_bundled_figures_is_overdue_once_it_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, later = snapshot.all_sources(), dt.date(2099, 1, 1)
    assert "wikidata_memberships" not in staleness.overdue(tmp_path, known, later)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 25, tzinfo=dt.UTC))
    answers.note_unchanged(tmp_path, "wikidata_memberships", Request("members", "https://example.org"))
    assert staleness.overdue(tmp_path, known, later)["wikidata_memberships"] == "2026-11-25"
