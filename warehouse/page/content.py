"""Read a pair's page as plain data: charts by chapter, claims, changes, lineage and sources for the template, and data for its script."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from schemas import registry
from schemas.words import plural
from warehouse.export import FOLDER
from warehouse.export.claim_review import page_name
from warehouse.export.dataset import CLAIMS_TABLE, tables
from warehouse.export.package import TITLE
from warehouse.page import changes, evidence, ledger, story, words
from warehouse.page.picture import Picture, picture, runs, without_labels
from warehouse.release import pairs, secondary
from warehouse.visuals import style
from warehouse.visuals.files import infix, stem
from warehouse.visuals.registry import drawings, units

IMAGES = {".svg": "SVG", ".png": "PNG", ".narrow.svg": "SVG for phones"}
DATA = {
    ".csv": "CSV", ".parquet": "Parquet", ".json": "JSON", ".jsonld": "ClaimReview", ".metadata.json": "Metadata", ".vl.json": "Vega-Lite",
    ".narrow.vl.json": "Vega-Lite for phones",
}  # fmt: skip
WHOLE = {
    "datapackage.json": "Frictionless Data Package: every table, its columns, bytes and SHA-256",
    "catalog.jsonld": "the same for search engines, in schema.org's terms",
    "claims.md": "the claims ledger as text",
    "manifest.json": "SHA-256 of every input and file of this release",
}
PUBLISHED = {  # what only the release of a published site has
    "dictionary/index.html": "every table and column, with its lineage and checks",
    "dcat.jsonld": "the datasets for data portals, in DCAT",
    "croissant.json": "the datasets for machine learning, in Croissant",
    "CITATION.cff": "the citation, for reference managers",
    "datacite.json": "the citation, for a registration with DataCite",
    "rebuild.json": "the manifest of the release as it was built, from which it can be rebuilt",
}
CLAIMS = CLAIMS_TABLE.removeprefix("charts.")
LEADING = 10  # pairs that the page lists as those that agree most
LATEST = 100  # rows on the page of a dataset without a chart
UNLISTED = ("dyad", "evidence", "decided_by")  # columns that a table of the page leaves out


class Content(NamedTuple):
    """`page` for the template, `data` for the script."""

    page: dict[str, Any]
    data: dict[str, Any]


def read(con: duckdb.DuckDBPyConnection, folder: Path, release: Mapping[str, Any], dyad: str) -> Content:
    """Read the content of a pair's page of this release."""
    described = {name: _json(folder / FOLDER / f"{name}.metadata.json") for name in (t.removeprefix("charts.") for t in tables())}
    built = _pairs(con)
    pair, dyads = next(p for p in built if p["dyad"] == dyad), [p["dyad"] for p in built]
    names = dict(_ask(con, "select iso3, name from raw.country order by iso3"))
    cited = evidence.cited(con, dyad)
    all_rows = {name: _rows(con, metadata, dyad, names) for name, metadata in described.items()}
    rows = {name: some if name in (*drawings(), CLAIMS) else some[-LATEST:] for name, some in all_rows.items()}
    data = {
        **{name: part for name, part in cited.items() if name != "at"},
        "tables": {name: _table(described[name], some, cited["at"]) for name, some in rows.items()},
    }
    sections = [_section(folder, described[name], dyad, dyads, all_rows[name], cited["at"]) for name in _datasets(described)]
    for section in sections:
        drawn = section.pop("drawn")
        data["tables"][section["key"]]["drawn"] = runs(drawn)
        section |= _resting_on(data, section["key"], drawn) | {"lead_in": story.sentences(con, pair, section["key"])}
    claims = [row | {"row": n} for n, row in enumerate(rows[CLAIMS])]
    units = {name: _units(metadata) for name, metadata in described.items()}
    by_key = {name: {_row_key(described[name], row): row["text_of_row"] for row in some} for name, some in all_rows.items()}
    page = {
        "title": TITLE, "url": release.get("url"), "release": release["release"], "as_of": str(release["as_of"]), "pair": pair, "dyads": dyads,
        "pairs": [p | {"href": page_name(p["dyad"], dyads)} for p in built], "chapters": _chapters(sections), "sections": sections,
        "figures": story.key_figures(con, pair), "texts": ledger.texts(con, claims), "claims_files": _files(folder, [CLAIMS], DATA),
        "changes": changes.read(con, dyad, by_key, units) | {"follows": release.get("follows"), "text": _existing(folder, "changes.md")},
        "models": _models(described.values()), "sources": _sources(described.values()), "left_out": _left_out(con),
        "whole": WHOLE | {name: text for name, text in PUBLISHED.items() if (folder / name).exists()},
        "secondary": {count.dataset: count for count in secondary.counts(con)}, "closest": _closest(con, pair, names),
    }  # fmt: skip
    return Content(page, data | {"names": _used_names(names, data["tables"].values())})


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _ask(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple]:
    return con.execute(sql, list(values)).fetchall()


def _pairs(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    return [dict(zip(("dyad", *"ab"), row, strict=True)) for row in _ask(con, "select dyad, name_a, name_b from core.dyad order by dyad")]


def _closest(con: duckdb.DuckDBPyConnection, pair: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the pair's place among all pairs by agreement, in words, and the pairs that lead; None if the release has no votes."""
    ranked = pairs.standing(con, pair["dyad"], LEADING)
    if not ranked:
        return None
    [(last_vote,)] = con.execute("select max(vote_date) from core.assembly_vote").fetchall()
    session = f"the General Assembly’s session of {pairs.newest_session(con)}, up to {style.day(last_vote)}"
    own = next((row for row in ranked if row["dyad"] == pair["dyad"]), None)
    place = (
        f"Place {own['place']:,} of {own['pair_count']:,} pairs of states with enough votes in common, by agreement in {session}: {_rate(own)}"
        if own
        else f"Too few votes in {session} for a place among all pairs of states by agreement"
    )
    leading = [
        {
            "dyad": row["dyad"],
            "place": row["place"],
            "names": " and ".join(names[iso3] for iso3 in row["dyad"].split("-")),
            "rate": _rate(row),
        }
        for row in ranked[:LEADING]
    ]
    return {"place": place, "pairs": leading}


def _rate(row: Mapping[str, Any]) -> str:
    return f"{style.percent(row['identical_pct'])} of {plural(row['votes'], 'vote')} identical"


def _left_out(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the producers of the sources whose files a published site leaves out; a release in its home has all of them."""
    sql = "select distinct producer from catalog.source anti join raw.snapshot_file using (source) order by producer"
    return [producer for (producer,) in _ask(con, sql)]


def _datasets(described: Mapping[str, Any]) -> list[str]:
    """Return the datasets in the order of their classes, without the claims."""
    return [name for name in (t.removeprefix("charts.") for t in registry.MODELED) if name in described and name != CLAIMS]


def _chapters(sections: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Group the sections by the chapter that their dataset's header names."""
    chapters: dict[str, list[dict[str, Any]]] = {}
    for section in sections:
        chapters.setdefault(section["metadata"]["chapter"], []).append(section)
    return chapters


def _section(
    folder: Path, metadata: dict[str, Any], dyad: str, dyads: Sequence[str], rows: Sequence[Mapping[str, Any]], at: Mapping[str, int]
) -> dict[str, Any]:
    """Describe one dataset with its texts and files, and with its pictures if it has a visual."""
    dataset = metadata["dataset"]
    name = stem(dataset, dyad, dyads)
    chain = [{"table": step["table"], "files": len(step.get("files", []))} for step in metadata["processing"]]
    return {
        **(_drawn(folder / FOLDER / name, metadata, rows, at) if dataset in drawings() else _undrawn(metadata, dyad, len(rows))),
        "key": dataset, "metadata": metadata, "chain": chain, "row_count": len(rows),
        "files": _files(folder, dict.fromkeys([dataset, name]), _with_units(dataset)),
    }  # fmt: skip


def _drawn(base: Path, metadata: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], at: Mapping[str, int]) -> dict[str, Any]:
    """Describe a dataset by its visual: its texts and pictures in each unit, its own first, and the rows that the pictures show."""
    found = [_in_unit(base, unit, metadata["dataset"], rows, at) for unit in ("", *units(metadata["dataset"]))]
    own, *others = [of for of in found if of]
    is_map = any(column["name"] == "latitude" for column in metadata["columns"])  # other charts have their years on an axis
    years = sorted({rows[i]["year"] for i in own["drawn"]}) if is_map and any(_is_of_years(p, rows) for p in own["pictures"]) else []
    return {**own, "is_drawn": not own["is_empty"], "years": years, "units": [own, *others] if others else []}


def _in_unit(base: Path, unit: str, dataset: str, rows: Sequence[Mapping[str, Any]], at: Mapping[str, int]) -> dict[str, Any]:
    """Describe a visual in one unit; return nothing if it is not drawn in it."""
    files = [base.with_name(f"{base.name}{infix(unit, width)}.svg") for width in style.SIZES]
    if not files[0].exists():
        return {}
    metas = [_json(file.with_suffix(".vl.json"))["usermeta"] for file in files]
    positions = {tuple(evidence.plain(row[column]) for column in metas[0]["key"]): i for i, row in enumerate(rows)}
    pictures = [] if metas[0]["is_empty"] else [
        picture(file, meta, positions, at, f"{dataset}{infix(unit, '')}-{meta['width']}") for file, meta in zip(files, metas, strict=True)
    ]  # fmt: skip
    if pictures and pictures[0].width == pictures[1].width:
        del pictures[1]  # the drawing has one width only: phones scroll it sideways
    drawn = sorted({positions[tuple(key)] for meta in metas for key in meta["rows"]})
    if unit and len(pictures) > 1:
        pictures[1] = pictures[1]._replace(markup=without_labels(pictures[1].markup))  # the script takes them from the wide drawing
    images = _files(base.parents[1], [base.name], {f"{infix(unit, '')}{suffix}": label for suffix, label in IMAGES.items()})
    return {
        **metas[0], "note": note(*metas), "pictures": pictures, "drawn": drawn, "image": f"{FOLDER}/{files[0].name}", "images": images,
        "anchor": f"{dataset}{infix(unit, '')}",
    }  # fmt: skip


def note(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> str:
    """Return the note of a visual: that of the wide drawing, and what is true of the drawing for phones alone."""
    further = [sentence for sentence in narrow["notes"] if sentence not in wide["notes"]]
    return " ".join([wide["note"], *(["On phones:", *further] if further else [])])


def _is_of_years(drawing: Picture, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return True if a mark of the drawing stands for rows of several years, so that a choice of one year helps."""
    return any(len({rows[i].get("year") for i in mark}) > 1 for mark in drawing.marks)


def _undrawn(metadata: dict[str, Any], dyad: str, row_count: int) -> dict[str, Any]:
    """Describe a dataset without a visual by its own title."""
    is_empty = not metadata["coverage"]["dyads"][dyad]
    note = metadata["coverage"]["note"] if is_empty else f"Not shown: {metadata['not_shown']}."
    if row_count > LATEST:
        note += f" The table has the last {LATEST} of {row_count} rows; the files have all."
    return {
        "title": metadata["title"],
        "subtitle": "",
        "note": note,
        "source": "",
        "is_empty": is_empty,
        "is_drawn": False,
        "drawn": [],
        "years": [],
        "units": [],
    }


def _with_units(dataset: str) -> dict[str, str]:
    """Return the formats of a dataset's data by suffix, and of its specifications in other units."""
    specifications = {suffix: label for suffix, label in DATA.items() if suffix.endswith(".vl.json")}
    return DATA | {f".{unit}{suffix}": f"{label}, {unit}" for unit in units(dataset) for suffix, label in specifications.items()}


def _files(folder: Path, names: Iterable[str], formats: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the existing files of these names, by format."""
    files = [(label, folder / FOLDER / f"{name}{suffix}") for suffix, label in formats.items() for name in names]
    return [{"label": label, "href": f"{FOLDER}/{path.name}", "bytes": path.stat().st_size} for label, path in files if path.exists()]


def _existing(folder: Path, name: str) -> str | None:
    return name if (folder / name).exists() else None


def _rows(con: duckdb.DuckDBPyConnection, metadata: Mapping[str, Any], dyad: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the dataset's rows of a dyad in key order, each with `text_of_row`, the row in words."""
    order = ", ".join(metadata["primary_key"])
    answer = con.execute(f"select * from charts.{metadata['dataset']} where dyad = ? order by {order}", [dyad])
    columns, units = [name for name, *_ in answer.description], _units(metadata)
    rows = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
    return [row | {"text_of_row": words.row_text(metadata["row_text"], row, units, names)} for row in rows]


def _units(metadata: Mapping[str, Any]) -> dict[str, str]:
    return {column["name"]: column["unit"] or "" for column in metadata["columns"]}


def _row_key(metadata: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return a row's key as `catalog.change` writes it."""
    return " ".join(str(row[column]).lower() if isinstance(row[column], bool) else str(row[column]) for column in metadata["primary_key"])


def _table(metadata: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], at: Mapping[str, int]) -> dict[str, Any]:
    """Return a table column by column: the key first, then figures, then the rest; evidence as sorted positions of figures."""
    columns = [c for c in metadata["columns"] if c["name"] not in UNLISTED]
    columns.sort(key=lambda c: (c["name"] not in metadata["primary_key"], c["type"] not in ("DOUBLE", "BIGINT")))
    return {
        "columns": [[c["name"], c["unit"]] for c in columns],
        "key": [name for name in metadata["primary_key"] if name != "dyad"],
        "values": [evidence.packed([evidence.plain(row[c["name"]]) for row in rows]) for c in columns],
        "texts": evidence.front_coded([row["text_of_row"] for row in rows]),
        "evidence": [sorted(at[i] for i in row["evidence"]) for row in rows],
    }


def _resting_on(data: Mapping[str, Any], key: str, drawn: Sequence[int]) -> dict[str, int]:
    """Count the figures and publishers that the drawn rows of a dataset rest on; all its rows if none is drawn."""
    table = data["tables"][key]
    figures = {i for row in (drawn or range(len(table["evidence"]))) for i in table["evidence"][row]}
    documents = evidence.unpacked(data["evidence"][1]) if figures else []
    return {"figure_count": len(figures), "publisher_count": len({data["documents"][documents[i]][0] for i in figures})}


def _used_names(names: Mapping[str, str], tables: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the names of the states whose codes are values in these tables."""
    used = json.dumps([table["values"] for table in tables])
    return {iso3: name for iso3, name in names.items() if f'"{iso3}"' in used}


def _models(datasets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each table behind the datasets once: chart tables first, then the tables they read, raw ones last."""
    steps = {step["table"]: step for metadata in datasets for step in metadata["processing"]}
    layers = ("charts.", "core.", "raw.", "catalog.")
    return sorted(
        ({"files": [], **s} for s in steps.values() if s["table"].startswith(layers)),
        key=lambda s: ([s["table"].startswith(layer) for layer in layers].index(True), s["table"]),
    )


def _sources(datasets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return every source with the datasets that cite it."""
    sources: dict[str, dict[str, Any]] = {}
    for metadata in datasets:
        for origin in metadata["origins"]:
            sources.setdefault(origin["source"], origin | {"datasets": []})["datasets"].append(metadata["dataset"])
    return [sources[name] for name in sorted(sources)]
