"""Create the views of schema `views`: what an analyst would otherwise join by hand.

Put a view in `models/views/`, one file each; a table that another one is computed from belongs in core. The view of every
chart row's evidence is generated, so that it has every dataset.
"""

import duckdb

from schemas import registry, render
from schemas.sql import identifier, quoted
from warehouse import models

ROW_EVIDENCE = {
    "view": "Every figure behind every chart row: dataset and key on the left, publisher and document on the right",
    "dataset": "Table in schema charts",
    "row_key": "The row's key, values joined by blanks, as `dyad trace` takes it",
    "evidence_id": "Id of the figure in core.evidence",
    "publisher": "Who published the document the figure was read in",
    "title": "Title of the document",
    "url": "Address of the document",
    "published_on": "Day the figure became known through this document",
    "locator": "Where in the snapshot the figure stands: file and line or lines",
    "licence": "Licence or terms of the source's figures",
}


def load() -> list[models.Model]:
    """Return the views by name. The header's field `view` describes the view, every other one a column, in order."""
    written = [models.load(path, "views") for path in (models.FOLDER / "views").glob("*.sql")]
    return sorted([*written, row_evidence()])


def row_evidence() -> models.Model:
    """Return the view of the evidence of every row of every chart table."""
    charts = {name: model for name, model in registry.MODELED.items() if name.startswith("charts.")}
    cited = "\n    union all\n    ".join(
        f"select {quoted(name.removeprefix('charts.'))} as dataset, concat_ws(' ', {', '.join(render.key(model))}) as row_key, "
        f"unnest(evidence) as evidence_id from {name}"
        for name, model in sorted(charts.items())
    )
    sql = f"""with
cited as (
    {cited}
)
select c.dataset, c.row_key, c.evidence_id, e.publisher, e.title, e.url, e.published_on, e.locator, e.licence
from cited as c
join core.evidence as e on e.evidence_id = c.evidence_id  -- one: its key"""
    return models.Model("views.row_evidence", sql, ROW_EVIDENCE, [*sorted(charts), "core.evidence"])


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Create every view; the tables of core and charts must exist."""
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
