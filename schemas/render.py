"""Render a table class as text or plain data: its name, key, columns, DDL and comments."""

import re
from functools import cache
from typing import NamedTuple

import pandera.pandas as pa

from schemas.sql import quoted

SQL_TYPES = {"string": "VARCHAR", "Int64": "BIGINT", "Float64": "DOUBLE", "boolean": "BOOLEAN", "object": "VARCHAR[]"}

LANDED = {
    "source": ("VARCHAR", "Source folder the row was landed from"),
    "file": ("VARCHAR", "Snapshot file of the row: below this project's folder (sources/...) or the home (live/...)"),
    "line": ("BIGINT", "Line of the snapshot file, the header being line 1"),
    "evidence_id": ("VARCHAR", "Id of the bytes behind the row: <source>/<file>@<first 8 of sha256>:<line>"),
}


class Column(NamedTuple):
    """A column as the database, Dagster and the data dictionary show it."""

    name: str
    sql_type: str
    nullable: bool
    unit: str | None
    description: str
    values: tuple[str, ...] = ()

    @property
    def comment(self) -> str:
        """Return the description followed by the unit and the allowed values, as the database and Dagster show it."""
        return self.description + (f" [{self.unit}]" if self.unit else "") + self.allowed

    @property
    def allowed(self) -> str:
        """Return the allowed values of a coded column as the end of its description; an empty text for any other."""
        return f"; one of: {', '.join(self.values)}" if self.values else ""


def table_name(model: type[pa.DataFrameModel]) -> str:
    """Return the table's name: `joint_exercises` for `JointExercises`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()


def key(model: type[pa.DataFrameModel]) -> list[str]:
    """Return the declared primary key."""
    return list(model.to_schema().unique)


def row_key(model: type[pa.DataFrameModel]) -> str:
    """Return SQL for a row's key as text, values joined by blanks: the name of the row for readers."""
    return f"concat_ws(' ', {', '.join(key(model))})"


def title(model: type[pa.DataFrameModel]) -> str:
    """Return the class's docstring in one line: the table's comment."""
    return " ".join((model.__doc__ or "").split())


@cache
def columns(model: type[pa.DataFrameModel]) -> list[Column]:
    """Return the columns in order, with database type, unit and description."""
    result = []
    for name, field in model.to_schema().columns.items():
        extra = field.metadata or {}
        sql_type = extra.get("sql_type") or SQL_TYPES[str(field.dtype).split("[")[0]]
        values = [tuple(check.statistics["allowed_values"]) for check in field.checks if check.name == "isin"]
        result.append(Column(name, sql_type, field.nullable, extra.get("unit"), field.description, values[-1] if values else ()))
    return result


def landed_columns(model: type[pa.DataFrameModel]) -> list[Column]:
    """Return the columns of a raw kind and those that landing a file adds."""
    return columns(model) + [Column(name, kind, False, None, text) for name, (kind, text) in LANDED.items()]


@cache
def landed(model: type[pa.DataFrameModel]) -> pa.DataFrameSchema:
    """Return the schema of a raw kind with all its files landed; the key is unique within a source."""
    types = {"VARCHAR": "string", "BIGINT": "Int64"}
    schema = model.to_schema().add_columns({name: pa.Column(types[kind]) for name, (kind, _) in LANDED.items()})
    schema.unique = ["source", *schema.unique]
    return schema


def ddl(table: str, columns: list[Column], comment: str) -> str:
    """Return CREATE TABLE and COMMENT ON statements for a table of these columns."""
    body = ", ".join(f'"{c.name}" {c.sql_type}{"" if c.nullable else " NOT NULL"}' for c in columns)
    return f"CREATE TABLE {table} ({body});\n" + comments("TABLE", table, columns, comment)


def comments(kind: str, name: str, columns: list[Column], comment: str) -> str:
    """Return COMMENT ON statements for a TABLE or VIEW and its columns."""
    of_columns = (f'COMMENT ON COLUMN {name}."{c.name}" IS {quoted(c.comment)};' for c in columns)
    return "\n".join((f"COMMENT ON {kind} {name} IS {quoted(comment)};", *of_columns))
