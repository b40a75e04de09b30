"""Test that the views return what their descriptions promise, also in a published file, and that every column is described."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from warehouse.build import database, views
from warehouse.connect import connect
from warehouse.release import trace


@pytest.fixture(scope="module")
def con(built: Path, tmp_path_factory: pytest.TempPathFactory):
    """Yield a published file with the views, opened by a reader under another name."""
    folder = tmp_path_factory.mktemp("views")
    shutil.copyfile(built, folder / "release.duckdb")
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


def test_no_view_or_macro_calls_if(con) -> None:
    """DuckDB 1.5, with which readers may open a release, has no function of that name; `case` does the same."""
    stored = con.execute(
        "select view_name, sql from duckdb_views() where not internal union all "
        "select function_name, macro_definition from duckdb_functions() where not internal and macro_definition is not null"
    ).fetchall()
    assert len(stored) > 30 and [name for name, sql in stored if re.search(r'\bif"?\(', sql)] == []


def test_every_code_of_a_state_has_its_name_beside_it(con) -> None:
    """`iso3_a` is named by `name_a`, `partner_iso3` by `partner_name`, any other column whose values are codes by `country_name`, a pair by either."""
    con.execute(
        "create temp table known as select iso3 as code, name from elsewhere.raw.country union all select code, name from elsewhere.raw.economy_group"
    )
    named = 0
    for view in [f"elsewhere.{view.name}" for view in views.load()]:
        columns = dict(con.execute(f"select column_name, column_type from (describe {view})").fetchall())
        for column in [column for column, kind in columns.items() if kind == "VARCHAR"]:
            counts = f"select count(distinct {column}), count(distinct code) from {view} left join known on code = {column}"
            values, codes = con.execute(counts).fetchone()
            if codes and codes == values:
                stem, _, side = column.partition("iso3")
                name = f"name{side}" if side else f"{stem.strip('_') or 'country'}_name"
                assert name in columns, f"{view}.{column} needs {name} beside it"
                wrong = f"select count(*) from {view} join known on code = {column} where {name} is distinct from known.name"
                assert con.execute(wrong).fetchone() == (0,)
                named += 1
        assert "dyad" not in columns or columns.keys() & {"name_a", "country_name"}, f"{view}.dyad needs names beside it"
    assert named > 8


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


def test_growth_vintages_are_kept_beside_what_they_replaced(con) -> None:
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


def test_a_year_of_a_pair_is_one_row(con) -> None:
    rows = con.execute("select dyad, year from elsewhere.views.dyad_year group by all having count(*) > 1").fetchall()
    assert rows == []
    row = con.execute(
        "select name_a, name_b, round(two_way_total_usd / 1e9, 1), military_exercises, joint_patrols, vetoed_drafts, joint_vetoes, shared_blocs "
        "from elsewhere.views.dyad_year where dyad = 'CHN-RUS' and year = 2024"
    ).fetchone()
    exercises = con.execute(
        "select sum(exercise_count), sum(of_which_patrols) from elsewhere.charts.joint_exercises where year = 2024 and category = 'core_military'"
    ).fetchone()
    vetoes = con.execute(
        "select count(*), count(*) filter (where veto_type = 'joint') from elsewhere.charts.security_council_vetoes where year = 2024"
    ).fetchone()
    assert row == ("China", "Russia", 245.2, *exercises, *vetoes, ["BRICS", "SCO"])


def test_a_year_of_a_pair_has_its_votes(con) -> None:
    rows = con.execute(
        "select year, assembly_votes, round(assembly_identical_pct, 2), council_votes, council_identical_pct from elsewhere.views.dyad_year "
        "where dyad = 'CHN-RUS' and year in (2016, 2021) order by year"
    ).fetchall()
    # session 71 opened in 2016; session 76, of 2021, is later than the bundled roll calls
    assert rows == [(2016, 113, 68.14, 2, 50.0), (2021, None, None, 1, 0.0)]


def test_any_pair_has_its_votes_without_a_build(built: Path) -> None:
    """The macro gives the numbers of votes and of identical votes that were counted line by line in the published file."""
    by_hand = {
        ("FRA", "GBR", 1956): (66, 59),
        ("DEU", "FRA", 2002): (104, 90),
        ("ISR", "USA", 1983): (126, 80),
        ("CHN", "SUN", 1971): (50, 40),
    }
    with connect(built.parent) as con:
        for (a, b, year), (votes, same) in by_hand.items():
            sql = f"select assembly_votes, assembly_identical_pct from dyad('{b}', '{a}') where year = {year}"
            assert con.execute(sql).fetchall() == [(votes, pytest.approx(100 * same / votes))]
        of_all = con.execute("select count(distinct dyad), max(votes) from views.dyad_session").fetchone()
        one = con.execute("select votes, identical_pct from views.dyad_session where dyad = 'FRA-GBR' and year = 1956").fetchall()
        half = con.execute(
            "select v.session from views.dyad_session as v join charts.assembly_agreement as c "
            "on c.dyad = v.dyad and c.session = v.session and c.rule = 'abstention as half' and c.subject = 'all' "
            "where abs(v.half_pct - c.agreement_pct) > 1e-9 or v.votes <> c.votes"
        ).fetchall()
    assert of_all[0] > 18_000 and of_all[1] < 255, "the view has a bit for each of 255 roll calls of a session"
    assert one == [(66, pytest.approx(100 * 59 / 66))]
    assert half == []


def test_a_year_of_any_pair_says_what_is_covered(built: Path) -> None:
    """China and Russia as the datasets count them; France and Germany without exercises; nothing before both states existed.

    Of the Council, Germany is not covered before it joined the United Nations in 1973, nor in 1976, when of several vetoed drafts not every
    vote is documented. In 2016 each is, so that they are known to have had none in common.
    """
    columns = (
        "year, military_exercises, exercises_covered, assembly_votes, assembly_covered, council_votes, joint_vetoes, council_covered, "
        "shared_blocs, blocs_covered"
    )
    with connect(built.parent) as con:
        of_pair = con.execute(f"select {columns} from dyad('RUS', 'CHN') where year in (1946, 2016, 2026) order by year").fetchall()
        of_others = con.execute(f"select {columns} from dyad('DEU', 'FRA') where year in (1951, 1976, 2016) order by year").fetchall()
        first = con.execute("select min(year) from dyad('DEU', 'FRA') where assembly_covered").fetchone()
        counted = con.execute(
            "select m.year, m.military_exercises, v.military_exercises from dyad('CHN', 'RUS') as m "
            "left join views.dyad_year as v on v.dyad = m.dyad and v.year = m.year "
            "where m.military_exercises is distinct from v.military_exercises"
        ).fetchall()
        years = con.execute("select min(year), max(year), count(*) from dyad('CHN', 'RUS')").fetchone()
        blocs_differ = con.execute(
            "select m.year from dyad('CHN', 'RUS') as m join views.dyad_year as v on v.dyad = m.dyad and v.year = m.year "
            "where m.shared_blocs is distinct from v.shared_blocs"
        ).fetchall()
    blocs = ["BRICS", "SCO"]
    assert of_pair == [
        (1946, None, False, None, False, None, 0, False, None, False),
        (2016, 3, True, 113, True, 2, 1, True, blocs, True),
        (2026, 2, True, None, False, 1, 2, True, blocs, False),
    ]
    assert of_others == [
        (1951, None, False, None, False, None, 0, False, None, False),
        (1976, None, False, 87, True, None, 0, False, None, False),
        (2016, None, False, 117, True, 0, 0, True, [], True),
    ]
    assert first == (1973,), "the year of Germany's admission"
    assert counted == [] and blocs_differ == [] and years == (1946, 2026, 81)


def test_a_year_of_any_pair_cites_what_its_datasets_cite(built: Path) -> None:
    """A zero cites the whole list: China and Russia trained in 2016, France and Germany neither vetoed nor shared a bloc."""
    cited = """
        select distinct unnest(evidence) from (
            select evidence from views.annual_trade where year = 2016
            union all select evidence from charts.joint_exercises where year = 2016 and category = 'core_military' and exercise_count > 0
            union all select evidence from charts.assembly_agreement where year = 2016
            union all select evidence from charts.council_agreement where year = 2016
            union all select evidence from charts.bloc_membership where year(as_of) = 2016 and iso3 in ('CHN', 'RUS')
        ) order by 1"""
    with connect(built.parent) as con:
        of_datasets = [name for (name,) in con.execute(cited).fetchall()]
        [(of_pair,)] = con.execute("select evidence from dyad('RUS', 'CHN') where year = 2016").fetchall()
        [(of_others,)] = con.execute("select evidence from dyad('DEU', 'FRA') where year = 2016").fetchall()
        lost = con.execute(
            "select evidence_id from (select unnest(evidence) as evidence_id from dyad('FRA', 'GBR')) anti join core.evidence using (evidence_id)"
        ).fetchall()
        uncited = con.execute("select year from dyad('FRA', 'GBR') where len(evidence) = 0").fetchall()
    assert of_pair == of_datasets and len(of_pair) == 16
    assert [name.partition("@")[0] for name in of_others] == [
        "dyad_memberships/membership", "un_sc_vetoes/veto", "voeten_assembly_votes/assembly_vote"
    ]  # fmt: skip
    assert [":" in name for name in of_others] == [False, False, True]
    assert lost == uncited == []


def test_a_year_of_any_pair_has_the_headline_trade_of_the_release(built: Path) -> None:
    """Without the world's trade only the pairs of the release have trade: the series that the datasets show."""
    columns = "exports_1_to_2_usd, exports_2_to_1_usd, two_way_total_usd, trade_basis"
    with connect(built.parent) as con:
        found = con.execute(f"select year, {columns} from dyad('RUS', 'CHN') where trade_covered order by year").fetchall()
        headline = con.execute(
            "select year, a_sells_b_usd, b_sells_a_usd, two_way_total_usd, basis from views.annual_trade where not is_partial order by year"
        ).fetchall()
        others = con.execute(f"select distinct trade_covered, {columns} from dyad('DEU', 'FRA')").fetchall()
    assert found == headline and len(found) > 30
    assert others == [(False, None, None, None, None)]


def test_a_directed_year_has_a_row_for_each_order(built: Path) -> None:
    exports = "select iso3_1, exports_1_to_2_usd, exports_2_to_1_usd, two_way_total_usd, military_exercises"
    with connect(built.parent) as con:
        [one] = con.execute(f"{exports} from dyad('RUS', 'CHN') where year = 2023").fetchall()
        both = con.execute(f"{exports} from dyad('RUS', 'CHN', directed := true) where year = 2023").fetchall()
    china, to_russia, to_china, *rest = one
    assert china == "CHN" and to_russia < to_china
    assert both == [one, ("RUS", to_china, to_russia, *rest)]


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ("FRA", "FRA", "a dyad is two different states"),
        ("RUS", "SUN", "one succeeded the other, see raw.succession"),
        ("FRA", "XXX", "not two known country codes"),
    ],
)
def test_a_pair_that_is_none_is_refused(built: Path, a: str, b: str, message: str) -> None:
    with connect(built.parent) as con, pytest.raises(duckdb.Error, match=message):
        con.execute(f"from dyad('{a}', '{b}')").fetchall()


def test_partners_are_ranked_in_each_direction_without_aggregates(con) -> None:
    russia = con.execute(
        "select partner_name, trade_rank, export_rank, import_rank from elsewhere.views.partner_ranks "
        "where country = 'CHN' and year = 2023 and partner_iso3 = 'RUS'"
    ).fetchone()
    listed = con.execute(
        "select rank from elsewhere.charts.trade_dependence where country = 'CHN' and year = 2023 and rule = 'A'"
    ).fetchone()
    assert russia[1] == listed[0] and russia[2] > russia[3]
    shares = con.execute(
        "select sum(trade_usd) filter (where not is_aggregate) / any_value(trade_usd) filter (where partner_iso3 = 'WLD') "
        "from elsewhere.views.partner_ranks where country = 'CHN' and year = 2023"
    ).fetchone()
    assert shares[0] == pytest.approx(1, abs=0.02), "the table has areas without a code too"
    aggregates = con.execute("select distinct partner_iso3 from elsewhere.views.partner_ranks where is_aggregate order by 1").fetchall()
    assert [code for (code,) in aggregates] == ["ASN", "EUU", "WLD"]
