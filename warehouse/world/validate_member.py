"""Validate a member of an archive; report errors by line."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from schemas.compile import rules
from schemas.compile.rules import ModelRules, Rule
from schemas.errors import Refused
from schemas.finding import Finding
from schemas.sql import identifier, quoted
from warehouse.world import file_format, member_rules
from warehouse.world.engine import is_too_small


class Checked(NamedTuple):
    """The result of one pass over a relation; `measures` are the requested aggregates, `is_ordered` is true if keys strictly increase."""

    rows: int
    findings: list[Finding]
    measures: list[Any]
    is_ordered: bool


class Valid(NamedTuple):
    """A valid member; `reported` are findings that do not refuse it, `is_ordered` is true if its rows are sorted by the key."""

    rows: int
    total: float
    reported: list[str]
    is_ordered: bool


def load_lists(con: duckdb.DuckDBPyConnection, model: ModelRules) -> None:
    """Create the tables of allowed values that `check` reads; all connections to this database share them."""
    for table, values in model.value_lists().items():
        con.execute(f"create or replace table {identifier(table)} as select distinct unnest(?) as value", [values])


def check(con: duckdb.DuckDBPyConnection, model: ModelRules, relation: str, row: str, measures: Sequence[str] = ()) -> Checked:
    """Check `relation` (anything that may follow FROM) against rules whose lists are loaded; `row` is SQL for a row's number."""
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
    return Checked(rows, findings, measured, is_ordered)


def _finding(rule: Rule, count: int, rows: list[Any]) -> Finding:
    """Return a finding with the value of the column, or the values of every column that the rule reads."""
    first = [(at, dict(zip(rule.reads, values, strict=True)) if rule.reads else values[0]) for at, *values in rows]
    return Finding(rule.column, rule.rule, count, first)


def validate(con: duckdb.DuckDBPyConnection, model: ModelRules, name: str, part: Path) -> Valid:
    """Validate the member `name`, whose rows lie in the Parquet file `part` in the order of its lines.

    Raises:
        Refused: a rule is broken (the message gives the first line of each rule), or the member has no rows.
    """
    relation = f"read_parquet({quoted(str(part))}, file_row_number = true)"
    checked = check(con, model, relation, "file_row_number", ["sum(value_thousand_usd)"])
    findings = [f.with_row_names(lambda row: row + 2) for f in checked.findings]  # line 1 is the header, and rows count from 0
    if violations := [f for f in findings if not member_rules.is_reported(f.rule)]:
        raise Refused("\n".join(f"{f.line(name)}; download it again" for f in violations))
    if not checked.rows:
        raise Refused(f"{name}: no rows; download it again")
    return Valid(checked.rows, float(checked.measures[0]), [f.line(name) for f in findings], checked.is_ordered)


def unreadable(con: duckdb.DuckDBPyConnection, model: ModelRules, name: str, path: Path, error: Exception) -> Refused:
    """Return the error for a member with cells of another type than declared, or lines with another number of columns than the header."""
    findings = []
    try:
        con.execute(f"create or replace temp table cells as {file_format.as_text(name, path)}")
        findings = [f for f in check(con, model, "cells", "line").findings if not member_rules.is_reported(f.rule)]
    except duckdb.Error as structure:
        if is_too_small(structure):
            raise
        error = structure
    message = str(error)
    line = re.search(r"Line: (\d+)", message)
    plain = f"{name}:{line[1] if line else 1}: {message.splitlines()[0]}; download it again"
    return Refused("\n".join(f"{f.line(name)}; download it again" for f in findings) or plain)
