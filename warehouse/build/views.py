"""Create the views of schema `views`: joins that analysts need often.

Put a view in a file of `models/views/`; a table that other tables are computed from belongs in core. The view of every chart row's
evidence is generated, so that it covers every dataset.
"""

from graphlib import TopologicalSorter

import duckdb

from schemas import registry, render
from schemas.sql import identifier, quoted
from warehouse import models

ROW_EVIDENCE = {
    "view": "One row for each figure that a chart row cites: dataset and key of the row, then publisher and document of the figure",
    "dataset": "Table in schema charts",
    "row_key": "The row's key, values joined by blanks, as `dyad trace` takes it",
    "evidence_id": "Id of the figure in core.evidence",
    "publisher": "Publisher of the document with the figure",
    "title": "Title of the document",
    "as_printed": "The value or the words as the document gives them; empty if they were not kept",
    "is_primary": "True for the publisher's own words; false for a copy, and for a press report or blog that quotes another's figures",
    "url": "Address of the document at its publisher",
    "via": "Publisher of the copy or quotation that was read; empty if the document itself was read",
    "via_url": "Address of the copy or quotation that was read",
    "published_on": "Day the figure became known through this document",
    "locator": "Place of the figure in the snapshots: file and line or lines",
    "licence": "Licence or terms of the source's figures",
}
PROVISIONAL = {
    "view": "Rows that are implied or only announced, each with the document that would settle it",
    "table_name": "Table of schema core",
    "row_key": "The row's key, values joined by blanks",
    "settled_by": "Document that would settle the row",
    "evidence_id": "Id of the row in core.evidence",
}


def load() -> list[models.Model]:
    """Return the views, sorted by name. In a header, `view` describes the view and every other field a column."""
    from_files = [models.load(path, "views") for path in (models.FOLDER / "views").glob("*.sql")]
    return sorted([*from_files, row_evidence(), provisional()])


def row_evidence() -> models.Model:
    """Return the view of the evidence of every row of every chart table."""
    charts = {name: model for name, model in registry.MODELED.items() if name.startswith("charts.")}
    cited = "\n    union all\n    ".join(
        f"select {quoted(name.removeprefix('charts.'))} as dataset, {render.row_key(model)} as row_key, "
        f"unnest(evidence) as evidence_id from {name}"
        for name, model in sorted(charts.items())
    )
    sql = f"""with
cited as (
    {cited}
)
select
    c.dataset, c.row_key, c.evidence_id, e.publisher, e.title, e.as_printed, e.is_primary, e.url, e.via, e.via_url, e.published_on, e.locator,
    e.licence
from cited as c
join core.evidence as e on e.evidence_id = c.evidence_id  -- one: its key"""
    return models.Model("views.row_evidence", sql, ROW_EVIDENCE, [*sorted(charts), "core.evidence"])


def provisional() -> models.Model:
    """Return the view of the provisional rows of every core table that can have some."""
    tables = {
        name: model for name, model in registry.MODELED.items() if name.startswith("core.") and "settled_by" in model.to_schema().columns
    }
    rows = "\nunion all\n".join(
        f"select {quoted(name)} as table_name, {render.row_key(model)} as row_key, settled_by, evidence_id\n"
        f"from {name}\nwhere confidence = 'provisional'"
        for name, model in sorted(tables.items())
    )
    return models.Model("views.provisional", rows, PROVISIONAL, sorted(tables))


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Create every view, each after those it reads, and the macros that answer for any pair; the tables of core and charts must exist."""
    con.execute("create schema views")
    views = {view.name: view for view in load()}
    for name in TopologicalSorter({name: [d for d in view.depends_on if d in views] for name, view in views.items()}).static_order():
        create_view(con, views[name], name)
    for path in sorted((models.FOLDER / "macros").glob("*.sql")):
        con.execute(path.read_text("utf-8"))


def create_view(con: duckdb.DuckDBPyConnection, view: models.Model, name: str) -> None:
    """Create a view under this name, with comments from its header."""
    con.execute(f"create view {name} as\n{view.sql}")
    descriptions = dict(view.header)
    con.execute(f"comment on view {name} is {quoted(descriptions.pop('view'))}")
    for column, text in descriptions.items():
        con.execute(f"comment on column {name}.{identifier(column)} is {quoted(text)}")
