"""What Dagster shows of every asset alike.

Belongs here: owners and columns. Does not belong here: assets (`graph`, `bulk_assets`), or anything that is slow to import:
`dyad ingest` needs this and nothing of the graph.
"""

from collections.abc import Sequence

import dagster as dg

from schemas import render

OWNERS = ["team:dyad"]


def column_schema(described: Sequence[render.Column]) -> dg.TableSchema:
    """The columns as Dagster's UI shows them."""
    return dg.TableSchema(
        columns=[dg.TableColumn(c.name, c.sql_type, c.comment, dg.TableColumnConstraints(nullable=c.nullable)) for c in described]
    )
