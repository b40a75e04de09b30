"""What the page says, as plain data: sections, claims, changes, lineage and sources; and what its script needs.

Belongs here: reading the release's files and tables. Does not belong here: HTML (the template) or the look (the stylesheet).
"""

import datetime as dt
import json
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from warehouse import visuals
from warehouse.export import FOLDER
from warehouse.export.dataset import tables
from warehouse.export.package import TITLE
from warehouse.page.marks import is_mark, rows_of
from warehouse.release import diff

FORMATS = {
    ".csv": "CSV", ".parquet": "Parquet", ".json": "JSON", ".metadata.json": "Metadata", ".vl.json": "Vega-Lite", ".svg": "SVG", ".png": "PNG",
}  # fmt: skip
WHOLE = {
    "datapackage.json": "Frictionless Data Package: every table, its columns, bytes and SHA-256",
    "catalog.jsonld": "the same for search engines, in schema.org's terms",
    "claims.md": "the claims ledger as text",
    "manifest.json": "SHA-256 of every input and file of this release",
}
LISTED = 20  # changes of a tier that are told one by one
CHANGES_SHOWN = 200  # of the rest, in a table
COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
CODE = re.compile(r"[A-Z]{3}")
TEXT = "{http://www.w3.org/2000/svg}text"
LEGIBLE = 8.5  # px of type; a chart that would be set smaller keeps its size and scrolls


class Content(NamedTuple):
    """`page` for the template, `data` for the script."""

    page: dict[str, Any]
    data: dict[str, Any]


def read(con: duckdb.DuckDBPyConnection, folder: Path, release: Mapping[str, Any]) -> Content:
    """Everything the page of this release shows."""
    described = {name: _json(folder / FOLDER / f"{name}.metadata.json") for name in (t.removeprefix("charts.") for t in tables())}
    dyads = [dict(zip(("dyad", *"ab"), row, strict=True)) for row in _ask(con, "select dyad, name_a, name_b from core.dyad order by dyad")]
    codes = dict(_ask(con, "select iso3_a, name_a from core.dyad union select iso3_b, name_b from core.dyad"))
    cited = _cited(con)
    at = cited.pop("at")
    data: dict[str, Any] = {**cited, "charts": {}, "tables": {}}
    shapes: dict[str, int] = {}
    for pair in dyads:
        pair["sections"] = [_section(con, folder, described[name], pair["dyad"], [d["dyad"] for d in dyads]) for name in visuals.VISUALS]
        for section in pair["sections"]:
            name, key, spec = section["metadata"]["dataset"], section["key"], section.pop("spec")
            rows = _rows(con, name, described[name], pair["dyad"])
            data["tables"][key] = _table(described[name], rows, at)
            section["row_count"] = len(rows)
            if not section["is_empty"]:
                data["charts"][key] = _chart(spec, rows, codes, shapes)
    claims = [row for pair in dyads for row in _rows(con, "claims", described["claims"], pair["dyad"])]
    data["tables"]["claims"] = _table(described["claims"], claims, at)
    data["shapes"] = [json.loads(shape) for shape in shapes]
    data["names"] = _names(con, data["tables"].values())
    page = {
        "title": TITLE, "release": release["release"], "as_of": str(release["as_of"]), "dyads": dyads, "claims": claims,
        "claims_files": _downloads(folder, "claims", None, []),
        "changes": _changes(con, folder, release), "models": _models(described.values()),
        "sources": _sources(con, described.values()), "whole": WHOLE, "count": len(visuals.VISUALS),
    }  # fmt: skip
    return Content(page, data)


def day(value: str | None) -> str:
    """`2026-11-23` as `23 November 2026`."""
    if not value:
        return "not known"
    date = dt.date.fromisoformat(value)
    return f"{date.day} {date:%B %Y}"


def size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def spelled(count: int) -> str:
    """A small count in words, as a sentence holds it."""
    return COUNTS[count] if count < len(COUNTS) else str(count)


def figure(value: str | None) -> str:
    """A value of `catalog.change` for people: thousands apart, no digits beyond what the number says."""
    try:
        number = float(value or "")
    except ValueError:
        return value or "not known"
    return f"{number:,.10g}" if abs(number) >= 10_000 else f"{number:.6g}"


def is_link(text: Any) -> bool:
    """True of an address a page may link: a source's text could hold a script."""
    return str(text or "").startswith(("https://", "http://"))


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _ask(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple]:
    return con.execute(sql, list(values)).fetchall()


def _section(con: duckdb.DuckDBPyConnection, folder: Path, metadata: dict[str, Any], dyad: str, dyads: Sequence[str]) -> dict[str, Any]:
    """One visual with its words and files."""
    stem = visuals.stem(metadata["dataset"], dyad, dyads)
    spec = _json(folder / FOLDER / f"{stem}.vl.json")
    chain = [{"table": step["table"], "files": len(step.get("files", []))} for step in metadata["processing"]]
    return {
        **spec["usermeta"], "key": stem, "spec": spec, "metadata": metadata, "chain": chain,
        "files": _downloads(folder, metadata["dataset"], dyad, dyads),
        "picture": f"{FOLDER}/{stem}.svg", **_measures(folder / FOLDER / f"{stem}.svg", spec),
    }  # fmt: skip


def _downloads(folder: Path, dataset: str, dyad: str | None, dyads: Sequence[str]) -> list[dict[str, Any]]:
    """The files of a dataset and of its visual for this dyad, by format."""
    stems = dict.fromkeys([dataset, visuals.stem(dataset, dyad, dyads)] if dyad else [dataset])
    found = [(label, folder / FOLDER / f"{stem}{suffix}") for suffix, label in FORMATS.items() for stem in stems]
    return [{"label": label, "href": f"{FOLDER}/{path.name}", "bytes": path.stat().st_size} for label, path in found if path.exists()]


def _measures(file: Path, spec: Mapping[str, Any]) -> dict[str, float]:
    """The bare chart's height as a share of its width, and the px of width below which its smallest type cannot be read.

    The page keeps the height free, so that nothing moves when the chart is drawn; of an empty one nothing. The picture is
    taller by title, subtitle, note and their distances, which the page sets as text.
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


def _chart(spec: dict[str, Any], rows: Sequence[Mapping[str, Any]], codes: Mapping[str, str], shapes: dict[str, int]) -> dict[str, Any]:
    """The chart without the words around it; each mark with its rows, each land shape kept once for all charts."""
    bare = {k: v for k, v in spec.items() if k not in ("title", "usermeta", "description")} | {"vconcat": spec["vconcat"][:-1]}
    bare["config"] = spec["config"] | {"background": "transparent", "padding": 0}
    used = json.dumps(bare["vconcat"])
    bare["datasets"] = {
        name: [_datum(datum, rows, codes, shapes) for datum in data] for name, data in spec["datasets"].items() if f'"{name}"' in used
    }
    return bare


def _datum(datum: Any, rows: Sequence[Mapping[str, Any]], codes: Mapping[str, str], shapes: dict[str, int]) -> Any:
    if not isinstance(datum, dict):
        return datum
    kept = dict(datum)
    if is_mark(datum):
        kept["rows"] = rows_of(datum, rows, codes)
    if "geometry" in kept:
        kept["shape"] = shapes.setdefault(json.dumps(kept.pop("geometry")), len(shapes))
    return kept


def _rows(con: duckdb.DuckDBPyConnection, dataset: str, metadata: Mapping[str, Any], dyad: str) -> list[dict[str, Any]]:
    """The dataset's rows of a dyad in key order, days as text.

    Standings are shown of the release's day only, as their map does; the files hold every year's.
    """
    newest = " and as_of = (select max(as_of) from charts.bloc_membership)" if dataset == "bloc_membership" else ""
    found = con.execute(f"select * from charts.{dataset} where dyad = ?{newest} order by {', '.join(metadata['primary_key'])}", [dyad])
    names = [name for name, *_ in found.description]
    return [{k: v.isoformat() if isinstance(v, dt.date) else v for k, v in zip(names, row, strict=True)} for row in found.fetchall()]


def _table(metadata: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], at: Mapping[str, int]) -> dict[str, Any]:
    """Rows by position, evidence as positions in the list of all that is cited."""
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
    """Every figure a chart row cites: its file, document and lines; files and documents once each."""
    ids = " union ".join(f"select unnest(evidence) as evidence_id from {table}" for table in tables())
    found = _ask(
        con,
        "select evidence_id, file, snapshot_sha256, publisher, title, url, published_on::varchar, read_on::varchar, first_line, last_line "
        f"from core.evidence semi join ({ids}) using (evidence_id) order by evidence_id",
    )
    files: dict[tuple, int] = {}
    documents: dict[tuple, int] = {}
    evidence = [[files.setdefault((row[1], row[2]), len(files)), documents.setdefault(row[3:8], len(documents)), *row[8:]] for row in found]
    return {"files": list(files), "documents": list(documents), "evidence": evidence, "at": {row[0]: i for i, row in enumerate(found)}}


def _names(con: duckdb.DuckDBPyConnection, shown: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names of the states whose codes are values of these tables."""
    values = (value for table in shown for row in table["rows"] for cell in row for value in (cell if isinstance(cell, list) else [cell]))
    codes = {value for value in values if isinstance(value, str) and CODE.fullmatch(value)}
    return {iso3: name for iso3, name in _ask(con, "select iso3, name from raw.country order by iso3") if iso3 in codes}


def _models(described: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every step of every dataset's making once: chart tables first, then what they read, snapshots last."""
    steps = {step["table"]: step for metadata in described for step in metadata["processing"]}
    layers = ("charts.", "core.", "raw.", "catalog.")
    return sorted(
        ({"files": [], **s} for s in steps.values() if s["table"].startswith(layers)),
        key=lambda s: ([s["table"].startswith(layer) for layer in layers].index(True), s["table"]),
    )


def _sources(con: duckdb.DuckDBPyConnection, described: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every source a dataset cites, with the datasets, and since when its publisher gave no usable answer, if that is so."""
    stale = {source: str(day) for source, day in _ask(con, "select source, stale_since from catalog.source where stale_since is not null")}
    found: dict[str, dict[str, Any]] = {}
    for metadata in described:
        for origin in metadata["origins"]:
            found.setdefault(origin["source"], origin | {"datasets": []})["datasets"].append(metadata["dataset"])
    return [found[name] | {"stale_since": stale.get(name)} for name in sorted(found)]


def _changes(con: duckdb.DuckDBPyConnection, folder: Path, release: Mapping[str, Any]) -> dict[str, Any]:
    """What `catalog.change` says since the release before: counted, the gravest one by one, the rest for a table."""
    is_kept = _ask(con, "select 1 from duckdb_tables() where schema_name = 'catalog' and table_name = 'change'")
    found = [diff.Change(*row) for row in _ask(con, "from catalog.change")] if is_kept else []
    tiers = {tier: [c for c in found if c.tier == tier] for tier in diff.TIERS}
    listed = [{"heading": diff.TIERS[tier], "count": len(of), "told": of[:LISTED]} for tier, of in tiers.items() if of and tier != "other"]
    rest = [c for tier, of in tiers.items() for c in of[0 if tier == "other" else LISTED :]]
    return {
        "follows": release.get("follows"), "text": "changes.md" if (folder / "changes.md").exists() else None,
        "kinds": diff.KINDS, "counts": diff.counted(found), "listed": listed,
        "columns": diff.Change._fields, "rest": rest[:CHANGES_SHOWN], "rest_count": len(rest),
    }  # fmt: skip
