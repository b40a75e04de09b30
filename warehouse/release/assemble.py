"""Fill a release's folder: complete the database, then write the files derived from it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb

from warehouse import export, page
from warehouse.build import views
from warehouse.export import lines
from warehouse.home import DATABASE
from warehouse.release import changelog, dictionary, diff, trace
from warehouse.release.compact import compact
from warehouse.visuals.files import Pictures


def draw(con: duckdb.DuckDBPyConnection, folder: Path, followed: Path | None) -> Pictures:
    """Create the views, and start to draw the pictures into `folder` in the background, since drawing takes longest.

    Args:
        con: the built database, with audited datasets and the table of claims.
        folder: the folder of `warehouse.duckdb`.
        followed: a whole release made by the same code and package versions, if any; unchanged pictures are copied from it.
    """
    (folder / export.FOLDER).mkdir()
    views.create(con)
    return Pictures(con, folder / export.FOLDER, followed and followed / export.FOLDER)


def fill(con: duckdb.DuckDBPyConnection, folder: Path, about: dict[str, Any], changes: Sequence[diff.Change], pictures: Pictures) -> None:
    """Complete the built database `con` and write the files derived from it into `folder`.

    Args:
        con: the audited build.
        folder: the folder of `warehouse.duckdb`.
        about: the head of the manifest: release, follows, as_of and dyads.
        changes: the changes since the release that this one follows.
        pictures: what `draw` returned; files that list or show pictures are written once all are drawn.
    """
    diff.store(con, changes)
    dictionary.store(con)
    (folder / "claims.md").write_text(trace.claims_markdown(con), "utf-8")
    (folder / "changes.md").write_text(changelog.markdown(changes, about["follows"]), "utf-8")
    with con.cursor() as copying, ThreadPoolExecutor(1) as pool:
        copied = pool.submit(compact, copying, folder / DATABASE)
        lines.write(con, folder)
        pictures.wait()
        export.write(con, folder, about)
        page.write(con, folder, about)
        export.bundle(folder, about)
        copied.result()
