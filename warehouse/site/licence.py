"""Remove from a copy of a release's database the rows that the terms of their publishers do not allow passing on in bulk.

The `origin.yaml` of each source declares whether its terms allow it, and `catalog.source` of a release has the declaration. If they do
not, the source's rows are removed from `raw` (but not from `raw.documents`), and the rows that cite them from `core`; `core.evidence`
keeps what the datasets cite. The datasets stay whole: they quote figures about the release's pairs, each with its document.
"""

from typing import Any

import duckdb

from schemas import registry, render
from schemas.table import Table, citations
from warehouse.connect import as_records
from warehouse.release import dictionary

CLOSED = "select source from catalog.source where not is_bulk_allowed"
DESCRIPTIONS = {"raw.documents", "core.evidence"}  # tables that lead a reader from a figure to its publisher


def left_out(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the sources of a release whose terms do not allow passing on in bulk, with their terms."""
    return as_records(
        con.execute(
            f"select source, producer, title, url, licence, licence_url from ({CLOSED}) join catalog.source using (source) order by source"
        )
    )


def remove_closed(con: duckdb.DuckDBPyConnection) -> None:
    """Remove the rows of the left-out sources from a copy of a release's database, and update the row counts in the catalogue."""
    con.execute(f"create temp table closed as select evidence_id from core.evidence where source in ({CLOSED})")
    for table, model in registry.MODELED.items():
        if table.startswith("core.") and table not in DESCRIPTIONS:
            con.execute(
                f"delete from {table} where rowid in (select row from ({_cited(table, model)}) semi join closed using (evidence_id))"
            )
    for table in {*registry.RAW, "raw.snapshot_file"} - DESCRIPTIONS:
        con.execute(f"delete from {table} where source in ({CLOSED})")
    shown = " union all ".join(_cited(table, model) for table, model in registry.MODELED.items() if table.startswith("charts."))
    con.execute(f"delete from core.evidence where evidence_id in (from closed) and evidence_id not in (select evidence_id from ({shown}))")
    dictionary.count_rows(con)


def _cited(table: str, model: type[Table]) -> str:
    """Return SQL for the evidence that each row of a table cites, in the columns `row` and `evidence_id`."""
    types = {column.name: column.sql_type for column in render.columns(model)}
    cited = ((f"unnest({name})" if types[name].endswith("[]") else name) for name in citations(model))
    return " union all ".join(f"select rowid as row, {ids} as evidence_id from {table}" for ids in cited)
