"""Compare two releases: the rows of the chart tables that were added, removed or changed, by key, in tiers.

Put the differences and their severity here, not the bounds that stop a publication (`revisions`) or the printing (`changelog`).
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from schemas import registry, render
from schemas.errors import Unusable
from schemas.sql import identifier, quoted

TOLERANCE = 0.01  # a headline figure that changed by more than one per cent is in the tier `headline`
TIERS = {
    "scope": "What the releases are about",
    "verdict": "Verdicts",
    "headline": "Headline figures added, removed or changed by more than one per cent",
    "other": "Other",
}  # the most severe first
KINDS = ("added", "removed", "changed")
MEASURES = {  # the column that describes an added or removed row
    "bilateral_trade": "value_usd", "bloc_membership": "status", "claims": "verdict_today", "joint_exercises": "exercise_count",
    "naval_drills": "name", "security_council_vetoes": "topic", "trade_composition": "value_usd", "trade_dependence": "share_pct",
}  # fmt: skip


class Change(NamedTuple):
    """A row or value that differs; `change` is added, removed or changed, `factor` is a number's new value divided by its old one.

    `factor` is None if the old value is zero. An added row has the name of its measure in `column` and the value in `after`, a removed row
    in `before`. In the tier `scope`, `dataset` is a table with another structure, or `release`.
    """

    dataset: str
    key: str
    change: str
    tier: str
    column: str | None = None
    before: str | None = None
    after: str | None = None
    factor: float | None = None


def between(before: Path, after: Path) -> list[Change]:
    """Return the differences between two warehouse files.

    Raises:
        Unusable: a file does not open, or its tables have another structure than those of this version.
    """
    with duckdb.connect() as con:
        try:
            for name, path in (("before", before), ("after", after)):
                con.execute(f"attach {quoted(str(path))} as {name} (read_only)")
            return [*scope(con, "before", "after"), *compare(con, "before", "after")]
        except duckdb.Error as error:
            raise not_comparable(before.parent, error) from None


def not_comparable(release: Path, error: duckdb.Error) -> Unusable:
    """Return the error for a release that cannot be compared, with the remedy."""
    return Unusable(
        f"{release.name} cannot be compared ({str(error).splitlines()[0]}): if `dyad doctor` finds no damage, another version of the "
        f"project built it; to publish without the comparison, move {release} away"
    )


def scope(con: duckdb.DuckDBPyConnection, before: str, after: str) -> list[Change]:
    """Return how two attached warehouses differ in their day, pairs and sources, and the structure of their chart tables."""
    about = {
        "day": "select value from {}.catalog.parameter where name = 'as_of'",
        "pairs": "select string_agg(dyad, ' ' order by dyad) from {}.catalog.dyad",
    }
    values = {name: [con.execute(sql.format(side)).fetchone()[0] for side in (before, after)] for name, sql in about.items()}  # type: ignore[index]  # one row
    found = [Change("release", "", "changed", "scope", name, *pair) for name, pair in values.items() if pair[0] != pair[1]]
    for change, here, there in (("added", after, before), ("removed", before, after)):
        sources = con.execute(
            f"select source from {here}.catalog.source anti join {there}.catalog.source using (source) order by 1"
        ).fetchall()
        found += [Change("release", source, change, "scope", "source") for (source,) in sources]
    return found + [change for table in _chart_tables(con, before, after) for change in _structure(con, table, before, after)]


def _chart_tables(con: duckdb.DuckDBPyConnection, *databases: str) -> list[str]:
    tables = (
        "select distinct 'charts.' || table_name from duckdb_tables() where schema_name = 'charts' and database_name in (?, ?) order by 1"
    )
    return [table for (table,) in con.execute(tables, databases).fetchall()]


def _structure(con: duckdb.DuckDBPyConnection, table: str, before: str, after: str) -> list[Change]:
    """Return the columns of a table that were added, removed or given another type; a table that only one side has is one change."""
    dataset, old, new = table.removeprefix("charts."), columns_of(con, before, table), columns_of(con, after, table)
    if not (old and new):
        return [Change(dataset, "", "added" if new else "removed", "scope", "table")]
    return [
        Change(dataset, column, "changed" if column in old and column in new else "added" if column in new else "removed", "scope", "type",
               old.get(column), new.get(column))
        for column in dict.fromkeys([*old, *new])
        if old.get(column) != new.get(column)
    ]  # fmt: skip


def compare(con: duckdb.DuckDBPyConnection, before: str, after: str) -> list[Change]:
    """Return the rows and values that differ between two attached warehouses, the most severe first.

    Only dyads and columns that both releases have are compared; `scope` reports the others. Evidence ids are left out, since an edit
    of a file changes the ids of all its lines.
    """
    changes: list[Change] = []
    for table, model in registry.MODELED.items():
        if table.startswith("charts.") and columns_of(con, before, table) and columns_of(con, after, table):
            changes += _table_changes(con, table, render.key(model), before, after)
    return sorted(changes, key=lambda c: ([*TIERS].index(c.tier), c.dataset, c.key, c.column or ""))


def columns_of(con: duckdb.DuckDBPyConnection, database: str, table: str) -> dict[str, str]:
    """Return the columns of a table of an attached warehouse with their types; empty if it has no such table."""
    schema, name = table.split(".")
    exists = "from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?"
    if not con.execute(exists, [database, schema, name]).fetchone():  # a failed query would end a transaction
        return {}
    # describes one table; duckdb_columns() would read all
    return {column: kind for column, kind, *_ in con.execute(f"describe {database}.{table}").fetchall()}


def _table_changes(con: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], before: str, after: str) -> list[Change]:
    dataset = table.removeprefix("charts.")
    types, earlier = columns_of(con, after, table), columns_of(con, before, table)
    old, new = (", ".join(column for column in key if column in side) for side in (earlier, types))
    if {old, new} != {", ".join(key)}:  # another version of the project had another key
        return [Change(dataset, "", "changed", "other", "key columns", old, new)]
    shared = [column for column in types if column in earlier and column not in {*key, "evidence", "decided_by"}]
    _create_sides(con, table, shared, before, after)
    has_headline = "is_headline" in shared
    measure = MEASURES.get(dataset, "")
    rows = [
        row
        for change, here, there in (("added", "new", "old"), ("removed", "old", "new"))
        for row in _rows_alone(con, dataset, change, here, there, has_headline, measure if measure in shared else None)
    ]
    values = [value for column in shared for value in _changed_values(con, dataset, column, types[column], has_headline)]
    return rows + values


def _create_sides(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], before: str, after: str) -> None:
    """Create the tables `old` and `new` of the comparable rows: these columns, and the row's name in `row_key`."""
    row_key = " || ' ' || ".join(f"{identifier(column)}::varchar" for column in render.key(registry.MODELED[table]))
    compared = ", ".join(map(identifier, columns))
    for side, database in (("old", before), ("new", after)):
        rows = comparable(table, database, before, after)
        con.execute(f"create or replace temp table {side} as select {row_key} as row_key, {compared} {rows}")


def comparable(table: str, database: str, before: str, after: str) -> str:
    """Return SQL, from FROM on, for the rows of a table that can be compared: those of the dyads that both releases have.

    Rows as of the release's own day are left out, since their key differs between releases of different days.
    """
    shared_dyads = f"dyad in (select dyad from {before}.catalog.dyad intersect select dyad from {after}.catalog.dyad)"
    is_dated = "as_of" in render.key(registry.MODELED[table])
    own_day = f" and as_of <> (select value::date from {database}.catalog.parameter where name = 'as_of')" if is_dated else ""
    return f"from {database}.{table} where {shared_dyads}{own_day}"


def _rows_alone(
    con: duckdb.DuckDBPyConnection, dataset: str, change: str, here: str, there: str, has_headline: bool, measure: str | None
) -> list[Change]:
    """Return the rows that only one side has, each with its measure."""
    is_headline = "is_headline" if has_headline else "false"
    value = f"{identifier(measure)}::varchar" if measure else "null"
    rows = con.execute(f"select row_key, {is_headline}, {value} from {here} anti join {there} using (row_key)").fetchall()
    return [
        Change(dataset, row, change, "headline" if headline else "other", measure, **{"after" if change == "added" else "before": value})
        for row, headline, value in rows
    ]


def _changed_values(con: duckdb.DuckDBPyConnection, dataset: str, column: str, sql_type: str, has_headline: bool) -> list[Change]:
    """Return the values of a column that differ in rows that both sides have."""
    before, after = f"old.{identifier(column)}", f"new.{identifier(column)}"
    is_headline = "(old.is_headline or new.is_headline)" if has_headline else "true"
    is_number = sql_type in ("DOUBLE", "BIGINT")
    factor = f"{after}::double / nullif({before}::double, 0)" if is_number else "null::double"
    rows = con.execute(
        f"select row_key, {before}::varchar, {after}::varchar, {factor}, {is_headline} "
        f"from old join new using (row_key) where {before} is distinct from {after}"
    ).fetchall()
    return [
        Change(dataset, row, "changed", _tier(column, headline, ratio, is_number), column, was, now, ratio)
        for row, was, now, ratio, headline in rows
    ]


def _tier(column: str, is_headline: bool, factor: float | None, is_number: bool) -> str:
    if column.startswith("verdict"):
        return "verdict"
    is_large = is_number and (factor is None or abs(factor - 1) > TOLERANCE)  # None: a value is empty, or the old one is zero
    return "headline" if is_headline and is_large else "other"


def store(con: duckdb.DuckDBPyConnection, changes: Sequence[Change]) -> None:
    """Write the changes to `catalog.change`."""
    con.execute(registry.ddl("catalog.change"))
    if changes:
        columns = ", ".join("unnest(?::double[])" if name == "factor" else "unnest(?::varchar[])" for name in Change._fields)
        # one statement of whole columns, since thousands of inserts row by row are slow
        con.execute(f"insert into catalog.change select {columns}", [list(column) for column in zip(*changes, strict=True)])


def counted(changes: Sequence[Change]) -> list[tuple[str, *tuple[int, ...]]]:
    """Return the datasets with changed rows, each with its number of rows of every kind in `KINDS`."""
    rows = {(c.dataset, c.change, c.key) for c in changes if c.tier != "scope"}
    count = Counter((dataset, change) for dataset, change, _ in rows)
    return [(dataset, *(count[dataset, change] for change in KINDS)) for dataset in sorted({dataset for dataset, _ in count})]
