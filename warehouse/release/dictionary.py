"""The data dictionary, as a page and inside the database: every table and column of the warehouse, out of the schemas.

Belongs here: DICTIONARY.md, which `python -m warehouse.dictionary` writes again, `catalog.tables` and `catalog.columns`, and
what the tables mean that no schema declares. Does not belong here: what any other column means (`schemas`, the headers of the
views).
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from schemas import registry, render
from schemas.sql import quoted
from warehouse.build import views

PAGE = Path(__file__).parents[1] / "DICTIONARY.md"
START = """# Data dictionary

Every table and column of `warehouse.duckdb`, written by `python -m warehouse.dictionary` from the schemas; do not edit it here.
`README.md` beside it says how to read them. Inside the file `catalog.tables` and `catalog.columns` hold the same.
"""
LAYERS = {
    "charts": "Charts: the datasets for readers",
    "core": "Core: the publishers' figures in one meaning, all vintages",
    "raw": "Raw: the snapshots as their publishers wrote them, by kind; `raw.<source>__<kind>` holds one source's",
}

# tables the build keeps for itself and for readers; they are no part of any schema
KEPT = {
    "catalog.parameter": ("What the release was made with, by name: `as_of` is the day it knows", {"name": "Parameter", "value": "Its value"}),
    "catalog.dyad": ("The pairs of states the release was made for", {"dyad": "The pair of states"}),
    "catalog.source": (
        "Every source with its terms and coverage, from its origin.yaml",
        {
            "source": "Source folder: <producer>_<product>", "producer": "Who publishes it", "title": "Title", "description": "What it is",
            "url": "Address", "citation": "How to cite it", "licence": "Licence or terms of its figures", "licence_url": "Their text",
            "cadence_days": "Days between editions", "kind": "published by its producer, or curated by this project",
            "coverage_first": "First day covered", "coverage_last": "Last day covered",
            "coverage_dyads": "Pairs it covers; NULL where it covers any", "coverage_note": "What it covers, and its gaps",
            "stale_since": "Last day its publisher gave a usable answer, where it failed when it was last asked",
        },
    ),
    "catalog.change": (
        "What differs from the release this one follows, the gravest first",
        {
            "dataset": "Table of schema charts", "key": "The row's key", "change": "added, removed or changed",
            "tier": "verdict, headline (a number that moved by more than one per cent) or other", "column": "Column whose value changed",
            "before": "Value in the release before", "after": "Value in this release", "factor": "after by before, of a number",
        },
    ),
    "catalog.tables": (
        "Every described table",
        {
            "schema": "Schema", "table": "Table", "description": "What one row is", "row_count": "Rows; NULL of a view",
            "primary_key": "Columns that name a row; NULL where no schema declares them",
        },
    ),
    "catalog.columns": (
        "Every described column",
        {
            "schema": "Schema", "table": "Table", "position": "Place in the table, from 1", "column": "Column", "type": "Type in the database",
            "description": "What it means, its unit in brackets",
        },
    ),
    "raw.snapshot_file": (
        "Every snapshot file that was loaded",
        {
            "source": "Source folder", "file": "File, relative to sources/", "kind": "Kind of raw table", "sha256": "SHA-256 of its bytes",
            "licence": "Licence or terms of its figures", "read_on": "Newest day a document of its source was read",
        },
    ),
    "raw.figure_line": (
        "Every line of a snapshot file that can be cited",
        {
            "evidence_id": "Id of the bytes: <source>/<file>@<first 8 of sha256>:<line>", "source": "Source folder",
            "document": "Document the figure was read in", "kind": "Kind of raw table",
            "file": "File: below this project's folder (sources/...) or the home (live/...)", "line": "Line, the header being line 1",
        },
    ),
    "raw.whole_file": (
        "Every snapshot file as one thing to cite: what it does not list it did not find",
        {
            "source": "Source folder", "kind": "Kind of raw table", "file": "File, relative to sources/",
            "first_line": "First line, of those known on the build's day; the header where none is", "last_line": "Last such line",
            "evidence_id": "Id of the bytes, without lines", "read_on": "Newest day a document of its source was read",
        },
    ),
}  # fmt: skip


def keys() -> dict[str, list[str]]:
    """The primary key of every declared table; a raw table holds all sources, and a key holds within one."""
    return {name: render.key(m) for name, m in registry.MODELED.items()} | {
        name: render.landed(m).unique for name, m in registry.RAW.items()
    }


def store(con: duckdb.DuckDBPyConnection) -> None:
    """Describe what the build keeps, then make `catalog.tables` and `catalog.columns`, which list all that is described."""
    con.execute(
        'create table catalog.tables (schema varchar, "table" varchar, description varchar, row_count bigint, primary_key varchar[])'
    )
    con.execute(
        'create table catalog.columns (schema varchar, "table" varchar, position bigint, "column" varchar, type varchar, description varchar)'
    )
    _describe(con)
    con.execute(
        'insert into catalog.tables by name from (select database_name, schema_name as schema, table_name as "table", comment as description, '
        "null as row_count from duckdb_tables() union all select database_name, schema_name, view_name, comment, null from duckdb_views()) "
        "left join (select unnest(?) as name, unnest(?) as primary_key) on name = schema || '.' || \"table\" "
        "select schema, \"table\", description, row_count, primary_key where database_name = 'warehouse' and description is not null order by all",
        [list(keys()), list(keys().values())],
    )
    con.execute(
        "insert into catalog.columns select schema_name, table_name, column_index, column_name, data_type, comment from duckdb_columns() "
        "where database_name = 'warehouse' and comment is not null order by 1, 2, 3"
    )
    described = "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse' and comment is not null"
    for schema, table in con.execute(described).fetchall():  # DuckDB's own estimate still counts what was deleted
        count = f"(select count(*) from {schema}.{table})"
        con.execute(f'update catalog.tables set row_count = {count} where schema = ? and "table" = ?', [schema, table])


def _describe(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "select schema_name || '.' || table_name, 'table' from duckdb_tables() where database_name = 'warehouse' union all "
        "select schema_name || '.' || view_name, 'view' from duckdb_views() where database_name = 'warehouse'"
    ).fetchall()
    for name, kind in found:
        description, columns = KEPT.get(name, ("", {}))
        if description:
            con.execute(f"comment on {kind} {name} is {quoted(description)}")
        for column, text in columns.items():
            con.execute(f'comment on column {name}."{column}" is {quoted(text)}')


def markdown() -> str:
    """The page: a section a layer, a table of columns a table."""
    tables = {name: (render.title(m), render.columns(m)) for name, m in registry.MODELED.items()}
    tables |= {name: (render.title(m), render.landed_columns(m)) for name, m in registry.RAW.items()}
    key = keys()
    lines = [START]
    for layer, title in LAYERS.items():
        lines += [f"## {title}", ""]
        for name in sorted(table for table in tables if table.startswith(f"{layer}.")):
            description, columns = tables[name]
            rows = ((f"`{c.name}`", c.sql_type, c.unit or "", "" if c.nullable else "yes", c.description) for c in columns)
            lines += _section(name, description, ", ".join(key[name]), ("column", "type", "unit", "required", "description"), rows)
    lines += ["## Views: joins that are already made", ""]
    for view in views.load():
        lines += _plain(view.name, view.header["view"], {column: text for column, text in view.header.items() if column != "view"})
    lines += ["## Catalogue: what the build keeps for readers", ""]
    for name, (description, columns) in KEPT.items():
        lines += _plain(name, description, columns)
    return "\n".join(lines)


def _plain(name: str, description: str, columns: dict[str, str]) -> list[str]:
    return _section(name, f"{description}.", "", ("column", "description"), ((f"`{column}`", text) for column, text in columns.items()))


def _section(name: str, description: str, key: str, header: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[str]:
    table = [_line(header), "|" + "---|" * len(header), *map(_line, rows)]
    return [f"### `{name}`", "", _escaped(description) + (f" Key: {key}." if key else ""), "", *table, ""]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(_escaped, cells)) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(markdown(), "utf-8")
