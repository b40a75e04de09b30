"""Load the reference tables that the aggregates join, from the bundled files of `dyad_reference`."""

from collections.abc import Sequence

import duckdb

from schemas.sql import identifier
from sources.snapshot import Source, table
from warehouse.world.editions import CodeLists

# a code that only the publisher's list has keeps the ISO code given there
TABLES = {
    "country_code": """
        select code, coalesce(c.iso3, l.iso3) as iso3
        from (select cast(code as bigint) as code, iso3 from input.country_code where system = 'baci') as c
        full join (from input.listed where regexp_full_match(iso3, '[A-Z]{3}')) as l using (code)
    """,
    "country": """
        select
            iso3,
            name,
            coalesce(cast(un_member_from as date), date '9999-12-31') as un_member_from,
            coalesce(cast(un_member_to as date), date '9999-12-31') as un_member_to
        from input.country
    """,
    "bloc_member": """
        select
            bloc,
            iso3,
            cast(member_from as date) as member_from,
            coalesce(cast(member_to as date), date '9999-12-31') as member_to
        from input.bloc_member
    """,
    "counting_rule": """
        select rule, un_members_only = 'true' as un_members_only, coalesce(blocs_as_one, '') as blocs_as_one, coalesce(left_out, '') as left_out
        from input.counting_rule
    """,
    "hs_chapter": "select hs_chapter, title, product_group from input.hs_chapter",
}


def land(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], codes: CodeLists) -> str:
    """Create the tables in schema `bulk` of the connection's database; return all their rows as text.

    Raises:
        Refused: a bundled file is damaged.
    """
    con.execute("create schema if not exists bulk")
    con.execute("create schema input")
    listed = {code: iso3 for code, _, iso3 in codes.countries}  # the last entry of a repeated code
    con.execute(
        "create table input.listed as select unnest(?::bigint[]) as code, unnest(?::varchar[]) as iso3", [[*listed], [*listed.values()]]
    )
    for file in (f for s in sources for f in s.files if s.name == "dyad_reference" and f.kind in TABLES):
        header, cells = table(file)
        columns = ", ".join(f"unnest(?::varchar[]) as {identifier(name)}" for name in header)
        values = [[cell or None for cell in column] for column in zip(*cells, strict=True)]
        con.execute(f"create table input.{file.kind} as select {columns}", values)
    rows = []
    for name, sql in TABLES.items():
        con.execute(f"create table bulk.{name} as {sql} order by all")
        rows += con.execute(f"from bulk.{name}").fetchall()
    con.execute("drop schema input cascade")
    return str(rows)
