"""Read a release's manifest, and list the releases of a home."""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

from schemas.errors import Unusable
from warehouse.home import MANIFEST, RELEASES, current_release

TYPES = {"release": str, "as_of": str, "dyads": list, "files": dict}  # in every manifest
REBUILT = {"content": str, "snapshots": dict, "changes": list}  # needed in addition to rebuild a release


def release_id(as_of: str, content: str, follows: str | None) -> str:
    """Return the id of a release of this day and content that follows another."""
    return f"{as_of}-{hashlib.sha256(f'{content} {follows}'.encode()).hexdigest()[:12]}"


def read(path: Path) -> dict[str, Any]:
    """Return a release's manifest.

    Raises:
        Unusable: the manifest is damaged.
    """
    manifest = _load(path)
    if not _is_manifest(manifest):
        raise Unusable(f"{path}: damaged; restore it from a backup, or delete its folder, which loses the release")
    return manifest


def _load(path: Path) -> Any:
    """Return the JSON of a file; None if it is not JSON."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        return None


def _is_manifest(value: Any) -> bool:
    if not isinstance(value, dict) or not all(isinstance(value.get(key), kind) for key, kind in TYPES.items()):
        return False
    tables = value.get("tables", {})  # a release of an earlier version of the project has none
    return isinstance(tables, dict) and all(isinstance(text, str) for text in [*value["dyads"], *value["files"].values(), *tables.values()])


def read_for_rebuild(path: Path) -> dict[str, Any]:
    """Return the manifest of a release to rebuild.

    Raises:
        Unusable: the file is not a manifest, or lacks a field that a rebuild needs.
    """
    manifest = _load(path)
    if not _is_manifest(manifest):  # any file of the user's
        raise Unusable(f"{path}: not a complete manifest; give the {MANIFEST} of a release")
    missing = [key for key, kind in REBUILT.items() if not isinstance(manifest.get(key), kind)]
    missing += ["follows"] if "follows" not in manifest else []
    if missing:
        raise Unusable(f"{path}: not a manifest to rebuild from: {missing[0]} is missing; give the {MANIFEST} of a release")
    return manifest


def releases(home: Path) -> list[dict[str, Any]]:
    """Return the manifest of each release, latest `as_of` first, with `is_current` and `published_at`; its other files may be damaged.

    Skip a release whose manifest is damaged or another release's, so that the others can still be listed, pruned and followed.
    """
    current = current_release(home).name
    manifests = []
    for path in sorted((home / RELEASES).glob(f"*/{MANIFEST}")):
        try:
            at = dt.datetime.fromtimestamp(path.stat().st_mtime).astimezone().isoformat(timespec="seconds")
            manifest = read(path)
        except (OSError, Unusable):
            continue  # pruned since it was listed, or damaged
        if manifest["release"] != path.parent.name:
            continue
        manifests.append({**manifest, "published_at": at, "is_current": path.parent.name == current})
    return sorted(manifests, key=lambda m: (m["as_of"], published(m)), reverse=True)


def published(release: dict[str, Any]) -> dt.datetime:
    """Return the time of publication; its text has no order in the hour in which clocks go back."""
    return dt.datetime.fromisoformat(release["published_at"])


def damaged(home: Path) -> list[Path]:
    """Return the folders of releases whose manifest is missing, damaged or another release's."""
    whole = {manifest["release"] for manifest in releases(home)}
    return sorted(folder for folder in (home / RELEASES).glob("*/") if folder.name not in whole)
