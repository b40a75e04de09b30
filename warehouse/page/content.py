"""Read the content of the page as plain data: sections, claims, changes, lineage and sources, and the data of its script."""

import datetime as dt
import json
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from schemas import registry
from warehouse.export import FOLDER
from warehouse.export.dataset import CLAIMS_TABLE, tables
from warehouse.export.package import TITLE
from warehouse.release import diff, secondary
from warehouse.visuals.files import stem
from warehouse.visuals.registry import drawings

FORMATS = {
    ".csv": "CSV", ".parquet": "Parquet", ".json": "JSON", ".jsonld": "ClaimReview", ".metadata.json": "Metadata", ".vl.json": "Vega-Lite", ".svg": "SVG", ".png": "PNG",
}  # fmt: skip
WHOLE = {
    "datapackage.json": "Frictionless Data Package: every table, its columns, bytes and SHA-256",
    "catalog.jsonld": "the same for search engines, in schema.org's terms",
    "claims.md": "the claims ledger as text",
    "manifest.json": "SHA-256 of every input and file of this release",
}
LISTED = 20  # changes per tier that are listed one by one
CHANGES_SHOWN = 200  # further changes that are shown in a table
COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
CODE = re.compile(r"[A-Z]{3}")
TEXT = "{http://www.w3.org/2000/svg}text"
LEGIBLE = 8.5  # px, the smallest type; a chart that would need smaller type keeps its size and scrolls


class Content(NamedTuple):
    """`page` for the template, `data` for the script."""

    page: dict[str, Any]
    data: dict[str, Any]


def read(con: duckdb.DuckDBPyConnection, folder: Path, release: Mapping[str, Any]) -> Content:
    """Read the content of this release's page."""
    metadata_of = {name: _json(folder / FOLDER / f"{name}.metadata.json") for name in (t.removeprefix("charts.") for t in tables())}
    claims_metadata = metadata_of.pop(CLAIMS_TABLE.removeprefix("charts."))
    datasets = [name for name in (t.removeprefix("charts.") for t in registry.MODELED) if name in metadata_of]
    dyads = [dict(zip(("dyad", *"ab"), row, strict=True)) for row in _ask(con, "select dyad, name_a, name_b from core.dyad order by dyad")]
    evidence = _cited(con)
    at = evidence.pop("at")
    data: dict[str, Any] = {**evidence, "charts": {}, "tables": {}}
    shapes: dict[str, int] = {}
    for pair in dyads:
        pair["sections"] = [_section(folder, metadata_of[name], pair["dyad"], [d["dyad"] for d in dyads]) for name in datasets]
        for section in pair["sections"]:
            metadata, key, spec = section["metadata"], section["key"], section.pop("spec")
            rows = _rows(con, metadata, pair["dyad"])
            data["tables"][key] = _table(metadata, rows, at)
            section["row_count"] = len(rows)
            if section["is_drawn"]:
                data["charts"][key] = _chart(spec, rows, shapes)
    claims = [row | {"row": n} for n, row in enumerate(row for pair in dyads for row in _rows(con, claims_metadata, pair["dyad"]))]
    data["tables"]["claims"] = _table(claims_metadata, claims, at)
    data["shapes"] = [json.loads(shape) for shape in shapes]
    data["names"] = _names(con, data["tables"].values())
    page = {
        "title": TITLE, "release": release["release"], "as_of": str(release["as_of"]), "dyads": dyads, "texts": _texts(con, claims),
        "claims_files": _downloads(folder, "claims", None, []),
        "changes": _changes(con, folder, release), "models": _models([*metadata_of.values(), claims_metadata]),
        "sources": _sources(con, [*metadata_of.values(), claims_metadata]), "whole": WHOLE, "count": len(datasets),
        "secondary": [count for count in secondary.counts(con) if count.secondary],
    }  # fmt: skip
    return Content(page, data)


def day(value: str | None) -> str:
    """Format `2026-11-23` as `23 November 2026`."""
    if not value:
        return "not known"
    date = dt.date.fromisoformat(value)
    return f"{date.day} {date:%B %Y}"


def size(count: int) -> str:
    """Format a number of bytes as kB or MB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def spelled(count: int) -> str:
    """Format a small count as a word, a larger one in digits."""
    return COUNTS[count] if count < len(COUNTS) else str(count)


def figure(value: str | None) -> str:
    """Format a value of `catalog.change` with thousands separators and at most ten digits."""
    try:
        number = float(value or "")
    except ValueError:
        return value or "not known"
    return f"{number:,.10g}" if abs(number) >= 10_000 else f"{number:.6g}"


def is_link(text: Any) -> bool:
    """Return True for an http(s) address; a source's text could contain a script instead."""
    return str(text or "").startswith(("https://", "http://"))


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _ask(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple]:
    return con.execute(sql, list(values)).fetchall()


def _section(folder: Path, metadata: dict[str, Any], dyad: str, dyads: Sequence[str]) -> dict[str, Any]:
    """Describe one dataset with its words and files, and with its picture if it has a visual."""
    name = stem(metadata["dataset"], dyad, dyads)
    chain = [{"table": step["table"], "files": len(step.get("files", []))} for step in metadata["processing"]]
    spec = _json(folder / FOLDER / f"{name}.vl.json") if metadata["dataset"] in drawings() else None
    return {
        **(_drawn(spec, folder / FOLDER / f"{name}.svg") if spec else _undrawn(metadata, dyad)),
        "key": name, "spec": spec, "metadata": metadata, "chain": chain, "picture": f"{FOLDER}/{name}.svg",
        "files": _downloads(folder, metadata["dataset"], dyad, dyads),
    }  # fmt: skip


def _drawn(spec: dict[str, Any], picture: Path) -> dict[str, Any]:
    return {**spec["usermeta"], "is_drawn": not spec["usermeta"]["is_empty"], **_measures(picture, spec)}


def _undrawn(metadata: dict[str, Any], dyad: str) -> dict[str, Any]:
    """Describe a dataset without a visual by its own title."""
    is_empty = not metadata["coverage"]["dyads"][dyad]
    note = metadata["coverage"]["note"] if is_empty else f"Not shown: {metadata['not_shown']}."
    return {"title": metadata["title"], "subtitle": "", "note": note, "source": "", "is_empty": is_empty, "is_drawn": False}


def _downloads(folder: Path, dataset: str, dyad: str | None, dyads: Sequence[str]) -> list[dict[str, Any]]:
    """Return the files of a dataset and of its visual for this dyad, by format."""
    stems = dict.fromkeys([dataset, stem(dataset, dyad, dyads)] if dyad else [dataset])
    files = [(label, folder / FOLDER / f"{name}{suffix}") for suffix, label in FORMATS.items() for name in stems]
    return [{"label": label, "href": f"{FOLDER}/{path.name}", "bytes": path.stat().st_size} for label, path in files if path.exists()]


def _measures(file: Path, spec: Mapping[str, Any]) -> dict[str, float]:
    """Return the chart's height as a share of its width, and the width in px below which its smallest type is illegible.

    The page reserves that height, so that nothing moves when the chart is drawn. The height excludes title, subtitle, note and the
    distances between them, which are in the picture and which the page sets as text.
    """
    if spec["usermeta"]["is_empty"]:
        return {"height": 0, "least": 0}
    picture = ET.parse(file).getroot()  # noqa: S314 -- our own
    width, height = (float(picture.get(side, 0)) for side in ("width", "height"))
    look, title = spec["config"]["title"], spec["title"]
    words = len(title["text"]) * look["lineHeight"] + len(title["subtitle"]) * look["subtitleLineHeight"] + look["offset"]
    padding = 2 * spec["config"]["padding"]
    bare = width - padding
    smallest = min(float(text.get("font-size", "inf").removesuffix("px")) for text in picture.iter(TEXT))
    return {
        "height": round((height - words - spec["vconcat"][-1]["height"] - spec["spacing"] - padding) / bare, 4),
        "least": math.ceil(bare * LEGIBLE / smallest),
    }


def _chart(spec: dict[str, Any], rows: Sequence[Mapping[str, Any]], shapes: dict[str, int]) -> dict[str, Any]:
    """Remove the text around the chart, link each mark to its rows, and store each land shape once for all charts."""
    at = {tuple(row[column] for column in spec["usermeta"]["key"]): position for position, row in enumerate(rows)}
    bare = {k: v for k, v in spec.items() if k not in ("title", "usermeta")} | {"vconcat": spec["vconcat"][:-1]}
    bare["config"] = spec["config"] | {"background": "transparent", "padding": 0}
    used = json.dumps(bare["vconcat"])
    bare["datasets"] = {
        name: [_datum(datum, at, shapes) for datum in data] for name, data in spec["datasets"].items() if f'"{name}"' in used
    }
    return bare


def _datum(datum: dict[str, Any], at: Mapping[tuple, int], shapes: dict[str, int]) -> dict[str, Any]:
    result = dict(datum)
    if "keys" in result:
        result["rows"] = sorted(at[tuple(key)] for key in result.pop("keys"))
    if "geometry" in result:
        result["shape"] = shapes.setdefault(json.dumps(result.pop("geometry")), len(shapes))
    return result


def _rows(con: duckdb.DuckDBPyConnection, metadata: Mapping[str, Any], dyad: str) -> list[dict[str, Any]]:
    """Return the dataset's rows of a dyad in key order, days as text."""
    order = ", ".join(metadata["primary_key"])
    answer = con.execute(f"select * from charts.{metadata['dataset']} where dyad = ? order by {order}", [dyad])
    names = [name for name, *_ in answer.description]
    return [{k: v.isoformat() if isinstance(v, dt.date) else v for k, v in zip(names, row, strict=True)} for row in answer.fetchall()]


def _table(metadata: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], at: Mapping[str, int]) -> dict[str, Any]:
    """Return columns, rows and evidence of a table; evidence as positions in the list of all cited figures."""
    columns = [c for c in metadata["columns"] if c["name"] not in ("dyad", "evidence", "decided_by")]
    values = [[_plain(row[c["name"]]) for c in columns] for row in rows]
    return {
        "columns": [[c["name"], c["unit"]] for c in columns],
        "rows": values,
        "evidence": [[at[i] for i in row["evidence"]] for row in rows],
    }


def _plain(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def _cited(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Read the figures that chart rows cite, each with its file, document and lines; each file and document is stored once."""
    ids = " union ".join(f"select unnest(evidence) as evidence_id from {table}" for table in tables())
    figures = _ask(
        con,
        "select evidence_id, file, snapshot_sha256, publisher, title, url, is_primary, via, via_url, published_on::varchar, read_on::varchar, "
        "first_line, last_line, as_printed "
        f"from core.evidence semi join ({ids}) using (evidence_id) order by evidence_id",
    )
    files: dict[tuple, int] = {}
    documents: dict[tuple, int] = {}
    evidence = [
        [files.setdefault((row[1], row[2]), len(files)), documents.setdefault(row[3:11], len(documents)), *row[11:]] for row in figures
    ]
    return {"files": list(files), "documents": list(documents), "evidence": evidence, "at": {row[0]: i for i, row in enumerate(figures)}}


def _names(con: duckdb.DuckDBPyConnection, tables: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the names of the states whose codes are values in these tables."""
    values = (value for table in tables for row in table["rows"] for cell in row for value in (cell if isinstance(cell, list) else [cell]))
    codes = {value for value in values if isinstance(value, str) and CODE.fullmatch(value)}
    return {iso3: name for iso3, name in _ask(con, "select iso3, name from raw.country order by iso3") if iso3 in codes}


def _texts(con: duckdb.DuckDBPyConnection, claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the texts that this release decides claims of, each with its claims."""
    names = ("text", "title", "author", "publisher", "published_on", "url")
    texts = _ask(con, f"select {', '.join(names)} from catalog.claimed_text order by text")
    described = [dict(zip(names, text, strict=True)) for text in texts]
    of_text = [text | {"claims": [claim for claim in claims if claim["text"] == text["text"]]} for text in described]
    return [text for text in of_text if text["claims"]]


def _models(datasets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each table behind the datasets once: chart tables first, then the tables they read, raw ones last."""
    steps = {step["table"]: step for metadata in datasets for step in metadata["processing"]}
    layers = ("charts.", "core.", "raw.", "catalog.")
    return sorted(
        ({"files": [], **s} for s in steps.values() if s["table"].startswith(layers)),
        key=lambda s: ([s["table"].startswith(layer) for layer in layers].index(True), s["table"]),
    )


def _sources(con: duckdb.DuckDBPyConnection, datasets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return every source with the datasets that cite it."""
    sources: dict[str, dict[str, Any]] = {}
    for metadata in datasets:
        for origin in metadata["origins"]:
            sources.setdefault(origin["source"], origin | {"datasets": []})["datasets"].append(metadata["dataset"])
    return [sources[name] for name in sorted(sources)]


def _changes(con: duckdb.DuckDBPyConnection, folder: Path, release: Mapping[str, Any]) -> dict[str, Any]:
    """Read the changes since the release that this one follows: counts, the most severe one by one, the rest for a table."""
    is_kept = _ask(con, "select 1 from duckdb_tables() where schema_name = 'catalog' and table_name = 'change'")
    changes = [diff.Change(*row) for row in _ask(con, "from catalog.change")] if is_kept else []
    tiers = {tier: [c for c in changes if c.tier == tier] for tier in diff.TIERS}
    listed = [
        {"heading": diff.TIERS[tier], "count": len(in_tier), "changes": in_tier[:LISTED]}
        for tier, in_tier in tiers.items()
        if in_tier and tier != "other"
    ]
    rest = [c for tier, in_tier in tiers.items() for c in in_tier[0 if tier == "other" else LISTED :]]
    return {
        "follows": release.get("follows"), "text": "changes.md" if (folder / "changes.md").exists() else None,
        "kinds": diff.KINDS, "counts": diff.counted(changes), "listed": listed,
        "columns": diff.Change._fields, "rest": rest[:CHANGES_SHOWN], "rest_count": len(rest),
    }  # fmt: skip
