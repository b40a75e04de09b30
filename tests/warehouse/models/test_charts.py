"""Test every dataset against numbers counted by hand from the bundled figures."""

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest

from schemas import registry
from sources import snapshot
from warehouse import models
from warehouse.build import as_of, audit, catalog, claims, database, land, layers
from warehouse.build.clock import Clock
from warehouse.connect import connect

BY_HAND = {
    # Nine bilateral core exercises of 2024: Joint Sea, Ocean-2024, Northern/Interaction, the Pacific patrol's drill, the
    # Gulf of Finland, two naval and two air patrols
    "exercises 2024": (
        "select exercise_count, of_which_patrols from charts.joint_exercises "
        "where year = 2024 and category = 'core_military' and format = 'bilateral'",
        [(9, 4)],
    ),
    "no exercise found in 2004, inside coverage: zero": (
        "select sum(exercise_count), count(*) from charts.joint_exercises where year = 2004",
        [(0, 10)],
    ),
    "2026 is unfinished": ("select distinct year from charts.joint_exercises where is_partial", [(2026,)]),
    "the Baltic drill of 2017": (
        "select name, start_date::varchar, sea, region from charts.naval_drills where year = 2017 and list_contains(seas, 'Baltic Sea')",
        [("Joint Sea 2017 (I)", "2017-07-21", "Baltic Sea", "Europe")],
    ),
    "Iran is the third at Maritime Security Belt 2019": (
        "select other_participants from charts.naval_drills where exercise_id = 'maritime-security-belt-2019'",
        [(["IRN"],)],
    ),
    # from the Bering and Chukchi Seas to the Sea of Japan
    "one of three seas lies inside the first island chain": (
        "select seas, touches_first_island_chain from charts.naval_drills where exercise_id = 'coast-guard-patrol-2024'",
        [(["Bering Sea", "Chukchi Sea", "Sea of Japan"], True)],
    ),
    "only Chinese and Russian ships are documented at sea in Vostok-2022": (
        "select other_participants from charts.naval_drills where exercise_id = 'vostok-2022'",
        [([],)],
    ),
    "ten states took part on land": (
        "select participants from core.exercise where exercise_id = 'vostok-2022'",
        [(["BLR", "CHN", "DZA", "IND", "LAO", "MNG", "NIC", "RUS", "SYR", "TJK"],)],
    ),
    # one of several votes under a draft, a draft, a draft voted on in writing, and a vote known by its record alone
    "drafts and records are linked by their own symbols": (
        "select draft_symbol, draft_url, record_url from core.veto where draft_symbol in "
        "('S/2007/14', 'S/17172 [part vote 1]', 'S/PV.23', 'S/2020/667') order by 1",
        [
            ("S/17172 [part vote 1]", None, "https://docs.un.org/en/S/PV.2580"),
            ("S/2007/14", "https://docs.un.org/en/S/2007/14", "https://docs.un.org/en/S/PV.5619"),
            ("S/2020/667", "https://docs.un.org/en/S/2020/667", None),
            ("S/PV.23", None, "https://docs.un.org/en/S/PV.23"),
        ],
    ),
    "off South Africa is Africa, in the drill's own region and in its sea's": (
        "select d.region, e.region from charts.naval_drills as d join core.exercise as e using (exercise_id) where exercise_id = 'mosi-ii-2023'",
        [("Africa", "Africa")],
    ),
    "a drill that no report shows with Chinese ships is not counted": (
        "select exercise_id from charts.naval_drills where year = 2026",
        [("will-for-peace-2026",)],
    ),
    "the drill near Nurek lasted days, not a year": (
        "select start_date::varchar, end_date::varchar, participants from core.exercise where exercise_id = 'norak-antiterror-2009'",
        [("2009-04-17", "2009-04-19", ["CHN", "KAZ", "KGZ", "RUS", "TJK"])],
    ),
    "both directions by chapter from 2017 to 2023": (
        "select min(year), max(year), count(distinct year || exporter) from charts.trade_composition",
        [(2017, 2023, 14)],
    ),
    # 67,196,723,… of exports and 79,593,503,788 of imports: the sums of twelve months each
    "trade 2021, Comtrade": (
        "select exporter, round(value_usd / 1e9, 3), round(two_way_total_usd / 1e9, 2) from charts.bilateral_trade "
        "where frequency = 'annual' and period_start = '2021-01-01' and is_headline order by 1",
        [("CHN", 67.197, 146.79), ("RUS", 79.594, 146.79)],
    ),
    # 96 and 88 chapters of 2022, 96 and 89 of 2023, added up outside the program
    "trade by BACI is the sum of chapters": (
        "select year(period_start), exporter, round(value_usd / 1e6, 1) from charts.bilateral_trade "
        "where basis = 'CEPII BACI' and period_start >= '2022-01-01' order by 1, 2",
        [(2022, "CHN", 75356.5), (2022, "RUS", 114147.2), (2023, "CHN", 110013.9), (2023, "RUS", 129002.5)],
    ),
    "only compiled series have no reporter": (
        "select distinct basis, compiled_from from charts.bilateral_trade where reporter is null or compiled_from <> 'own' order by 1",
        [("CEPII BACI", "both"), ("Harvard Atlas", "both"), ("RIA Novosti compilation", "partners")],
    ),
    "figures given again with another value": (
        "select figure, year(period_start), value_before, value from core.revision order by all",
        [
            ("gdp_growth_pct, RUS", 2022, -2.1, -1.2),
            ("gdp_growth_pct, RUS", 2023, 3.6, 4.1),
            ("gdp_growth_pct, RUS", 2024, 4.1, 4.3),
            ("gdp_growth_pct, RUS", 2024, 4.3, 4.9),
            ("gdp_growth_pct, RUS, forecast", 2024, 3.2, 3.6),
            ("total, CHN and RUS, annual", 2015, 64.2e9, 68e9),
        ],
    ),
    # 18.294 - 9.222 and 20.750 - 9.968; 38.886 - 22.725 - 8.101 and 49.910 - 30.488 - 9.602, more exact than from 30.8 and 40.3
    "a month that no document gives": (
        "select strftime(period_start, '%Y-%m'), flow, round(value_usd / 1e9, 3) from core.derived_trade "
        "where period_start in ('2025-04-01', '2026-01-01') order by all",
        [("2025-04", "export", 8.06), ("2025-04", "import", 9.82), ("2026-01", "export", 9.072), ("2026-01", "import", 10.782)],
    ),
    # 37.83 - 18.294 and 47.41 - 20.750
    "two months that no document gives apart": (
        "select flow, round(value_usd / 1e9, 3), month_count, rule from core.derived_trade where period_start = '2026-03-01' order by flow",
        [
            ("export", 19.536, 2, "January to April less January to February"),
            ("import", 26.66, 2, "January to April less January to February"),
        ],
    ),
    # 37.297 / 1.073, 32.228 / 0.969 and 69.525 / 1.022
    "a year before its published growth": (
        "select flow, round(value_usd / 1e9, 2), round(uncertainty_usd / 1e9, 2) from core.derived_trade "
        "where period_start = '2015-01-01' order by flow",
        [("export", 34.76, 0.02), ("import", 33.26, 0.02)],
    ),
    "a derived month is the headline where nothing was published, and only there": (
        "select distinct strftime(period_start, '%Y-%m'), two_way_total_usd / 1e9 from charts.bilateral_trade "
        "where is_derived and is_headline and frequency = 'monthly' order by 1",
        [("2025-04", 17.88), ("2025-10", 19.623), ("2025-11", 20.4321), ("2026-01", 19.854)],
    ),
    "a derived figure rests on all its inputs": (
        "select list_sort(list_distinct(list(len(evidence)))) from core.derived_trade",
        [([2, 3, 4],)],
    ),
    # (48.625 - 35.397 + 40.29) of (72.062 - 35.397 + 40.29), and (30.986 - 23.782 + 27.6) of (51.191 - 23.782 + 27.6)
    "energy with crude oil as Chinese customs counted it": (
        "select year, round(share_pct, 1), exporter from core.derived_energy_share order by year",
        [(2020, 63.3, "RUS"), (2021, 69.5, "RUS")],
    ),
    "trade 2023, GACC preliminary": (
        "select distinct two_way_total_usd from charts.bilateral_trade where basis = 'GACC preliminary, CHN-reported' "
        "and frequency = 'annual' and period_start = '2023-01-01'",
        [(240.11e9,)],
    ),
    "China's exports grew 47 percent in 2023": (
        "select round(change_pct, 1) from charts.bilateral_trade where is_headline and frequency = 'annual' "
        "and period_start = '2023-01-01' and exporter = 'CHN'",
        [(47.0,)],
    ),
    # United States 664.5, Japan 318.0, Korea 310.7, Hong Kong 288.2, Taiwan 267.8, then Russia 240: sixth of all economies,
    # fourth of states, eighth and sixth and seventh with blocs
    "rank of Russia 2023": (
        "select rule, rank from charts.trade_dependence where country = 'CHN' and year = 2023 order by 1",
        [("A", 6), ("B", 4), ("C", 8), ("D", 6), ("E", 7)],
    ),
    # (48,073,660,520 + 58,579,835,900) of (2,501,333,579,640 + 2,134,026,454,130), and (56,079,088,096 + 52,167,592,203)
    # of (449,185,267,240 + 237,509,707,808)
    "weight in each other's trade 2018": (
        "select country, round(share_pct, 3) from charts.trade_dependence where year = 2018 and rule = 'A' order by 1",
        [("CHN", 2.318), ("RUS", 15.763)],
    ),
    # of 184, 185, 139 and 143 economies in the tables; Czechoslovakia to the last day of 1992, Yugoslavia in neither year
    "UN members among the partners": (
        "select country, year, partner_count from charts.trade_dependence where rule = 'B' and year in (1992, 1993) order by 1, 2",
        [("CHN", 1992, 166), ("CHN", 1993, 167), ("RUS", 1992, 129), ("RUS", 1993, 132)],
    ),
    "rank of Russia 2018": (
        "select rule, rank from charts.trade_dependence where country = 'CHN' and year = 2018 order by 1",
        [("A", 11), ("B", 9), ("C", 10), ("D", 8), ("E", 11)],
    ),
    "rank of Russia 2021, mirrored": (
        "select rule, rank, is_mirror from charts.trade_dependence where country = 'CHN' and year = 2021 and rank is not null order by 1",
        [("A", 11, True), ("B", 9, True), ("C", 10, True), ("D", 8, True), ("E", 11, True)],
    ),
    "rank of Russia 2022": (
        "select rule, rank from charts.trade_dependence where country = 'CHN' and year = 2022 order by 1",
        [("A", 10), ("B", 8), ("C", 9), ("D", 7), ("E", 10)],
    ),
    "rank of Russia 2024": (
        "select rule, rank from charts.trade_dependence where country = 'CHN' and year = 2024 order by 1",
        [("A", 7), ("B", 5), ("C", 8), ("D", 6), ("E", 8)],
    ),
    # on Russia's own figures 227.8, on its partners' 240.1 of 710.1 bn; the European Union is not in that list, so no rule that counts it as one can rank
    "China for Russia 2023": (
        "select rule, rank, round(share_pct, 1) from charts.trade_dependence where country = 'RUS' and year = 2023 order by 1, 3",
        [("A", None, 32.1), ("A", 1, 33.8), ("B", 1, 33.8)],
    ),
    "energy in what Russia sells, 2017 and 2023": (
        "select year, round(share_pct, 1) from charts.trade_composition "
        "where exporter = 'RUS' and hs_chapter = '27' and year in (2017, 2023) order by 1",
        [(2017, 64.7), (2023, 73.5)],
    ),
    "vehicles in what China sells, 2023": (
        "select round(share_pct, 1) from charts.trade_composition where exporter = 'CHN' and hs_chapter = '87' and year = 2023",
        [(20.5,)],
    ),
    "votes in favour of the two amendments vetoed on 2025-02-24": (
        "select in_favour from charts.security_council_vetoes where is_amendment and year = 2025 order by draft_symbol",
        [(9,), (11,)],
    ),
    "no member's vote cites the list of vetoes, which names only who vetoed": (
        "select count(*) from core.evidence where evidence_id like 'un_sc_vetoes/roll_call@%' and title like '%Veto List%'",
        [(0,)],
    ),
    "vetoes by type, to October 2026": (
        "select veto_type, count(*) from charts.security_council_vetoes group by 1 order by 1",
        [("first only", 2), ("joint", 18), ("second only", 25)],
    ),
    "BRICS at the end of 2023, 2024 and 2025": (
        "select year(as_of), any_value(member_count) from charts.bloc_membership "
        "where bloc = 'BRICS' and month(as_of) = 12 and year(as_of) in (2023, 2024, 2025) group by 1 order by 1",
        [(2023, 5), (2024, 9), (2025, 10)],
    ),
    "SCO at the end of 2017 and 2024": (
        "select year(as_of), status, count(*) from charts.bloc_membership where bloc = 'SCO' and month(as_of) = 12 "
        "and year(as_of) in (2017, 2024) group by 1, 2 order by 1, 2",
        [
            (2017, "dialogue_partner", 6),
            (2017, "member", 8),
            (2017, "observer", 4),
            (2024, "dialogue_partner", 14),
            (2024, "member", 10),
            (2024, "observer", 2),
        ],
    ),  # fmt: skip
    # of a figure given twice the later publication counts: China's imports of 2014 were rounded in 2015
    "the newer vintage of a flow": (
        "select year(known_on), value_usd, is_current from core.trade_flow where source = 'un_comtrade' and reporter = 'CHN' "
        "and partner_iso3 = 'WLD' and flow = 'import' and frequency = 'annual' and period_start = '2014-01-01' order by 1",
        [(2015, 1960000000000, False), (2025, 1959234625162, True)],
    ),
    "the newer vintage of a product": (
        "select year(known_on), value_usd, is_current from core.trade_by_product where source = 'cepii_baci' "
        "and exporter = 'RUS' and hs_code = '2709' and year = 2022 order by 1",
        [(2025, 58377523628, False), (2026, 58377523628, True)],
    ),
    "the newer vintage of an indicator": (
        "select day(known_on), round(value, 2), is_current from core.economy_indicator "
        "where iso3 = 'RUS' and indicator = 'gdp_growth_pct' and year = 2014 and not is_forecast order by 1",
        [(10, 0.74, False), (31, 0.74, True)],
    ),
    # a publisher without a place in the order of bases is kept: the lines of its file
    "flows outside the order of bases": (
        "select source, count(*) from core.trade_flow where precedence is null group by 1 order by 1",
        [("gacc_press", 155)],
    ),
    "no forecast is current": ("select count(*) from core.economy_indicator where is_forecast and is_current", [(0,)]),
    "areas without a code are drawn": (
        "select name from core.country_shape where iso3 is null order by 1",
        [("Kosovo",), ("N. Cyprus",), ("Somaliland",)],
    ),
}


def ask(path: Path, sql: str) -> list[tuple]:
    """Return the rows of a query on a built warehouse."""
    with connect(path.parent) as con:
        return con.execute(sql).fetchall()


@pytest.mark.parametrize("name", BY_HAND)
def test_counted_by_hand(name: str, built: Path) -> None:
    sql, expected = BY_HAND[name]
    assert ask(built, sql) == expected


DAYS = (
    "select schema_name || '.' || table_name, column_name from duckdb_columns() "
    "where database_name = 'warehouse' and data_type = 'DATE' and column_name <> 'read_on'"  # when we read is about us
)
# reference tables name no figure and no event; their code lists are of a later edition
REFERENCE = "file like 'sources/dyad_reference/%'"


def test_the_articles_release_knows_nothing_later(article: Path) -> None:
    days = ask(article, DAYS)
    assert len(days) > 60
    for table, day in days:
        apart = f"and not {REFERENCE}" if day == "published_on" and table.startswith(("raw.", "core.")) else ""
        assert (table, day, ask(article, f"select count(*) from {table} where {day} > '2024-12-12' {apart}")) == (table, day, [(0,)])
    cited = "(select unnest(evidence) as evidence_id from charts.{}) join core.evidence using (evidence_id)"
    for chart in ("bilateral_trade", "trade_dependence", "joint_exercises", "security_council_vetoes", "bloc_membership"):
        assert ask(article, f"select count(*) from {cited.format(chart)} where published_on > '2024-12-12'") == [(0,)]
    assert ask(article, "select count(*) from charts.security_council_vetoes where veto_type = 'joint'") == [(16,)]
    same = "select claim_id, value_found, verdict from charts.claims order by 1"
    then = "select claim_id, value_today, verdict_today from charts.claims order by 1"
    assert ask(article, same) == ask(article, then)


def test_what_a_spell_came_to_is_not_shown_before(built: Path, article: Path) -> None:
    """On the article's day no one knew that Mongolia's status would merge with others in 2025, or that Türkiye would not accept."""
    sql = (
        "select iso3, is_disputed, note is not null from charts.bloc_membership where as_of = '2024-12-12' "
        "and (bloc, iso3) in (('SCO', 'MNG'), ('BRICS', 'TUR'), ('BRICS', 'SAU'), ('BRICS', 'ARG'), ('BRICS', 'BRA')) order by 1"
    )
    assert ask(article, sql) == [("BRA", False, True), ("MNG", False, False), ("SAU", True, False), ("TUR", False, False)]
    later = "select count(*) from {} where regexp_matches(note, '(20250901|2025-(0[1-9]|1[0-2])-|mid-2025|May 2025|20[0-9]{{2}}/2025)')"
    for table in ("charts.bloc_membership", "core.membership", "raw.membership"):
        assert ask(article, later.format(table)) == [(0,)]
        assert ask(built, later.format(table)) != [(0,)]


def test_a_zero_cites_our_list_up_to_the_day(article: Path) -> None:
    """Its edition, not the address of another's article; the exercises of 2025 and 2026 are on later lines."""
    sql = (
        "select distinct url, published_on::varchar, read_on::varchar, last_line from core.evidence "
        "where evidence_id in (select unnest(evidence) from charts.joint_exercises where year = 2004)"
    )
    [(url, published, read, last)] = ask(article, sql)
    assert (url, published, read) == (None, "2024-12-12", "2026-11-30")
    assert ask(article, f"select count(*) from raw.exercise where line <= {last}") == ask(article, "select count(*) from core.exercise")


def test_an_exercise_of_another_pairs_list_counts_in_a_covered_year(built: Path, tmp_path: Path) -> None:
    """Peace Mission 2007 and 2010, Norak 2009: in the list of China and Russia, also of Kazakhstan, beside a list of any pair."""
    path = Path(shutil.copyfile(built, tmp_path / "warehouse.duckdb"))
    path.chmod(0o644)
    [model] = [model for model in models.layer("charts") if model.table == "joint_exercises"]
    [adds_up] = [rule for rule in audit.load() if rule.name == "charts__joint_exercises_add_up"]
    with duckdb.connect(path) as con:
        con.execute("insert into raw.snapshot_file (source, file, kind, sha256, licence) values ('any', 'any.csv', 'exercise', '', '')")
        con.execute(
            "insert into catalog.source from (select * replace ('any' as source, null as coverage_dyads, "
            "date '1980-01-01' as coverage_first, date '2010-12-31' as coverage_last) from catalog.source where source = 'dyad_exercises')"
        )
        con.execute("insert into core.dyad from (select * replace ('CHN-KAZ' as dyad, 'CHN' as iso3_a, 'KAZ' as iso3_b) from core.dyad)")
        counted = (
            "select year, sum(exercise_count) from charts.joint_exercises where dyad = ? and year >= ? and category = 'core_military' "
            "group by year order by year"
        )
        before = con.execute(counted, ["CHN-RUS", 2003]).fetchall()
        con.execute("drop table charts.joint_exercises")
        layers.run_model(con, model, Clock(dt.date(2026, 10, 5), ("CHN-RUS", "CHN-KAZ")))
        assert con.execute(counted, ["CHN-RUS", 2003]).fetchall() == before, "the list of the pair covers 2003 to today"
        assert con.execute(counted, ["CHN-KAZ", 2006]).fetchall() == [(2006, 0), (2007, 1), (2008, 0), (2009, 1), (2010, 1)]
        assert con.execute(adds_up.sql).fetchall() == []
        con.execute("update charts.joint_exercises set exercise_count = 0 where dyad = 'CHN-KAZ' and year = 2007")
        assert [at for at, *_ in con.execute(adds_up.sql).fetchall()] == ["CHN-KAZ 2007"]


def test_a_state_counts_as_its_bloc_in_a_year_on_whose_last_day_it_leaves(built: Path, tmp_path: Path) -> None:
    path = Path(shutil.copyfile(built, tmp_path / "warehouse.duckdb"))
    path.chmod(0o644)
    [model] = [model for model in models.layer("charts") if model.table == "trade_dependence"]
    with duckdb.connect(path) as con:
        partners = "select year, partner_count from charts.trade_dependence where country = 'CHN' and rule = 'E' and year between 2019 and 2020 order by 1"
        before = con.execute(partners).fetchall()
        con.execute("update raw.bloc_member set member_to = date '2020-12-31' where iso3 = 'GBR'")
        con.execute("drop table charts.trade_dependence")
        layers.run_model(con, model, Clock(dt.date(2026, 10, 5), ("CHN-RUS",)))
        assert con.execute(partners).fetchall() == [before[0], (2020, before[1][1] - 1)]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("day", ["1992-01-01", "2003-06-01", "2012-06-01", "2020-06-01", "2022-02-24", "2023-12-31"])
def test_on_any_day_a_claim_cites_what_was_searched(day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict that rests on nothing found rests on the lists as a whole, and these resolve."""
    sources = snapshot.sources()
    clock = Clock(dt.date.fromisoformat(day), ("CHN-RUS",))
    texts = [text._replace(published_on=clock.as_of) for text in models.texts()]  # a release decides no claims of later texts
    monkeypatch.setattr(models, "texts", lambda: texts)
    with database.connect(tmp_path / "warehouse.duckdb") as con:
        list(land.land(con, sources))
        catalog.fill(con, sources, clock)
        as_of.forget(con, clock)
        tables = [table for layer in ("core", "charts") for table in layers.run_layer(con, layer, clock)]
        claims.create(con)
        tables.append(claims.decide(con, claims.decide_then(con, clock)))
        assert [f.line(t.table) for t in tables for f in t.findings] == []
        lost = "from (select unnest(evidence) as evidence_id from charts.claims) anti join core.evidence using (evidence_id)"
        assert con.execute(f"select * {lost}").fetchall() == []
        # five categories in two formats a year of the list's coverage, though by then the list may name none of a category
        counted = con.execute("select count(*), count(distinct year) from charts.joint_exercises").fetchone()
        assert counted == (10 * (years := max(0, clock.as_of.year - 2002)), years)
        if day <= "2022-02-24":
            assert con.execute("select verdict_today from charts.claims where claim_id = 'C02'").fetchall() == [("not decidable",)]
        if day < "2003":
            cited = "select distinct e.file from charts.claims as c join core.evidence as e on list_contains(c.evidence, e.evidence_id)"
            files = con.execute(f"{cited} where c.claim_id = 'C04'").fetchall()
            assert files == [("sources/dyad_exercises/snapshot/exercise.csv",)]


def test_every_row_of_every_chart_has_evidence_that_resolves(built: Path) -> None:
    tables = [name for (name,) in ask(built, "select table_name from duckdb_tables() where schema_name = 'charts'")]
    assert {f"charts.{table}" for table in tables} == {table for table in registry.MODELED if table.startswith("charts.")}
    for table in tables:
        lost = ask(
            built,
            f"select count(*) from (select unnest(evidence) as evidence_id from charts.{table}) "
            "anti join core.evidence using (evidence_id)",
        )
        empty = ask(built, f"select count(*) from charts.{table} where coalesce(len(evidence), 0) = 0")
        assert (table, lost, empty) == (table, [(0,)], [(0,)])


def test_a_figure_is_cited_under_its_publishers_terms(built: Path) -> None:
    """BACI's volumes of energy are not among what the press quotes of the customs, under its terms."""
    cited = ask(built, "select distinct licence from core.evidence where publisher = 'CEPII' and source <> 'dyad_reference'")
    assert cited == [("Etalab Open Licence 2.0",)]
    assert ask(built, "select count(*) from raw.energy_volume where source = 'cepii_baci'") == [(58,)]


def test_evidence_points_at_the_bytes(built: Path) -> None:
    root = Path(__file__).parents[3]
    sql = (
        "select file, first_line, snapshot_sha256 from core.evidence "
        "where evidence_id in (select unnest(evidence) from charts.security_council_vetoes where draft_symbol = 'S/2007/14')"
    )
    rows = ask(built, sql)
    assert len(rows) >= 2
    for file, line, sha in rows:
        data = (root / file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha
        assert data.decode().splitlines()[line - 1].startswith("S/2007/14,")


def test_every_table_and_column_is_described(built: Path) -> None:
    undescribed = "from duckdb_columns() where not internal and comment is null and not (schema_name = 'raw' and table_name like '%\\_\\_%' escape '\\')"
    assert ask(built, f"select schema_name, table_name, column_name {undescribed}") == []
    assert ask(built, "select table_name from duckdb_tables() where not internal and comment is null") == []
    assert ask(built, "select count(*) from catalog.columns where schema = 'charts'")[0][0] > 80
