"""Audits: SQL that returns the rows which must not exist. One file an audit, `audits/<layer>__<what_must_hold>.sql`.

Belongs here: loading and running them, and the message a person gets. Does not belong here: what must hold (the SQL),
or Pandera's checks of single tables (`schemas`).
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from schemas.errors import Refused, Unusable
from schemas.finding import FIRST
from warehouse.models import header

FOLDER = Path(__file__).parents[1] / "audits"


class Audit(NamedTuple):
    """What must hold of `table`, as the SQL that finds offending rows; it runs once `layer` is built."""

    name: str
    layer: str
    table: str
    sentence: str
    sql: str


class Outcome(NamedTuple):
    """An audit that ran: how many rows offend, their columns and the first ten."""

    audit: Audit
    count: int
    columns: list[str]
    first: list[tuple[Any, ...]]

    def line(self) -> str:
        """One readable line with the first offending row."""
        shown = ", ".join(f"{c} {v}" for c, v in zip(self.columns[1:], self.first[0][1:], strict=True)) if self.first else ""
        more = f" (and {self.count - 1} more)" if self.count > 1 else ""
        return f"{self.first[0][0]}: {self.audit.sentence}; found {shown}{more} [audit {self.audit.name}]"


@cache
def load() -> list[Audit]:
    """All audits, by name.

    Raises:
        Unusable: there is none, as where a package was made without them: nothing may be published unaudited.
    """
    found = [_audit(path) for path in sorted(FOLDER.glob("*.sql"))]
    if not found:
        raise Unusable(f"no audit in {FOLDER}: install the project with its SQL files")
    return found


def _audit(path: Path) -> Audit:
    sql = path.read_text("utf-8")
    fields = header(sql)
    return Audit(path.stem, path.stem.split("__")[0], fields["table"], fields["audit"], sql)


def run(con: duckdb.DuckDBPyConnection, layer: str) -> Iterator[Outcome]:
    """Run the audits of a layer.

    Raises:
        Refused: an audit's SQL failed on the data (a date that is none, say).
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
        raise Refused(f"{audit.table}: {str(error).splitlines()[0]} [audit {audit.name}]") from error
    return Outcome(audit, len(rows), columns, rows[:FIRST])
