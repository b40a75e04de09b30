"""Run the SQL models of a layer and validate the tables they fill."""

from collections.abc import Iterator

import duckdb

from schemas import registry, render
from schemas.errors import Refused
from schemas.table import Table
from warehouse import models
from warehouse.build.clock import Clock
from warehouse.build.qualification import with_qualifications
from warehouse.build.validate import TableResult, validate


def run_layer(con: duckdb.DuckDBPyConnection, schema: str, clock: Clock) -> Iterator[TableResult]:
    """Run the models of a layer in order and validate each table.

    Raises:
        Refused: a model's SELECT failed on the data.
    """
    con.execute(f"create schema {schema}")
    for model in models.layer(schema):
        run_model(con, model, clock)
        yield validate(con, model.name)


def _complete(model: models.Model, declared: type[Table]) -> str:
    """Return the model's SELECT with the column `qualifications` added if its table has one."""
    if "qualifications" not in (c.name for c in render.columns(declared)) or model.name == "core.evidence":
        return model.sql
    figures = "raw.figure_line" if model.name.startswith("core.") else "core.evidence"
    return with_qualifications(declared, model.sql, figures)


def run_model(con: duckdb.DuckDBPyConnection, model: models.Model, clock: Clock) -> None:
    """Create the model's table from its class and fill it by column name, rows in key order.

    Raises:
        Refused: the model's SELECT failed on the data.
    """
    declared = registry.MODELED[model.name]
    con.execute("set variable as_of = cast(? as date)", [clock.as_of.isoformat()])
    con.execute(render.ddl(model.name, render.columns(declared), render.title(declared)))
    order = ", ".join(render.key(declared))
    try:
        con.execute(f"insert into {model.name} by name select * from (\n{_complete(model, declared)}\n) order by {order}")
    except duckdb.Error as error:
        raise Refused(f"{model.name}: {str(error).splitlines()[0]}; correct the figures, or the SQL model of that name") from error
