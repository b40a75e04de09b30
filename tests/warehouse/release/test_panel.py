"""Test the panel of all pairs: its rows against counts by hand, its order of states, its formats."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from pipelines.cli.main import main
from schemas.errors import Unusable
from warehouse.connect import connect
from warehouse.home import TRADE
from warehouse.release import panel

Ask = Callable[[str], list[tuple]]


@pytest.fixture(scope="module")
def file(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("panel") / "dyad_year.parquet"
    with connect(built.parent) as con:
        panel.write(con, path, is_directed=False)
    return path


@pytest.fixture
def ask(file: Path) -> Ask:
    return lambda sql: duckdb.sql(sql.format(panel=f"'{file}'")).fetchall()


def test_a_year_of_a_pair_is_what_was_counted_by_hand(ask: Ask) -> None:
    votes = "select ccode1, ccode2, iso3_1, iso3_2, assembly_votes, assembly_identical_pct from {panel} where year = "
    assert ask(f"{votes} 1956 and iso3_2 = 'FRA' and iso3_1 = 'GBR'") == [(200, 220, "GBR", "FRA", 66, pytest.approx(100 * 59 / 66))]
    assert ask(f"{votes} 1971 and iso3_2 = 'CHN' and iso3_1 = 'SUN'") == [(365, 710, "SUN", "CHN", 50, pytest.approx(100 * 40 / 50))]
    # 1990: the number of united Germany; 2004 and 2026: none found, and two begun
    assert ask("select distinct ccode1 from {panel} where iso3_1 = 'DEU' and year in (1989, 1990) order by all") == [(255,), (260,)]
    exercises = "select year, exercises, shared_blocs from {panel} where iso3_1 = 'RUS' and iso3_2 = 'CHN' and year in (2004, 2024, 2026)"
    assert ask(f"{exercises} order by year") == [(2004, 0, 1), (2024, 10, 4), (2026, 2, 4)]


def test_a_pair_is_one_row_a_year_and_empty_where_nothing_covers_it(ask: Ask) -> None:
    assert ask("select count(*) from {panel} group by iso3_1, iso3_2, year having count(*) > 1") == []
    assert ask("select count(*) from {panel} where ccode1 is null or ccode1 >= ccode2") == [(0,)]
    # a session that reached into the year in which the state began
    assert ask("select distinct iso3_2, year from {panel} where ccode2 is null order by all") == [("SCG", 1991), ("SRB", 2005)]
    assert ask("select distinct exercises from {panel} where (iso3_1, iso3_2) <> ('RUS', 'CHN')") == [(None,)]
    assert ask("select count(exports_1_to_2_usd) from {panel}") == [(0,)]


def test_a_directed_panel_has_both_orders(built: Path, file: Path, tmp_path: Path, ask: Ask) -> None:
    with connect(built.parent) as con:
        rows = panel.write(con, tmp_path / "directed.csv", is_directed=True)
    assert rows == 2 * ask("select count(*) from {panel}")[0][0]
    [both] = duckdb.sql(
        f"select list(assembly_votes order by iso3_1) from '{tmp_path}/directed.csv' "
        "where year = 1956 and iso3_1 in ('FRA', 'GBR') and iso3_2 in ('FRA', 'GBR')"
    ).fetchall()
    assert both == ([66, 66],)


def test_exports_are_of_the_state_that_sells(built: Path, tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").symlink_to(built)
    with duckdb.connect(str(tmp_path / TRADE)) as con:
        con.execute(
            "create table dyad_year as from (values ('CHN', 'RUS', 2023, 111e9), ('RUS', 'CHN', 2023, 129e9), ('AND', 'FRA', 2023, 1e6)) "
            "as t (exporter, importer, year, value_usd)"
        )
    with connect(tmp_path) as con:
        panel.write(con, tmp_path / "panel.parquet", is_directed=False)
    sold = duckdb.sql(
        "select iso3_1, iso3_2, exports_1_to_2_usd, exports_2_to_1_usd "
        f"from '{tmp_path}/panel.parquet' where greatest(exports_1_to_2_usd, exports_2_to_1_usd) > 0 order by all"
    ).fetchall()
    assert sold == [("FRA", "AND", None, 1e6), ("RUS", "CHN", 129e9, 111e9)]


def test_stata_reads_the_same_rows_with_labels(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "PANEL", f"select * from ({panel.PANEL}) where year = 1956")
    with connect(built.parent) as con:
        for suffix in ("dta", "parquet"):
            panel.write(con, tmp_path / f"panel.{suffix}", is_directed=False)
    with pd.read_stata(tmp_path / "panel.dta", iterator=True) as reader:
        assert reader.variable_labels() == panel.COLUMNS
        written = reader.read()
    expected = pd.read_parquet(tmp_path / "panel.parquet")
    assert list(written) == list(expected) == list(panel.COLUMNS)
    pd.testing.assert_frame_equal(written, expected, check_dtype=False)


def test_a_file_of_no_known_format_or_place_is_refused(home: Path, built: Path, tmp_path: Path) -> None:
    with connect(built.parent) as con, pytest.raises(Unusable, match="name a file that ends in .parquet, .csv, .dta"):
        panel.write(con, tmp_path / "panel.xlsx", is_directed=False)
    refused = CliRunner().invoke(main, ["panel", str(tmp_path / "nowhere" / "panel.parquet")])
    assert refused.exit_code == 2 and "nowhere/panel.parquet: No such file or directory; name a file" in refused.output
