"""Count the chart rows that rest on copies and press reports alone, and find those that have lost their primary evidence.

Rows of the project's own reference lists (source `dyad_reference`) document no figure and do not count as evidence here.
"""

from typing import NamedTuple

import duckdb

from schemas import registry, render
from schemas.errors import Cause
from warehouse.release.diff import columns_of

LISTS = "dyad_reference"


class Count(NamedTuple):
    """A dataset's number of rows, and of rows whose evidence is all secondary."""

    dataset: str
    rows: int
    secondary: int


def counts(con: duckdb.DuckDBPyConnection) -> list[Count]:
    """Count the rows, and those without primary evidence, of every chart table."""
    return [
        Count(dataset, *con.execute(f"select count(*), count(*) filter (where not is_primary) from ({_rows(dataset)})").fetchall()[0])
        for dataset in _datasets()
    ]


def refusals(con: duckdb.DuckDBPyConnection, before: str, after: str) -> dict[str, Cause]:
    """Return a message for each dataset with rows that had primary evidence in the attached release `before` and have none in `after`."""
    if "is_primary" not in columns_of(con, before, "core.evidence"):
        return {}  # an earlier version of the project built it
    messages = {}
    for dataset in (name for name in _datasets() if columns_of(con, before, f"charts.{name}")):  # a new dataset has lost nothing
        lost = con.execute(
            f"select row_key from ({_rows(dataset, after)}) where not is_primary and row_key in "
            f"(select row_key from ({_rows(dataset, before)}) where is_primary) order by 1"
        ).fetchall()
        if lost:
            messages[dataset] = f"{dataset}: rows that lost their primary evidence: {len(lost)}, the first is {lost[0][0]}"
    return messages


def _datasets() -> list[str]:
    return [name.removeprefix("charts.") for name in registry.MODELED if name.startswith("charts.")]


def _rows(dataset: str, database: str = "warehouse") -> str:
    """Return SQL for the rows of a dataset by key, with whether any of their evidence is primary."""
    model = registry.MODELED[f"charts.{dataset}"]
    return (
        f"select {render.row_key(model)} as row_key, coalesce(bool_or(e.is_primary and e.source <> '{LISTS}'), false) as is_primary "
        f"from (select {', '.join(render.key(model))}, unnest(evidence) as evidence_id from {database}.charts.{dataset}) as c "
        f"join {database}.core.evidence as e using (evidence_id) group by all"
    )
