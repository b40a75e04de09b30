"""Find rows of the reference tables that differ from the followed release.

No published figure would reveal an error in a reference table, and a change can affect every year.

Put the comparison of reference tables here, not that of datasets (`diff`).
"""

from collections.abc import Iterator
from typing import Any

import duckdb

from schemas import raw, render
from schemas.errors import Cause
from schemas.table import Known, Table, declared
from schemas.words import plural
from warehouse.release.diff import columns_of
from warehouse.world.as_source import SOURCE

CITATION = {"document", "note"}  # may change without moving a figure


def tables() -> dict[str, type[Table]]:
    """Return the raw tables whose rows are known on every day, and those declared as pinned, by name."""
    return {
        f"raw.{kind}": model for kind, model in raw.KINDS.items() if declared(model).known_from is Known.ALWAYS or declared(model).is_pinned
    }


def refusals(con: duckdb.DuckDBPyConnection, before: str, after: str) -> Iterator[tuple[str, Cause]]:
    """Yield each reference table with rows that were added, removed or changed, and a message that names the first.

    A row that became known after the day of the followed release is new, not changed. The basis of the ingested world trade comes after
    every other series, so it cannot replace a figure of the followed release.
    """
    for table, model in tables().items():
        rows = [row for row in _differing(con, table, model, before, after) if not row[0].startswith(f"{SOURCE} ")]
        if rows:
            first = _line(*rows[0])
            yield (
                table,
                f"{table}: {plural(len(rows), 'row differs', 'rows differ')} from the followed release, the first is {first}; every figure that uses "
                "the table may change",
            )


def _differing(con: duckdb.DuckDBPyConnection, table: str, model: type[Table], before: str, after: str) -> list[tuple[Any, ...]]:
    """Return the key of each differing row and its values in both releases, or None if a release lacks the row."""
    earlier = columns_of(con, before, table)
    columns = [c.name for c in render.columns(model) if c.name in earlier and c.name not in CITATION]
    if not columns:
        return []
    day = declared(model).known_from
    then = f"where {day} <= (select value::date from {before}.catalog.parameter where name = 'as_of')" if isinstance(day, str) else ""
    cells = ", ".join(f"{c} := {c}::varchar" for c in columns)
    side = f"select {render.row_key(model)} as row_key, struct_pack({cells}) as cells"
    return con.execute(
        f"select row_key, o.cells, n.cells from ({side} from {before}.{table} {then}) as o "
        f"full join ({side} from {after}.{table} {then}) as n using (row_key) where o.cells is distinct from n.cells order by row_key"
    ).fetchall()


def _line(key: str, old: dict[str, str] | None, new: dict[str, str] | None) -> str:
    if old is None or new is None:
        return f"{key} ({'removed' if new is None else 'added'})"
    return f"{key} ({', '.join(f'{c} {old[c]} -> {new[c]}' for c in old if old[c] != new[c])})"
