"""Specify the asset of a table, and report its materialization: rows, preview, column lineage."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandera.pandas as pa

from pipelines.assets.specs import OWNERS, asset_key, code_references, column_schema
from pipelines.checks import first_rows
from schemas import registry, render
from warehouse import models
from warehouse.build.database import Connection
from warehouse.build.validate import TableResult
from warehouse.models import lineage

BY_REFRESH = "Made together with all others by the job `refresh`, under *Jobs*: a release moves as a unit, no asset is made alone."
PREVIEW_WIDTH = 60  # characters of a cell: run history keeps four copies of every preview
TABLES = registry.RAW.keys() | registry.MODELED.keys()


def spec(
    table: str,
    group: str,
    model: type[pa.DataFrameModel],
    described: list[render.Column],
    deps: Sequence[dg.AssetKey],
    code: Sequence[Path] = (),
) -> dg.AssetSpec:
    """Return the asset of a table; `code` lists the files that define it."""
    claim_ids = [m.claim_id for m in models.claims() if table in m.depends_on]
    return dg.AssetSpec(
        asset_key(table),
        group_name=group,
        deps=deps,
        kinds={"duckdb", "pandera", "sql" if group != "raw" else "csv"},
        owners=OWNERS,
        description=f"{render.title(model)}\n\n{BY_REFRESH}",
        metadata={
            "dagster/table_name": table,
            "dagster/column_schema": column_schema(described),
            **code_references(code),
            **({"claims it decides": ", ".join(claim_ids)} if claim_ids else {}),
        },
    )


def materialization(con: Connection, table: TableResult, **more: dg.MetadataValue) -> dg.MaterializeResult:
    """Return a table's materialization with its row count, first ten rows, column lineage, and the metadata `more`."""
    first = con.execute(f"select * from {table.table} limit 10")
    rows = [tuple(textwrap.shorten(str(value), PREVIEW_WIDTH, placeholder=" …") for value in row) for row in first.fetchall()]
    preview = first_rows([name for name, *_ in first.description], rows)
    metadata: dict[str, Any] = {**more, "dagster/row_count": table.row_count, "preview": preview, **_column_lineage(table.table)}
    return dg.MaterializeResult(asset_key=asset_key(table.table), metadata=metadata)


def _column_lineage(table: str) -> dict[str, dg.TableColumnLineage]:
    inputs = lineage.read().get(table)
    if not inputs:
        return {}
    deps = {
        column: [dg.TableColumnDep(asset_key(origin), name) for origin, name in (i.rsplit(".", 1) for i in columns) if origin in TABLES]
        for column, columns in inputs.items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}
