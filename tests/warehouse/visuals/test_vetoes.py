"""Test the visual of vetoes: its findings, one block per vote, the other state's vote on the block, and unfamiliar input."""

import re
from collections import Counter

import duckdb
import pytest

from tests.support.pictures import DYAD, ask, marks, published, texts
from warehouse.visuals import files, specification, style
from warehouse.visuals.labels import overlap

DATASET = "security_council_vetoes"


def meta(con, dyad: str = DYAD) -> dict:
    return specification.draw(con, DATASET, dyad)["usermeta"]


def blocks(con, dyad: str = DYAD, width: str = "wide") -> list[dict]:
    return marks(specification.draw(con, DATASET, dyad, width))


FINDINGS = [
    ("select 1", "one_subject_together", "Ten of 17 joint vetoes by China and Russia were on Syria, none on Ukraine"),
    (
        "update charts.{} set topic = draft_symbol where topic like 'Ukraine%'",
        "one_subject_together",
        "Ten of 17 joint vetoes by China and Russia were on Syria",
    ),
    (
        "update charts.{} set topic = draft_symbol where topic like 'Syria%'",
        "together",
        "China and Russia have vetoed together 17 times since 1991",
    ),
    (
        "delete from charts.{} where year > 2019",
        "quiet_for_years",
        "China and Russia have vetoed nothing since 2019; of the 27 votes that they vetoed, 11 jointly",
    ),
    (
        "delete from charts.{} where veto_type = 'joint'",
        "never_together",
        "China and Russia have never vetoed together since 1991: Russia alone 25 times and China alone twice",
    ),
    (
        "delete from charts.{} where veto_type = 'joint' and confidence = 'documented'",
        "never_together",
        "China and Russia have never vetoed together beyond doubt since 1991: Russia alone 25 times and China alone twice",
    ),
]


@pytest.mark.parametrize(("change", "finding", "title"), FINDINGS)
def test_the_title_is_the_first_finding_that_holds(con, change, finding, title) -> None:
    con.execute(change.format(DATASET))
    found = meta(con)
    assert (found["finding"], found["title"]) == (finding, title)


def test_the_title_counts_as_the_claim_does(con) -> None:
    ((found,),) = ask(con, f"select value_today from charts.claims where claim_id = 'C13' and dyad = '{DYAD}'")
    assert f"of {found.split(',')[0]} joint vetoes" in meta(con)["title"]


def test_the_title_knows_the_releases_day(article) -> None:
    with duckdb.connect() as con:
        published(con, article)
        assert meta(con)["title"] == "Ten of 16 joint vetoes by China and Russia were on Syria, none on Ukraine"


@pytest.mark.parametrize(
    ("dyad", "years", "title"),
    [
        (
            "FRA-GBR",
            "1946–2026",
            "France and the United Kingdom have vetoed nothing since 1989; of the 33 votes that they vetoed, 15 jointly",
        ),
        (
            "IND-RUS",
            "1991–2026",
            "Russia has vetoed 42 votes since 1991; India, in the Council for at least eight of them, voted in favour of four",
        ),
        (
            "CHN-USA",
            "1971–2026",
            "China and the United States have never vetoed together since 1971: the United States without China 94 times",
        ),
    ],
)
def test_another_pair_has_its_own_finding_and_covered_years(pairs, dyad, years, title) -> None:
    found = meta(pairs, dyad)
    assert found["title"].startswith(title) and years in found["subtitle"]


def test_a_block_stands_for_each_vote_and_none_covers_another(con, pairs) -> None:
    for source, dyad in ((con, DYAD), (pairs, "CHN-USA"), (pairs, "FRA-GBR")):
        for width in style.SIZES:
            found = blocks(source, dyad, width)
            assert [(len(found),)] == ask(source, f"select count(*) from charts.{DATASET} where dyad = '{dyad}'")
            boxes = [(b["left"], b["py"], b["right"], b["py2"]) for b in found]
            assert not any(overlap(one, other) for i, one in enumerate(boxes) for other in boxes[:i])


def test_colour_is_who_vetoed_and_form_how_the_other_voted(con) -> None:
    expected = Counter(ask(con, f"select veto_type, if(veto_type = 'joint', '', if(veto_type = 'first only', vote_b, vote_a)) from charts.{DATASET}"))  # fmt: skip
    kinds = {style.colour("together"): "joint", style.colour("first"): "first only", style.colour("second"): "second only"}
    votes = {"abstained": "abstain", "in favour": "yes", "against": "no"}
    found = blocks(con)
    assert Counter((kinds[b["stroke"]], votes.get(b["other"], b["other"])) for b in found) == expected
    empty = [b for b in found if b["fill"] == style.colour("ground")]
    assert [b["other"] for b in empty] == ["not documented"] * 2


def test_the_key_counts_the_documented_votes(con) -> None:
    words = " ".join(text.words for text in texts(files.svg(specification.draw(con, DATASET, DYAD))))
    assert sum(int(count) for count in re.findall(r"\((\d+)\)", words.split("Syria", 2)[1])[:6]) == 44
    assert "Russia alone, China abstained (20)" in words and "Both (17)" in words


def test_a_state_that_others_joined_did_not_veto_alone(con) -> None:
    con.execute(f"update charts.{DATASET} set vetoed_by = ['GBR', 'RUS'] where draft_symbol = 'S/2014/189'")
    assert "Russia without China, China abstained 20" in meta(con)["alt"].replace("(", "").replace(")", "")


def test_every_subject_is_named(con, pairs) -> None:
    for source, dyad in ((con, DYAD), (pairs, "CHN-USA"), (pairs, "IND-RUS"), (pairs, "FRA-GBR")):
        for width in style.SIZES:
            spec = specification.draw(source, DATASET, dyad, width)
            words = " ".join(text.words for text in texts(files.svg(spec)))
            assert [b["subject"] for b in marks(spec) if b["subject"] not in words + spec["usermeta"]["note"]] == []


def test_doubt_and_parts_of_drafts_are_noted(con) -> None:
    note = meta(con)["note"]
    assert "Pale, and not counted: S/2026/740" in note and "part of a draft: S/2025/115 and S/2025/116." in note
    assert {b["keys"][0][0] for b in blocks(con) if b["opacity"] < 1} == {"S/2026/740"}


@pytest.mark.parametrize(
    "name", ["The Federated Commonwealth of Northern and Southern Islandia.", "<script>alert('x')</script> & \"quoted\" \\"]
)
@pytest.mark.parametrize("width", style.SIZES)
def test_long_and_hostile_names_are_shown_as_they_are(con, name, width) -> None:
    con.execute("update core.dyad set name_a = ?", [name])
    con.execute(f"update charts.{DATASET} set topic = ? where year > 2015", [name])
    spec = specification.draw(con, DATASET, DYAD, width)
    svg = files.svg(spec)
    assert "<script" not in svg and name.split(" (")[0] in spec["usermeta"]["title"]
    assert max(text.box[2] for text in texts(svg)) <= {"wide": 1080, "narrow": 362}[width]


def test_one_row_and_no_rows_are_drawn(con) -> None:
    drafts = [draft for (draft,) in ask(con, f"select draft_symbol from charts.{DATASET} order by 1")]
    con.execute(f"create table charts.whole as from charts.{DATASET}")
    for draft in [*drafts[::9], "S/2026/740"]:
        con.execute(f"delete from charts.{DATASET}")
        con.execute(f"insert into charts.{DATASET} from charts.whole where draft_symbol = ?", [draft])
        assert len(blocks(con)) == 1 and meta(con)["title"]
    con.execute(f"delete from charts.{DATASET}")
    assert meta(con)["is_empty"]
