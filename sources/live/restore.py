"""Locate the files that a release's manifest lists: bundled ones with the same bytes, live ones in `<home>/snapshots/`.

Put here the inputs of a rebuild, not the rebuild itself (`warehouse.release`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from schemas.errors import Refused
from sources import disk, snapshot
from sources.home import LIVE
from sources.live import answers


def listed_sources(
    home: Path, manifest: dict[str, Any], folder: Path = snapshot.BUNDLED, derived: Sequence[snapshot.Source] = ()
) -> list[snapshot.Source]:
    """Return the sources with the files that a release's manifest lists, and the `derived` ones, which the caller has computed again.

    Raises:
        Refused: a listed file is missing, or has other bytes.
    """
    listed, result = manifest["snapshots"], []
    for source in snapshot.all_sources(folder):
        bundled = [file for file in source.files if listed.get(file.name) == file.sha256]
        live = list(stored_files(home, source.name, listed))
        result.append(snapshot.Source(source.name, source.origin, bundled + live))
    result += derived
    if missing := sorted(listed.keys() - {file.name for source in result for file in source.files}):
        raise Refused(
            f"{missing[0]}: missing, or changed since the release was built from it; check out the version of the project "
            "that built the release"
        )
    return [source for source in result if source.files]


def stored_files(home: Path, source: str, snapshots: dict[str, str]) -> Iterator[snapshot.SnapshotFile]:
    """Yield a source's live files that a release's manifest lists (`name: sha256`), from the store.

    Raises:
        Refused: the store lacks one, or has other bytes.
    """
    for name, digest in sorted(snapshots.items()):
        if not name.startswith(f"{LIVE}/{source}/"):
            continue
        path = answers.path(home, digest)
        if not path.exists() or disk.sha256(path) != digest:
            raise Refused(f"{path}: missing or damaged, {name} cannot be rebuilt: restore it from a backup")
        yield snapshot.SnapshotFile(source, Path(name).stem, name, path, digest)
