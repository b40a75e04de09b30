"""Check this installation and this home, and mend what is safe to mend.

Put a check here, with the sentence that says what to do about it, not the repair itself (`publish`, `retention`, `answers`).
Two repairs are safe since they lose nothing: removing what dead runs left, and choosing a whole release if `current` leads nowhere.
"""

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from pipelines import history_files
from schemas.errors import Unusable
from sources.live import answers, http
from warehouse.home import BUILDING, CURRENT, MANIFEST, NEXT, RELEASES, TRASH
from warehouse.release import manifest, publish, retention, verify
from warehouse.release.locks import refresh_lock
from warehouse.world import editions

LOCK = Path(__file__).parent.parent / ".ci" / "requirements.txt"
ROOM = 5  # a refresh needs its release several times over while it is built


class Finding(NamedTuple):
    """One line for a person: `state` is ok, mended, note or wrong; the line of a wrong one says what to do."""

    state: str
    line: str


def examine(home: Path, dagster_home: Path) -> Iterator[Finding]:
    """Run every check in turn; a failing one does not stop the next."""
    yield from _installation()
    yield _contact()
    yield from _writable(home)
    if not home.exists():
        return
    try:
        with refresh_lock(home):
            yield from _leftovers(home)
            yield from _current(home)
    except Unusable as error:
        yield Finding("note", f"{error}; leftovers were not looked at")
    except OSError as error:
        yield Finding("wrong", f"{error}: make the folder writable, or free space")
    yield from _releases(home)
    yield from _store(home)
    yield from _history(dagster_home)


def _installation() -> Iterator[Finding]:
    if not LOCK.exists():
        yield Finding("note", f"no {LOCK.name} beside the code: versions were not compared with the lock")
        return
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.+!-]+)", LOCK.read_text("utf-8"), re.MULTILINE):
        locked.setdefault(name, []).append(version)  # more than one where it depends on the system or on Python
    wrong = [f"{name} is {has}, the lock says {' or '.join(v)}" for name, v in locked.items() if (has := _installed(name)) not in [*v, ""]]
    yield from (Finding("wrong", f"{line}: delete .venv and run `make refresh`") for line in wrong)
    if not wrong:
        yield Finding("ok", "the installed packages are as locked")


def _contact() -> Finding:
    """Check if publishers are told whom to write to; some answer nobody else."""
    if contact := os.environ.get(http.CONTACT):
        return Finding("ok", f"publishers are told to write to {contact}")
    return Finding("note", f"{http.CONTACT} is not set: publishers are told no contact, and wikidata_memberships is not asked")


def _installed(name: str) -> str:
    """Return a package's version; empty if it is not installed, as other systems' packages need not be."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _writable(home: Path) -> Iterator[Finding]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".doctor-") as probe:
            (Path(probe) / "link").symlink_to("nowhere")
    except OSError as error:
        yield Finding("wrong", f"{home} cannot be written ({error.strerror}): make it writable, or name another home in DYAD_HOME")
        return
    if home.stat().st_mode & stat.S_IWOTH:
        yield Finding("wrong", f"anyone may change what lies in {home}: chmod -R o-w {home}")
    free = shutil.disk_usage(home).free
    current = (home / CURRENT).resolve()
    need = ROOM * sum(path.stat().st_size for path in current.rglob("*")) if current.is_dir() else 0
    if free < need:
        yield Finding("wrong", f"{free / 1e6:,.0f} MB are free in {home}, a refresh may need {need / 1e6:,.0f} MB: free space")
    else:
        yield Finding("ok", f"{home} is writable, {free / 1e9:,.1f} GB are free")


def _leftovers(home: Path) -> Iterator[Finding]:
    """Remove what dead runs left; the caller holds the lock, so no run is at work."""
    left = [home / BUILDING, home / NEXT, home / TRASH, answers.incoming(home), *home.glob(".doctor-*")]
    dead = [path for path in left if path.is_symlink() or (path.is_dir() and any(path.iterdir()))]
    for path in dead:
        path.unlink() if path.is_symlink() else shutil.rmtree(path)
        yield Finding("mended", f"removed {path}, left by a run that did not end well")
    if not dead:
        yield Finding("ok", "no leftovers of dead runs")


def _current(home: Path) -> Iterator[Finding]:
    link = home / CURRENT
    if (link / MANIFEST).exists():
        return
    whole = (m["release"] for m in manifest.releases(home) if not verify.damage(home / RELEASES / m["release"]))
    newest = next(whole, None)
    if newest is None:
        yield Finding("wrong" if link.is_symlink() else "note", "nothing is published in this home: run `dyad refresh`")
    elif link.exists() and not link.is_symlink():
        yield Finding("wrong", f"{link} is no link: move it away and run `dyad rollback {newest}`")
    else:
        publish.set_current(home, newest)
        yield Finding("mended", f"`current` led nowhere; it is {newest} now, the newest whole release")


def _releases(home: Path) -> Iterator[Finding]:
    """Compare each release with its manifest; a refresh of the same inputs builds a damaged one again."""
    current = (home / CURRENT).resolve()
    folders = sorted((home / RELEASES).glob("*"))
    damaged = {folder: lines for folder in folders if (lines := verify.damage(folder))}
    for folder, lines in damaged.items():
        place = "the current release" if folder == current else "a release"
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        yield Finding("wrong", f"{lines[0]}{more}, in {place}: restore it from a backup, or delete {folder} and run `dyad refresh`")
    if not damaged:
        yield Finding("ok", f"{len(folders)} releases are as their manifests say, {len(retention.pinned(home))} pinned")
    yield from (Finding("wrong", f"{line}: delete it and `dyad ingest` its archive again") for line in verify.unreadable_trade(home))
    for release in sorted(retention.pinned(home) - {folder.name for folder in folders}):
        yield Finding("wrong", f"{release} is pinned and not there: restore it from a backup, or `dyad unpin {release}`")


def _store(home: Path) -> Iterator[Finding]:
    problems = [*answers.verify(home), *editions.damage(home)]
    yield from (Finding("wrong", problem) for problem in problems)
    if not problems:
        yield Finding("ok", "every kept answer of a publisher is as it was received, and every landed file as it was landed")


def _history(dagster_home: Path) -> Iterator[Finding]:
    damaged = history_files.damage(dagster_home)
    yield from (Finding("wrong", f"{line}: move it away; run history is lost, no release is") for line in damaged)
    if not damaged:
        yield Finding("ok", "the run history can be read")
