"""What changed between two releases: rows added, removed and changed, by key, in tiers.

Belongs here: comparing the chart tables of two warehouses, and what of it stops a publication.
Does not belong here: revisions inside one release (`core.revision`), or when to compare (`pipelines`).
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from schemas import registry, render
from schemas.errors import Unusable
from schemas.sql import quoted
from warehouse.home import DATABASE

TOLERANCE = 0.01  # a number that moved by more than one per cent is worth a line of its own
JUMP = 100  # a lost or added factor of a thousand, with room for what trade really does in a year
SHRINKAGE = 0.01  # publishers withdraw single rows; a hundredth of a dataset is a loss
LISTED = 100  # of a tier, in print; the table holds all
TIERS = {
    "verdict": "Verdicts",
    "headline": "Headline figures that came, went or moved by more than one per cent",
    "other": "Other",
}  # the gravest first
KINDS = ("added", "removed", "changed")
DDL = (
    "create table catalog.change (dataset varchar, key varchar, change varchar, tier varchar, "
    '"column" varchar, before varchar, after varchar, factor double)'
)


class Change(NamedTuple):
    """One row or one value that differs; `change` is added, removed or changed, `factor` is after by before of a number."""

    dataset: str
    key: str
    change: str
    tier: str
    column: str | None = None
    before: str | None = None
    after: str | None = None
    factor: float | None = None


def changes(con: duckdb.DuckDBPyConnection, before: str, after: str) -> list[Change]:
    """The differences between two attached warehouses, the gravest first.

    Only dyads that both releases are about are compared, and columns that both know. Evidence ids are left out: an edited
    file renames all of its own.
    """
    found = []
    for table, model in registry.MODELED.items():
        if table.startswith("charts.") and _columns(con, before, table):
            found += _table(con, table, render.key(model), before, after)
    return sorted(found, key=lambda c: ([*TIERS].index(c.tier), c.dataset, c.key, c.column or ""))


def _columns(con: duckdb.DuckDBPyConnection, database: str, table: str) -> dict[str, str]:
    schema, name = table.split(".")
    sql = "select column_name, data_type from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ?"
    return dict(con.execute(sql, [database, schema, name]).fetchall())


def _table(con: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], before: str, after: str) -> list[Change]:
    types = _columns(con, after, table)
    known = _columns(con, before, table)
    if lost := [c for c in key if c not in known]:
        dataset = table.removeprefix("charts.")  # another version of the project named its rows by other columns
        return [Change(dataset, "", "changed", "other", "key columns", f"without {', '.join(lost)}", ", ".join(key))]
    shared = [c for c in types if c in known and c not in {*key, "evidence", "decided_by"}]
    named = " || ' ' || ".join(f'"{c}"::varchar' for c in key)
    # the row of the release's own day is another row each day
    moving = " and as_of <> (select value::date from {0}.catalog.parameter where name = 'as_of')" if "as_of" in key else ""
    both = f"dyad in (select dyad from {before}.catalog.dyad intersect select dyad from {after}.catalog.dyad)"
    for alias, database in (("old", before), ("new", after)):
        rows = f"select {named} as row_key, * from {database}.{table} where {both}{moving.format(database)}"
        con.execute(f"create or replace temp view {alias} as {rows}")
    dataset = table.removeprefix("charts.")
    alone = [
        Change(dataset, row, change, "headline" if is_headline else "other")
        for change, here, there in (("added", "new", "old"), ("removed", "old", "new"))
        for row, is_headline in con.execute(
            f"select row_key, {'is_headline' if 'is_headline' in shared else 'false'} from {here} anti join {there} using (row_key)"
        ).fetchall()
    ]
    headline = "(old.is_headline or new.is_headline)" if "is_headline" in shared else "true"
    changed = []
    for column in shared:
        a, b = f'old."{column}"', f'new."{column}"'
        is_number = types[column] in ("DOUBLE", "BIGINT")
        factor = f"{b}::double / nullif({a}::double, 0)" if is_number else "null::double"
        sql = f"select row_key, {a}::varchar, {b}::varchar, {factor}, {headline} from old join new using (row_key) where {a} is distinct from {b}"
        changed += [
            Change(dataset, row, "changed", _tier(column, is_headline, factor, is_number and None in (was, now)), column, was, now, factor)
            for row, was, now, factor, is_headline in con.execute(sql).fetchall()
        ]
    return alone + changed


def _tier(column: str, is_headline: bool, factor: float | None, comes_or_goes: bool) -> str:
    if column.startswith("verdict"):
        return "verdict"
    moved = comes_or_goes or (factor is not None and abs(factor - 1) > TOLERANCE)
    return "headline" if is_headline and moved else "other"


def since(con: duckdb.DuckDBPyConnection, releases: Path, about: dict[str, Any], made: Path | None) -> tuple[list[Change], dict[str, str]]:
    """What the build in `con` changes in the release it follows, and what of it nobody should publish unread.

    Args:
        con: the build; its database is called `warehouse`.
        releases: the folder of releases.
        about: `release` and `follows`, as in the manifest; and `changes` of a release that is made again, since the one it
            follows may be gone.
        made: the release of the same inputs, if it was made before: it says again what it said.

    Raises:
        Unusable: the release it follows does not open, or its tables are of another kind than those of today.
    """
    if "changes" in about:
        return [Change(*row) for row in about["changes"]], {}
    if about["follows"] is None:
        return [], {}
    before = made or releases / about["follows"]
    try:
        con.execute(f"attach {quoted(str(before / DATABASE))} as before (read_only)")
        try:
            if made:
                return [Change(*row) for row in con.execute("from before.catalog.change").fetchall()], {}
            found = changes(con, "before", "warehouse")
            return found, refusals(con, found, "before")
        finally:
            con.execute("detach before")
    except duckdb.Error as error:
        raise _not_comparable(before, error) from None


def between(before: Path, after: Path) -> list[Change]:
    """The differences between two warehouse files.

    Raises:
        Unusable: one does not open, or its tables are of another kind than those of today.
    """
    with duckdb.connect() as con:
        try:
            for name, path in (("before", before), ("after", after)):
                con.execute(f"attach {quoted(str(path))} as {name} (read_only)")
            return changes(con, "before", "after")
        except duckdb.Error as error:
            raise _not_comparable(before.parent, error) from None


def _not_comparable(release: Path, error: duckdb.Error) -> Unusable:
    return Unusable(
        f"{release.name} cannot be compared ({str(error).splitlines()[0]}): where `dyad doctor` finds no damage, another version of the "
        f"project made it; to publish without the comparison, move {release} away"
    )


def refusals(con: duckdb.DuckDBPyConnection, found: Sequence[Change], before: str) -> dict[str, str]:
    """Datasets that shrank or jumped, each with the sentence that says how: what nobody should publish unread."""
    said = {}
    removed = [c for c in found if c.change == "removed"]
    emptied = [c for c in found if c.change == "changed" and c.after is None and c.tier == "headline"]
    for lost, how in ((removed, "are gone"), (emptied, "have lost their value")):
        for dataset, keys in {c.dataset: {o.key for o in lost if o.dataset == c.dataset} for c in lost}.items():
            (rows,) = con.execute(f"select count(*) from {before}.charts.{dataset}").fetchone()
            if len(keys) > SHRINKAGE * rows:
                said[dataset] = f"{dataset}: {len(keys)} of {rows} rows of the release before {how}, the first is {min(keys)}"
    for c in found:
        if c.factor is not None and c.factor >= 0 and not 1 / JUMP < c.factor < JUMP:
            said.setdefault(c.dataset, f"{c.dataset}: {c.key}: {c.column} went from {c.before} to {c.after}; a unit may have changed")
    return said


def store(con: duckdb.DuckDBPyConnection, found: Sequence[Change]) -> None:
    """Keep the changes as `catalog.change`."""
    con.execute(DDL)
    if found:
        columns = ", ".join("unnest(?::double[])" if name == "factor" else "unnest(?::varchar[])" for name in Change._fields)
        # whole columns in one statement: row by row, the thousands of changes of two years took as long as a layer
        con.execute(f"insert into catalog.change select {columns}", [list(column) for column in zip(*found, strict=True)])


def counted(found: Sequence[Change]) -> list[tuple[str, int, int, int]]:
    """Each dataset that changed, with how many changes it has of each of `KINDS`."""
    count = Counter((c.dataset, c.change) for c in found)
    return [(dataset, *(count[dataset, change] for change in KINDS)) for dataset in sorted({c.dataset for c in found})]


def markdown(found: Sequence[Change], before: str | None) -> str:
    """`changes.md`: counts by dataset, then every change, the gravest first."""
    if before is None:
        return "# Changes\n\nThis is the first release of its home for these dyads.\n"
    lines = [f"# Changes since {before}", ""]
    if not found:
        return "\n".join([*lines, "No row of any dataset changed.", ""])
    lines += [f"| dataset | {' | '.join(KINDS)} |", "|---|---|---|---|"]
    lines += [f"| {dataset} | " + " | ".join(map(str, counts)) + " |" for dataset, *counts in counted(found)]
    for tier, heading in TIERS.items():
        if of_tier := [c for c in found if c.tier == tier]:
            more = [f"- and {len(of_tier) - LISTED} more: `from catalog.change`"] if len(of_tier) > LISTED else []
            lines += ["", f"## {heading}", "", *map(_line, of_tier[:LISTED]), *more]
    return "\n".join([*lines, ""])


def _line(c: Change) -> str:
    what = c.change if c.change != "changed" else f"{c.column}: {c.before} → {c.after}"
    return f"- {c.dataset}, {c.key}: {what}"
