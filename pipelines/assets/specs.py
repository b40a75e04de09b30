"""Name assets, and define the metadata that assets of all layers share.

Put here only what is quick to import: `dyad ingest` imports this module, but not those of a refresh.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from schemas import render

OWNERS = ["team:dyad"]


def asset_key(table: str) -> dg.AssetKey:
    """Return the key of a table: core/trade_flow for `core.trade_flow`."""
    return dg.AssetKey(table.split("."))


def publisher_key(source: str) -> dg.AssetKey:
    """Return the key of the upstream product behind a source folder."""
    return dg.AssetKey(["publisher", source])


def column_schema(described: Sequence[render.Column]) -> dg.TableSchema:
    """Return the columns as Dagster's UI shows them."""
    return dg.TableSchema(
        columns=[dg.TableColumn(c.name, c.sql_type, c.comment, dg.TableColumnConstraints(nullable=c.nullable)) for c in described]
    )


def code_references(paths: Sequence[Path]) -> dict[str, dg.CodeReferencesMetadataValue]:
    """Return the metadata by which Dagster's page of an asset links to the files that define it."""
    if not paths:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # Dagster is pinned to the minor version that is tested
        references: list[dg.LocalFileCodeReference | dg.UrlCodeReference] = [
            dg.LocalFileCodeReference(file_path=str(path), line_number=1, label=path.name) for path in paths
        ]
        return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=references)}
