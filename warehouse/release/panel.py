"""Write the panel of all pairs of states: one row for each pair and year, as quantitative studies of conflict and trade use it.

States are numbered as the Correlates of War project does (`ccode1`, `ccode2`), so that the panel joins to other panels of the field.
"""

import os
from pathlib import Path

import duckdb

from schemas.errors import Unusable
from warehouse.release.pairs import PAIRED

COLUMNS = {
    "ccode1": "Correlates of War number of state 1",
    "ccode2": "Correlates of War number of state 2",
    "iso3_1": "State 1, ISO 3166-1 alpha-3",
    "iso3_2": "State 2, ISO 3166-1 alpha-3",
    "year": "Calendar year",
    "exports_1_to_2_usd": "What state 1 sells state 2, FOB, current US dollars",
    "exports_2_to_1_usd": "What state 2 sells state 1, FOB, current US dollars",
    "assembly_votes": "General Assembly, session opened in the year: votes of both",
    "assembly_identical_pct": "Identical votes among these, per cent",
    "assembly_half_pct": "The same, an abstention beside yes or no counted as half",
    "exercises": "Joint military exercises begun in the year; empty if not covered",
    "shared_blocs": "Blocs of which both are members at the end of the year",
}
SUFFIXES = (".parquet", ".csv", ".dta")
STATA = 118  # the format of Stata 14 and later, in UTF-8
NO_TRADE = """
    select null::varchar as iso3_a, null::varchar as iso3_b, null::int as year, null::double as a_sells_b_usd, null::double as b_sells_a_usd
    where false
"""
WORLD_TRADE = """
    select
        least(exporter, importer) as iso3_a, greatest(exporter, importer) as iso3_b, year,
        sum(value_usd) filter (where exporter < importer)::double as a_sells_b_usd,
        sum(value_usd) filter (where exporter > importer)::double as b_sells_a_usd
    from trade.dyad_year
    group by all
"""
PANEL = """
with
release as (
    select value::date as as_of from catalog.parameter where name = 'as_of'
),
trade as (
    {trade}
),
votes as (
    select left(dyad, 3) as iso3_a, right(dyad, 3) as iso3_b, year, votes, identical_pct, half_pct from views.dyad_session
),
lists as (
    -- the lists of exercises: the pairs and years that each covers; NULL is every pair
    select s.source, s.coverage_dyads, year(s.coverage_first) as first_year, year(s.coverage_last) as last_year
    from catalog.source as s
    where s.source in (select source from raw.whole_file where kind = 'exercise')
),
{paired},
exercises as (
    select iso3_a, iso3_b, year, count(*) as exercises from paired group by all
),
years as (
    select y as year, least(make_date(y, 12, 31), as_of) as last_day
    from (select as_of, unnest(range((select year(min(since)) from core.membership), year(as_of) + 1)) as y from release)
),
members as (
    select m.iso3, m.bloc, y.year
    from core.membership as m
    join years as y on m.since <= y.last_day and coalesce(m.until, date '9999-12-31') > y.last_day
    where m.status = 'member' and not m.is_disputed
),
blocs as (
    select a.iso3 as iso3_a, b.iso3 as iso3_b, a.year, count(distinct a.bloc) as shared_blocs
    from members as a
    join members as b on b.bloc = a.bloc and b.year = a.year and b.iso3 > a.iso3
    group by a.iso3, b.iso3, a.year
),
pairs as (
    select iso3_a, iso3_b, year from votes
    union select iso3_a, iso3_b, year from exercises
    union select iso3_a, iso3_b, year from blocs
    union select iso3_a, iso3_b, year from trade
),
codes as (
    -- a state that ended in the year had its number then; of two numbers in a year, the later one counts
    select c.iso3, y.year, arg_max(c.code::int, coalesce(c.valid_from::date, date '0001-01-01')) as ccode
    from raw.country_code as c
    join (select distinct year from pairs) as y
        on coalesce(year(c.valid_from::date), 0) <= y.year and coalesce(year(c.valid_to::date), 9999) >= y.year
    where c.system = 'cow'
    group by c.iso3, y.year
),
undirected as (
    select
        p.iso3_a, p.iso3_b, a.ccode as ccode_a, b.ccode as ccode_b, p.year, t.a_sells_b_usd, t.b_sells_a_usd,
        v.votes as assembly_votes, v.identical_pct as assembly_identical_pct, v.half_pct as assembly_half_pct,
        coalesce(
            e.exercises,
            if(exists(
                from lists as l
                where p.year between l.first_year and l.last_year
                    and (l.coverage_dyads is null or list_contains(l.coverage_dyads, p.iso3_a || '-' || p.iso3_b))
            ), 0, null)
        ) as exercises,
        if(p.year >= (select min(year) from years), coalesce(m.shared_blocs, 0), null) as shared_blocs
    from pairs as p
    left join codes as a on a.iso3 = p.iso3_a and a.year = p.year  -- at most one: its group
    left join codes as b on b.iso3 = p.iso3_b and b.year = p.year  -- at most one: its group
    left join trade as t on t.iso3_a = p.iso3_a and t.iso3_b = p.iso3_b and t.year = p.year  -- at most one: its group
    left join votes as v on v.iso3_a = p.iso3_a and v.iso3_b = p.iso3_b and v.year = p.year  -- at most one: its key
    left join exercises as e on e.iso3_a = p.iso3_a and e.iso3_b = p.iso3_b and e.year = p.year  -- at most one: its group
    left join blocs as m on m.iso3_a = p.iso3_a and m.iso3_b = p.iso3_b and m.year = p.year  -- at most one: its group
),
directed as (
    select
        ccode_a as ccode1, ccode_b as ccode2, iso3_a as iso3_1, iso3_b as iso3_2, a_sells_b_usd as exports_1_to_2_usd,
        b_sells_a_usd as exports_2_to_1_usd, * exclude (ccode_a, ccode_b, iso3_a, iso3_b, a_sells_b_usd, b_sells_a_usd)
    from undirected
    union all
    select
        ccode_b, ccode_a, iso3_b, iso3_a, b_sells_a_usd, a_sells_b_usd, * exclude (ccode_a, ccode_b, iso3_a, iso3_b, a_sells_b_usd, b_sells_a_usd)
    from undirected
)
select
    ccode1, ccode2, iso3_1, iso3_2, year::int as year, exports_1_to_2_usd, exports_2_to_1_usd, assembly_votes::int as assembly_votes,
    assembly_identical_pct, assembly_half_pct, exercises::int as exercises, shared_blocs::int as shared_blocs
from directed
where $is_directed or (coalesce(ccode1, 1000), iso3_1) < (coalesce(ccode2, 1000), iso3_2)
order by iso3_1, iso3_2, year
"""


def write(con: duckdb.DuckDBPyConnection, path: Path, is_directed: bool) -> int:
    """Write the panel of a release as Parquet, CSV or Stata, by the file's suffix, and return the number of rows.

    The columns are `COLUMNS`. A pair has a row in each year of which anything is known. Exports are empty without the world's trade.

    Args:
        con: a release, with its trade file attached as `trade` if it has one.
        path: the file; an existing one is replaced.
        is_directed: write each pair in both orders, instead of the state with the lower number first.

    Raises:
        Unusable: the suffix is of none of the formats, or the file cannot be written.
    """
    if path.suffix not in SUFFIXES:
        raise Unusable(f"{path}: name a file that ends in {', '.join(SUFFIXES)}")
    import pyarrow.csv
    import pyarrow.parquet

    [(has_trade,)] = con.execute("select count(*) > 0 from duckdb_databases() where database_name = 'trade'").fetchall()
    rows = con.sql(
        PANEL.format(paired=PAIRED, trade=WORLD_TRADE if has_trade else NO_TRADE), params={"is_directed": is_directed}
    ).to_arrow_table()
    try:
        if path.suffix == ".parquet":
            pyarrow.parquet.write_table(rows, path, compression="zstd")
        elif path.suffix == ".csv":
            pyarrow.csv.write_csv(rows, path)
        else:
            rows.to_pandas().to_stata(path, write_index=False, version=STATA, variable_labels=COLUMNS)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Unusable(f"{path}: {reason}; name a file that can be written") from None
    return rows.num_rows
