"""Name the paths of the warehouse below a home, and find the home.

Put a path here if the warehouse or the pipelines read or write it; `sources.home` names the folders of the publishers' data.
"""

import os
import re
from pathlib import Path

from schemas.errors import Problem, Unusable
from sources.home import SNAPSHOTS

CHECKOUT = Path(__file__).parents[1]
FORBIDDEN = re.compile(r"[?#\\]|%[0-9A-Fa-f]{2}")  # parts of a path that mean something else in the address of a database
RELEASES = "releases"  # one folder per release, named by its id
CURRENT = "current"  # link to the release that readers open by default
NEXT = "current.new"  # the next `current`, before its rename
BUILDING = "building"  # one folder per run, removed when its release is published or by the next run
TRASH = "trash"  # releases being deleted, outside `releases/` so that no reader opens one
PINS = "pins"  # an empty file for each release that is kept whatever the retention rule removes
LOCK = "lock"  # locked by the running refresh
LAST_REFRESH = "last_refresh.json"  # the outcome of the newest refresh
SQL_HISTORY = "sql_history"  # the statements typed at the prompt of `dyad sql`
DAGSTER = "dagster"  # the run history, unless DAGSTER_HOME names another folder
DATABASE = "warehouse.duckdb"  # in a release: all its tables
MANIFEST = "manifest.json"  # in a release: its inputs, and the digest of every file and table
EDITIONS = f"{SNAPSHOTS}/bulk/baci"  # one folder per landed edition of BACI
WORLD_TRADE = "bulk/baci"  # the trade files, which have the trade of every pair
TEMP = "temp"  # one folder per bulk process, removed at its end or by the next one
TRADE = "trade.duckdb"  # in a release: link to the trade file it was built with


def current_release(home: Path) -> Path:
    """Return the folder that `current` links to; if it links to itself, the link."""
    return Path(os.path.realpath(home / CURRENT))


def is_current_own(home: Path) -> bool:
    """Return True if `current` leads to a place among the releases of the home."""
    return current_release(home).parent == Path(os.path.realpath(home / RELEASES))


def has_current(home: Path) -> bool:
    """Return True if `current` is or links to a folder among this home's releases, or any folder with a manifest or a database."""
    link = home / CURRENT
    return link.is_dir() and (is_current_own(home) or any((link / name).exists() for name in (MANIFEST, DATABASE)))


def no_current(home: Path) -> Problem | None:
    """Return why a home has no current release, and what to do; None if it has one."""
    if has_current(home):
        return None
    releases = sorted(path.parent.name for path in (home / RELEASES).glob(f"*/{MANIFEST}"))
    if not releases:
        return f"no release in {home}: run `dyad refresh` first"
    return f"no release is current in {home}: choose one that `dyad releases` lists, such as `dyad rollback {releases[-1]}`"


def home() -> Path:
    """Return the folder that every run writes to, independent of the working folder.

    It is `DYAD_HOME` if that is set and not empty, else `data/` of the checkout, else `~/.local/share/dyad` for an installed package.

    Raises:
        Unusable: as `checked`.
    """
    named = os.environ.get("DYAD_HOME")
    own = CHECKOUT / "data" if (CHECKOUT / "pyproject.toml").exists() else Path("~/.local/share/dyad")
    return checked(Path(os.path.realpath((Path(named) if named else own).expanduser())), "DYAD_HOME")


def checked(folder: Path, variable: str) -> Path:
    """Return the folder that an environment variable names.

    Raises:
        Unusable: it is a file, or its path has a character that cannot be printed or has another meaning in the address of a database.
    """
    text = str(folder)
    if wrong := FORBIDDEN.search(text):
        raise Unusable(f"the path in {variable} contains {wrong[0]!r}: {ascii(text)[1:-1]}; set it to another folder")
    if not text.isprintable():
        raise Unusable(f"the path in {variable} contains a character that cannot be printed: {ascii(text)}; set it to another folder")
    if folder.is_file():
        raise Unusable(f"the path in {variable} is a file: {folder}; set it to a folder")
    return folder
