"""Export each chart table as Parquet, CSV and JSON, described once, packed for machines and for people."""

from pathlib import Path
from typing import Any

import duckdb

from warehouse.export import archive, dataset, formats, package

FOLDER = "charts"


def write(con: duckdb.DuckDBPyConnection, folder: Path, release: dict[str, Any]) -> list[Path]:
    """Write every table of schema `charts`, and the descriptions of all of them, into a release's folder.

    Args:
        con: a connection to the built warehouse.
        folder: the release's folder; datasets go to its `charts/`.
        release: `release` (the id), `as_of` and `dyads`, as in the manifest.

    Returns:
        The files written, in order: equal inputs give equal bytes.

    Raises:
        Refused: a table holds what a format cannot carry (a number that is not finite, a list with `;` inside).
    """
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    described = []
    for table in dataset.tables():
        data = dataset.read(con, table, release)
        name = data.metadata["dataset"]
        written += [_put(target / f"{name}.{suffix}", content(data)) for suffix, content in formats.FORMATS.items()]
        beside = {path.name for path in target.glob(f"{name}.*")} | {f"{name}.metadata.json"}
        described.append(data.metadata | {"files": sorted(beside)})
        written.append(_put(target / f"{name}.metadata.json", formats.as_json(described[-1])))
    written.append(_put(folder / "datapackage.json", formats.as_json(package.datapackage(target, described, release))))
    written.append(_put(folder / "catalog.jsonld", formats.as_json(package.catalog(target, described, release))))
    return written


def bundle(folder: Path, release: dict[str, Any]) -> Path:
    """Zip what a release offers to take away; call it last, when `charts/` is complete. Equal files give equal bytes."""
    return archive.bundle(folder, FOLDER, release)


def _put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
