"""Derive from the SQL the columns that every modeled column is computed from.

The analysis is slower than a refresh: `python -m warehouse.models.lineage` writes it to `models/lineage.json`, and a test compares that
file with the SQL. The tables that a model reads are `Model.depends_on`.
"""

import json
from functools import cache

from schemas import registry, render
from schemas.table import citations
from warehouse import models

FILE = models.FOLDER / "lineage.json"

Lineage = dict[str, dict[str, list[str]]]


@cache
def read() -> Lineage:
    """Return `{"core.veto": {"vote_date": ["raw.veto.vote_date"], ...}, ...}`; models missing from the file are left out."""
    return json.loads(FILE.read_text("utf-8"))


def compute() -> Lineage:
    """Return the lineage of the current SQL."""
    lineage = {m.name: of_model(m) for schema in ("core", "charts") for m in models.layer(schema)}
    return lineage | {"charts.claims": _of_claims()}


def of_model(model: models.Model) -> dict[str, list[str]]:
    """Return the source columns of each column of a model; `qualifications`, which the build adds, has those of the citing column."""
    inherits = model.name != "core.evidence" and "qualifications" in names(model.name)
    columns = _columns(model, [name for name in names(model.name) if not (inherits and name == "qualifications")])
    if not inherits:
        return columns
    [cited, *_] = citations(registry.MODELED[model.name])
    return {name: columns.get(name, columns[cited]) for name in names(model.name)}


def names(table: str) -> list[str]:
    """Return the columns of a modeled table."""
    return [c.name for c in render.columns(registry.MODELED[table])]


def _of_claims() -> dict[str, list[str]]:
    """Return the source columns of each column of charts.claims; columns from the header of a claim have none."""
    per_claim = [_columns(m, ["value_found", "verdict", "evidence"]) for m in models.claims()]
    from_queries = {column: sorted({source for columns in per_claim for source in columns[column]}) for column in per_claim[0]}
    sources = (
        from_queries
        | {"qualifications": from_queries["evidence"]}
        | {"value_today": from_queries["value_found"], "verdict_today": from_queries["verdict"]}
    )
    return {column: sources.get(column, []) for column in names("charts.claims")}


def _columns(model: models.Model, columns: list[str]) -> dict[str, list[str]]:
    import sqlglot
    from sqlglot.lineage import lineage

    tree = sqlglot.parse_one(model.sql, dialect="duckdb")
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for name, types in _tables().items():
        schema, table = name.split(".")
        tables.setdefault(schema, {})[table] = types
    sources = {}
    for column in columns:
        nodes = lineage(column, tree.copy(), schema=tables, dialect="duckdb").walk()
        leaves = [(node.source, node.name) for node in nodes if not node.downstream and isinstance(node.source, sqlglot.exp.Table)]
        sources[column] = sorted({f"{table.db}.{table.name}.{name.split('.')[-1]}" for table, name in leaves})
    return sources


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
