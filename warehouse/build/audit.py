"""Run audits: SQL that returns rows that must not exist.

Put a rule about the content of certain tables in a file `audits/<layer>__<rule>.sql`. `guarantees` generates the rules for every table;
a check of single values belongs in the schema class.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from schemas import registry, render
from schemas.errors import Refused, Unusable
from schemas.finding import FIRST
from warehouse.build.guarantees import Audit, generate
from warehouse.home import CHECKOUT
from warehouse.models import header

FOLDER = Path(__file__).parents[1] / "audits"
LINES = 3  # named in a message
LAYERS = ("raw", "core", "charts", "claims")


class Outcome(NamedTuple):
    """The result of an audit: the number of offending rows, their columns, the first ten, and the lines of files behind the first."""

    audit: Audit
    row_count: int
    columns: list[str]
    first: list[tuple[Any, ...]]
    lines: Sequence[str] = ()

    def line(self) -> str:
        """Return one line with the first offending row and what to correct."""
        shown = ", ".join(f"{c} {v}" for c, v in zip(self.columns[1:], self.first[0][1:], strict=True)) if self.first else ""
        more = f" (and {self.row_count - 1} more)" if self.row_count > 1 else ""
        figures = f"correct {', '.join(self.lines)}" if self.lines else "correct the figures"
        sql = FOLDER / f"{self.audit.name}.sql"
        rule = f", or, if they are right, {sql.relative_to(CHECKOUT)}" if sql.exists() else ""
        return f"{self.first[0][0]}: {self.audit.sentence}; found {shown}{more}; {figures}{rule} [audit {self.audit.name}]"


@cache
def load() -> list[Audit]:
    """Return all audits, generated and written, by name.

    Raises:
        Unusable: the folder has no audits, as in an incomplete installation, which must not publish; two audits share a name;
            a file's name has no known layer, or its header lacks a field.
    """
    written = [_audit(path) for path in sorted(FOLDER.glob("*.sql"))]
    if not written:
        raise Unusable(f"no audit in {FOLDER}: install the project with its SQL files")
    audits = sorted([*written, *generate()])
    for before, after in pairwise(audits):
        if before.name == after.name:
            raise Unusable(f"{FOLDER / after.name}.sql: a generated audit has this name; rename the file")
    return audits


def _audit(path: Path) -> Audit:
    sql = path.read_text("utf-8")
    fields = header(sql)
    if missing := [name for name in ("audit", "table") if name not in fields]:
        raise Unusable(f"{path}: its first lines lack `-- {missing[0]}: ...`; add it")
    layer = path.stem.split("__")[0]
    if layer not in LAYERS:
        raise Unusable(f"{path}: no layer {layer}: begin the name with one of {', '.join(LAYERS)} and two underscores")
    return Audit(path.stem, layer, fields["table"], fields["audit"], sql)


def run(con: duckdb.DuckDBPyConnection, layer: str) -> Iterator[Outcome]:
    """Run the audits of a layer.

    Raises:
        Refused: an audit's SQL failed on the data (such as an invalid date).
    """
    return (outcome(con, audit) for audit in load() if audit.layer == layer)


def outcome(con: duckdb.DuckDBPyConnection, audit: Audit) -> Outcome:
    """Run one audit.

    Raises:
        Refused: its SQL failed on the data.
    """
    try:
        result = con.execute(audit.sql)
        columns = [name for name, *_ in result.description]
        rows = result.fetchall()
    except duckdb.Error as error:
        raise Refused(
            f"{audit.table}: {str(error).splitlines()[0]}; correct the figures, or the SQL of the audit [audit {audit.name}]"
        ) from error
    return Outcome(audit, len(rows), columns, rows[:FIRST], _lines(con, audit.table, str(rows[0][0])) if rows else ())


def _lines(con: duckdb.DuckDBPyConnection, table: str, at: str) -> list[str]:
    """Return the lines of files behind the rows of a core table that have every word of `at` as a value, or as the year of a day."""
    columns = {c.name: c.sql_type for c in render.columns(registry.MODELED[table])} if table in registry.MODELED else {}
    if "evidence_id" not in columns:
        return []
    values = [f"t.{c}::varchar" for c in columns] + [f"year(t.{c})::varchar" for c in columns if columns[c] == "DATE"]
    current = " and t.is_current" if "is_current" in columns else ""
    found = con.execute(
        f"select distinct e.file, e.first_line from {table} as t join core.evidence as e using (evidence_id) "
        f"where list_has_all([{', '.join(values)}], string_split(?, ' ')){current} order by all limit {LINES}",
        [at],
    )
    return [f"{file}:{line}" for file, line in found.fetchall()]
