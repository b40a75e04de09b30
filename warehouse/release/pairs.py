"""Rank all pairs of states of a release by agreement in the General Assembly or by joint military exercises.

Put here what a release answers by itself; the world's trade is ranked by `warehouse.world.compare`.
"""

from typing import Any

import duckdb

from schemas.errors import Unusable
from warehouse.connect import as_records

# SQL: each pair of participants of a military exercise in a year that a list covers for the pair, with the years that its lists cover;
# the exercise may be in another list, since a list that covers all pairs leaves out the exercises that a list of one pair has
PAIRED = """
participants as (
    select exercise_id, year(start_date) as year, unnest(participants) as iso3 from core.exercise where category = 'core_military'
),
paired as (
    select a.iso3 as iso3_a, b.iso3 as iso3_b, a.year, c.first_year, c.last_year
    from participants as a
    join participants as b on b.exercise_id = a.exercise_id and b.iso3 > a.iso3
    cross join lateral (
        select min(first_year) as first_year, max(last_year) as last_year, bool_or(a.year between first_year and last_year) as is_covered
        from views.coverage
        where kind = 'exercise' and catalog.covers(coverage_dyads, a.iso3 || '-' || b.iso3)
    ) as c
    where c.is_covered
)"""


# SQL: the dyads by their rate of identical votes in the General Assembly, in the sessions opened in $since or later
RANKED = """
counted as (
    select dyad, sum(votes)::int as votes, sum(votes * identical_pct) / sum(votes) as identical_pct
    from views.dyad_session
    where session >= $since - 1945  -- not the year, which DuckDB compares only after counting every session
    group by dyad
),
ranked as (
    -- few votes in common easily give an extreme rate
    select *, rank() over (order by identical_pct desc) as place, count(*) over () as pair_count
    from counted
    where 2 * votes >= (select max(votes) from counted)
)"""


def agreement(con: duckdb.DuckDBPyConnection, since: int | None, limit: int) -> list[dict[str, Any]]:
    """Return the dyads with the highest rates of identical votes in the General Assembly, in the sessions opened in `since` or later.

    Columns: dyad, votes (on which both voted), identical_pct, rule (of agreement), from_session and to_session. Without `since`, the newest
    session counts. Dyads with less than half as many votes as the dyad with the most are left out, since few votes easily give an extreme
    rate.

    Raises:
        Unusable: the release has no session of that year or a later one, or no votes of the General Assembly.
    """
    newest = newest_session(con)
    if newest is None:
        raise Unusable("this release has no votes of the General Assembly: choose a later one that `dyad releases` lists")
    if (since or newest) > newest:
        raise Unusable(
            f"--since {since}: the newest session of the General Assembly in this release opened in {newest}; name an earlier year"
        )
    result = con.execute(
        f"""
        with {RANKED}
        select dyad, votes, identical_pct, 'identical' as rule, greatest($since - 1945, 1) as from_session, $newest - 1945 as to_session
        from ranked
        order by place, votes desc, dyad
        limit $limit
        """,
        {"since": since or newest, "newest": newest, "limit": limit},
    )
    return as_records(result)


def standing(con: duckdb.DuckDBPyConnection, dyad: str, limit: int) -> list[dict[str, Any]]:
    """Return the first rows of `agreement` and that of this dyad, each with its place among all ranked dyads.

    Columns: dyad, votes, identical_pct, place (1 is the highest rate; equal rates share a place), pair_count.
    """
    result = con.execute(
        f"""
        with {RANKED}
        from ranked
        qualify row_number() over (order by place, votes desc, dyad) <= $limit or dyad = $dyad
        order by place, votes desc, dyad
        """,
        {"since": newest_session(con), "dyad": dyad, "limit": limit},
    )
    return as_records(result)


def newest_session(con: duckdb.DuckDBPyConnection) -> int | None:
    """Return the year in which the newest session of the General Assembly opened; None if the release has no votes of it."""
    [(newest,)] = con.execute("select 1945 + max(session) from core.assembly_vote").fetchall()
    return newest


def exercises(con: duckdb.DuckDBPyConnection, since: int | None, limit: int) -> list[dict[str, Any]]:
    """Return the dyads with the most joint military exercises begun in `since` or later (default: in any year).

    Columns: dyad, exercises, category, covered_from and covered_to (the first and last year that count and that the dyad's sources cover).
    A dyad that no source covers is left out, even if a list for another dyad names both states.
    """
    result = con.execute(
        f"""
        with {PAIRED}
        select
            iso3_a || '-' || iso3_b as dyad, count(*) as exercises, 'core_military' as category,
            greatest(min(first_year), $since) as covered_from, max(last_year) as covered_to
        from paired
        where year >= $since
        group by dyad
        order by exercises desc, dyad
        limit $limit
        """,
        {"since": since or 0, "limit": limit},
    )
    return as_records(result)
