"""Make the copy of a release that a site publishes: without what may not be passed on in bulk, with catalogues and a dictionary.

The page, the cited lines and the zip are written anew from the reduced database. The copy has its own manifest; `rebuild.json` is that of
the release, which can be rebuilt from it.
"""

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

from schemas.errors import Unusable
from sources.disk import sha256
from warehouse import export, page
from warehouse.build import database
from warehouse.connect import Connection, connect
from warehouse.export import formats, lines, package
from warehouse.home import DATABASE, MANIFEST, RELEASES
from warehouse.release import manifest
from warehouse.release.compact import compact
from warehouse.release.publish import seal
from warehouse.site import catalogues, dictionary, licence

COPIED = (f"{export.FOLDER}/", "claims.md", "changes.md", "datapackage.json", DATABASE)  # the rest of a release is written anew
REBUILD = "rebuild.json"


def write(home: Path, release: str, folder: Path, site: str, previous: str | None) -> None:
    """Write the copy of a release of this version of the project into an empty folder.

    Args:
        home: the home of the release.
        release: its id.
        folder: where to write.
        site: the address of the site, with a slash at its end.
        previous: the address of the release that it follows, if the site has that.

    Raises:
        Unusable: the release is damaged, or a prune removed it meanwhile.
    """
    try:
        about = _copy(home / RELEASES / release, folder)
    except FileNotFoundError as error:
        raise Unusable(
            f"{error.filename}: missing, so this release was not added to the site; if a prune removed the release, publish again, otherwise "
            "run `dyad doctor`, which prints what to do"
        ) from None
    address = f"{site}{RELEASES}/{release}/"
    built = (folder / DATABASE).rename(folder / database.BUILT)
    with database.connect(built) as con:
        licence.remove_closed(con)
        compact(con, folder / DATABASE)
    built.unlink()
    with connect(folder) as con:
        lines.write(con, folder)
        _describe(con, folder, about, address, previous)
        dictionary.write(folder, release)
        page.write(con, folder, about | {"url": address})
        about["left_out"] = licence.left_out(con)
    export.bundle(folder, about)
    seal(folder, about)


def _copy(release: Path, folder: Path) -> dict[str, Any]:
    """Copy the files of a release that stay as they are; return the head of its manifest with `published_at`, in UTC."""
    original = release / MANIFEST
    about = manifest.read(original)
    for name in (name for name in about["files"] if name.startswith(COPIED)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(release / name, folder / name)
        if sha256(folder / name) != about["files"][name]:
            raise Unusable(
                f"{release / name}: damaged, so this release was not added to the site; run `dyad doctor`, which prints what to do"
            )
    shutil.copyfile(original, folder / REBUILD)
    at = dt.datetime.fromtimestamp(original.stat().st_mtime, dt.UTC).isoformat(timespec="seconds")
    return {name: value for name, value in about.items() if name not in ("tables", "files")} | {"published_at": at.replace("+00:00", "Z")}


def _describe(con: Connection, folder: Path, about: dict[str, Any], address: str, previous: str | None) -> None:
    """Write the catalogues of a release with the addresses of its files."""
    charts = folder / export.FOLDER
    described = [json.loads(path.read_text("utf-8")) for path in sorted(charts.glob("*.metadata.json"))]
    release = catalogues.Release(
        about["release"], about["as_of"], address, previous, about["published_at"][:10], described,
        {path.name: (path.stat().st_size, sha256(path)) for path in charts.iterdir()}, package.states(con),
    )  # fmt: skip
    files = {
        "catalog.jsonld": formats.as_json(package.catalog(charts, described, about, release.names, address)),
        "dcat.jsonld": formats.as_json(catalogues.dcat(release)),
        "croissant.json": formats.as_json(catalogues.croissant(release)),
        "datacite.json": formats.as_json(catalogues.datacite(release)),
        "CITATION.cff": catalogues.citation(release).encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
