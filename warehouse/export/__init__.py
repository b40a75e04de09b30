"""Export each chart table as Parquet, CSV and JSON, with its metadata, catalogues and a zip; `lines` writes the snapshot lines that they cite."""

from pathlib import Path
from typing import Any

import duckdb

from warehouse.export import archive, claim_review, dataset, formats, package

FOLDER = "charts"


def write(con: duckdb.DuckDBPyConnection, folder: Path, release: dict[str, Any]) -> list[Path]:
    """Write every table of schema `charts`, and the descriptions of all of them, into a release's folder.

    Args:
        con: a connection to the built warehouse.
        folder: the release's folder; datasets go to its `charts/`.
        release: `release` (the id), `as_of` and `dyads`, as in the manifest.

    Returns:
        The paths of the files, in the order of writing. Equal inputs give equal bytes.

    Raises:
        Refused: a table contains a value that a format cannot represent (a number that is not finite, a list item with `;`).
    """
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    paths = [_put(target / "claims.jsonld", formats.as_json(claim_review.reviews(con)))]  # first, since the metadata of claims lists it
    described = []
    for table in dataset.tables():
        data = dataset.read(con, table, release)
        name = data.metadata["dataset"]
        paths += [_put(target / f"{name}.{suffix}", content(data)) for suffix, content in formats.FORMATS.items()]
        beside = {path.name for path in target.glob(f"{name}.*")} | {f"{name}.metadata.json"}
        described.append(data.metadata | {"files": sorted(beside)})
        paths.append(_put(target / f"{name}.metadata.json", formats.as_json(described[-1])))
    paths.append(_put(folder / "datapackage.json", formats.as_json(package.datapackage(target, described, release))))
    paths.append(_put(folder / "catalog.jsonld", formats.as_json(package.catalog(target, described, release, package.states(con)))))
    return paths


def bundle(folder: Path, release: dict[str, Any]) -> Path:
    """Zip the data of a release; call it last, when `charts/` is complete. Equal files give equal bytes."""
    return archive.bundle(folder, FOLDER, release)


def _put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
