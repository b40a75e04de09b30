"""Check the installation and a home, and repair what is safe to repair.

Put a check here, with the advice to print if it fails. Two repairs are safe: deleting the leftovers of earlier commands, and pointing a
broken `current` at the undamaged release with the latest day. No other repair belongs here, because it could lose data.
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

from pipelines import history_files, last_refresh, postgres
from schemas.errors import Unusable
from sources.connector import CONTACT
from sources.home import BUNDLED, DROP, LIVE, SNAPSHOTS, names
from sources.live import answers, dropped, staleness
from warehouse.home import (
    BUILDING,
    CURRENT,
    LAST_REFRESH,
    LOCK,
    MANIFEST,
    NEXT,
    PINS,
    RELEASES,
    TEMP,
    TRASH,
    WORLD_TRADE,
    current_release,
    has_current,
    is_current_own,
)  # fmt: skip
from warehouse.release import manifest, publish, retention, verify
from warehouse.release.locks import refresh_lock
from warehouse.world import editions, trade_file

REQUIREMENTS = Path(__file__).parent.parent / ".ci" / "requirements.txt"
FOLDERS = (RELEASES, PINS, SNAPSHOTS, LIVE, DROP, WORLD_TRADE, TEMP)
FILES = (LAST_REFRESH, LOCK, f"{LIVE}/{staleness.FILE}")
HISTORY = ("history", "schedules", "storage")  # folders of the run history
FREE_RELEASES = 5  # free space that a refresh may need, in sizes of the current release


class Finding(NamedTuple):
    """A line for a person; `state` is ok, mended (repaired), note or wrong (a problem); a wrong line names what to do."""

    state: str
    line: str


def examine(home: Path, dagster_home: Path) -> Iterator[Finding]:
    """Run every check; a check that fails does not stop the next."""
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
        yield Finding("note", f"{error}; leftovers and `current` were not checked")
    except OSError as error:
        if os.access(home, os.W_OK):
            yield Finding("wrong", f"{error}: make the folder writable, or free space")
    yield from _places(home, dagster_home)
    yield from _releases(home)
    yield from _store(home)
    yield from (Finding("wrong", line) for line in dropped.unread(home, BUNDLED))
    yield from _records(home)
    yield from _history(dagster_home)


def _installation() -> Iterator[Finding]:
    if not REQUIREMENTS.exists():
        yield Finding("note", f"{REQUIREMENTS} is missing: installed versions were not compared with the lock")
        return
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.+!-]+)", REQUIREMENTS.read_text("utf-8"), re.MULTILINE):
        locked.setdefault(name, []).append(version)  # several if the version depends on the system or on Python
    wrong = [
        f"{name} {version} is installed, the lock requires {' or '.join(allowed)}"
        for name, allowed in locked.items()
        if (version := _installed_version(name)) not in [*allowed, ""]
    ]
    yield from (Finding("wrong", f"{line}: delete .venv and run `make refresh`") for line in wrong)
    if not wrong:
        yield Finding("ok", "the installed packages match the lock")


def _contact() -> Finding:
    """Check that requests to publishers name a contact; some publishers refuse requests without one."""
    if contact := os.environ.get(CONTACT):
        return Finding("ok", f"requests to publishers name the contact {contact}")
    return Finding(
        "note", f"{CONTACT} is not set: publishers see no contact, and wikidata_memberships is not asked; set it to your e-mail address"
    )


def _installed_version(name: str) -> str:
    """Return a package's version; empty if it is not installed, as packages for other systems are not."""
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
        yield Finding("wrong", f"every user may write to {home}: chmod -R o-w {home}")
    free = shutil.disk_usage(home).free
    current = current_release(home)
    needed = FREE_RELEASES * sum(path.lstat().st_size for path in current.rglob("*")) if has_current(home) else 0
    if free < needed:
        yield Finding("wrong", f"{home} has {free / 1e6:,.0f} MB of free space, but a refresh may need {needed / 1e6:,.0f} MB: free some")
    else:
        yield Finding("ok", f"{home} is writable and has {free / 1e9:,.1f} GB of free space")


def _places(home: Path, dagster_home: Path) -> Iterator[Finding]:
    """Find a file where a folder belongs, and a folder where a file belongs."""
    of_sources = (home / folder / source for folder in (LIVE, SNAPSHOTS) for source in names(BUNDLED))
    for path in (dagster_home, *(dagster_home / name for name in HISTORY), *(home / name for name in FOLDERS), *of_sources):
        if os.path.lexists(path) and not path.is_dir():
            yield Finding("wrong", f"{path} is a {'broken link' if path.is_symlink() else 'file'} where a folder belongs: move it away")
    for path in (home / name for name in FILES):
        if os.path.lexists(path) and not path.is_file():
            yield Finding("wrong", f"{path} is a {'broken link' if path.is_symlink() else 'folder'} where a file belongs: move it away")


def _records(home: Path) -> Iterator[Finding]:
    """Check the small files that a refresh leaves for the next one and for `dyad status`."""
    for read in (last_refresh.read, staleness.read):
        try:
            read(home)
        except Unusable as error:
            yield Finding("wrong", str(error))


def _leftovers(home: Path) -> Iterator[Finding]:
    """Remove the leftovers of earlier commands; the caller holds the lock, so no command is using them."""
    places = [home / BUILDING, home / NEXT, home / TRASH, answers.incoming(home), *home.glob(".doctor-*")]
    leftovers = [
        path for path in places if path.is_symlink() or path.is_file() or (path.is_dir() and (path.name == NEXT or any(path.iterdir())))
    ]
    for path in leftovers:
        path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
        yield Finding("mended", f"removed {path}, left by an earlier command")
    if not leftovers:
        yield Finding("ok", "no leftovers of earlier commands")


def _current(home: Path) -> Iterator[Finding]:
    link = home / CURRENT
    if is_current_own(home) and (link / MANIFEST).exists():
        return
    broken = publish.current(home)
    whole = (m["release"] for m in manifest.releases(home) if not verify.damage(home / RELEASES / m["release"]))
    newest = next(whole, None)
    if newest is None:
        yield Finding("wrong" if link.is_symlink() else "note", "nothing is published in this home: run `dyad refresh`")
    elif link.exists() and not link.is_symlink():
        yield Finding("wrong", f"{link} is not a symbolic link: move it away and run `dyad rollback {newest}`")
    elif publish.current(home) == broken:  # no rollback meanwhile
        publish.set_current(home, newest)
        yield Finding(
            "mended", f"pointed `current` at {newest}, the undamaged release with the latest day; `current` pointed at no release"
        )


def _releases(home: Path) -> Iterator[Finding]:
    """Compare each release with its manifest; `dyad rebuild` rebuilds a damaged release from it."""
    current = current_release(home)
    folders = sorted((home / RELEASES).glob("*"))
    damaged = {folder: lines for folder in folders if (lines := verify.damage(folder))}
    for folder, lines in damaged.items():
        place = "the current release" if folder == current else "a release"
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        is_listed = not lines[0].startswith(str(folder / MANIFEST))  # else the manifest itself is damaged, and a rebuild needs it
        otherwise = f"run `dyad rebuild {folder / MANIFEST}`" if is_listed else f"delete {folder}, which loses the release"
        yield Finding("wrong", f"{lines[0]}{more}, in {place}: restore it from a backup, or {otherwise}")
    if not damaged:
        yield Finding("ok", f"every release matches its manifest: {len(folders)} kept, {len(retention.pinned(home))} pinned")
    for release in sorted(retention.pinned(home) - {folder.name for folder in folders}):
        yield Finding("wrong", f"{release} is pinned but missing: restore it from a backup, or run `dyad unpin {release}`")


def _store(home: Path) -> Iterator[Finding]:
    problems = [*answers.verify(home), *editions.damage(home), *trade_file.damage(home)]
    yield from (Finding("wrong", problem) for problem in problems)
    if not problems:
        yield Finding("ok", "every kept answer, landed file and trade file matches its SHA-256")


def _history(dagster_home: Path) -> Iterator[Finding]:
    try:
        if postgres.reached():
            yield Finding("ok", "the run history in Postgres is readable")
            return
    except Unusable as error:
        yield Finding("wrong", str(error))
        return
    if dagster_home.exists() and not os.access(dagster_home, os.W_OK):  # SQLite opens a history only if it can write beside it
        yield Finding("note", f"{dagster_home} cannot be written: the run history was not checked")
        return
    damaged = history_files.damage(dagster_home)
    yield from (Finding("wrong", f"{line}: move it away; that loses run history, but no release") for line in damaged)
    if problem := history_files.settings_problem(dagster_home):
        yield Finding("wrong", f"{problem}: delete it, and the next run writes it again")
    elif not damaged:
        yield Finding("ok", "the run history is readable")
