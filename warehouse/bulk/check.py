"""Run a compiled schema on a relation.

Belongs here: temporary tables of allowed values, the one pass, and the first rows of what failed. Does not belong here:
what a rule means (`schemas.compiler`), or what to do about findings.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from schemas import compiler
from schemas.validate import FIRST, Finding


class Checked(NamedTuple):
    """A relation that was read once: its rows, what is wrong, the measures asked for, and whether it lay in the key's order."""

    rows: int
    findings: list[Finding]
    measures: list[Any]
    is_ordered: bool


def check(
    con: duckdb.DuckDBPyConnection,
    made: compiler.Compiled,
    relation: str,
    row: str,
    *,
    ordered: bool = False,
    measures: Sequence[str] = (),
) -> Checked:
    """Hold `relation` (anything that can stand after FROM) to a compiled schema; `row` is the SQL that names its rows.

    `ordered`: the rows should lie in the order of the key, so that a duplicate is the row before; where they do not,
    the key is grouped.
    """
    types = {name: kind for name, kind, *_ in con.execute(f"describe select * from {relation}").fetchall() if name != row}
    if wrong := compiler.misfits(made, types):
        return Checked(0, [Finding(r.column, r.rule, 1, [(None, types.get(r.column))]) for r in wrong], [], False)
    for table, listed in made.allowed.items():
        con.execute(f'create or replace temp table "{table}" as {listed.table()}', [listed.values])
    rules = compiler.rules(made, types)
    counted = con.execute(compiler.counts(made, relation, types, ordered=ordered, measures=measures)).fetchone()
    numbers, asked, order = (
        counted[1 : len(rules) + 1],
        counted[len(rules) + 1 :][: len(measures)],
        counted[len(rules) + 1 + len(measures) :],
    )
    found = [
        Finding(rule.column, rule.rule, n, _first(con.execute(compiler.first(made, rule, relation, types, row)).fetchall(), rule.reads))
        for rule, n in zip(rules, numbers, strict=True)
        if n
    ]
    is_ordered = ordered and not order[1]  # over no rows at all these counts are NULL
    for position, (rule, key) in enumerate(made.keys):
        clean = (
            not order[0]
            if is_ordered and position == 0
            else not con.execute(compiler.has_duplicates(made, key, relation, types)).fetchone()[0]
        )
        found += [] if clean else _duplicates(con.execute(compiler.duplicates(made, key, relation, types, row)).fetchall(), rule, key)
    return Checked(counted[0], found, list(asked), is_ordered)


def _first(rows: list[tuple], reads: Sequence[str]) -> list[tuple[Any, Any]]:
    """The value of a column, or of a rule about whole rows those of every column it reads."""
    return [(at, dict(zip(reads, values, strict=True)) if reads else values[0]) for at, *values in rows]


def _duplicates(rows: list[tuple], rule: str, key: list[str]) -> list[Finding]:
    """As Pandera says it: a row without any part of the key is no duplicate."""
    rows = [row for row in rows if not all(map(pd.isna, row[1:]))]
    of_rows = () if rule == compiler.UNIQUE_COLUMN else key
    return [Finding(", ".join(key), rule, len(rows), _first(rows[:FIRST], of_rows))] if rows else []
