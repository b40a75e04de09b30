"""Keep the releases that the retention rule selects and those that a person pinned; remove the others.

Put here the limits on a home's disk use, not the publication of a release (`publish`).

The rule keeps the current release and the one it follows, every pinned one, the `NEWEST` published last, and the last published in
each month. Of the world's trade it keeps the newest trade file, those that the kept releases link to, the sources derived from them for
these releases, and the landed files that they were built from or that an edition's manifest lists. Bundled and fetched figures are never
pruned, so `--as-of` rebuilds any earlier day; of the world's trade it uses the newest trade file.
"""

import contextlib
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import Unusable
from sources.disk import sync
from warehouse.connect import existing
from warehouse.home import PINS, RELEASES, TRADE, TRASH, current_release
from warehouse.release import manifest
from warehouse.release.locks import release_lock
from warehouse.world import editions, trade_file

NEWEST = 30


def pinned(home: Path) -> set[str]:
    """Return the releases that a person pinned."""
    return {path.name for path in (home / PINS).glob("*")}


def pin(home: Path, release: str) -> None:
    """Pin a release, so that it is always kept.

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
    """Unpin a release, so that the rule decides about it again.

    Raises:
        Unusable: the release is not pinned.
    """
    with release_lock(home):
        if release not in pinned(home):
            raise Unusable(f"{release} is not pinned: `dyad releases` marks pinned releases with +")
        (home / PINS / release).unlink()


def surplus(manifests: Sequence[dict[str, Any]], pins: Collection[str]) -> list[str]:
    """Return the releases that the rule does not keep, oldest first; `manifests` come from `manifest.releases`."""
    newest = sorted(manifests, key=lambda m: (manifest.published(m), m["release"]), reverse=True)
    last_of_month = {m["published_at"][:7]: m["release"] for m in reversed(newest)}
    current = {name for m in manifests if m["is_current"] for name in (m["release"], m.get("follows"))}
    keep = {m["release"] for m in newest[:NEWEST]} | set(last_of_month.values()) | current | set(pins)
    return [m["release"] for m in reversed(newest) if m["release"] not in keep]


def prune(home: Path) -> list[str]:
    """Remove the releases that the rule does not keep, and the leftovers of a killed prune; return their ids.

    The caller has the refresh lock. A release leaves `releases/` by one rename, flushed to the disk before any of its files is deleted.
    """
    trash = home / TRASH
    shutil.rmtree(trash, ignore_errors=True)  # it may have a release that is in `releases/` again
    removed = []
    for release in surplus(manifest.releases(home), pinned(home)):
        with release_lock(home):
            if release == current_release(home).name or release in pinned(home):
                continue  # it became current or was pinned meanwhile
            trash.mkdir(exist_ok=True)
            (home / RELEASES / release).rename(trash / release)
            for folder in (trash, home / RELEASES):
                sync(folder)
        removed.append(release)
    shutil.rmtree(trash, ignore_errors=True)  # the next run removes the rest
    _prune_world(home)
    return removed


def _prune_world(home: Path) -> None:
    """Remove trade files that are not the newest and that no release links to, other derived sources, and landed rows that none needs."""
    from warehouse.world import as_source  # not at the top: listing releases needs none of its libraries

    current, releases = trade_file.current(home), manifest.releases(home)
    in_use = {m.get("world_trade") for m in releases} | {current and current.name}
    in_use |= {link.resolve().name for link in (home / RELEASES).glob(f"*/{TRADE}")}  # of releases with a damaged manifest too
    files = list(trade_file.folder(home).glob("trade-*.duckdb"))
    for file in files:
        if file.name not in in_use:
            file.unlink()
            file.with_suffix(".sha256").unlink(missing_ok=True)
    for leftover in trade_file.folder(home).glob("trade-*.new*"):  # of a killed build
        leftover.unlink()
    as_source.prune(home, [as_source.folder_of(f, m["dyads"]) for m in releases for f in files if f.name == m.get("world_trade")])
    with contextlib.suppress(duckdb.Error):  # remove nothing if the landed rows of a file are unknown
        editions.prune(home, {name for file in files if file.name in in_use for name in trade_file.landed_files(file)})
