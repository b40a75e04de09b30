"""Test the asset graph against a snapshot, so that each change of lineage shows in a diff."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.assets.models import freshness_of
from pipelines.assets.tables import BY_REFRESH
from pipelines.assets.world import BY_INGEST
from pipelines.definitions import defs
from schemas import registry
from warehouse.connect import connect
from warehouse.export.dataset import tables

SNAPSHOT = Path(__file__).parent / "graph.txt"


@pytest.fixture(scope="module")
def graph():
    """Return the resolved graph of the code location."""
    return defs().resolve_asset_graph()


def rendered(graph) -> str:
    """One line an asset: key, group, kinds, parents, checks."""
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=str):
        node = graph.get(key)
        parents = " ".join(sorted(p.to_user_string() for p in node.parent_keys))
        checks = " ".join(sorted(c.name for c in node.check_keys))
        lines.append(f"{key.to_user_string()} [{node.group_name}] ({' '.join(sorted(node.kinds))}) <- {parents or '-'} | {checks or '-'}")
    return "\n".join(lines) + "\n"


def test_the_graph_is_the_reviewed_one(graph) -> None:
    """After a change that is meant: `make docs`."""
    assert rendered(graph) == SNAPSHOT.read_text("utf-8")


def test_every_asset_is_described_and_owned(graph) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description and node.owners and node.kinds, key


def test_every_table_shows_its_columns_and_a_check(graph) -> None:
    for key in graph.get_all_asset_keys():
        if key.path[0] in {"raw", "core", "charts"}:
            node = graph.get(key)
            assert {bool(column.description) for column in node.metadata["dagster/column_schema"].columns} == {True}, key
            assert "schema" in {check.name for check in node.check_keys}, key


def test_every_asset_that_is_made_here_says_what_makes_it(graph) -> None:
    for key in graph.get_all_asset_keys():
        if key.path[0] != "publisher":
            assert graph.get(key).description.endswith(BY_INGEST if key.path[0] == "bulk" else BY_REFRESH), key


def test_every_dataset_says_how_fresh_its_figures_are(home: Path, built: Path) -> None:
    """The days on which the newest and the oldest of the figures that its rows cite were read."""
    sql = "select min(read_on)::varchar, max(read_on)::varchar from core.evidence where evidence_id in (select unnest(evidence) from {})"
    with connect(built.parent) as con:
        expected = {table: con.execute(sql.format(table)).fetchone() for table in tables()}
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        for table, (oldest, newest) in expected.items():
            metadata = instance.get_latest_materialization_event(dg.AssetKey(table.split("."))).asset_materialization.metadata
            assert (metadata["oldest figure read on"].text, metadata["newest figure read on"].text) == (oldest, newest), table
    assert expected.keys() == {table for table in registry.MODELED if table.startswith("charts.")}


def test_freshness_is_of_the_cited_figures_alone() -> None:
    with duckdb.connect() as con:
        con.execute(
            "create schema core; create schema charts; create table charts.one (evidence varchar[]); create table charts.none as from charts.one"
        )
        con.execute(
            "create table core.evidence as from (values ('a', date '2026-01-01'), ('b', date '2025-01-01'), ('c', date '2024-01-01')) as t (evidence_id, read_on)"
        )
        con.execute("insert into charts.one values (['a']), (['a', 'b'])")
        metadata = {name: value.text for name, value in freshness_of(con, "charts.one").items()}
        assert metadata == {"newest figure read on": "2026-01-01", "oldest figure read on": "2025-01-01"}
        assert freshness_of(con, "charts.none") == {}


def test_column_lineage_reaches_the_page(home: Path) -> None:
    """Of a chart's column to the core columns it is computed from, on the materialization that the UI shows."""
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        record = instance.get_latest_materialization_event(dg.AssetKey(["charts", "trade_dependence"]))
    deps = record.asset_materialization.metadata["dagster/column_lineage"].value.deps_by_column["share_pct"]
    assert {(d.asset_key.to_user_string(), d.column_name) for d in deps} == {
        ("core/partner_table", "total_trade_usd"),
        ("core/partner_trade", "trade_usd"),
        ("core/trade_flow", "flow"),
        ("core/trade_flow", "value_usd"),
        ("raw/partner_rank", "trade_usd"),
        ("raw/partner_rank", "total_trade_usd"),
    }


if __name__ == "__main__":
    SNAPSHOT.write_text(rendered(defs().resolve_asset_graph()), "utf-8")
