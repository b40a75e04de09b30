"""Refuse a release in which a dataset shrank or jumped since the release that it follows.

Put the bounds here, not the comparison (`diff`) or the revisions inside one release (`core.revision`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas.sql import quoted
from warehouse.home import DATABASE
from warehouse.release.diff import Change, compare, not_comparable, stored

JUMP = 100  # a lost or added factor of a thousand, with room for what trade really does in a year
SHRINKAGE = 0.01  # publishers withdraw single rows; a hundredth of a dataset is a loss


def changes_since(
    con: duckdb.DuckDBPyConnection, releases: Path, about: dict[str, Any], existing: Path | None
) -> tuple[list[Change], dict[str, str]]:
    """Return the changes of the build since the release that it follows, and the datasets that nobody should publish unread.

    Args:
        con: the build; its database is called `warehouse`.
        releases: the folder of releases.
        about: `release` and `follows`, as in the manifest; and `changes` of a release that is rebuilt, since the one it
            follows may be gone.
        existing: the release of the same inputs, if it was published before: its own changes are returned.

    Raises:
        Unusable: the release it follows does not open, or its tables are of another kind than those of this version.
    """
    if "changes" in about:
        return [Change(*row) for row in about["changes"]], {}
    if about["follows"] is None:
        return [], {}
    before = existing or releases / about["follows"]
    try:
        con.execute(f"attach {quoted(str(before / DATABASE))} as before (read_only)")
        try:
            if existing:
                return stored(con, "before"), {}
            changes = compare(con, "before", "warehouse")
            return changes, refusals(con, changes, "before")
        finally:
            con.execute("detach before")
    except duckdb.Error as error:
        raise not_comparable(before, error) from None


def refusals(con: duckdb.DuckDBPyConnection, changes: Sequence[Change], before: str) -> dict[str, str]:
    """Return the datasets that shrank or jumped, each with one sentence that says how."""
    messages = {}
    removed = [c for c in changes if c.change == "removed"]
    emptied = [c for c in changes if c.change == "changed" and c.after is None and c.tier == "headline"]
    for lost, how in ((removed, "are gone"), (emptied, "have lost their value")):
        for dataset in dict.fromkeys(c.dataset for c in lost):
            keys = {c.key for c in lost if c.dataset == dataset}
            (rows,) = con.execute(f"select count(*) from {before}.charts.{dataset}").fetchone()
            if len(keys) > SHRINKAGE * rows:
                messages[dataset] = f"{dataset}: {len(keys)} of {rows} rows of the release before {how}, the first is {min(keys)}"
    for c in changes:
        if c.factor is not None and c.factor >= 0 and not 1 / JUMP < c.factor < JUMP:
            jump = f"{c.dataset}: {c.key}: {c.column} went from {c.before} to {c.after}; a unit may have changed"
            messages.setdefault(c.dataset, jump)
    return messages
