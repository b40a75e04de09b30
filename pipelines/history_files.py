"""Locate the files of Dagster's run history and check that SQLite can read them, without importing Dagster.

Put here what needs only the files; what needs an open history goes to `instance`.
"""

import os
import sqlite3
from pathlib import Path

import yaml

from schemas.errors import Cause
from warehouse.home import DAGSTER, checked, home

FIRST_WORDS = "# Dagster's settings"  # of dagster.yaml as this or an earlier version wrote it
STORAGE = {"event_log_storage", "storage"}  # keys of dagster.yaml; every version of dyad writes one of them


def dagster_home() -> Path:
    """Return the folder of the run history: `DAGSTER_HOME` or, if that is not set, `dagster/` in the home.

    Raises:
        Unusable: its path cannot be used (`warehouse.home.checked`).
    """
    return checked(Path(os.path.realpath(os.environ.get("DAGSTER_HOME") or home() / DAGSTER)), "DAGSTER_HOME")


def damage(dagster_home: Path) -> list[Cause]:
    """Return a line for each file of the history that SQLite cannot read."""
    files = [*(dagster_home / "history").rglob("*.db"), *(dagster_home / "schedules").glob("*.db")]
    return [f"{file}: {problem}" for file in sorted(files) if (problem := _quick_check(file)) != "ok"]


def settings_problem(dagster_home: Path) -> Cause:
    """Return what is wrong with the settings of the run history; empty if they can be read, or are missing and will be written."""
    file = dagster_home / "dagster.yaml"
    if not file.exists():
        return ""
    try:
        text = file.read_text("utf-8")
        settings = yaml.safe_load(text)
    except (OSError, yaml.YAMLError, ValueError, RecursionError) as error:
        return f"{file}: not readable as YAML ({type(error).__name__})"
    if settings is not None and not isinstance(settings, dict):
        return f"{file}: not a mapping of settings"
    # a truncated file can be valid YAML without a storage key, and Dagster would begin another history; settings that a person wrote may leave
    # the key out
    is_truncated = not settings or (text.startswith(FIRST_WORDS) and not STORAGE & settings.keys())
    return f"{file}: truncated, without {' or '.join(sorted(STORAGE))}" if text and is_truncated else ""


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
