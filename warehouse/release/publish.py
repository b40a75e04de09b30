"""Releases: whole or absent. Built beside the published one, named by their inputs, made visible by one rename.

Belongs here: the build folder, the release id, sealing files, `current`, rollback, the two locks, and whether a release is whole.
Does not belong here: what is in the tables, whether they are right (that is settled before `publish`), or which releases stay
(`retention`).
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import shutil
import stat
import struct
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import Refused, Unusable
from sources.snapshot import Source
from warehouse.build.layers import Clock
from warehouse.connect import MANIFEST, TRADE, connect, existing
from warehouse.release.rewrite import rewrite, written

ROOT = Path(__file__).parents[2]
DATABASE_ID = slice(124, 140)  # random in every DuckDB file; both headers carry it
HEADERS = (0, 8192)
HEADER_SIZE = 4096
LINK = "current.new"  # `current` on its way
TYPES = {"release": str, "as_of": str, "dyads": list, "files": dict}  # what every manifest holds
REBUILT = {"content": str, "snapshots": dict, "changes": list}  # and what a release is made again from
CODE = {".py", ".sql", ".json", ".j2", ".css", ".js"}
DRAWN_BY = ("altair", "duckdb", "pandas", "vl-convert-python")  # another version may make other bytes


def content_id(sources: Sequence[Source], clock: Clock, world_trade: str | None = None) -> str:
    """Digest of what a release is computed from: these snapshots, this code, this clock, and the file of the world's trade beside it."""
    digest = hashlib.sha256()
    inputs = [f"{f.name} {f.sha256}" for s in sources for f in s.files]
    code = [p for folder in ("schemas", "warehouse") for p in sorted((ROOT / folder).rglob("*")) if p.suffix in CODE]
    code += sorted((ROOT / "sources").glob("*.py"))  # how snapshots are read; what a source's own parse.py makes is a snapshot
    code = [p for p in code if not {"examples", "__pycache__"} & set(p.relative_to(ROOT).parts)]
    inputs += [f"{p.relative_to(ROOT)} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in code]
    inputs += [json.dumps(s.origin, sort_keys=True, default=str) for s in sources]
    inputs += [f"{s.name} stale since {s.stale_since}" for s in sources if s.stale_since]
    inputs += [f"{name} {version(name)}" for name in DRAWN_BY]
    inputs += [world_trade] if world_trade else []
    digest.update("\n".join([*inputs, clock.as_of.isoformat(), *clock.dyads]).encode())
    return digest.hexdigest()


def release_id(clock: Clock, content: str, follows: str | None) -> str:
    """Name of a release of this content, told as what changed since the one it follows: same inputs, same id."""
    return f"{clock.as_of.isoformat()}-{hashlib.sha256(f'{content} {follows}'.encode()).hexdigest()[:12]}"


def followed(home: Path, clock: Clock, content: str) -> str | None:
    """The release that a release of this content follows: what one of the same content follows, else the current one.

    Where that one knows more than this one will, or is about none of the same dyads, the last published of which neither is true, so that no
    refresh of another pair or day lets a loss pass; None where there is none.
    """
    found = releases(home)
    same = next((m for m in found if m.get("content") == content), None)
    if same is not None:
        return same["follows"]
    comparable = [m for m in found if m["as_of"] <= clock.as_of.isoformat() and set(m["dyads"]) & set(clock.dyads)]
    return max(comparable, key=lambda m: (m["is_current"], m["published_at"]), default={"release": None})["release"]


def describe(
    home: Path, sources: Sequence[Source], clock: Clock, again: dict[str, Any] | None = None, world_trade: str | None = None
) -> dict[str, Any]:
    """The head of a release's manifest: its id, what it is computed from, the release it follows, its day and dyads.

    `again` is the manifest of a release to rebuild: it follows what it followed. `world_trade` is the name of the file of the world's trade.

    Raises:
        Refused: this code makes another release of the inputs that `again` names.
    """
    content = content_id(sources, clock, world_trade)
    follows = again["follows"] if again else followed(home, clock, content)
    name = release_id(clock, content, follows)
    if again and name != again["release"]:
        raise Refused(f"this version of the project makes {name} of it: check out the one that made {again['release']}")
    return {
        "release": name,
        "content": content,
        "follows": follows,
        "as_of": clock.as_of.isoformat(),
        "dyads": list(clock.dyads),
        "world_trade": world_trade,
        "stale": {s.name: s.stale_since for s in sources if s.stale_since},
    }


@contextlib.contextmanager
def lock(home: Path) -> Iterator[None]:
    """One refresh at a time in a home; the lock dies with its process.

    Raises:
        Unusable: another refresh holds it; the message says which process and since when.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "lock"
    with path.open("a+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = path.read_text("utf-8") or "it is just starting"
            raise Unusable(f"another refresh is at work in {home} ({holder}); to wait for its end: flock {path} true") from None
        file.truncate(0)
        file.write(f"process {os.getpid()} since {dt.datetime.now().astimezone().isoformat(timespec='seconds')}".encode())
        yield


@contextlib.contextmanager
def moving(home: Path) -> Iterator[None]:
    """Held for moments while `current` moves or a release or a pin comes or goes; whoever comes second waits.

    So a rollback need not wait for a refresh, and cannot point at what a prune is taking away.
    """
    folder = home / "releases"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def begin(home: Path, run: str) -> Path:
    """An empty folder to build in; what dead runs left is removed."""
    shutil.rmtree(home / "building", ignore_errors=True)
    folder = home / "building" / run
    folder.mkdir(parents=True)
    return folder


def seal(path: Path, release: str) -> None:
    """Replace the random id DuckDB gives a file by one that follows from the release, so that equal builds are equal bytes.

    The id sits in both headers, each guarded by a checksum in its first eight bytes. Nothing else reads it in an
    unencrypted file.
    """
    identity = hashlib.sha256(release.encode()).digest()[:16]
    with path.open("r+b") as file:
        for start in HEADERS:
            file.seek(start)
            block = memoryview(bytearray(file.read(HEADER_SIZE)))
            if _checksum(block[8:]) != struct.unpack("<Q", block[:8])[0]:
                raise ValueError(f"{path}: unknown header layout at {start}; this DuckDB writes another format")
            block[DATABASE_ID] = identity
            block[:8] = struct.pack("<Q", _checksum(block[8:]))
            file.seek(start)
            file.write(block)


def _checksum(block: memoryview) -> int:
    value = 5381
    for (word,) in struct.iter_unpack("<Q", block):
        value ^= (word * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    return value


def made(home: Path, release: str) -> Path | None:
    """The folder of the release of this id if it was made before and is whole: equal inputs made these bytes."""
    folder = home / "releases" / release
    return folder if folder.exists() and not damage(folder) else None


def publish(home: Path, building: Path, release: dict[str, Any], sources: Sequence[Source], again: dict[str, Any] | None = None) -> Path:
    """Seal the built folder, move it to `releases/<id>` and point `current` at it.

    `release` begins the manifest: release, content, follows, as_of and dyads. A release of the same id has the same bytes:
    it stays as it is, or takes the place of one that was damaged since. `again` is the manifest of a release to rebuild.

    Raises:
        Refused: the bytes are not those that `again` lists.
        Unusable: the release does not open; `current` stays.
    """
    name = release["release"]
    target = home / "releases" / name
    if not made(home, name):
        _complete(building, release, sources)
        _same_bytes(building, again)
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            target.rename(building.parent / "damaged")
        building.rename(target)
        sync(target.parent)
    _same_bytes(target, again)
    connect(target).close()  # the world's trade beside it may be damaged too
    point(home, name)
    shutil.rmtree(building.parent, ignore_errors=True)  # what stays is removed by the next run
    return target


def _same_bytes(folder: Path, again: dict[str, Any] | None) -> None:
    if again and (odd := sorted(dict(_manifest(folder / MANIFEST)["files"].items() ^ again["files"].items()))):
        raise Refused(
            f"{again['release']}: {odd[0]} is not as its manifest says: the manifest was edited, or the versions of the packages differ"
        )


def _complete(building: Path, release: dict[str, Any], sources: Sequence[Source]) -> None:
    """Seal the database, write the manifest, and have every byte on the disk before anything names it; nobody else may write."""
    built = building / "built.duckdb"
    written(building / "warehouse.duckdb")
    (building / "warehouse.duckdb").rename(built)
    rewrite(built, building / "warehouse.duckdb")
    built.unlink()
    seal(building / "warehouse.duckdb", release["release"])
    manifest = {**release, "snapshots": {f.name: f.sha256 for s in sources for f in s.files}, "files": _digests(building)}
    (building / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    for path in (p for p in [*building.rglob("*"), building] if not p.is_symlink()):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~(stat.S_IWGRP | stat.S_IWOTH))
        sync(path)


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a release but its manifest, by its path in the folder; of a link, what it names."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p != folder / MANIFEST)
    return {p.relative_to(folder).as_posix(): _digest(p) for p in files}


def _digest(path: Path) -> str:
    if path.is_symlink():
        return hashlib.sha256(str(path.readlink()).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damage(folder: Path) -> list[str]:
    """Every way a release differs from its manifest, one line each; none where it is whole."""
    try:
        listed = _manifest(folder / MANIFEST)["files"]
    except (OSError, Unusable):
        return [f"{folder / MANIFEST}: missing or damaged"]
    found = _digests(folder)
    said = {name: "missing" if name not in found else "not in the manifest" if name not in listed else "damaged" for name in listed | found}
    return [f"{folder / name}: {problem}" for name, problem in sorted(said.items()) if listed.get(name) != found.get(name)]


def unreadable_trade(home: Path) -> list[str]:
    """The files of the world's trade beside releases that do not open, one line each; named by what they are made from, they are not hashed."""
    said = []
    for file in sorted({link.resolve() for link in (home / "releases").glob(f"*/{TRADE}")}):
        try:
            duckdb.connect(str(file), read_only=True).close()
        except duckdb.Error as error:
            said.append(f"{file}: {str(error).splitlines()[0]}")
    return said


def rollback(home: Path, release: str) -> None:
    """Make `current` name an earlier release, which must be whole.

    Raises:
        Unusable: there is no such release, or it is damaged; `current` stays.
    """
    if lines := damage(existing(home, release)):
        raise Unusable(f"{lines[0]}; the current release stays: restore it from a backup, or choose another of `dyad releases`")
    point(home, release)


def point(home: Path, release: str) -> None:
    """Make `current` name this release, by one rename.

    Raises:
        Unusable: there is no such release.
    """
    with moving(home):
        existing(home, release)
        link = home / LINK
        link.unlink(missing_ok=True)
        link.symlink_to(Path("releases") / release)
        link.rename(home / "current")
        sync(home)


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def to_rebuild(path: Path) -> dict[str, Any]:
    """The manifest of a release that is to be made again.

    Raises:
        Unusable: it is none.
    """
    manifest = _manifest(path)
    odd = [key for key, kind in REBUILT.items() if not isinstance(manifest.get(key), kind)]
    if odd or "follows" not in manifest:
        raise Unusable(f"{path}: no manifest of a release: {(odd or ['follows'])[0]} is missing")
    return manifest


def _manifest(path: Path) -> dict[str, Any]:
    """A release's manifest.

    Raises:
        Unusable: it is damaged.
    """
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        manifest = None
    is_one = isinstance(manifest, dict) and all(isinstance(manifest.get(key), kind) for key, kind in TYPES.items())
    if not is_one or not all(isinstance(text, str) for text in [*manifest["dyads"], *manifest["files"].values()]):
        raise Unusable(f"{path}: damaged; restore it from a backup, or delete its folder")
    return manifest


def releases(home: Path) -> list[dict[str, Any]]:
    """The manifests of all releases, newest knowledge first, each with `is_current` and `published_at`.

    Raises:
        Unusable: a manifest is damaged.
    """
    current = (home / "current").resolve().name
    found = []
    for path in sorted((home / "releases").glob(f"*/{MANIFEST}")):
        try:
            at = dt.datetime.fromtimestamp(path.stat().st_mtime).astimezone().isoformat(timespec="seconds")
            manifest = _manifest(path)
        except FileNotFoundError:
            continue  # pruned since it was listed
        found.append({**manifest, "published_at": at, "is_current": path.parent.name == current})
    return sorted(found, key=lambda m: (m["as_of"], m["published_at"]), reverse=True)
