"""Hold a member to its model, and say what is wrong by the lines of its file.

Belongs here: what is refused and what is reported, in whose words. Does not belong here: the rules (`schemas.world`), running them
(`check`), or what becomes of the member (`ingest`).
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from schemas.compile import rules, world_rules
from schemas.compile.rules import Compiled
from schemas.errors import Refused
from schemas.finding import Finding
from schemas.sql import quoted
from warehouse.world import formats
from warehouse.world.check import check, land_lists
from warehouse.world.engine import is_too_small
from warehouse.world.formats import Format


class Judged(NamedTuple):
    """A member without a wrong row: its rows, total and years, what is reported of it, its key, and whether it lay in the key's order."""

    rows: int
    total: float
    years: list[int]
    reported: list[str]
    key: list[str]
    is_ordered: bool


def held_to(con: duckdb.DuckDBPyConnection, source: str, codes: formats.Codes) -> Compiled:
    """What holds of every member by these lists, which land in the database of `con`."""
    held = world_rules.of_archive(source, [code for code, *_ in codes.countries], [code for code, _ in codes.products])
    land_lists(con, held)
    return held


def judged(cursor: duckdb.DuckDBPyConnection, made: Format, held: Compiled, year: int | None, name: str, path: Path, part: Path) -> Judged:
    """What the member `name`, whose bytes lie at `path` and whose rows in the Parquet file `part`, is like.

    Raises:
        Refused: it breaks a rule, with the line of the first row of each; or it has no rows.
    """
    held = world_rules.of_year(held, year)
    relation = f"read_parquet({quoted(str(part))}, file_row_number = true)"
    checked = check(cursor, held, relation, "file_row_number", ordered=True, measures=[f"sum({made.total})", "list(distinct year)"])
    found = [f._replace(first=[(row + 2, value) for row, value in f.first]) for f in checked.findings]
    if found and made.keep != "true":
        # what only the first pass finds still counts, by its place among the rows kept
        found = _by_line(cursor, made, held, name, path) or found
    if wrong := [f for f in found if not world_rules.is_reported(f.rule)]:
        raise Refused("\n".join(f.line(name) for f in wrong))
    if not checked.rows:
        raise Refused(f"{name}: no rows; download it again")
    total, years = checked.measures
    return Judged(checked.rows, float(total), sorted(years), [f.line(name) for f in found], held.key, checked.is_ordered)


def unreadable(
    cursor: duckdb.DuckDBPyConnection, made: Format, held: Compiled, year: int | None, name: str, path: Path, error: Exception
) -> Refused:
    """Why a member's cells do not have the declared types, or its lines not the header's columns."""
    try:
        findings = [f for f in _by_line(cursor, made, world_rules.of_year(held, year), name, path) if not world_rules.is_reported(f.rule)]
    except duckdb.Error as structure:
        if is_too_small(structure):
            raise
        findings, error = [], structure
    said = str(error)
    line = re.search(r"Line: (\d+)", said)
    plain = f"{name}:{line[1] if line else 1}: {said.splitlines()[0]}; download it again"
    return Refused("\n".join(f.line(name) for f in findings) or plain)


def _by_line(cursor: duckdb.DuckDBPyConnection, made: Format, held: Compiled, name: str, path: Path) -> list[Finding]:
    """What is wrong with a member, by the lines of its file: read as text, held to the same rules."""
    cursor.execute(f"create or replace temp table cells as {formats.lines(made, name, path)}")
    return check(cursor, held, "cells", "line").findings


def in_several(con: duckdb.DuckDBPyConnection, source: str, files: Sequence[Path]) -> tuple[set[Path], str]:
    """Which of the files hold a key that another holds too, and the first such key in words."""
    made = world_rules.of_source(source)
    relation = f"read_parquet([{', '.join(quoted(str(f)) for f in files)}], filename = true)"
    types = {name: kind for name, kind, *_ in con.execute(f"describe select * from {relation}").fetchall()}
    key = made.key
    if not con.execute(rules.has_duplicates(made, key, relation, types)).fetchone()[0]:
        return set(), ""
    rows = con.execute(rules.duplicates(made, key, relation, types, "filename")).fetchall()
    return {Path(row[0]) for row in rows}, ", ".join(f"{c} {v}" for c, v in zip(key, rows[0][1:], strict=True))
