"""Test the count of rows that rest on copies and press reports alone, and the refusal of a release in which a row lost its primary evidence."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sources.snapshot import BUNDLED
from warehouse.release import secondary


@pytest.fixture
def releases(built: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Attach a release as `before`, and a copy of it as `warehouse`, which a test may change."""
    shutil.copyfile(built, tmp_path / "after.duckdb")
    with duckdb.connect() as con:
        con.execute(f"attach '{built}' as before (read_only)")
        con.execute(f"attach '{tmp_path / 'after.duckdb'}' as warehouse")
        yield con


def bundled(source: str, kind: str) -> list[dict[str, str]]:
    with (BUNDLED / source / "snapshot" / f"{kind}.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_a_drill_is_secondary_if_its_document_is(releases):
    primary = {d["document"] for d in bundled("dyad_exercises", "documents") if d["is_primary"] == "true"}
    drills = {e["exercise_id"] for e in bundled("dyad_exercises", "exercise") if e["document"] not in primary}
    drawn = {name for (name,) in releases.execute("select exercise_id from warehouse.charts.naval_drills").fetchall()}
    counts = {count.dataset: count for count in secondary.counts(releases)}
    assert counts["naval_drills"] == ("naval_drills", len(drawn), len(drawn & drills)), "the lists of seas are no evidence of a drill"
    assert counts["bilateral_trade"].secondary == counts["bilateral_trade"].rows, "every trade table was read in a copy or the press"


def test_a_row_that_loses_its_primary_evidence_is_refused(releases):
    assert secondary.refusals(releases, "before", "warehouse") == {}
    key = "CHN-RUS S/2007/14"
    releases.execute("update warehouse.core.evidence set is_primary = false where title like 'SC/8939:%'")
    refused = secondary.refusals(releases, "before", "warehouse")
    assert refused.keys() == {"security_council_vetoes", "council_agreement"}, "the year's agreement cites the same roll call"
    assert refused["security_council_vetoes"] == f"security_council_vetoes: rows that lost their primary evidence: 1, the first is {key}"
    assert secondary.refusals(releases, "warehouse", "before") == {}, "the count may fall"


def test_a_release_of_an_earlier_version_is_not_compared(releases):
    releases.execute("attach ':memory:' as earlier")
    assert secondary.refusals(releases, "earlier", "warehouse") == {}


def test_a_dataset_that_the_earlier_version_lacked_has_lost_nothing(releases, tmp_path):
    shutil.copyfile(tmp_path / "after.duckdb", tmp_path / "earlier.duckdb")
    releases.execute(f"attach '{tmp_path / 'earlier.duckdb'}' as earlier")
    releases.execute("drop table earlier.charts.assembly_agreement")
    assert secondary.refusals(releases, "earlier", "warehouse") == {}
