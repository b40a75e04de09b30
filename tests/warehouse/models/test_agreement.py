"""Test agreement in both bodies against votes counted by hand and a published series."""

from pathlib import Path

import duckdb
import pytest

from warehouse import models
from warehouse.connect import connect

# votes on which both voted, of these identical; among contested ones; among important ones; among contested ones on whole resolutions: counted
# line by line in the published file
BY_HAND = {47: (71, 31, 70, 30, 15, 4, 70, 30), 60: (98, 71, 98, 71, 9, 4, 73, 56), 71: (113, 77, 112, 76, 13, 7, 77, 52)}
# opposite votes, yes beside no; all other votes that differ are an abstention beside a yes or a no
OPPOSITE = {47: 8, 60: 3, 71: 7, 74: 4}


def ask(path: Path, sql: str) -> list[tuple]:
    with connect(path.parent) as con:
        return con.execute(sql).fetchall()


def shares(path: Path, rule: str) -> dict[int, tuple[int, int]]:
    """Return the number of votes and of agreements of China and Russia in each session, on all subjects together."""
    rows = ask(
        path,
        f"select session, votes, votes * agreement_pct / 100 from charts.assembly_agreement where rule = '{rule}' and subject = 'all'",
    )
    return {session: (votes, round(agreed, 6)) for session, votes, agreed in rows}


@pytest.mark.parametrize(("rule", "at"), [("identical", 0), ("contested", 2), ("important", 4), ("whole resolutions", 6)])
def test_sessions_are_as_counted_by_hand(built: Path, rule: str, at: int) -> None:
    counted = shares(built, rule)
    assert {session: counted[session] for session in BY_HAND} == {session: figures[at : at + 2] for session, figures in BY_HAND.items()}


def test_an_abstention_agrees_by_half(built: Path) -> None:
    identical, half = shares(built, "identical"), shares(built, "abstention as half")
    for session, opposite in OPPOSITE.items():
        votes, same = identical[session]
        assert half[session] == (votes, (votes - opposite + same) / 2)


def test_a_session_is_as_published(built: Path) -> None:
    """The share of identical votes equals that of an independent count of the same data."""
    known = {49: 0.469697, 53: 0.626667, 62: 0.780220, 71: 0.681416, 73: 0.784946, 74: 0.793103}
    counted = shares(built, "identical")
    assert {session: round(same / votes, 6) for session, (votes, same) in counted.items() if session in known} == known
    half = {49: 0.69697, 53: 0.793333, 62: 0.879121, 71: 0.809735, 73: 0.865591, 74: 0.873563}
    counted = shares(built, "abstention as half")
    assert {session: round(agreed / votes, 6) for session, (votes, agreed) in counted.items() if session in half} == half


def test_whole_resolutions_agree_as_their_authors_published(built: Path) -> None:
    """The series of June 2024 is equal to six digits in each of the 28 sessions of the bundled roll calls."""
    gaps = ask(
        built,
        "select a.rule, count(*), max(abs(a.agreement_pct - p.identical_pct)) from charts.assembly_agreement as a "
        "join core.assembly_agreement as p on p.session = a.session and p.iso3_a || '-' || p.iso3_b = a.dyad "
        "where a.rule in ('contested', 'whole resolutions') and a.subject = 'all' group by a.rule order by a.rule",
    )
    assert gaps == [("contested", 28, pytest.approx(9.0476, abs=1e-4)), ("whole resolutions", 28, pytest.approx(0, abs=1e-4))]
    published = ask(
        built,
        "select session, agreement_pct, last_vote_on::varchar, is_partial, votes from charts.assembly_agreement "
        "where rule = 'published' and session > 74 order by session",
    )
    assert published == [
        (75, pytest.approx(78.7234), "2024-06-30", False, None),
        (76, pytest.approx(77.9221), "2024-06-30", False, None),
        (77, pytest.approx(70.1149), "2024-06-30", False, None),
        (78, pytest.approx(68.2353), "2024-06-30", True, None),
    ]
    later = ask(built, "select session, identical_pct from core.assembly_agreement where session in (77, 78) order by session")
    assert later == [(77, pytest.approx(70.1149)), (78, pytest.approx(68.2353))]


def test_a_vote_is_on_a_part_if_the_source_marks_it(built: Path) -> None:
    """From the session of 1985 on the source marks only parts; what it leaves blank stays blank."""
    flags = ask(built, "select session < 40, on_paragraph, on_amendment, count(*) from core.assembly_vote group by all order by all")
    assert flags == [
        (False, True, None, 364), (False, None, True, 24), (False, None, None, 2971),
        (True, False, False, 2087), (True, False, True, 130), (True, True, False, 470), (True, True, True, 157),
    ]  # fmt: skip


def test_a_session_that_the_source_cuts_off_is_partial(built: Path) -> None:
    assert ask(built, "select distinct session from charts.assembly_agreement where is_partial order by 1") == [(74,), (78,)]


def test_russia_votes_from_its_first_session(built: Path) -> None:
    """Votes of the Soviet Union are not Russia's, and Taiwan's are not China's."""
    assert ask(built, "select min(session) from charts.assembly_agreement") == [(47,)]
    first = "select min(session), max(session) from views.assembly_vote where iso3 = '{}'"
    assert ask(built, first.format("SUN")) == [(1, 46)]
    assert ask(built, first.format("TWN")) == [(1, 26)]
    assert ask(built, first.format("CHN")) == [(26, 74)]


def test_an_absence_is_no_vote(built: Path) -> None:
    """Of 119 roll calls of session 71 both states voted on 113."""
    assert ask(built, "select count(*) from core.assembly_vote where session = 71") == [(119,)]
    one = "select count(*) from views.assembly_vote where session = 71 and iso3 in ('CHN', 'RUS') group by roll_call"
    assert ask(built, f"select count(*) from ({one}) as v (n) where n = 2") == [(113,)]


def test_a_session_cites_its_lines(built: Path) -> None:
    rows = ask(
        built,
        "select e.file, e.last_line - e.first_line + 1 from charts.assembly_agreement as a "
        "join core.evidence as e on e.evidence_id = a.evidence[1] where a.session = 71 and a.rule = 'important' and a.subject = 'all'",
    )
    assert rows == [("sources/voeten_assembly_votes/snapshot/assembly_vote.csv", 119)]


def test_the_council_counts_vetoed_drafts_of_any_member(built: Path) -> None:
    """Both voted alike on 17 of 42 drafts that either vetoed, and on 24 of 25 that the United States vetoed, where all votes are documented.

    Of a joint veto of 2026, only the two vetoes are. Ukraine took no part in a vote of March 2001, whose other votes are documented.
    """
    rows = ask(
        built,
        "select votes_on, sum(votes)::int, round(sum(votes * agreement_pct / 100))::int, sum(of_which_unanimous)::int "
        "from charts.council_agreement where rule = 'identical' group by all order by all",
    )
    assert rows == [("all", 67, 41, 0), ("vetoed", 67, 41, 0)]


def test_the_title_of_the_councils_rate_names_its_bias() -> None:
    [model] = [model for model in models.layer("charts") if model.table == "council_agreement"]
    assert "unanimous" in model.header["title"] and "biased upward" in model.header["how_to_read"]


def test_a_draft_of_which_only_the_vetoes_are_documented_counts_for_no_rate(built: Path) -> None:
    """Else two states that veto together, as the United Kingdom and the United States did in the 1980s, would always have agreed."""
    [(votes, alike, joint)] = ask(
        built,
        "select sum(votes)::int, round(sum(votes * identical_pct / 100))::int, sum(joint_vetoes)::int from views.council_year "
        "where iso3_a = 'GBR' and iso3_b = 'USA'",
    )
    assert (votes, alike, joint) == (69, 43, 23)


def test_sessions_without_votes_on_paragraphs_are_named(built: Path) -> None:
    opened = ask(
        built,
        "select 1945 + session from core.assembly_vote group by session having count(*) filter (on_paragraph or on_amendment) = 0 and count(*) > 1 order by 1",
    )
    assert [year for (year,) in opened] == [*range(1985, 1997), 2013, 2014, 2015, 2018, 2019]
    [model] = [model for model in models.layer("charts") if model.table == "assembly_agreement"]
    assert "opened in 1985 to 1996, 2013 to 2015, 2018 and 2019" in model.header["how_to_read"]


def test_a_state_without_a_seat_is_known_not_to_have_voted(pairs: duckdb.DuckDBPyConnection) -> None:
    """Of the 43 votes that Russia vetoed since 1991, India was a member for eight, and of three not all votes are documented."""
    votes = pairs.execute(
        "select vote_a, count(*) from charts.security_council_vetoes where dyad = 'IND-RUS' group by vote_a order by vote_a"
    ).fetchall()
    assert votes == [("abstain", 3), ("no", 1), ("no seat", 32), ("not documented", 3), ("yes", 4)]
