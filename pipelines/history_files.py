"""Locate the files of Dagster's run history and check that SQLite can read them, without importing Dagster.

Put here what needs only the files; what needs an open history goes to `instance`.
"""

import os
import sqlite3
from pathlib import Path

from schemas.errors import Cause
from warehouse.home import DAGSTER, home


def dagster_home() -> Path:
    """Return the folder of the run history: `DAGSTER_HOME` or, if that is not set, `dagster/` in the home."""
    return Path(os.environ.get("DAGSTER_HOME") or home() / DAGSTER).resolve()


def damage(dagster_home: Path) -> list[Cause]:
    """Return a line for each file of the history that SQLite cannot read."""
    files = [*(dagster_home / "history").rglob("*.db"), *(dagster_home / "schedules").glob("*.db")]
    return [f"{file}: {problem}" for file in sorted(files) if (problem := _quick_check(file)) != "ok"]


def _quick_check(file: Path) -> Cause:
    try:
        con = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
        try:
            if not con.execute("select 1 from sqlite_master limit 1").fetchall():
                return "contains no table"
            return str(con.execute("pragma quick_check(1)").fetchone()[0])
        finally:
            con.close()
    except sqlite3.DatabaseError as error:
        return str(error)
