"""Validate a member of an archive; report errors by line."""

import re
from pathlib import Path
from typing import NamedTuple

import duckdb

from schemas.compile.rules import ModelRules
from schemas.errors import Refused
from schemas.sql import quoted
from warehouse.check import check
from warehouse.world import file_format, member_rules
from warehouse.world.engine import is_too_small


class Valid(NamedTuple):
    """A valid member; `reported` has the findings that do not reject it, `is_ordered` is true if its rows are sorted by the key."""

    rows: int
    total: float
    reported: list[str]
    is_ordered: bool


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
