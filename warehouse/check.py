"""Check the rows of a relation against the compiled rules of its class."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb

from schemas.compile import rules
from schemas.compile.rules import ModelRules, Rule
from schemas.finding import Finding
from schemas.sql import identifier


class Checked(NamedTuple):
    """The result of one pass over a relation with columns of these SQL types.

    `measures` are the requested aggregates, `is_ordered` is true if keys strictly increase.
    """

    rows: int
    findings: list[Finding]
    measures: list[Any]
    is_ordered: bool
    types: dict[str, str]


def check(con: duckdb.DuckDBPyConnection, model: ModelRules, relation: str, row: str, measures: Sequence[str] = ()) -> Checked:
    """Check `relation` (anything that may follow FROM) against the rules of a model; `row` is SQL that names a row."""
    for table, values in model.value_lists().items():
        con.execute(f"create or replace temp table {identifier(table)} as select distinct unnest(?) as value", [values])
    types = {name: kind for name, kind, *_ in con.execute(f"describe select * from {relation}").fetchall() if name != row}
    [(rows, is_ordered, *numbers)] = con.execute(rules.counts(model, relation, types, measures)).fetchall()
    measured, offenders = numbers[: len(measures)], numbers[len(measures) :]
    findings = []
    for rule, count in zip(rules.in_sql(model, types), offenders, strict=True):
        if count:
            findings.append(_finding(rule, count, con.execute(rules.first(model, rule, relation, types, row)).fetchall()))
    # strictly increasing keys do not repeat
    repeated = [] if is_ordered else con.execute(rules.duplicates(model, relation, types, row)).fetchall()
    if repeated:
        rule = Rule(", ".join(model.key), rules.KEY_RULE, "", tuple(model.key))
        findings.append(_finding(rule, repeated[0][0], [row_values for _, *row_values in repeated]))
    return Checked(rows, findings, measured, is_ordered, types)


def _finding(rule: Rule, count: int, rows: list[Any]) -> Finding:
    """Return a finding with the value of the column, or the values of every column that the rule reads."""
    first = [(at, dict(zip(rule.reads, values, strict=True)) if rule.reads else values[0]) for at, *values in rows]
    return Finding(rule.column, rule.rule, count, first)
