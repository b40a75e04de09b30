"""Test the visuals of agreement in the United Nations: their findings, and a mark for every row they draw."""

import re
from collections import Counter

import pytest

from tests.support.pictures import DYAD, ask, marks
from warehouse.visuals import specification, style

ASSEMBLY, COUNCIL = "assembly_agreement", "council_agreement"
VOTED = "China and Russia voted alike in"
ADOPTED = "insert into charts.council_agreement by name select * replace ('adopted' as votes_on, 4 as votes, 100 as agreement_pct) from charts.council_agreement"
LATER = "; in 68% on whole resolutions in 2023–24"
FINDINGS = [
    # session 73: 73 of 93 votes identical; session 47: 31 of 71; session 74 is known to January 2020 only
    (ASSEMBLY, "select 1", "newest", f"{VOTED} 78% of the General Assembly's recorded votes in 2018–19, up from 44% in 1992–93{LATER}"),
    (
        ASSEMBLY,
        "update charts.assembly_agreement set agreement_pct = 10 where session = 73",
        "newest",
        f"{VOTED} 10% of the General Assembly's recorded votes in 2018–19, down from 44% in 1992–93{LATER}",
    ),
    (
        ASSEMBLY,
        "update charts.assembly_agreement set agreement_pct = 50",
        "newest",
        f"{VOTED} 50% of the General Assembly's recorded votes in 2018–19; in 50% on whole resolutions in 2023–24",
    ),
    (COUNCIL, "select 1", "on_vetoed_drafts", f"{VOTED} 41 of 67 documented votes on vetoed drafts, 1993–2026"),
    (
        COUNCIL,
        f"{ADOPTED} where year = 2024 and rule = 'identical' and votes_on = 'vetoed'",
        "on_vetoed_drafts",
        f"{VOTED} 41 of 67 documented votes on vetoed drafts, 1993–2026; in 100% on adopted resolutions, which are mostly unanimous",
    ),
    (
        COUNCIL,
        "update charts.council_agreement set votes_on = 'adopted' where votes_on = 'vetoed'",
        "on_adopted_resolutions",
        f"{VOTED} 61% on adopted resolutions of the Security Council, which are mostly unanimous",
    ),
]


@pytest.mark.parametrize(("dataset", "change", "finding", "title"), FINDINGS)
def test_the_title_is_the_first_finding_that_holds(con, dataset, change, finding, title) -> None:
    con.execute(change)
    meta = specification.draw(con, dataset, DYAD)["usermeta"]
    assert (meta["finding"], meta["title"]) == (finding, title)


@pytest.mark.parametrize("width", style.SIZES)
def test_a_point_is_a_row_of_all_votes_or_of_identical_votes_on_a_subject(con, width) -> None:
    points = marks(specification.draw(con, ASSEMBLY, DYAD, width))
    drawn = Counter(tuple(point["keys"][0]) for point in points)
    rows = ask(con, f"select session, rule, subject from charts.{ASSEMBLY} where subject = 'all' or rule = 'identical'")
    assert drawn == Counter(rows)
    assert [point["label"] for point in points if point["label"].startswith("2018: identical")] == ["2018: identical, 78% of 93 votes"]


def test_drafts_without_every_members_vote_are_noted(con, pairs) -> None:
    """On a joint veto of 2026 both votes are known, those of others are not; of India, it is not known when it was in the Council."""
    note = specification.draw(con, COUNCIL, DYAD)["usermeta"]["note"]
    assert "Left out, since a member's vote is not documented: 1 in 2023, 2 in 2025 and 1 in 2026." in note
    counted = ask(
        con,
        f"select (select count(*) from core.veto where vote_date >= '1991-12-24') - sum(votes)::int from charts.{COUNCIL} where rule = 'identical'  and votes_on = 'vetoed'",
    )
    assert sum(int(n) for n in re.findall(r"(\d+) in (?:19|20)\d\d", note)) == counted[0][0]
    assert "documented: 85 drafts of" in specification.draw(pairs, COUNCIL, "CHN-USA")["usermeta"]["note"]
    left_out = "1 in 2023, 2 in 2025 and 1 in 2026, as far as both were in the Council."
    assert left_out in specification.draw(pairs, COUNCIL, "IND-RUS")["usermeta"]["note"]


def test_a_column_has_the_votes_of_its_year(con) -> None:
    parts = marks(specification.draw(con, COUNCIL, DYAD))
    heights = {key: sum(part["high"] - part["low"] for part in parts if part["keys"] == [list(key)]) for (key,) in map(keys, parts)}
    rows = ask(con, f"select year, votes_on, rule, votes from charts.{COUNCIL} where rule = 'identical' and votes_on = 'vetoed'")
    assert heights == {(year, kind, rule): votes for year, kind, rule, votes in rows}
    assert "2017: 2 of 6 votes on vetoed drafts alike" in [part["label"] for part in parts]


def keys(part: dict) -> list[tuple]:
    return [tuple(key) for key in part["keys"]]


def test_lines_that_end_together_share_a_name(con) -> None:
    spec = specification.draw(con, ASSEMBLY, DYAD)
    names = " ".join(text["text"] for data in spec["datasets"].values() for text in data if "text" in text)
    assert "79% in 2019" in names and "published 68%" in names and "important 76% in 2017" in names
