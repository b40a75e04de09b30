"""Publish releases: build in a separate folder, then make the release visible by one rename, so that it is whole or absent.

Put the steps from a built folder to the current release here, not the content of tables or the choice of releases to keep (`retention`).
"""

import json
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas.errors import Note, Refused, Unusable
from sources.disk import sync
from sources.snapshot import Source
from warehouse.connect import connect, existing
from warehouse.home import BUILDING, CURRENT, DATABASE, MANIFEST, NEXT, RELEASES
from warehouse.release import digests, manifest
from warehouse.release.locks import release_lock
from warehouse.release.verify import damage


def begin(home: Path, run: str) -> Path:
    """Return an empty folder to build in; remove the leftovers of dead runs."""
    if (home / BUILDING).is_file():
        (home / BUILDING).unlink()
    shutil.rmtree(home / BUILDING, ignore_errors=True)
    folder = home / BUILDING / run
    folder.mkdir(parents=True)
    return folder


def existing_release(home: Path, release: str) -> Path | None:
    """Return the folder of the release of this id if it was published before and is whole; equal ids mean equal inputs."""
    folder = home / RELEASES / release
    return folder if folder.exists() and not damage(folder) else None


def followed_release(home: Path, release: dict[str, Any]) -> Path | None:
    """Return the folder of the release that `release`, the head of a manifest, follows, if it is whole and made by the same code."""
    follows = release["follows"]
    about = _manifest_if_whole(home / RELEASES / follows) if follows else None
    # its files are hashed only if its code is the same
    return existing_release(home, follows) if about and about.get("made_by") == release["made_by"] else None


def publish(home: Path, building: Path, release: dict[str, Any], sources: Sequence[Source], original: dict[str, Any] | None = None) -> Path:
    """Seal the built folder and move it to `releases/<id>`; `advance` makes it the current release.

    A damaged release of the same id is replaced.

    Args:
        home: the home to publish in.
        building: the folder with the closed database and the exported files.
        release: the head of the manifest, as `identity.describe` returns it.
        sources: the snapshots that the release is computed from.
        original: the manifest of the release to rebuild, if any.

    Raises:
        Refused: a table or an exported file differs from the one listed in `original` or in the damaged release's manifest.
        Unusable: the release does not open; `current` stays.
    """
    name = release["release"]
    target = home / RELEASES / name
    seal(building, {**release, "snapshots": {f.name: f.sha256 for s in sources for f in s.files}})
    _check_rebuilt(building, original or _manifest_if_whole(target))
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        target.rename(building.parent / "damaged")
    building.rename(target)
    sync(target.parent)
    check_existing(home, name)
    shutil.rmtree(building.parent, ignore_errors=True)  # the next run removes the rest
    return target


def check_existing(home: Path, release: str, original: dict[str, Any] | None = None) -> None:
    """Check that a release opens, and has the content of the one to rebuild, if any.

    Raises:
        Refused: a table or an exported file differs from the one listed in `original`.
        Unusable: the release does not open; the linked trade file may be damaged too.
    """
    _check_rebuilt(home / RELEASES / release, original)
    connect(home / RELEASES / release).close()


def seal(building: Path, head: dict[str, Any]) -> None:
    """Write the manifest, `head` with the digests of all tables and files; restrict permissions, and flush everything to the disk.

    Nobody may write to the files, and only the owner to the folders.
    """
    listed = {**head, "tables": digests.of_tables(building / DATABASE), "files": digests.of_files(building)}
    (building / MANIFEST).write_text(json.dumps(listed, indent=1) + "\n", "utf-8")
    for path in (p for p in [*building.rglob("*"), building] if not p.is_symlink()):
        writers = 0o022 if path.is_dir() else 0o222
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~writers)
        sync(path)


def _manifest_if_whole(folder: Path) -> dict[str, Any] | None:
    try:
        return manifest.read(folder / MANIFEST)
    except (OSError, Unusable):
        return None


def _check_rebuilt(folder: Path, listed: dict[str, Any] | None) -> None:
    """Compare a release's tables and exported files with those of a manifest; the bytes of the database file may differ."""
    if not listed:
        return
    built = manifest.read(folder / MANIFEST)
    for part in ("tables", "files"):
        differing = dict(built[part].items() ^ listed.get(part, {}).items()).keys() - {DATABASE}
        if differing:
            raise Refused(
                f"{listed['release']}: {min(differing)} differs from its manifest: the manifest was edited, or the versions of the "
                "packages differ; restore the manifest from a backup, install the locked versions, or move the release's folder away and refresh"
            )


def current(home: Path) -> str | None:
    """Return the id of the current release; None if there is none."""
    link = home / CURRENT
    return link.readlink().name if link.is_symlink() else None


def advance(home: Path, release: dict[str, Any], seen: str | None, is_asked: bool, is_rebuilt: bool = False) -> Note | None:
    """Make a published release the current one; return the reason if the current one stays.

    The current release stays if the new one has other pairs or an earlier day, so that readers do not get these unasked, if a person
    chose another current release during the build, and if the new one is a rebuild, which repairs a release and selects none.

    Args:
        home: the home of the releases.
        release: the head of the published release's manifest.
        seen: the id of the current release when the build began.
        is_asked: true to make the release the current one in any case.
        is_rebuilt: true if the release was rebuilt from its manifest.
    """
    with release_lock(home):  # a rollback must not come between the decision and the change
        kept = None if is_asked else _why_current_stays(home, release, seen, is_rebuilt)
        if kept is None:
            _link_current(home, release["release"])
    return kept


def _why_current_stays(home: Path, release: dict[str, Any], seen: str | None, is_rebuilt: bool) -> Note | None:
    name, now = release["release"], current(home)
    folder = home / RELEASES / str(now)
    if now in (None, name) or not folder.exists():
        return None
    if is_rebuilt or now != seen:
        return f"current stays {now}{'' if is_rebuilt else ', chosen during this refresh'}; to change it: dyad rollback {name}"
    shown = _manifest_if_whole(folder) or release
    if set(shown["dyads"]) != set(release["dyads"]) or shown["as_of"] > release["as_of"]:
        return (
            f"current stays {now} ({' '.join(shown['dyads'])} as of {shown['as_of']}); to change it: dyad rollback {name}, or refresh with "
            "--set-current"
        )
    return None


def rollback(home: Path, release: str) -> None:
    """Make any undamaged release, earlier or later, the current one.

    Raises:
        Unusable: there is no such release, or it is damaged; `current` stays.
    """
    if lines := damage(existing(home, release)):
        raise Unusable(
            f"{lines[0]}; the current release was not changed: restore {release} from a backup, or choose another from `dyad releases`"
        )
    set_current(home, release)


def set_current(home: Path, release: str) -> None:
    """Make this release the current one by one rename.

    Raises:
        Unusable: there is no such release.
    """
    with release_lock(home):
        _link_current(home, release)


def _link_current(home: Path, release: str) -> None:
    existing(home, release)
    link = home / NEXT
    link.unlink(missing_ok=True)
    link.symlink_to(Path(RELEASES) / release)
    link.rename(home / CURRENT)
    sync(home)
