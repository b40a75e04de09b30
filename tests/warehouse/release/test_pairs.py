"""Test the ranks of all pairs that a release gives."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli.main import main
from schemas.errors import Unusable
from warehouse.connect import connect
from warehouse.release import pairs


@pytest.fixture
def con(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(built.parent) as connection:
        yield connection


def test_pairs_lead_in_agreement_by_all_their_votes(con) -> None:
    rows = pairs.agreement(con, 2010, limit=5)
    assert rows == sorted(rows, key=lambda row: -row["identical_pct"]) and len(rows) == 5
    for row in rows:
        votes, identical = con.execute(
            "select sum(assembly_votes)::int, sum(assembly_votes * assembly_identical_pct) / 100 from dyad(?, ?) where year >= 2010",
            row["dyad"].split("-"),
        ).fetchone()
        assert (row["votes"], row["identical_pct"]) == (votes, pytest.approx(100 * identical / votes))
        assert (row["rule"], row["from_session"], row["to_session"]) == ("identical", 65, 74)
    assert pairs.agreement(con, None, limit=5) == pairs.agreement(con, 2019, limit=5), "the newest bundled session opened in 2019"


def test_a_pair_that_seldom_votes_does_not_lead(con) -> None:
    """Many pairs have few votes together, such as those of states that joined late; they are not ranked among all sessions."""
    ranked = pairs.agreement(con, 1946, limit=100_000)
    most = max(row["votes"] for row in ranked)
    of_all = con.execute("select count(distinct dyad), min(votes) from views.dyad_session where year >= 1946").fetchone()
    assert {row["from_session"] for row in ranked} == {row["from_session"] for row in pairs.agreement(con, 1900, limit=5)} == {1}
    assert len(ranked) < of_all[0] and min(row["votes"] for row in ranked) >= most / 2 > of_all[1]


def test_a_session_that_the_release_lacks_is_refused(con) -> None:
    with pytest.raises(Unusable, match="--since 2020: the newest session .* opened in 2019"):
        pairs.agreement(con, 2020, limit=5)


def test_a_release_without_votes_of_the_assembly_is_refused() -> None:
    with duckdb.connect() as con:
        con.execute("create schema core; create table core.assembly_vote (session int)")
        with pytest.raises(Unusable, match="this release has no votes of the General Assembly: choose a later one"):
            pairs.agreement(con, None, limit=5)


def test_only_pairs_that_a_source_covers_lead_in_exercises(con) -> None:
    """68 core military exercises, counted in the list; its other participants are not listed for their own sake."""
    row = {"dyad": "CHN-RUS", "exercises": 68, "category": "core_military", "covered_from": 2003, "covered_to": 2026}
    assert pairs.exercises(con, None, limit=5) == [row]
    assert pairs.exercises(con, 2025, limit=5) == [row | {"exercises": 9, "covered_from": 2025}]


def test_the_command_prints_the_ranks(home: Path) -> None:
    shown = CliRunner().invoke(main, ["top", "--by", "agreement", "--since", "2010", "--limit", "1"]).output
    [row] = json.loads(CliRunner().invoke(main, ["top", "--by", "agreement", "--since", "2010", "--limit", "1", "--json"]).output)
    titles, first, *_ = shown.splitlines()
    assert " ".join(titles.split()) == "dyad votes identical % rule from session to session" and first.split()[0] == row["dyad"]
    assert "CHN-RUS" in CliRunner().invoke(main, ["top", "--by", "exercises"]).output
    assert (
        "no exercise of a covered pair began in the years asked for: name"
        in CliRunner().invoke(main, ["top", "--by", "exercises", "--since", "2100"]).output
    )
