"""Validate filled tables against their schema classes."""

from typing import NamedTuple

import duckdb

from schemas import registry, render
from schemas.compile.compiler import compile_model
from schemas.errors import Refused
from schemas.finding import Finding
from schemas.validate import findings
from warehouse.check import check


class TableResult(NamedTuple):
    """A filled table: its row count and the findings of its validation."""

    table: str
    row_count: int
    findings: list[Finding]


def validate(con: duckdb.DuckDBPyConnection, table: str) -> TableResult:
    """Validate a filled core or chart table; findings name rows by their key.

    DuckDB checks the rules that have an equivalent in SQL; a table with others, such as a rule that a method of its class computes, is read
    into pandas.
    """
    model = registry.MODELED[table]
    days = [c.name for c in render.columns(model) if c.sql_type == "DATE"]
    replaced = f" replace ({', '.join(f'{d}::varchar as {d}' for d in days)})" if days else ""
    try:
        rules = compile_model(model)
    except Refused:
        frame = con.execute(f'select *{replaced}, {render.row_key(model)} as "row key" from {table}').df()
        keys = frame.pop("row key")
        _, violations = findings(model.to_schema(), frame)
        return TableResult(table, len(frame), [f.with_row_names(keys.get) for f in violations])
    checked = check(con, rules, f"(select *{replaced} from {table})", render.row_key(model))
    return TableResult(table, checked.rows, checked.findings)
