"""Describe a release to a reader who cannot browse it: its datasets, a table's columns, its changes, and the figures that a text cites."""

from collections.abc import Iterator
from typing import Any

from schemas.errors import Unusable
from schemas.sql import identifier
from warehouse.connect import Connection, as_records, has_world

DATASETS = (
    "select \"table\" as dataset, description, row_count as rows, primary_key as key from catalog.tables where schema = 'charts' order by 1"
)
CHANGES = """
select c.*, coalesce(e.evidence, []) as evidence
from catalog.change as c
left join (
    select dataset, row_key, list(evidence_id order by evidence_id) as evidence
    from views.row_evidence semi join catalog.change as c on (c.dataset, c.key) = (row_evidence.dataset, row_key)
    group by all
) as e on (e.dataset, e.row_key) = (c.dataset, c.key)
order by c.rowid
limit ?
"""  # the gravest first, as stored


def datasets(con: Connection) -> list[dict[str, Any]]:
    """Return what a row of each dataset is, its number of rows, the columns of its key, and one row."""
    return [{**row, "example": _example(con, "charts", row["dataset"])} for row in as_records(con.execute(DATASETS))]


def describe(con: Connection, name: str) -> dict[str, Any]:
    """Return the description, key, columns, allowed values and one row of a table or view; without a schema, of a dataset.

    Raises:
        Unusable: no table has this name.
    """
    schema, _, table = name.lower().rpartition(".")
    place = [schema or "charts", table]
    found = as_records(
        con.execute('select description, row_count as rows, primary_key as key from catalog.tables where schema = ? and "table" = ?', place)
    )
    if not found:
        names = ", ".join(row["dataset"] for row in as_records(con.execute(DATASETS)))
        raise Unusable(f"no table {name}: choose one of {names}, or one that catalog.tables lists, as schema.table")
    columns = 'select "column", type, description from catalog.columns where schema = ? and "table" = ? order by position'
    values = 'select "column", value, meaning from catalog.values where schema = ? and "table" = ? order by all'
    return {
        "table": ".".join(place),
        **found[0],
        "columns": as_records(con.execute(columns, place)),
        "values": as_records(con.execute(values, place)),
        "example": _example(con, *place),
    }


def _example(con: Connection, schema: str, table: str) -> dict[str, Any] | None:
    """Return one row of a table; None if it has none."""
    return next(iter(as_records(con.execute(f"from {identifier(schema)}.{identifier(table)} limit 1"))), None)


def changes(con: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the gravest differences from the release that this one follows, each with the evidence of the row that differs."""
    return as_records(con.execute(CHANGES, [limit]))


def evidence_ids(con: Connection, value: Any) -> list[str]:
    """Return the strings in a value of JSON types that are evidence ids of the release or of its trade file, sorted, each once."""
    known = f"select evidence_id from core.evidence{' union select evidence_id from trade.member' if has_world(con) else ''}"
    sql = f"select evidence_id from ({known}) semi join (select unnest(?::varchar[]) as evidence_id) using (evidence_id) order by 1"
    return [name for (name,) in con.execute(sql, [list(_texts(value))]).fetchall()]


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a value of JSON types."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
