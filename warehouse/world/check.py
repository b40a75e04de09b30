"""Run a compiled schema on a relation.

Belongs here: tables of allowed values, the pass that knows whether all holds, the one that counts, and the first rows of what failed. Does not belong here:
what a rule means (`schemas.compile.rules`), or what to do about findings.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb

from schemas.compile import rules
from schemas.finding import FIRST, Finding
from schemas.sql import identifier


class Checked(NamedTuple):
    """A relation that was read once: its rows, what is wrong, the measures asked for, and whether it lay in the key's order."""

    rows: int
    findings: list[Finding]
    measures: list[Any]
    is_ordered: bool


def land_lists(con: duckdb.DuckDBPyConnection, made: rules.Compiled) -> None:
    """The tables of allowed values that `check` joins: landed once, for every connection to this database."""
    for table, listed in rules.of_typed(made)[1].items():
        con.execute(f"create or replace table {identifier(table)} as {listed.table()}", [listed.values])


def check(
    con: duckdb.DuckDBPyConnection,
    made: rules.Compiled,
    relation: str,
    row: str,
    *,
    ordered: bool = False,
    measures: Sequence[str] = (),
) -> Checked:
    """Hold `relation` (anything that can stand after FROM) to a compiled schema whose lists are landed; `row` is the SQL that names its rows.

    `ordered`: the rows should lie in the order of the key, so that a duplicate is the row before; where they do not,
    the key is grouped.
    """
    types = {name: kind for name, kind, *_ in con.execute(f"describe select * from {relation}").fetchall() if name != row}
    if wrong := rules.misfits(made, types):
        return Checked(0, [Finding(r.column, r.rule, 1, [(None, types.get(r.column))]) for r in wrong], [], False)
    rows, all_hold, *asked = con.execute(rules.holds(made, relation, types, ordered=ordered, measures=measures)).fetchone()
    found, (same, unordered) = ([], (0, 0)) if all_hold else _broken(con, made, relation, types, row, ordered=ordered)
    is_ordered = ordered and not unordered
    for position, (rule, key) in enumerate(made.keys()):
        if is_ordered and position == 0:
            clean = not same
        else:
            clean = not con.execute(rules.has_duplicates(made, key, relation, types)).fetchone()[0]
        found += [] if clean else _duplicates(con.execute(rules.duplicates(made, key, relation, types, row)).fetchall(), rule, key)
    return Checked(rows, found, asked, is_ordered)


def _broken(
    con: duckdb.DuckDBPyConnection, made: rules.Compiled, relation: str, types: dict[str, str], row: str, *, ordered: bool
) -> tuple[list[Finding], tuple[int, int]]:
    """The rules that rows break, and how many rows equal the one before or lie out of order; none of no rows."""
    judged = rules.of_found(made, types)
    numbers = con.execute(rules.counts(made, relation, types, ordered=ordered)).fetchone()
    found = [
        Finding(rule.column, rule.rule, n, _first(con.execute(rules.first(made, rule, relation, types, row)).fetchall(), rule.reads))
        for rule, n in zip(judged, numbers, strict=False)
        if n
    ]
    return found, numbers[len(judged) :] or (0, 0)


def _first(rows: list[tuple], reads: Sequence[str]) -> list[tuple[Any, Any]]:
    """The value of a column, or of a rule about whole rows those of every column it reads."""
    return [(at, dict(zip(reads, values, strict=True)) if reads else values[0]) for at, *values in rows]


def _duplicates(rows: list[tuple], rule: str, key: list[str]) -> list[Finding]:
    """As Pandera says it: a row without any part of the key is no duplicate."""
    rows = [row for row in rows if any(part is not None for part in row[1:])]
    of_rows = () if rule == rules.UNIQUE_COLUMN else key
    return [Finding(", ".join(key), rule, len(rows), _first(rows[:FIRST], of_rows))] if rows else []
