"""What lies in a release's folder: the database's own catalogue, and the files made from it.

Belongs here: which files, and in which order. Does not belong here: how any of them is made, or when it is published.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse import export, page, visuals
from warehouse.build import views
from warehouse.release import dictionary, diff, trace


def begin(made: Path | None) -> None:
    """Begin what takes long and needs no table, unless a release was `made` from the same inputs."""
    if not made:
        page.library()


def draw(con: duckdb.DuckDBPyConnection, folder: Path, made: Path | None) -> dict[str, str]:
    """Draw every visual into `folder`, unless the release `made` from the same inputs has the pictures.

    Returns:
        A small picture of each dataset's first dyad as Markdown, by table.
    """
    pictures = (made or folder) / export.FOLDER
    if not made:
        pictures.mkdir()
        visuals.write(con, pictures)
    return {f"charts.{dataset}": small for dataset, small in visuals.thumbnails(con, pictures).items()}


def fill(con: duckdb.DuckDBPyConnection, folder: Path, about: dict[str, Any], found: Sequence[diff.Change]) -> None:
    """Complete the build in `con` and write everything beside it into `folder`.

    Args:
        con: the audited build.
        folder: where `warehouse.duckdb` lies.
        about: the head of the manifest: release, follows, as_of and dyads.
        found: what changed since the release that this one follows.
    """
    diff.store(con, found)
    views.create(con)
    dictionary.store(con)
    (folder / "claims.md").write_text(trace.claims_markdown(con), "utf-8")
    (folder / "changes.md").write_text(diff.markdown(found, about["follows"]), "utf-8")
    export.write(con, folder, about)
    page.write(con, folder, about)
    export.bundle(folder, about)
