"""Which releases stay: the rule, the pins, and taking away the others so that a crash leaves none in part.

Belongs here: what a home's disk holds over the years. Does not belong here: making or moving releases (`publish`).

Stay: the current release and the one it follows, every pinned one, the `NEWEST` published last, and the last published in
each month; and of the world's trade the newest file, those that these rest on, and the landed rows of both. Figures are never
pruned: all vintages stay in the store, and `--as-of` builds any earlier day again.
"""

import contextlib
import datetime as dt
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import Unusable
from sources.disk import sync
from warehouse.connect import existing
from warehouse.home import CURRENT, PINS, RELEASES, TRASH
from warehouse.release import manifest
from warehouse.release.locks import release_lock
from warehouse.world import aggregates, ingest

NEWEST = 30


def pinned(home: Path) -> set[str]:
    """The releases that stay whatever the rule says."""
    return {path.name for path in (home / PINS).glob("*")}


def pin(home: Path, release: str) -> None:
    """Keep this release for good.

    Raises:
        Unusable: there is no such release.
    """
    with release_lock(home):
        existing(home, release)
        (home / PINS).mkdir(exist_ok=True)
        (home / PINS / release).touch()
        sync(home / PINS)
        sync(home)


def unpin(home: Path, release: str) -> None:
    """Leave this release to the rule.

    Raises:
        Unusable: it is not pinned.
    """
    with release_lock(home):
        if release not in pinned(home):
            raise Unusable(f"{release} is not pinned: `dyad releases` marks those that are with +")
        (home / PINS / release).unlink()


def surplus(manifests: Sequence[dict[str, Any]], pins: Collection[str]) -> list[str]:
    """The releases that the rule does not keep, oldest first; `manifests` as `manifest.releases` gives them."""
    newest = sorted(manifests, key=lambda m: (dt.datetime.fromisoformat(m["published_at"]), m["release"]), reverse=True)
    last_of_month = {m["published_at"][:7]: m["release"] for m in reversed(newest)}
    now = {name for m in manifests if m["is_current"] for name in (m["release"], m.get("follows"))}
    kept = {m["release"] for m in newest[:NEWEST]} | set(last_of_month.values()) | now | set(pins)
    return [m["release"] for m in reversed(newest) if m["release"] not in kept]


def prune(home: Path) -> list[str]:
    """Remove the releases that the rule does not keep, and what a killed prune left; hold the home's lock meanwhile.

    A release leaves `releases/` by one rename, on the disk before a file of it is deleted.
    """
    trash = home / TRASH
    gone = []
    for release in surplus(manifest.releases(home), pinned(home)):
        with release_lock(home):
            if release == (home / CURRENT).resolve().name or release in pinned(home):
                continue  # rolled back to or pinned since it was listed
            trash.mkdir(exist_ok=True)
            (home / RELEASES / release).rename(trash / release)
            for folder in (trash, home / RELEASES):
                sync(folder)
        gone.append(release)
    shutil.rmtree(trash, ignore_errors=True)  # what stays is removed by the next run
    _prune_world(home)
    return gone


def _prune_world(home: Path) -> None:
    """Remove the world's trade that no release rests on and no reader is given, and the landed rows that only it was made from."""
    current = aggregates.current(home)
    named = {m.get("world_trade") for m in manifest.releases(home)} | {current and current.name}
    files = list(aggregates.folder(home).glob("trade-*.duckdb"))
    for file in files:
        if file.name not in named:
            file.unlink()
    for left in aggregates.folder(home).glob("trade-*.new*"):  # of a killed build
        left.unlink()
    with contextlib.suppress(duckdb.Error):  # whoever does not know what a file rests on removes nothing
        ingest.prune(home, {name for file in files if file.name in named for name in aggregates.landed_files(file)})
