"""Validate filled tables against their schema classes."""

from typing import NamedTuple

import duckdb

from schemas import registry, render
from schemas.compile.compiler import compile_model
from schemas.finding import Finding
from warehouse.check import check


class TableResult(NamedTuple):
    """A filled table: its row count and the findings of its validation."""

    table: str
    row_count: int
    findings: list[Finding]


def validate(con: duckdb.DuckDBPyConnection, table: str) -> TableResult:
    """Validate a filled core or chart table; findings name rows by their key.

    Raises:
        Refused: the table's class has a rule without SQL.
    """
    model = registry.MODELED[table]
    days = [c.name for c in render.columns(model) if c.sql_type == "DATE"]
    replaced = f" replace ({', '.join(f'{d}::varchar as {d}' for d in days)})" if days else ""
    checked = check(con, compile_model(model), f"(select *{replaced} from {table})", render.row_key(model))
    return TableResult(table, checked.rows, checked.findings)
