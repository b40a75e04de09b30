"""Read a chart table for export: its rows in key order, their metadata and origins, and the models they are computed from."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas import registry, render
from schemas.errors import Refused
from warehouse import models
from warehouse.connect import as_records

READING = ("title", "chapter", "row_text", "unit", "counting_rule", "how_to_read", "not_shown")
CLAIMS_TABLE = "charts.claims"  # each claim is a model; the table itself has none
CLAIMS = {
    "title": "Claims of texts, decided",
    "chapter": "claims",
    "row_text": "{claim}",
    "unit": "claims",
    "counting_rule": "each claim is decided twice by the SQL in decided_by: from what was public on the text's day and on the release's",
    "how_to_read": "one row for each claim; verdict is of article_day, verdict_today of as_of; rule is the reading that was decided; "
    "a claim that no public figure or document decides is not decidable, with the reason",
    "not_shown": "what a text only reports as the opinion of others",
}


class Dataset(NamedTuple):
    """`rows` in key order with the declared types, and `metadata`: plain data, ready for JSON."""

    rows: pa.Table
    metadata: dict[str, Any]


def tables() -> list[str]:
    """Return every table of schema `charts`, the claims last."""
    return [*sorted(model.name for model in models.layer("charts")), CLAIMS_TABLE]


def cited() -> str:
    """Return a SELECT of the evidence that each dyad's rows and the dollar conversion in its charts of trade cite."""
    rows = [f"select dyad, unnest(evidence) as evidence_id from {table}" for table in tables()]
    return " union ".join([*rows, "select dyad, evidence_id from views.dollar_conversion"])


def read(con: duckdb.DuckDBPyConnection, table: str, release: dict[str, Any]) -> Dataset:
    """Read a table with its metadata; a dyad without rows is listed as outside coverage.

    Raises:
        Refused: a number that is not finite, which JSON cannot write.
    """
    declared = registry.MODELED[table]
    columns, key = render.columns(declared), render.key(declared)
    rows = con.sql(f"select * from {table} order by {', '.join(key)}").to_arrow_table()
    _finite(table, rows, columns)
    name = table.removeprefix("charts.")
    reading = next((m.header for m in models.layer("charts") if m.name == table), CLAIMS)
    ground = reading.get("drawn_on") if rows.num_rows else None  # the table of its map's outlines, which are no figures
    metadata = {
        "dataset": name,
        **{field: reading[field] for field in READING},
        "description": render.title(declared),
        "description_key": _key_points(reading),
        "primary_key": key,
        "columns": [
            {
                "name": c.name,
                "type": c.sql_type,
                "required": not c.nullable,
                "unit": c.unit,
                "description": c.description,
                "values": list(c.values),
            }
            for c in columns
        ],
        "coverage": _coverage(con, table, columns, release),
        "origins": _origins(con, table) + (_origins(con, ground, "[evidence_id]", counted=False) if ground else []),
        "processing": _processing(con, table, [ground] if ground else []),
        "release": release["release"],
        "as_of": str(release["as_of"]),
        "citation": f"dyad: {reading['title']}. Release {release['release']}, as of {release['as_of']}.",
    }
    return Dataset(rows, metadata)


def _key_points(reading: dict[str, str]) -> list[str]:
    """Return the sentences that a reader must know before using the figures."""
    points = {"Unit": "unit", "Counted": "counting_rule", "How to read": "how_to_read", "Not shown": "not_shown"}
    return [f"{name}: {reading[field].rstrip('.')}." for name, field in points.items()]


def _finite(table: str, rows: pa.Table, columns: list[render.Column]) -> None:
    for c in columns:
        if c.sql_type == "DOUBLE" and (odd := rows.filter(pc.invert(pc.is_finite(rows[c.name])))).num_rows:
            where = ", ".join(f"{name} {value}" for name, value in odd.slice(0, 1).to_pylist()[0].items() if name != "evidence")
            raise Refused(f"{table}: column {c.name} has a number that is not finite ({where}); correct the model or its input")


def _coverage(con: duckdb.DuckDBPyConnection, table: str, columns: list[render.Column], release: dict[str, Any]) -> dict[str, Any]:
    """Return the first and last value of the first column that is a day or a year, and the number of rows per dyad."""
    time = next((c.name for c in columns if c.unit in ("date", "year")), "null")
    [(first, last, count)] = con.execute(f"select min({time})::varchar, max({time})::varchar, count(*) from {table}").fetchall()
    counted = dict(con.execute(f"select dyad, count(*) from {table} group by dyad").fetchall())
    dyads = {dyad: counted.get(dyad, 0) for dyad in release["dyads"]}
    outside = [dyad for dyad, rows in dyads.items() if not rows]
    note = f"Outside coverage, hence no rows: {', '.join(outside)}." if outside else None
    return {"first": first, "last": last, "rows": count, "dyads": dyads, "note": note}


def _origins(con: duckdb.DuckDBPyConnection, table: str, cited: str = "evidence", counted: bool = True) -> list[dict[str, Any]]:
    """Return the sources whose figures the rows cite, the most cited first; if not `counted`, `figures` is 0 (outlines of a map)."""
    sources = con.execute(
        f"select s.source, s.producer, s.title, s.citation, s.licence, s.licence_url, s.url, {'count(*)' if counted else '0'} as figures "
        f"from (select distinct unnest({cited}) as evidence_id from {table}) as cited "
        "join core.evidence as e using (evidence_id) "
        "join catalog.source as s on s.source = e.source "
        "group by all order by figures desc, s.source"
    )
    return as_records(sources)


def _processing(con: duckdb.DuckDBPyConnection, table: str, beside: Sequence[str]) -> list[dict[str, Any]]:
    """Return the models behind the table and its map with their SQL, nearest first, down to raw tables and files."""
    by_name = {m.name: m for layer in ("core", "charts") for m in models.layer(layer)}
    steps: list[dict[str, Any]] = [
        {"table": m.name, "reads": m.depends_on, "sql": m.sql}
        for m in (models.claims() if table not in by_name else [by_name[t] for t in (table, *beside)])
    ]
    seen = {step["table"] for step in steps}
    for step in steps:  # the loop appends to this list
        for name in step["reads"]:
            if name not in seen:
                seen.add(name)
                model = by_name.get(name)
                steps.append({"table": name, "reads": model.depends_on if model else [], "sql": model.sql if model else None})
    files = con.execute("select 'raw.' || kind, file, sha256 from raw.snapshot_file order by all").fetchall()
    for step in steps:
        if step["table"].startswith("raw."):
            step["files"] = [{"file": file, "sha256": sha256} for kind, file, sha256 in files if kind == step["table"]]
    return steps
