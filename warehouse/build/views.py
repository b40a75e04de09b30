"""Views with friendly names, in schema `views`: what an analyst would otherwise join by hand, one SQL file each.

Belongs here: creating them and their comments. Does not belong here: anything another table is computed from; a view is for
readers only and holds nothing of its own.
"""

import duckdb

from schemas.sql import identifier, quoted
from warehouse import models


def load() -> list[models.Model]:
    """The views by name. The header's field `view` describes the view, every other one a column, in order."""
    return [models.load(path, "views") for path in sorted((models.FOLDER / "views").glob("*.sql"))]


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Create every view; the tables of core and charts must be there."""
    con.execute("create schema views")
    for view in load():
        make(con, view, view.name)


def make(con: duckdb.DuckDBPyConnection, view: models.Model, name: str) -> None:
    """Create a view under this name, with the comments that its header gives."""
    con.execute(f"create view {name} as\n{view.sql}")
    described = dict(view.header)
    con.execute(f"comment on view {name} is {quoted(described.pop('view'))}")
    for column, text in described.items():
        con.execute(f"comment on column {name}.{identifier(column)} is {quoted(text)}")
