"""Test that the views return what their descriptions promise, also in a published file, and that every column is described."""

import shutil
from pathlib import Path

import duckdb
import pytest

from warehouse.build import database, views
from warehouse.release import trace


@pytest.fixture(scope="module")
def con(built: Path, tmp_path_factory: pytest.TempPathFactory):
    """Yield a published file with the views, opened by a reader under another name."""
    folder = tmp_path_factory.mktemp("views")
    shutil.copy(built, folder / "release.duckdb")
    with database.connect(folder / "release.duckdb") as writing:
        writing.execute("drop schema if exists views cascade")
        views.create(writing)
    with duckdb.connect() as reading:
        reading.execute(f"attach '{folder / 'release.duckdb'}' as elsewhere (read_only)")
        yield reading


def test_every_column_is_described(con) -> None:
    found = con.execute(
        "select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns() "
        "where schema_name = 'views' group by all order by 1"
    ).fetchall()
    assert found == [(v.name, [field for field in v.header if field != "view"]) for v in views.load()]
    missing = "select count(*) from duckdb_columns() where schema_name = 'views' and comment is null"
    assert con.execute(missing).fetchone() == (0,)
    assert con.execute("select count(*) from duckdb_views() where schema_name = 'views' and comment is null").fetchone() == (0,)


def test_annual_trade_is_one_row_a_year(con) -> None:
    rows = con.execute("select year, count(*) from elsewhere.views.annual_trade group by all having count(*) > 1").fetchall()
    assert rows == []
    row = con.execute(
        "select a_sells_b_usd / 1e9, b_sells_a_usd / 1e9, two_way_total_usd / 1e9, basis from elsewhere.views.annual_trade where year = 2021"
    ).fetchone()
    # the sums of twelve months each
    assert row == (
        pytest.approx(67.197, abs=1e-3),
        pytest.approx(79.594, abs=1e-3),
        pytest.approx(146.79, abs=1e-2),
        "UN Comtrade, CHN-reported",
    )


def test_growth_vintages_stand_beside_what_they_replaced(con) -> None:
    rows = con.execute(
        "select round(growth_before_pct, 2), round(growth_pct, 2) from elsewhere.views.growth_vintages "
        "where iso3 = 'RUS' and year = 2023 and growth_pct <> growth_before_pct"
    ).fetchall()
    assert rows == [(3.6, 4.1), (4.1, 4.08)]


def test_row_evidence_is_what_a_trace_finds(con, built: Path) -> None:
    tables = con.execute("select table_name from duckdb_tables() where schema_name = 'charts' order by 1").fetchall()
    assert con.execute("select distinct dataset from elsewhere.views.row_evidence order by 1").fetchall() == tables
    con.execute("use elsewhere")
    for dataset, key in [
        ("security_council_vetoes", ["CHN-RUS", "S/2007/14"]),
        ("trade_dependence", ["CHN-RUS", "2023", "CHN", "A", "false"]),
    ]:
        traced = {cited["evidence_id"] for cited in trace.trace(con, dataset, key)["evidence"]}
        found = con.execute(
            "select evidence_id from elsewhere.views.row_evidence where dataset = ? and row_key = ?", [dataset, " ".join(key)]
        ).fetchall()
        assert {evidence_id for (evidence_id,) in found} == traced
        assert len(found) == len(traced) > 1
