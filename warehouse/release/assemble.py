"""Fill a release's folder: complete the database, then write the files derived from it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse import export, page
from warehouse.build import views
from warehouse.release import changelog, dictionary, diff, trace
from warehouse.visuals import files


def draw(con: duckdb.DuckDBPyConnection, folder: Path, existing: Path | None, followed: Path | None) -> dict[str, str]:
    """Draw every visual into `folder`, unless a release has the pictures.

    Args:
        con: the chart tables.
        folder: the folder of the build.
        existing: a whole release of the same inputs, if any, which has all pictures.
        followed: a whole release made by the same code and package versions, if any, which has the pictures that did not change.

    Returns:
        A thumbnail of each dataset's first dyad as Markdown, by table.
    """
    pictures = (existing or folder) / export.FOLDER
    if not existing:
        pictures.mkdir()
        files.write(con, pictures, followed and followed / export.FOLDER)
    return {f"charts.{dataset}": thumbnail for dataset, thumbnail in files.thumbnails(con, pictures).items()}


def fill(con: duckdb.DuckDBPyConnection, folder: Path, about: dict[str, Any], changes: Sequence[diff.Change]) -> None:
    """Complete the built database `con` and write the files derived from it into `folder`.

    Args:
        con: the audited build.
        folder: the folder of `warehouse.duckdb`.
        about: the head of the manifest: release, follows, as_of and dyads.
        changes: the changes since the release that this one follows.
    """
    diff.store(con, changes)
    views.create(con)
    dictionary.store(con)
    (folder / "claims.md").write_text(trace.claims_markdown(con), "utf-8")
    (folder / "changes.md").write_text(changelog.markdown(changes, about["follows"]), "utf-8")
    export.write(con, folder, about)
    page.write(con, folder, about)
    export.bundle(folder, about)
