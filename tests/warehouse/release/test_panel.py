"""Test the panel of all pairs: its rows against counts by hand, its order of states, its formats."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from schemas.errors import Unusable
from sources import snapshot
from tests.support import baci
from warehouse.connect import connect
from warehouse.home import TRADE
from warehouse.release import pairs, panel
from warehouse.world import aggregates, compare, trade_file
from warehouse.world.ingest import ingest

Ask = Callable[[str], list[tuple]]


@pytest.fixture
def ask(panel_file: Path) -> Ask:
    return lambda sql: duckdb.sql(sql.format(panel=f"'{panel_file}'")).fetchall()


def test_a_year_of_a_pair_is_what_was_counted_by_hand(ask: Ask) -> None:
    votes = "select ccode1, ccode2, iso3_1, iso3_2, assembly_votes, assembly_identical_pct from {panel} where year = "
    assert ask(f"{votes} 1956 and iso3_2 = 'FRA' and iso3_1 = 'GBR'") == [(200, 220, "GBR", "FRA", 66, pytest.approx(100 * 59 / 66))]
    assert ask(f"{votes} 1971 and iso3_2 = 'CHN' and iso3_1 = 'SUN'") == [(365, 710, "SUN", "CHN", 50, pytest.approx(100 * 40 / 50))]
    # 1990: the number of united Germany; 2004 and 2026: none found, and two begun
    assert ask("select distinct ccode1 from {panel} where iso3_1 = 'DEU' and year in (1989, 1990) order by all") == [(255,), (260,)]
    exercises = "select year, military_exercises, shared_bloc_count from {panel} where iso3_1 = 'RUS' and iso3_2 = 'CHN' and year in (2004, 2024, 2026)"
    assert ask(f"{exercises} order by year") == [(2004, 0, 1), (2024, 10, 2), (2026, 2, 2)]


def test_a_pair_is_one_row_a_year_and_empty_where_nothing_covers_it(ask: Ask) -> None:
    assert ask("select count(*) from {panel} group by iso3_1, iso3_2, year having count(*) > 1") == []
    assert ask("select count(*) from {panel} where ccode1 is null or ccode1 >= ccode2") == [(0,)]
    # a session that reached into the year in which the state began
    assert ask("select distinct iso3_2, year from {panel} where ccode2 is null order by all") == [("SCG", 1991), ("SRB", 2005)]
    others = "where (iso3_1, iso3_2) <> ('RUS', 'CHN')"
    empty = "exercises_covered, military_exercises, trade_covered, trade_basis, exports_1_to_2_usd, exports_2_to_1_usd, two_way_total_usd"
    assert ask(f"select distinct {empty} from {{panel}} {others}") == [(False, None, False, None, None, None, None)]


@pytest.mark.campaign
def test_a_directed_panel_has_both_orders(built: Path, tmp_path: Path, ask: Ask) -> None:
    with connect(built.parent) as con:
        rows = panel.write(con, tmp_path / "directed.csv", is_directed=True)
    assert rows == 2 * ask("select count(*) from {panel}")[0][0]
    [both] = duckdb.sql(
        f"select list(assembly_votes order by iso3_1) from '{tmp_path}/directed.csv' "
        "where year = 1956 and iso3_1 in ('FRA', 'GBR') and iso3_2 in ('FRA', 'GBR')"
    ).fetchall()
    assert both == ([66, 66],)


@pytest.fixture(scope="module")
def with_world(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a release that is linked to a small edition of the world's trade, of 2022 and 2023."""
    folder = tmp_path_factory.mktemp("with_world")
    edition = ingest(baci.write(folder / "BACI_HS92_V202601", 4_000, range(2022, 2024)), folder / "home")
    (folder / TRADE).symlink_to(aggregates.build(folder / "home", edition, snapshot.sources()))
    (folder / "warehouse.duckdb").symlink_to(built)
    return folder


def test_a_pair_has_the_same_year_in_the_panel_and_in_its_macro(with_world: Path, tmp_path: Path) -> None:
    """Of pairs with much trade, little or none, of the release's pair and of states that ended, with and without the world's trade."""
    with connect(with_world) as con:
        panel.write(con, tmp_path / "panel.parquet", is_directed=True)
        rows = con.execute("select exporter, importer from trade.dyad_year where year = 2023 order by value_usd desc, exporter").fetchall()
        for a, b in [
            rows[0],
            rows[len(rows) // 2],
            rows[-1],
            ("CHN", "RUS"),
            ("AND", "TUV"),
            ("SUN", "USA"),
            ("BLR", "CHN"),
            ("FRA", "GBR"),
        ]:
            columns = [name for name in panel.COLUMNS if name not in ("ccode1", "ccode2", "shared_bloc_count")]
            macro = con.execute(
                f"select {', '.join(columns)}, len(shared_blocs) from dyad('{a}', '{b}', directed := true) order by iso3_1, year"
            ).fetchall()
            written = duckdb.sql(
                f"select {', '.join(columns)}, shared_bloc_count from '{tmp_path}/panel.parquet' "
                f"where iso3_1 in ('{a}', '{b}') and iso3_2 in ('{a}', '{b}') order by iso3_1, year"
            ).fetchall()
            known = {row[:3] for row in written}
            assert [row for row in macro if row[:3] in known] == [pytest.approx(row) for row in written]
            assert known or (a, b) == ("AND", "TUV")


def test_an_exercise_of_another_pairs_list_counts_in_a_year_that_a_source_covers(built: Path, tmp_path: Path) -> None:
    """Peace Mission 2007 and 2010, Norak 2009: in the list of China and Russia, also of Kazakhstan. A list of any pair leaves them out."""
    shutil.copyfile(built, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as release:
        release.execute("insert into raw.snapshot_file (source, file, kind, sha256, licence) values ('any', 'any.csv', 'exercise', '', '')")
        release.execute(
            "insert into catalog.source from (select * replace ('any' as source, null as coverage_dyads, "
            "date '1980-01-01' as coverage_first, date '2010-12-31' as coverage_last) from catalog.source where source = 'dyad_exercises')"
        )
    with connect(tmp_path) as con:
        panel.write(con, tmp_path / "panel.parquet", is_directed=False)
        columns = "year, military_exercises, exercises_covered"
        macro = con.execute(f"select {columns} from dyad('CHN', 'KAZ') where year between 2006 and 2011 order by year").fetchall()
        of_list = con.execute("select sum(military_exercises)::int from dyad('CHN', 'RUS')").fetchall()
        ranked = {row["dyad"]: row for row in pairs.exercises(con, None, limit=1000)}
    written = duckdb.sql(
        f"select {columns} from '{tmp_path}/panel.parquet' where iso3_1 = 'KAZ' and iso3_2 = 'CHN' and year between 2006 and 2011 order by year"
    ).fetchall()
    assert macro == written == [(2006, 0, True), (2007, 1, True), (2008, 0, True), (2009, 1, True), (2010, 1, True), (2011, None, False)]
    assert (ranked["CHN-KAZ"]["exercises"], ranked["CHN-KAZ"]["covered_from"], ranked["CHN-KAZ"]["covered_to"]) == (4, 1980, 2010)
    assert (ranked["CHN-RUS"]["exercises"], ranked["CHN-RUS"]["covered_from"], ranked["CHN-RUS"]["covered_to"]) == (68, 1980, 2026)
    assert of_list == [(68,)]


@pytest.mark.campaign
def test_blocs_are_not_covered_in_a_release_without_memberships(built: Path, tmp_path: Path) -> None:
    shutil.copyfile(built, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as release:
        release.execute("delete from raw.snapshot_file where kind = 'membership'; delete from charts.bloc_membership")
    with connect(tmp_path) as con:
        panel.write(con, tmp_path / "panel.dta", is_directed=False)
        macro = con.execute("select distinct blocs_covered, shared_blocs from dyad('CHN', 'RUS')").fetchall()
    written = pd.read_stata(tmp_path / "panel.dta")
    assert macro == [(False, None)]
    assert not written["blocs_covered"].any() and written["shared_bloc_count"].isna().all()


def test_trade_is_the_worlds_in_the_years_of_its_edition(with_world: Path) -> None:
    """What a pair did not trade in these years is 0; in other years the pair of the release has its own series, another pair none."""
    with connect(with_world) as con:
        bases = con.execute(
            "select year between 2022 and 2023 as is_world, list(distinct trade_basis order by trade_basis) from dyad('CHN', 'RUS') "
            "where trade_covered group by all order by all"
        ).fetchall()
        [(a, b)] = con.execute(
            "select x.iso3, y.iso3 from trade.country_code as x, trade.country_code as y where x.iso3 < y.iso3 "
            "and (x.iso3, y.iso3) not in (select (least(exporter, importer), greatest(exporter, importer)) from trade.dyad_year) "
            "and x.iso3 in (select iso3 from raw.country) and y.iso3 in (select iso3 from raw.country) order by all limit 1"
        ).fetchall()
        none = con.execute(f"select year, two_way_total_usd from dyad('{a}', '{b}') where trade_covered order by year").fetchall()
        [(seller, buyer, value)] = con.execute(
            "select exporter, importer, value_usd::double from trade.dyad_year where year = 2023 order by value_usd desc, exporter limit 1"
        ).fetchall()
        sold = con.execute(
            f"select exports_1_to_2_usd from dyad('{buyer}', '{seller}', directed := true) where year = 2023 and iso3_1 = '{seller}'"
        ).fetchall()
    assert bases[1] == (True, ["CEPII BACI HS92_V202601"]) and len(bases[0][1]) > 1
    assert none == [(2022, 0), (2023, 0)]
    assert sold == [(pytest.approx(value),)]


def test_the_pair_that_leads_in_trade_has_that_trade_in_its_year(with_world: Path) -> None:
    with trade_file.connect(with_world / "home") as world:
        [top] = compare.largest(world, limit=1)
    with connect(with_world) as con:
        a, b = top["dyad"].split("-")
        assert con.execute(f"select two_way_total_usd from dyad('{a}', '{b}') where year = {top['year']}").fetchall() == [
            (top["two_way_usd"],)
        ]


def test_stata_reads_the_same_rows_with_labels(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "PANEL", f"select * from ({panel.PANEL}) where year = 1956")
    with connect(built.parent) as con:
        for suffix in ("dta", "parquet"):
            panel.write(con, tmp_path / f"panel.{suffix}", is_directed=False)
    with pd.read_stata(tmp_path / "panel.dta", iterator=True) as reader:
        assert reader.variable_labels() == panel.COLUMNS
        written = reader.read()
    expected = pd.read_parquet(tmp_path / "panel.parquet").fillna({"trade_basis": ""})
    assert list(written) == list(expected) == list(panel.COLUMNS)
    pd.testing.assert_frame_equal(written, expected, check_dtype=False)


@pytest.mark.parametrize(("error", "expected"), [(OSError(28, "full"), Unusable), (KeyboardInterrupt(), KeyboardInterrupt)])
def test_a_panel_that_is_not_complete_replaces_none(
    error: BaseException, expected: type[BaseException], built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def partly(rows: object, path: Path, **_: object) -> None:
        path.write_text("half")
        raise error

    monkeypatch.setattr("pyarrow.parquet.write_table", partly)
    monkeypatch.setattr(panel, "PANEL", f"select * from ({panel.PANEL}) where year = 1956")
    file = tmp_path / "panel.parquet"
    file.write_text("whole")
    with connect(built.parent) as con, pytest.raises(expected):
        panel.write(con, file, is_directed=False)
    assert file.read_text() == "whole" and [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_file_of_no_known_format_or_place_is_refused(built: Path, tmp_path: Path) -> None:
    with connect(built.parent) as con, pytest.raises(Unusable, match="name a file that ends in .parquet, .csv, .dta"):
        panel.write(con, tmp_path / "panel.xlsx", is_directed=False)
    with duckdb.connect() as empty, pytest.raises(Unusable, match="nowhere/panel.parquet: the folder does not exist; make it"):
        panel.write(empty, tmp_path / "nowhere" / "panel.parquet", is_directed=False)  # before anything is computed
    (tmp_path / "folder.csv").mkdir()
    with duckdb.connect() as empty, pytest.raises(Unusable, match="folder.csv: is a folder; name a file that can be written"):
        panel.write(empty, tmp_path / "folder.csv", is_directed=False)
