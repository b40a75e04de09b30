"""Name every path that the warehouse keeps below a home, and find the home.

Put a path here when anything below the home is read or written by it. What publishers sent lies in folders that `sources.home` names.
"""

import os
from pathlib import Path

from schemas.errors import Unusable
from sources.home import SNAPSHOTS

RELEASES = "releases"  # a folder a release, named by its id
CURRENT = "current"  # link to the release that readers are given
NEXT = "current.new"  # `current` on its way
BUILDING = "building"  # a folder a run, removed when its release is published or by the next run
TRASH = "trash"  # releases on their way out, beside `releases/` so that no reader meets one
PINS = "pins"  # an empty file for each release that stays whatever the retention rule says
LOCK = "lock"  # held by the refresh at work
LAST_REFRESH = "last_refresh.json"  # how the newest refresh ended
DAGSTER = "dagster"  # the run history, unless DAGSTER_HOME names another folder
DATABASE = "warehouse.duckdb"  # of a release: all its tables
MANIFEST = "manifest.json"  # of a release: what it is made from, and the digest of every file and table
EDITIONS = f"{SNAPSHOTS}/bulk/baci"  # a folder a landed edition of BACI
WORLD_TRADE = "bulk/baci"  # the files of all years that answer for any pair
TEMP = "temp"  # a folder a bulk process, removed at its end or by the next one
TRADE = "trade.duckdb"  # of a release: link to the file of the world's trade


def home() -> Path:
    """Return the folder that holds everything a run writes: `DYAD_HOME`, or `data/` in the working folder.

    Raises:
        Unusable: its path holds a character that would end the address of the run history early.
    """
    folder = Path(os.environ.get("DYAD_HOME", "data")).resolve()
    if odd := set("?#") & set(str(folder)):
        raise Unusable(f"the path of the home holds {min(odd)!r}: {folder}; name another in DYAD_HOME")
    return folder
