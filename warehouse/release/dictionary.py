"""Write the data dictionary, every table and column of the warehouse, to DICTIONARY.md, `catalog.tables` and `catalog.columns`.

`python -m warehouse.release.dictionary` writes the page. A column's meaning belongs in its schema class, a view's in its header.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from schemas import registry, render
from schemas.table import Table
from schemas.values import meaning
from warehouse.build import views
from warehouse.models import Model

PAGE = Path(__file__).parents[1] / "DICTIONARY.md"
START = """# Data dictionary

Every table and column of `warehouse.duckdb`, written by `make docs` from the schemas; do not edit it here.
`README.md` beside this page explains how to read them. In `warehouse.duckdb`, `catalog.tables`, `catalog.columns` and
`catalog.values` contain the same.
"""
LAYERS = {
    "charts": "Charts: the datasets for readers",
    "core": "Core: the publishers' figures in common units, all vintages",
    "raw": "Raw: the rows of the snapshot files, by kind; `raw.<source>__<kind>` has the rows of one source",
}
VIEWS = "Views: frequently needed joins"
CATALOGUE = "Catalogue: descriptions, sources and changes of the release"


def keys() -> dict[str, list[str]]:
    """Return the primary key of every declared table; that of a raw table begins with `source`, since the table has all sources' rows."""
    return {name: render.key(m) for name, m in registry.MODELED.items()} | {
        name: render.landed(m).unique for name, m in registry.RAW.items()
    }


def values() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield schema, table and column of every coded column with each allowed value and its meaning."""
    for name, model in sorted((registry.RAW | registry.MODELED).items()):
        schema, table = name.split(".")
        for column in render.columns(model):
            for value in column.values:
                yield schema, table, column.name, value, meaning(column.name, value) or ""


def store(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `catalog.values`, and `catalog.tables` and `catalog.columns` with every table, view and column that has a comment."""
    con.execute(registry.ddl("catalog.tables"))
    con.execute(registry.ddl("catalog.columns"))
    con.execute(registry.ddl("catalog.values"))
    con.executemany("insert into catalog.values values (?, ?, ?, ?, ?)", [list(row) for row in values()])
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
    count_rows(con)


def count_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Write the number of rows of each table to `catalog.tables`."""
    commented = "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse' and comment is not null"
    counts = " union all ".join(  # counted, since DuckDB's estimate includes deleted rows
        f"select '{schema}' as schema, '{table}' as \"table\", count(*) as row_count from {schema}.{table}"
        for schema, table in con.execute(commented).fetchall()
    )
    con.execute(
        f'update catalog.tables as t set row_count = c.row_count from ({counts}) as c where c.schema = t.schema and c."table" = t."table"'
    )


class Entry(NamedTuple):
    """A table or view with its key and columns; the columns of a view have a name and a description alone."""

    name: str
    description: str
    key: list[str]
    columns: list[render.Column]


def sections() -> dict[str, list[Entry]]:
    """Return every table and view by layer, under the layer's title."""
    models = {name: (render.title(m), render.columns(m)) for name, m in registry.MODELED.items()}
    models |= {name: (render.title(m), render.landed_columns(m)) for name, m in registry.RAW.items()}
    key = keys()
    by_layer = {
        title: [
            Entry(name, description, key[name], columns)
            for name, (description, columns) in sorted(models.items())
            if name.startswith(f"{layer}.")
        ]
        for layer, title in LAYERS.items()
    }
    return by_layer | {
        VIEWS: [_view(view) for view in views.load()],
        CATALOGUE: [_catalogued(*table) for table in registry.CATALOG.items()],
    }


def _view(view: Model) -> Entry:
    columns = [render.Column(name, "", True, None, text, ()) for name, text in view.header.items() if name != "view"]
    return Entry(view.name, f"{view.header['view']}.", [], columns)


def _catalogued(name: str, model: type[Table]) -> Entry:
    return Entry(name, render.title(model), [], render.columns(model))


def markdown() -> str:
    """Return the page: a section for each layer, and in it a table of columns for each table."""
    lines = [START]
    for title, entries in sections().items():
        lines += [f"## {title}", ""]
        for entry in entries:
            lines += _plain(entry) if title in (VIEWS, CATALOGUE) else _typed(entry)
    return "\n".join(lines)


def _typed(entry: Entry) -> list[str]:
    rows = ((f"`{c.name}`", c.sql_type, c.unit or "", "" if c.nullable else "yes", c.description + c.allowed) for c in entry.columns)
    return _section(entry, ("column", "type", "unit", "required", "description"), rows)


def _plain(entry: Entry) -> list[str]:
    return _section(entry, ("column", "description"), ((f"`{c.name}`", c.description) for c in entry.columns))


def _section(entry: Entry, header: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[str]:
    table = [_line(header), "|" + "---|" * len(header), *map(_line, rows)]
    return [
        f"### `{entry.name}`",
        "",
        _escaped(entry.description) + (f" Key: {', '.join(entry.key)}." if entry.key else ""),
        "",
        *table,
        "",
    ]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(_escaped, cells)) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(markdown(), "utf-8")
