"""Test the visual of trade dependence: its findings, bridged gaps, and ranks under each rule."""

import pytest

from tests.support.pictures import DYAD, ask, marks, texts
from warehouse.visuals import files, specification

SHARES = "from charts.trade_dependence where rule = 'A' and is_headline and share_pct is not null"


def drawn(con) -> dict:
    return specification.draw(con, "trade_dependence", DYAD)


FINDINGS = [
    ("select 1", "both_shares", "China made up 32% of Russia's trade in 2023; Russia only 4.0% of China's"),
    ("delete from charts.trade_dependence where year > 2022", "both_shares", "China made up 18% of Russia's trade in 2020; Russia only 2.3% of China's"),
    (
        "update charts.trade_dependence set share_pct = 20 where country = 'CHN'",
        "both_shares",
        "China made up 32% of Russia's trade in 2023, Russia 20% of China's",
    ),
    (
        "delete from charts.trade_dependence where country = 'CHN'",
        "one_sided",
        "China made up 32% of Russia's trade in 2023, up from 11% in 2013",
    ),
    (
        "update charts.trade_dependence set share_pct = null",
        "ranked_only",
        "In 2024 Russia ranked 7th among China's partners under rule A",
    ),
    ("update charts.trade_dependence set share_pct = null, rank = null", "unknown", "No share or rank of China and Russia in each other's trade is known"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "finding", "title"), FINDINGS)
def test_the_title_is_the_first_finding_that_holds(con, change, finding, title) -> None:
    con.execute(change)
    meta = drawn(con)["usermeta"]
    assert meta["title"] == title
    assert meta["finding"] == finding


def test_a_point_is_a_share_or_a_rank_of_its_row(con) -> None:
    shares = [mark for mark in marks(drawn(con)) if "share" in mark]
    known = {(y, c): s for y, c, s in ask(con, f"select year, country, share_pct {SHARES}")}
    assert {(mark["year"], mark["country"]): mark["share"] for mark in shares} == pytest.approx(known, abs=1e-3)
    ranks = {(mark["line"], mark["year"]): -mark["rank"] for mark in marks(drawn(con)) if "rank" in mark}
    listed = ask(con, "select country, rule, year, rank from charts.trade_dependence where rank is not null and is_headline")
    assert {(f"{country} {rule}", year): rank for country, rule, year, rank in listed}.items() <= ranks.items() and listed


def test_a_gap_is_bridged_and_its_caveat_stands_at_it(con) -> None:
    words = " ".join(text.words for text in texts(files.svg(drawn(con))))
    assert "No table of Russia's partners found for 2021–2022" in words
    con.execute("delete from charts.trade_dependence where country = 'RUS' and year > 2020")
    assert "No table of" not in " ".join(text.words for text in texts(files.svg(drawn(con))))


def test_the_last_rank_of_each_rule_is_named_or_noted(con) -> None:
    words = [text.words for text in texts(files.svg(drawn(con)))]
    assert "7th A" in words
    con.execute("delete from charts.trade_dependence where country = 'RUS' and rule in ('C', 'D', 'E')")
    unranked = "No rank of China among Russia's partners under"
    assert f"{unranked} C, D and E: no figure was found for a bloc that counts as one partner." in drawn(con)["usermeta"]["note"]


def test_a_partner_without_a_rank_is_noted_with_the_reason(con) -> None:
    con.execute("update raw.bloc_member set iso3 = 'CHN' where iso3 = 'DEU'")
    con.execute("update raw.counting_rule set left_out = 'CHN' where rule = 'D'")
    con.execute("delete from charts.trade_dependence where country = 'RUS' and rule in ('C', 'D', 'E')")
    unranked, note = "No rank of China among Russia's partners under", drawn(con)["usermeta"]["note"]
    assert f"{unranked} C and E: it counts as part of a bloc. {unranked} D: it is left out." in note


def test_a_rank_line_is_dotted_over_years_without_a_rank(con) -> None:
    known = ask(
        con, "select year, rank from charts.trade_dependence where country = 'RUS' and rule = 'A' and rank is not null order by year"
    )
    years = {year for year, _ in known}
    missing = set(range(min(years), max(years) + 1)) - years
    assert missing
    line = [row for data in drawn(con)["datasets"].values() for row in data if row.get("line") == "RUS A" and "keys" not in row]
    assert {row["year"] for row in line if row["rank"] is None} == missing
