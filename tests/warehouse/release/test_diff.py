"""Test the comparison of two releases, and the changes that stop a publication."""

import re
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from schemas.errors import Unusable
from warehouse.release import changelog, diff, revisions


@pytest.fixture
def altered(built: Path, tmp_path: Path):
    """Return a copy of the release, changed by SQL: its path."""

    def change(*statements: str) -> Path:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(built, path)
        with duckdb.connect(str(path)) as con:
            for statement in statements:
                changed = con.execute(statement).fetchone()
                assert statement.startswith(("alter", "drop")) or changed[0] > 0, statement
        return path

    return change


def refused(before: Path, after: Path) -> dict[str, str]:
    with duckdb.connect() as con:
        con.execute(f"attach '{before}' as before (read_only)")
        con.execute(f"attach '{after}' as after (read_only)")
        return revisions.refusals(con, diff.compare(con, "before", "after"), "before", "after")


def test_a_release_does_not_differ_from_itself(built: Path) -> None:
    assert diff.between(built, built) == []


def test_every_kind_and_tier(built: Path, altered) -> None:
    after = altered(
        "update charts.claims set verdict_today = 'does not hold' where claim_id = 'C04'",
        "update charts.bilateral_trade set value_usd = value_usd * 1.02 where is_headline and frequency = 'annual' and year(period_start) = 2023 and exporter = 'CHN'",
        "update charts.bilateral_trade set value_usd = value_usd * 1.001 where is_headline and frequency = 'annual' and year(period_start) = 2022 and exporter = 'CHN'",
        "delete from charts.naval_drills where year = 2012",
        "update charts.security_council_vetoes set draft_symbol = 'S/2007/14 (new)' where draft_symbol = 'S/2007/14'",
    )  # fmt: skip
    found = diff.between(built, after)
    verdict = next(c for c in found if c.tier == "verdict")
    assert found[0] == verdict
    assert (verdict.dataset, verdict.key, verdict.column, verdict.after) == (
        "claims",
        "CHN-RUS cfr_2024 C04",
        "verdict_today",
        "does not hold",
    )
    moved = {(c.key[:22], round(c.factor, 3), c.tier) for c in found if c.dataset == "bilateral_trade"}
    assert moved == {("CHN-RUS annual 2023-01", 1.02, "headline"), ("CHN-RUS annual 2022-01", 1.001, "other")}
    counted = Counter((c.dataset, c.change) for c in found)
    assert counted["naval_drills", "removed"] == 1
    assert counted["security_council_vetoes", "added"] == counted["security_council_vetoes", "removed"] == 1
    assert "## Verdicts" in changelog.markdown(found, "before")


def test_what_the_releases_are_about_comes_first(built: Path, altered) -> None:
    after = altered(
        "update catalog.dyad set dyad = 'CHN-USA'",
        "update catalog.parameter set value = '2026-12-01' where name = 'as_of'",
        "delete from catalog.source where source = 'ria_novosti'",
        "alter table charts.naval_drills drop column series",
        "alter table charts.naval_drills alter column year type integer",
    )
    text = changelog.markdown(diff.between(built, after), "before")
    about, _ = text.split("The releases have no pair in common, so no rows were compared.")
    assert about.splitlines()[4:-1] == [
        "- day: 2026-12-01 (previously 2026-11-30)",
        "- pairs: CHN-USA (previously CHN-RUS)",
        "- the source ria_novosti was removed",
        "- naval_drills: the column series was removed (VARCHAR)",
        "- naval_drills: the column year was changed from BIGINT to INTEGER",
    ]
    assert "No row of any dataset changed." in changelog.markdown([c for c in diff.between(built, after) if c.column != "pairs"], "before")
    one_more = [diff.Change("release", "", "changed", "scope", "pairs", "CHN-RUS", "CHN-RUS CHN-USA")]
    assert "No row of the pairs in both releases changed." in changelog.markdown(one_more, "before")


def test_changes_are_sentences_with_values() -> None:
    change = diff.Change
    text = changelog.markdown(
        [
            change("bilateral_trade", "CHN-RUS 2025", "changed", "headline", "value_usd", "228100000000", "230200000000", 1.01),
            change("bilateral_trade", "CHN-RUS 2026", "added", "headline", "value_usd", None, "912300000"),
            *(change("security_council_vetoes", f"S/{n}", "added", "other", "topic", None, "Syria") for n in range(60)),
        ],
        "before",
    )
    assert "- bilateral_trade, CHN-RUS 2025: value is 230.2 bn USD; it was 228.1 bn USD" in text
    assert "- 1 figure of trade was added:\n  - CHN-RUS 2026: 912.3 m USD" in text
    assert "- 60 vetoes were added:\n  - S/0: Syria" in text and "  - and 10 more: `from catalog.change`" in text


def test_a_lost_factor_of_a_thousand_is_refused(built: Path, altered) -> None:
    lost = altered("update charts.bilateral_trade set value_usd = value_usd / 1000 where basis = 'CEPII BACI'")
    assert "a unit may have changed" in refused(built, lost)["bilateral_trade"]


def test_shrunk_coverage_is_refused(built: Path, altered) -> None:
    assert (
        "rows of the followed release are gone"
        in refused(built, altered("delete from charts.trade_dependence where year = 2010"))["trade_dependence"]
    )


def test_rows_of_pairs_that_one_release_has_dilute_no_loss(built: Path, altered) -> None:
    before = altered(
        "insert into charts.trade_dependence select * replace (year + 100 as year) from charts.trade_dependence where year = 2010",
        "insert into charts.trade_dependence select t.* replace ('FRA-GB' || n as dyad) from charts.trade_dependence as t, range(50) as r(n)",
    )
    assert "rows of the followed release are gone" in refused(before, built)["trade_dependence"]


def test_values_that_go_are_a_loss_as_rows_are(built: Path, altered) -> None:
    one = "where is_headline and frequency = 'annual' and year(period_start) = 2023 and exporter = 'CHN'"
    zero = altered(f"update charts.bilateral_trade set value_usd = 0 {one}")
    assert "value_usd went from" in refused(built, zero)["bilateral_trade"]
    gone = altered(f"update charts.bilateral_trade set value_usd = null {one}")
    assert [(c.column, c.after, c.tier) for c in diff.between(built, gone)] == [("value_usd", None, "headline")]
    assert refused(built, gone) == {}
    many = altered("update charts.bilateral_trade set value_usd = null where value_usd is not null")
    assert "have lost their value" in refused(built, many)["bilateral_trade"]


def test_a_figure_that_was_zero_is_a_headline_and_an_amount_is_refused(built: Path, altered) -> None:
    key = "year = 2020 and exporter = 'RUS' and hs_chapter = '27'"
    amounts = altered(f"update charts.trade_composition set value_usd = 0, quantity_tonnes = 0 where {key}")
    assert {(c.column, c.factor, c.tier) for c in diff.between(amounts, built)} == {
        (column, None, "headline") for column in ("value_usd", "quantity_tonnes")
    }
    assert "went from 0.0 to" in refused(amounts, built)["trade_composition"]
    count = altered("update charts.joint_exercises set exercise_count = 0 where year = 2018 and exercise_count > 0")
    assert refused(count, built) == {}


def test_a_headline_row_that_comes_or_goes_is_a_headline(built: Path, altered) -> None:
    which = "where frequency = 'annual' and year(period_start) = 2023 and exporter = 'CHN'"
    gone = diff.between(built, altered(f"delete from charts.bilateral_trade {which}"))
    assert Counter(c.tier for c in gone)["headline"] == 1 and Counter(c.tier for c in gone)["other"] >= 1


def test_a_row_with_two_changed_values_counts_once() -> None:
    values = [diff.Change("claims", key, "changed", "verdict", column) for key in ("C1", "C2") for column in ("verdict", "value_found")]
    assert diff.counted(values) == [("claims", 0, 0, 2)]


def test_ordinary_news_is_not_refused(article: Path, built: Path) -> None:
    """Two years of new figures and revisions pass."""
    assert refused(article, built) == {}


def known(change: str, altered, built: Path) -> str:
    """Return the only refusal of a release that differs from the one before by this SQL."""
    [message] = refused(built, altered(change)).values()
    return message


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("bilateral_trade set value_usd = value_usd * 1.11 where year(period_start) = 2021 and frequency = 'annual' and is_headline", "value_usd went from .*, a change of more than 10%"),
        ("bilateral_trade set is_headline = basis = 'UN Comtrade (partner-reported), RUS-reported' "
         "where year(period_start) = 2017 and frequency = 'annual'", "the headline went from"),
        ("trade_dependence set rank = rank + 3 where year = 2023 and country = 'CHN' and rule = 'A'", "rank went from 6 to 9, a change of more than 2 places"),
        ("trade_dependence set trade_usd = trade_usd * 0.8 where year = 2019 and country = 'RUS' and rule = 'A'", "trade_usd went from .*, a change of more than 10%"),
        ("trade_composition set value_usd = value_usd * 1.2 where year = 2020 and hs_chapter = '27' and exporter = 'RUS'", "value_usd went from"),
        ("joint_exercises set exercise_count = exercise_count - 1 where year = 2018 and exercise_count > 1", "exercise_count .* counts do not fall"),
        ("bloc_membership set member_count = member_count - 1 where year(as_of) = 2024", "member_count went"),
        ("security_council_vetoes set vote_b = 'abstain' where draft_symbol = 'S/2007/14'", "vote_b went from no to abstain, but a past event does not change"),
        ("naval_drills set sea = 'Yellow Sea' where exercise_id = 'joint-sea-2013'", "sea went from Sea of Japan to Yellow Sea"),
        ("bloc_membership set status = 'partner' where iso3 = 'EGY' and bloc = 'BRICS' and year(as_of) = 2024", "status went from"),
    ],
)  # fmt: skip
def test_a_change_of_what_was_known_is_refused(change: str, message: str, built: Path, altered) -> None:
    assert re.search(message, known(f"update charts.{change}", altered, built))


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "change",
    [
        "bilateral_trade set value_usd = value_usd * 1.05 where year(period_start) = 2021 and frequency = 'annual' and is_headline",
        "trade_dependence set rank = rank + 2, partner_count = partner_count - 1 where year = 2020 and country = 'CHN' and rule = 'A'",
        "joint_exercises set exercise_count = exercise_count + 1 where year = 2018 and exercise_count > 0",
    ],
)
def test_a_revision_is_not_refused(change: str, built: Path, altered) -> None:
    assert refused(built, altered(f"update charts.{change}")) == {}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("update raw.hs_chapter set product_group = 'metals' where hs_chapter = '27'", r"raw\.hs_chapter: 1 row differs .*27 \(product_group energy -> metals\)"),
        ("update raw.counting_rule set blocs_as_one = 'EUU' where rule = 'C'", r"raw\.counting_rule: .*C \(blocs_as_one EUU;ASN -> EUU\)"),
        ("update raw.country_code set iso3 = 'AGO' where system = 'baci' and code = '4'", r"raw\.country_code: 2 rows"),
        ("update raw.country set un_member_from = date '1972-10-25' where iso3 = 'CHN'", r"raw\.country: .*un_member_from"),
        ("update raw.unsc_seat set valid_from = valid_from + 1 where iso3 = 'RUS'", r"raw\.unsc_seat: 2 rows"),
        ("delete from raw.bloc_member where iso3 = 'HRV'", r"raw\.bloc_member: 1 row differs .*EUU HRV 2013-07-01 \(removed\)"),
        ("insert into raw.bloc_member by name select * replace ('TLS' as iso3) from raw.bloc_member where iso3 = 'MMR'", r"raw\.bloc_member: .*added"),
    ],
)  # fmt: skip
def test_a_changed_reference_table_is_refused(change: str, message: str, built: Path, altered) -> None:
    assert re.search(message, known(change, altered, built))


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "change",
    [
        "update raw.country set note = 'reworded', document = 'iso-3166' where iso3 = 'CHN'",
        "insert into raw.bloc_member by name select * replace ('TLS' as iso3, date '2099-01-01' as member_from) from raw.bloc_member where iso3 = 'MMR'",
        "insert into raw.trade_basis by name select * replace ('cepii_baci_world' as basis_source, 99 as precedence) from raw.trade_basis limit 1",
    ],
)
def test_news_and_citations_of_a_reference_table_are_not_refused(change: str, built: Path, altered) -> None:
    assert refused(built, altered(change)) == {}


def test_a_reference_table_is_compared_by_the_columns_that_both_releases_have(built: Path, altered) -> None:
    assert refused(altered("alter table raw.sea drop column north"), built) == {}


def test_the_release_says_what_changed(home: Path, article: Path, built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as con:
        stored = [diff.Change(*row) for row in con.execute("from catalog.change").fetchall()]
    assert stored == diff.between(article, built)
    assert f"# Changes since {article.parent.name}" in (built.parent / "changes.md").read_text("utf-8")


def test_a_release_of_another_version_is_distinguished_or_refused_in_words(built: Path, altered) -> None:
    """Its rows were named by other columns; or it has another kind of thing altogether."""
    renamed = altered("alter table charts.bloc_membership rename column iso3 to country")
    changes = [c for c in diff.between(renamed, built) if c.dataset == "bloc_membership"]
    assert [(c.change, c.key, c.column, c.before, c.after) for c in changes] == [
        ("removed", "country", "type", "VARCHAR", None),
        ("added", "iso3", "type", None, "VARCHAR"),
        ("changed", "", "key columns", "dyad, bloc, as_of", "dyad, bloc, iso3, as_of"),
    ]
    with pytest.raises(Unusable, match="cannot be compared .*another version of the project built it; to publish without"):
        diff.between(altered("drop table catalog.dyad"), built)
