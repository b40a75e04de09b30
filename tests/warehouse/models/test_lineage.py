"""Test that the column lineage in lineage.json matches the SQL."""

import pytest

from warehouse.models import lineage


@pytest.mark.campaign
def test_the_kept_lineage_is_that_of_the_models() -> None:
    """After a change of a model: `make docs`."""
    assert lineage.read() == lineage.compute()


def test_a_computed_column_names_all_it_reads() -> None:
    assert lineage.read()["charts.trade_dependence"]["share_pct"] == [
        "core.partner_table.total_trade_usd",
        "core.partner_trade.trade_usd",
        "core.trade_flow.flow",
        "core.trade_flow.value_usd",
        "raw.partner_rank.total_trade_usd",
        "raw.partner_rank.trade_usd",
    ]


def test_every_column_is_read_from_somewhere() -> None:
    """But for a grid's own words, the mark of a derived figure, and what the ledger says of a claim before it asks."""
    of_the_header = {
        "dyad",
        "text",
        "claim_id",
        "section",
        "quote",
        "claim",
        "reason",
        "rule",
        "value_claimed",
        "article_day",
        "as_of",
        "decided_by",
    }
    without = {f"{table}.{column}" for table, columns in lineage.read().items() for column, read in columns.items() if not read}
    grid = {"charts.joint_exercises.category", "charts.joint_exercises.format", "charts.council_agreement.votes_on"}
    derived = {f"{table}.is_derived" for table in ("core.derived_trade", "core.derived_energy_share", "charts.bilateral_trade")}
    assert without == grid | derived | {f"charts.claims.{column}" for column in of_the_header}
    assert "core.membership.since" in lineage.read()["charts.claims"]["value_found"]
