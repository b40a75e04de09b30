"""Test the visual of joint exercises: its findings, one block per exercise, and the unfinished year."""

from collections import Counter

import pytest

from tests.support.pictures import DYAD, ask, marks, texts
from warehouse.visuals import files, specification, style

CORE = "from charts.joint_exercises where category = 'core_military'"


def drawn(con) -> dict:
    return specification.draw(con, "joint_exercises", DYAD)


FINDINGS = [
    # 34 well documented exercises in 2021 to 2025 (5, 7, 6, 10, 6), 3 in 2003 to 2007, as the claim counts them
    ("select 1", "trained", "China and Russia trained together 6.8 times a year in 2021–2025, up from 0.6 in 2003–2007"),
    (
        "update charts.joint_exercises set exercise_count = 0, of_which_patrols = 0, of_which_doubtful = 0, of_which_doubtful_patrols = 0 "
        "where year > 2020",
        "trained",
        "China and Russia trained together 0.0 times a year in 2021–2025, down from 0.6 in 2003–2007",
    ),
    (
        "update charts.joint_exercises set exercise_count = 1, of_which_patrols = 0, of_which_doubtful = 0, of_which_doubtful_patrols = 0",
        "trained",
        "China and Russia trained together 2.0 times a year in 2021–2025, as often as in 2003–2007",
    ),
    ("delete from charts.joint_exercises where year <> 2024", "total", "China and Russia began 10 joint military exercises, 2024"),
    (
        "update charts.joint_exercises set of_which_doubtful = exercise_count, of_which_doubtful_patrols = of_which_patrols",
        "total",
        "68 joint military exercises of China and Russia are listed, none beyond doubt, 2003–2026",
    ),
    (
        "delete from charts.joint_exercises where year <> 2024; update charts.joint_exercises set exercise_count = 0, of_which_patrols = 0, "
        "of_which_doubtful = 0, of_which_doubtful_patrols = 0",
        "total",
        "No joint military exercise of China and Russia is well documented, 2024",
    ),
]


@pytest.mark.parametrize(("change", "finding", "title"), FINDINGS)
def test_the_title_is_the_first_finding_that_holds(con, change, finding, title) -> None:
    con.execute(change)
    meta = drawn(con)["usermeta"]
    assert (meta["finding"], meta["title"]) == (finding, title)


def test_the_title_has_the_numbers_of_its_claim(con) -> None:
    (claim,) = ask(con, "from charts.claims where claim_id = 'C01'")
    assert [
        value
        for value in claim
        if "a year in 2003-2007, 5.2 in 2021-2025 (2.4 without patrols); with other states 0.6 and 6.8" in str(value)
    ]
    title = drawn(con)["usermeta"]["title"]
    assert "6.8 times a year in 2021–2025" in title and "0.6 in 2003–2007" in title


def test_a_block_is_an_exercise_with_the_row_that_counts_it(con) -> None:
    blocks = marks(drawn(con))
    assert all(len(block["keys"]) == 1 and block["high"] - block["low"] == 1 for block in blocks)
    counted = Counter(tuple(block["keys"][0]) for block in blocks)
    rows = ask(con, f"select year, category, format, exercise_count {CORE} and exercise_count > 0")
    assert counted == {(year, category, form): count for year, category, form, count in rows}
    kinds = Counter(block["kind"] for block in blocks)
    ((alone, patrols, others),) = ask(
        con,
        "select sum(exercise_count - of_which_patrols) filter (format = 'bilateral'), sum(of_which_patrols) filter (format = 'bilateral'), "
        f"sum(exercise_count) filter (format <> 'bilateral') {CORE}",
    )
    assert kinds == {"Exercise of the two alone": alone, "Patrol of the two, by sea or air": patrols, "With other states": others}


def test_a_block_has_its_exercises_name_if_all_of_its_kind_are_known(con) -> None:
    labels = [block["label"] for block in marks(drawn(con))]
    assert "Joint Sea 2012 (Naval Interaction 2012), April 2012: exercise of the two alone" in labels
    assert not [label for label in labels if "of this kind" in label]
    con.execute("delete from core.exercise where start_date between '2012-01-01' and '2012-12-31'")
    assert "2012, 1 of this kind: exercise of the two alone" in [block["label"] for block in marks(drawn(con))]


def test_the_unfinished_year_is_outlined_and_doubtful_blocks_are_pale(con) -> None:
    blocks = marks(drawn(con))
    assert {block["year"] for block in blocks if block["fill"] == style.colour("ground")} == {2026}
    assert [(sum(block["opacity"] < 1 for block in blocks),)] == ask(con, f"select sum(of_which_doubtful) {CORE}")
    assert "Outlined: 2026 is not over." in drawn(con)["usermeta"]["note"]


def test_the_means_of_the_title_are_drawn(con) -> None:
    assert {"6.8 a year", "0.6 a year"} <= {text.words for text in texts(files.svg(drawn(con)))}


@pytest.mark.parametrize("count", [-5, 0, 10**15])
def test_a_year_of_too_many_is_a_column(con, count) -> None:
    con.execute(f"update charts.joint_exercises set exercise_count = {count}")
    files.svg(drawn(con))
    assert len(marks(drawn(con))) < 200
