"""Column lineage follows the SQL."""

from warehouse import lineage


def test_the_kept_lineage_is_that_of_the_models() -> None:
    """After a change of a model: `python -m warehouse.lineage`."""
    assert lineage.read() == lineage.compute()


def test_a_computed_column_names_all_it_reads() -> None:
    assert lineage.read()["charts.trade_dependence"]["share_pct"] == ["core.partner_trade.trade_usd", "core.trade_flow.value_usd"]
