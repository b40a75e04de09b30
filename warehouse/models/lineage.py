"""Read the columns that every modeled column is computed from out of the SQL.

The analysis takes longer than a refresh, so `models/lineage.json` keeps it, `python -m warehouse.models.lineage` writes that
file, and a test compares it with the SQL. The tables that a model reads are `Model.depends_on`.
"""

import json
from functools import cache

from schemas import registry, render
from warehouse import models

FILE = models.FOLDER / "lineage.json"

Lineage = dict[str, dict[str, list[str]]]


@cache
def read() -> Lineage:
    """Return `{"core.veto": {"vote_date": ["raw.veto.vote_date"], ...}, ...}`; a model that the file does not know is left out."""
    return json.loads(FILE.read_text("utf-8"))


def compute() -> Lineage:
    """Return the lineage of the models as they are."""
    lineage = {m.name: _columns(m, names(m.name)) for schema in ("core", "charts") for m in models.layer(schema)}
    return lineage | {"charts.claims": _of_claims()}


def names(table: str) -> list[str]:
    """Return the columns of a modeled table."""
    return [c.name for c in render.columns(registry.MODELED[table])]


def _of_claims() -> dict[str, list[str]]:
    """Return the columns that any claim's query reads; a claim's text and rule are read from nowhere."""
    decided = [_columns(m, ["value_found", "verdict", "evidence"]) for m in models.claims()]
    read_by = {column: sorted({source for columns in decided for source in columns[column]}) for column in decided[0]}
    asked = read_by | {"value_today": read_by["value_found"], "verdict_today": read_by["verdict"]}
    return {column: asked.get(column, []) for column in names("charts.claims")}


def _columns(model: models.Model, wanted: list[str]) -> dict[str, list[str]]:
    import sqlglot
    from sqlglot.lineage import lineage

    tree = sqlglot.parse_one(model.sql, dialect="duckdb")
    known: dict[str, dict[str, dict[str, str]]] = {}
    for name, described in _tables().items():
        schema, table = name.split(".")
        known.setdefault(schema, {})[table] = described
    found = {}
    for column in wanted:
        nodes = lineage(column, tree.copy(), schema=known, dialect="duckdb").walk()
        leaves = [node for node in nodes if not node.downstream and isinstance(node.source, sqlglot.exp.Table)]
        found[column] = sorted({f"{leaf.source.db}.{leaf.source.name}.{leaf.name.split('.')[-1]}" for leaf in leaves})
    return found


@cache
def _tables() -> dict[str, dict[str, str]]:
    raw = {name: render.landed_columns(model) for name, model in registry.RAW.items()}
    modeled = {name: render.columns(model) for name, model in registry.MODELED.items()}
    return {name: {c.name: c.sql_type for c in described} for name, described in (raw | modeled).items()}


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(compute(), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
