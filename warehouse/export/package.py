"""Describe all datasets as a Frictionless Data Package and a schema.org catalogue."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas.values import meaning
from sources.disk import sha256

TITLE = "dyad: how closely two states train, trade and vote together"
MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "json": "application/json"}
SUBJECTS = {  # a keyword for each chapter that the header of a dataset may name
    "train": "joint military exercises", "trade": "bilateral trade", "vote": "voting in the United Nations",
    "beyond the article": "voting in the United Nations", "claims": "fact checking",
}  # fmt: skip
KEYWORDS = list(dict.fromkeys(SUBJECTS.values()))
FRICTIONLESS = {
    "VARCHAR": {"type": "string"}, "BIGINT": {"type": "integer"}, "DOUBLE": {"type": "number"}, "BOOLEAN": {"type": "boolean"},
    "DATE": {"type": "date"}, "VARCHAR[]": {"type": "list", "delimiter": ";", "itemType": "string"},
}  # fmt: skip


def datapackage(folder: Path, described: Sequence[dict[str, Any]], release: dict[str, Any]) -> dict[str, Any]:
    """Return a Data Package (version 2): each CSV file in `folder` as a resource with its Parquet file as alternate, size and SHA-256."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"dyad-{release['release']}",
        "title": TITLE,
        "description": f"Chart-ready datasets on {_pairs(release)}, from what was public on {release['as_of']}.",
        "version": release["release"],
        "created": f"{release['as_of']}T00:00:00Z",
        "contributors": [{"title": "dyad", "roles": ["creator"]}],
        **_rights(_once(origin for m in described for origin in m["origins"])),
        "resources": [_resource(folder, m) for m in described],
    }


def _resource(folder: Path, m: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": m["dataset"],
        "type": "table",
        **_file(folder / f"{m['dataset']}.csv"),
        "encoding": "utf-8",
        "title": m["title"],
        "description": " ".join(filter(None, [m["description"], m["coverage"]["note"]])),
        **_rights(m["origins"]),
        "schema": {"fields": [_field(c) for c in m["columns"]], "primaryKey": m["primary_key"], "missingValues": [""]},
        # not a resource: the Python reader of Data Packages fails on lists in Parquet
        "alternates": [_file(folder / f"{m['dataset']}.parquet")],
    }


def _file(path: Path) -> dict[str, Any]:
    suffix = path.suffix[1:]
    return {
        "path": f"{path.parent.name}/{path.name}",
        "format": suffix,
        "mediatype": MEDIA[suffix],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
    }


def _field(c: dict[str, Any]) -> dict[str, Any]:
    kind = FRICTIONLESS[c["type"]]
    # a list is never required, since an empty list is an empty cell
    required = {"required": True} if c["required"] and kind["type"] != "list" else {}
    constraints = required | ({"enum": c["values"]} if c["values"] else {})
    unit = {"unit": c["unit"]} if c["unit"] else {}
    meanings = {"categories": [{"value": value, "label": meaning(c["name"], value)} for value in c["values"]]} if c["values"] else {}
    return {
        "name": c["name"],
        **kind,
        "description": c["description"],
        **unit,
        **meanings,
        **({"constraints": constraints} if constraints else {}),
    }


def _rights(origins: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return licences and sources, or no keys if there are none, as the specification requires."""
    if not origins:
        return {}
    licences = [{"path": o["licence_url"], "title": o["licence"]} if o["licence_url"] else {"name": "notspecified", "title": o["licence"]}
                for o in origins]  # fmt: skip
    return {
        "licenses": _once(licences),
        "sources": [{"title": f"{o['producer']}: {o['title']}", "path": o["url"], "citation": o["citation"]} for o in origins],
    }


def states(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the names of the states of a release's pairs, by ISO alpha-3 code."""
    return dict(con.execute("select iso3_a, name_a from core.dyad union select iso3_b, name_b from core.dyad order by all").fetchall())


def subjects(m: dict[str, Any], names: Mapping[str, str]) -> list[str]:
    """Return the keywords of a dataset: its title, its subject, and the states that it has rows about."""
    return [m["title"], SUBJECTS.get(m["chapter"], m["chapter"]), "international relations", *(names[code] for code in covered(m))]


def covered(m: dict[str, Any]) -> list[str]:
    """Return the codes of the states that a dataset has rows about."""
    return sorted({code for dyad, rows in m["coverage"]["dyads"].items() if rows for code in dyad.split("-")})


def catalog(
    folder: Path, described: Sequence[dict[str, Any]], release: dict[str, Any], names: Mapping[str, str], address: str = ""
) -> dict[str, Any]:
    """Return a DataCatalog of schema.org, with a Dataset per table and a DataDownload per file.

    Args:
        folder: the folder of the datasets' files.
        described: the metadata of each dataset.
        release: `release` (the id), `as_of` and `dyads`, as in the manifest.
        names: the names of the states by code.
        address: the address of the release's folder, with a slash at its end; without it, addresses are relative to the catalogue.
    """
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "name": TITLE,
        "description": f"Chart-ready datasets on {_pairs(release)}, from what was public on {release['as_of']}.",
        "url": f"{address}index.html",
        "keywords": [*KEYWORDS, *names.values()],
        "version": release["release"],
        "dateModified": str(release["as_of"]),
        "creator": {"@type": "Organization", "name": "dyad"},
        "dataset": [_dataset(folder, m, names, address) for m in described],
    }


def _dataset(folder: Path, m: dict[str, Any], names: Mapping[str, str], address: str) -> dict[str, Any]:
    first, last = m["coverage"]["first"], m["coverage"]["last"]
    return {
        "@type": "Dataset",
        "@id": f"{address}#{m['dataset']}",
        "name": m["title"],
        "url": f"{address}index.html#{m['dataset']}",
        "alternateName": m["dataset"],
        "description": " ".join(filter(None, [m["description"], f"Not shown: {m['not_shown']}.", m["coverage"]["note"]])),
        "version": m["release"],
        "dateModified": m["as_of"],
        "creator": {"@type": "Organization", "name": "dyad"},
        "isAccessibleForFree": True,
        **({"temporalCoverage": f"{first}/{last}"} if first else {}),
        "spatialCoverage": [{"@type": "Country", "name": names[code], "identifier": code} for code in covered(m)],
        "keywords": subjects(m, names),
        "measurementTechnique": m["counting_rule"],
        "variableMeasured": [
            {"@type": "PropertyValue", "name": c["name"], "description": c["description"], **({"unitText": c["unit"]} if c["unit"] else {})}
            for c in m["columns"]
        ],
        "license": _once(
            {"@type": "CreativeWork", "name": o["licence"], **({"url": o["licence_url"]} if o["licence_url"] else {})} for o in m["origins"]
        ),
        "creditText": m["citation"],
        "citation": [o["citation"] for o in m["origins"]],
        "distribution": [_download(folder / f"{m['dataset']}.{suffix}", kind, address) for suffix, kind in MEDIA.items()],
    }


def _download(path: Path, media: str, address: str) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": path.name,
        "contentUrl": f"{address}{path.parent.name}/{path.name}",
        "encodingFormat": media,
        "contentSize": f"{path.stat().st_size} B",
        "sha256": sha256(path),
    }


def _pairs(release: dict[str, Any]) -> str:
    return ", ".join(release["dyads"])


def _once(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each item once, in order, ignoring the number of figures, which differs by dataset."""
    plain = [{k: v for k, v in item.items() if k != "figures"} for item in items]
    return [item for n, item in enumerate(plain) if item not in plain[:n]]
