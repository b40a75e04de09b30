"""Test the comparison of two releases, and the changes that stop a publication."""

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
        shutil.copy(built, path)
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
        return revisions.refusals(con, diff.compare(con, "before", "after"), "before")


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


def test_a_lost_factor_of_a_thousand_is_refused(built: Path, altered) -> None:
    lost = altered("update charts.bilateral_trade set value_usd = value_usd / 1000 where basis = 'CEPII BACI'")
    assert "a unit may have changed" in refused(built, lost)["bilateral_trade"]


def test_shrunk_coverage_is_refused(built: Path, altered) -> None:
    assert (
        "rows of the release before are gone"
        in refused(built, altered("delete from charts.trade_dependence where year = 2010"))["trade_dependence"]
    )


def test_values_that_go_are_a_loss_as_rows_are(built: Path, altered) -> None:
    one = "where is_headline and frequency = 'annual' and year(period_start) = 2023 and exporter = 'CHN'"
    zero = altered(f"update charts.bilateral_trade set value_usd = 0 {one}")
    assert "value_usd went from" in refused(built, zero)["bilateral_trade"]
    gone = altered(f"update charts.bilateral_trade set value_usd = null {one}")
    assert [(c.column, c.after, c.tier) for c in diff.between(built, gone)] == [("value_usd", None, "headline")]
    assert refused(built, gone) == {}
    many = altered("update charts.bilateral_trade set value_usd = null where value_usd is not null")
    assert "have lost their value" in refused(built, many)["bilateral_trade"]


def test_a_headline_row_that_comes_or_goes_is_a_headline(built: Path, altered) -> None:
    which = "where frequency = 'annual' and year(period_start) = 2023 and exporter = 'CHN'"
    gone = diff.between(built, altered(f"delete from charts.bilateral_trade {which}"))
    assert Counter(c.tier for c in gone)["headline"] == 1 and Counter(c.tier for c in gone)["other"] >= 1


def test_ordinary_news_is_not_refused(article: Path, built: Path) -> None:
    """Two years of new figures and revisions pass."""
    assert refused(article, built) == {}


def test_the_release_says_what_changed(home: Path, article: Path, built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as con:
        stored = [diff.Change(*row) for row in con.execute("from catalog.change").fetchall()]
    assert stored == diff.between(article, built)
    assert f"# Changes since {article.parent.name}" in (built.parent / "changes.md").read_text("utf-8")


def test_a_release_of_another_version_is_told_apart_or_refused_in_words(built: Path, altered) -> None:
    """Its rows were named by other columns; or it has another kind of thing altogether."""
    renamed = altered("alter table charts.bloc_membership rename column iso3 to country")
    [change] = [c for c in diff.between(renamed, built) if c.dataset == "bloc_membership"]
    assert (change.column, change.before) == ("key columns", "without iso3")
    with pytest.raises(Unusable, match="cannot be compared .*another version of the project built it; to publish without"):
        diff.between(altered("drop table catalog.dyad"), built)
