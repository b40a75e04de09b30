"""Find the files again that a release's manifest lists: bundled ones of the same bytes, live ones in the store.

Put here what a rebuild reads, not what it makes of it (`warehouse.release`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from schemas.errors import Refused
from sources import snapshot
from sources.home import LIVE
from sources.live import answers


def as_listed(
    home: Path, manifest: dict[str, Any], folder: Path = snapshot.BUNDLED, derived: Sequence[snapshot.Source] = ()
) -> list[snapshot.Source]:
    """Return the sources as a release's manifest lists them; `derived` are sources that were derived again, as they stand.

    Raises:
        Refused: a listed file is not there any more, or has other bytes.
    """
    listed, found = manifest["snapshots"], []
    for source in snapshot.known(folder):
        bundled = [file for file in source.files if listed.get(file.name) == file.sha256]
        live = list(restored(home, source.name, listed))
        origin = snapshot.covering(source.origin, live)
        found.append(snapshot.Source(source.name, origin, bundled + live, manifest["stale"].get(source.name, "")))
    found += derived
    if missing := sorted(listed.keys() - {file.name for source in found for file in source.files}):
        raise Refused(f"{missing[0]}: not the bytes this release was made of; check out the version of the project that made it")
    return [source for source in found if source.files]


def restored(home: Path, source: str, snapshots: dict[str, str]) -> Iterator[snapshot.SnapshotFile]:
    """Yield the live files of a source that a release's manifest names (`name: sha256`), from the store, as they were then.

    Raises:
        Refused: the store no longer has them.
    """
    for name, digest in sorted(snapshots.items()):
        if not name.startswith(f"{LIVE}/{source}/"):
            continue
        path = answers.path(home, digest)
        if not path.exists():
            raise Refused(f"{path}: missing, {name} cannot be rebuilt: restore it from a backup")
        yield snapshot.SnapshotFile(source, Path(name).stem, name, path, digest)
