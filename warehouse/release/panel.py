"""Write the panel of all pairs of states: one row for each pair and year, as quantitative studies of conflict and trade use it.

States are numbered as the Correlates of War project does (`ccode1`, `ccode2`), so that the panel joins to other panels of the field.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from schemas.errors import Unusable
from warehouse.connect import has_world
from warehouse.release.pairs import PAIRED

if TYPE_CHECKING:
    import pyarrow

COLUMNS = {
    "ccode1": "Correlates of War number of state 1",
    "ccode2": "Correlates of War number of state 2",
    "iso3_1": "State 1, ISO 3166-1 alpha-3",
    "iso3_2": "State 2, ISO 3166-1 alpha-3",
    "year": "Calendar year",
    "exports_1_to_2_usd": "What state 1 sells state 2, current US dollars",
    "exports_2_to_1_usd": "What state 2 sells state 1, current US dollars",
    "two_way_total_usd": "Both together, or the total if only that is published",
    "trade_basis": "Published series of the trade",
    "trade_covered": "A source of trade covers the pair in the year",
    "military_exercises": "Joint military exercises begun in the year",
    "exercises_covered": "A list of exercises covers the pair in the year",
    "assembly_votes": "General Assembly, session opened in the year: votes of both",
    "assembly_identical_pct": "Identical votes among these, per cent",
    "assembly_half_pct": "The same, an abstention beside yes or no counted as half",
    "assembly_contested_votes": "Votes of both on which not all states voted alike",
    "assembly_contested_pct": "Identical votes among these, per cent",
    "assembly_covered": "Both voted in the session, and the release has its votes",
    "council_votes": "Security Council: votes of both in fully documented roll calls",
    "council_identical_pct": "Identical votes among these, per cent",
    "joint_vetoes": "Security Council: votes that both vetoed",
    "council_covered": "Both have votes in full roll calls, or no roll call of the year is missing",
    "shared_bloc_count": "Of BRICS and the SCO, those of which both are members at the end of the year",
    "blocs_covered": "The list of memberships covers the year",
}
SUFFIXES = (".parquet", ".csv", ".dta")
STATA: Final = 118  # the format of Stata 14 and later, in UTF-8
# SQL: world trade of each pair by year, from the trade file attached as `trade`, and the states and years that its edition covers
NO_WORLD = """
world as (
    select null::varchar as iso3_a, null::varchar as iso3_b, null::int as year, null::double as a_sells_b_usd, null::double as b_sells_a_usd
    where false
),
editions as (
    select null::int as year, null::varchar as iso3, null::varchar as basis where false
)"""
WORLD = """
world as (
    select
        least(exporter, importer) as iso3_a, greatest(exporter, importer) as iso3_b, year,
        sum(value_usd) filter (where exporter < importer)::double as a_sells_b_usd,
        sum(value_usd) filter (where exporter > importer)::double as b_sells_a_usd
    from trade.dyad_year
    group by all
),
editions as (
    select distinct m.year, c.iso3, 'CEPII BACI ' || m.release as basis from trade.member as m cross join trade.country_code as c
)"""
PANEL = """
with
{world},
own_trade as (
    select iso3_a, iso3_b, year, a_sells_b_usd, b_sells_a_usd, two_way_total_usd, basis from views.annual_trade where not is_partial
),
votes as (
    select left(dyad, 3) as iso3_a, right(dyad, 3) as iso3_b, * exclude (dyad, name_a, name_b, session) from views.dyad_session
),
{paired},
exercises as (
    select iso3_a, iso3_b, year, count(*) as exercises from paired group by all
),
pairs as (
    select iso3_a, iso3_b, year from votes
    union select iso3_a, iso3_b, year from exercises
    union select iso3_a, iso3_b, year from views.council_year
    union select iso3_a, iso3_b, year from views.shared_bloc
    union select iso3_a, iso3_b, year from own_trade
    union select iso3_a, iso3_b, year from world
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
voters as (
    select iso3_a as iso3, year from votes union select iso3_b, year from votes
),
un_members as (
    -- if no roll call of a year is missing, it is known of members of the United Nations that they had no vote in common
    select m.iso3, d.year
    from views.un_member as m
    join views.council_documented_year as d on d.year between year(m.since) and coalesce(year(m.until), d.year)
),
bloc_years as (
    select min(first_year) as first_year, max(last_year) as last_year from views.coverage where kind = 'membership'
),
covered as (
    select
        p.*,
        f.basis is not null and g.basis is not null as has_world,
        exists(
            from views.coverage as c
            where c.kind = 'exercise' and p.year between c.first_year and c.last_year
                and catalog.covers(c.coverage_dyads, p.iso3_a || '-' || p.iso3_b)
        ) as exercises_covered,
        exists(from views.coverage as v where v.kind = 'roll_call' and p.year between v.first_year and v.last_year) as has_vetoes,
        i.year is not null and j.year is not null as assembly_covered,
        coalesce(c.votes > 0, false) or (q.year is not null and r.year is not null) as council_covered,
        coalesce(p.year between m.first_year and m.last_year, false) as blocs_covered,
        p.year >= m.first_year as has_blocs
    from pairs as p
    cross join bloc_years as m
    left join editions as f on f.iso3 = p.iso3_a and f.year = p.year  -- at most one: SELECT DISTINCT
    left join editions as g on g.iso3 = p.iso3_b and g.year = p.year  -- at most one: SELECT DISTINCT
    left join voters as i on i.iso3 = p.iso3_a and i.year = p.year  -- at most one: UNION removes duplicates
    left join voters as j on j.iso3 = p.iso3_b and j.year = p.year  -- at most one: UNION removes duplicates
    left join views.council_year as c on c.iso3_a = p.iso3_a and c.iso3_b = p.iso3_b and c.year = p.year  -- at most one: its group
    left join un_members as q on q.iso3 = p.iso3_a and q.year = p.year  -- at most one: one row of a country
    left join un_members as r on r.iso3 = p.iso3_b and r.year = p.year  -- at most one: one row of a country
),
undirected as (
    select
        p.iso3_a, p.iso3_b, a.ccode as ccode_a, b.ccode as ccode_b, p.year,
        if(p.has_world, coalesce(w.a_sells_b_usd, 0), t.a_sells_b_usd) as a_sells_b_usd,
        if(p.has_world, coalesce(w.b_sells_a_usd, 0), t.b_sells_a_usd) as b_sells_a_usd,
        if(p.has_world, coalesce(w.a_sells_b_usd, 0) + coalesce(w.b_sells_a_usd, 0), t.two_way_total_usd) as two_way_total_usd,
        if(p.has_world, (select any_value(basis) from editions), t.basis) as trade_basis,
        p.has_world or t.year is not null as trade_covered,
        if(p.exercises_covered, coalesce(e.exercises, 0), null)::int as military_exercises, p.exercises_covered,
        if(p.assembly_covered, coalesce(v.votes, 0), null)::int as assembly_votes,
        v.identical_pct as assembly_identical_pct, v.half_pct as assembly_half_pct,
        if(p.assembly_covered, coalesce(v.contested_votes, 0), null)::int as assembly_contested_votes,
        v.contested_pct as assembly_contested_pct, p.assembly_covered,
        if(p.council_covered, coalesce(c.votes, 0), null)::int as council_votes, c.identical_pct as council_identical_pct,
        if(p.has_vetoes, coalesce(c.joint_vetoes, 0), null)::int as joint_vetoes, p.council_covered,
        if(p.has_blocs, coalesce(len(m.shared_blocs), 0), null)::int as shared_bloc_count, p.blocs_covered
    from covered as p
    left join codes as a on a.iso3 = p.iso3_a and a.year = p.year  -- at most one: its group
    left join codes as b on b.iso3 = p.iso3_b and b.year = p.year  -- at most one: its group
    left join world as w on w.iso3_a = p.iso3_a and w.iso3_b = p.iso3_b and w.year = p.year  -- at most one: its group
    left join own_trade as t on t.iso3_a = p.iso3_a and t.iso3_b = p.iso3_b and t.year = p.year  -- at most one: its group
    left join votes as v on v.iso3_a = p.iso3_a and v.iso3_b = p.iso3_b and v.year = p.year  -- at most one: its key
    left join exercises as e on e.iso3_a = p.iso3_a and e.iso3_b = p.iso3_b and e.year = p.year  -- at most one: its group
    left join views.council_year as c on c.iso3_a = p.iso3_a and c.iso3_b = p.iso3_b and c.year = p.year  -- at most one: its group
    left join views.shared_bloc as m on m.iso3_a = p.iso3_a and m.iso3_b = p.iso3_b and m.year = p.year  -- at most one: its group
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
select {columns}
from directed
where $is_directed or (coalesce(ccode1, 1000), iso3_1) < (coalesce(ccode2, 1000), iso3_2)
order by iso3_1, iso3_2, year
"""


def write(con: duckdb.DuckDBPyConnection, path: Path, is_directed: bool) -> int:
    """Write the panel of a release as Parquet, CSV or Stata, by the file's suffix, and return the number of rows.

    The columns are `COLUMNS`. A pair has a row in each year of which anything is known. Trade comes from BACI if the release has a trade file
    and its edition covers the year, otherwise from the headline series of the release's pairs. In a year that no source covers for the
    pair, a column is empty and its flag, `*_covered`, is false; only the number of shared blocs repeats the last known one, and joint vetoes
    are known wherever the list of vetoes covers the year.

    Args:
        con: a release, with its trade file attached as `trade` if it has one.
        path: the file; an existing one is replaced by one rename.
        is_directed: write each pair in both orders, instead of the state with the lower number first.

    Raises:
        Unusable: the suffix is of none of the formats, the folder does not exist, or the file is a folder or cannot be written.
    """
    if path.suffix not in SUFFIXES:
        raise Unusable(f"{path}: name a file that ends in {', '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise Unusable(f"{path}: the folder does not exist; make it, or name a file in another one")
    if path.is_dir():
        raise Unusable(f"{path}: is a folder; name a file that can be written")
    sql = PANEL.format(paired=PAIRED, world=WORLD if has_world(con) else NO_WORLD, columns=", ".join(COLUMNS))
    rows = con.sql(sql, params={"is_directed": is_directed}).to_arrow_table()
    new = path.with_name(f".{path.name}.new")
    try:
        _write_rows(rows, new, path.suffix)
        new.replace(path)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Unusable(f"{path}: {reason}; name a file that can be written") from None
    finally:
        new.unlink(missing_ok=True)
    return rows.num_rows


def _write_rows(rows: "pyarrow.Table", path: Path, suffix: str) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    if suffix == ".parquet":
        pyarrow.parquet.write_table(rows, path, compression="zstd")
    elif suffix == ".csv":
        pyarrow.csv.write_csv(rows, path)
    else:
        # Stata has no missing text
        rows.to_pandas().fillna({"trade_basis": ""}).to_stata(path, write_index=False, version=STATA, variable_labels=COLUMNS)
