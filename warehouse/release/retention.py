"""Keep the releases that the retention rule names and those that a person pinned; remove the others.

Put here what bounds a home's disk over the years, not how a release is published (`publish`).

The rule keeps the current release and the one it follows, every pinned one, the `NEWEST` published last, and the last published in
each month; and of the world's trade the newest file, those that these releases need, and the landed rows of both. Figures are never
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
from warehouse.world import editions, trade_file

NEWEST = 30


def pinned(home: Path) -> set[str]:
    """Return the releases that a person pinned."""
    return {path.name for path in (home / PINS).glob("*")}


def pin(home: Path, release: str) -> None:
    """Keep this release whatever the rule says.

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
    """Leave this release to the rule again.

    Raises:
        Unusable: it is not pinned.
    """
    with release_lock(home):
        if release not in pinned(home):
            raise Unusable(f"{release} is not pinned: `dyad releases` marks those that are with +")
        (home / PINS / release).unlink()


def surplus(manifests: Sequence[dict[str, Any]], pins: Collection[str]) -> list[str]:
    """Return the releases that the rule does not keep, oldest first; `manifests` as `manifest.releases` returns them."""
    newest = sorted(manifests, key=lambda m: (dt.datetime.fromisoformat(m["published_at"]), m["release"]), reverse=True)
    last_of_month = {m["published_at"][:7]: m["release"] for m in reversed(newest)}
    current = {name for m in manifests if m["is_current"] for name in (m["release"], m.get("follows"))}
    kept = {m["release"] for m in newest[:NEWEST]} | set(last_of_month.values()) | current | set(pins)
    return [m["release"] for m in reversed(newest) if m["release"] not in kept]


def prune(home: Path) -> list[str]:
    """Remove the releases that the rule does not keep, and what a killed prune left; return their ids. The caller holds the home's lock.

    A release leaves `releases/` by one rename, flushed to the disk before a file of it is deleted.
    """
    trash = home / TRASH
    removed = []
    for release in surplus(manifest.releases(home), pinned(home)):
        with release_lock(home):
            if release == (home / CURRENT).resolve().name or release in pinned(home):
                continue  # rolled back to or pinned since it was listed
            trash.mkdir(exist_ok=True)
            (home / RELEASES / release).rename(trash / release)
            for folder in (trash, home / RELEASES):
                sync(folder)
        removed.append(release)
    shutil.rmtree(trash, ignore_errors=True)  # what stays is removed by the next run
    _prune_world(home)
    return removed


def _prune_world(home: Path) -> None:
    """Remove the world's trade that no release rests on and no reader is given, and the landed rows that only it was made from."""
    current = trade_file.current(home)
    named = {m.get("world_trade") for m in manifest.releases(home)} | {current and current.name}
    files = list(trade_file.folder(home).glob("trade-*.duckdb"))
    for file in files:
        if file.name not in named:
            file.unlink()
    for left in trade_file.folder(home).glob("trade-*.new*"):  # of a killed build
        left.unlink()
    with contextlib.suppress(duckdb.Error):  # whoever does not know what a file rests on removes nothing
        editions.prune(home, {name for file in files if file.name in named for name in trade_file.landed_files(file)})
