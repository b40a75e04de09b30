"""Refuse a release if a dataset lost rows or a number jumped since the release before it.

Put the bounds here, not the comparison (`diff`) or the figures that publishers revised (`core.revision`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import Cause
from schemas.sql import quoted
from warehouse.home import DATABASE
from warehouse.release.diff import Change, compare, not_comparable, stored

JUMP = 100  # below a unit that is wrong by a thousand, above the largest real changes of trade
SHRINKAGE = 0.01  # publishers withdraw single rows; a hundredth of a dataset means that data was lost


def changes_since(
    con: duckdb.DuckDBPyConnection, releases: Path, about: dict[str, Any], existing: Path | None
) -> tuple[list[Change], dict[str, str]]:
    """Return the changes of the build since the release that it follows, and a refusal for each dataset that a person must approve.

    Args:
        con: the build; its database is called `warehouse`.
        releases: the folder of releases.
        about: `release` and `follows`, as in the manifest; for a rebuild also `changes`, since the release it follows may be
            pruned.
        existing: the published release of the same inputs, if any: its recorded changes are returned.

    Raises:
        Unusable: the release that it follows does not open, or its tables have another structure than those of this version.
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


def refusals(con: duckdb.DuckDBPyConnection, changes: Sequence[Change], before: str) -> dict[str, Cause]:
    """Return a message for each dataset that shrank or jumped."""
    messages = {}
    removed = [c for c in changes if c.change == "removed"]
    emptied = [c for c in changes if c.change == "changed" and c.after is None and c.tier == "headline"]
    for lost, how in ((removed, "are gone"), (emptied, "have lost their value")):
        for dataset in dict.fromkeys(c.dataset for c in lost):
            keys = {c.key for c in lost if c.dataset == dataset}
            [(rows,)] = con.execute(f"select count(*) from {before}.charts.{dataset}").fetchall()
            if len(keys) > SHRINKAGE * rows:
                messages[dataset] = f"{dataset}: {len(keys)} of {rows} rows of the release before {how}, the first is {min(keys)}"
    for c in changes:
        if c.factor is not None and c.factor >= 0 and not 1 / JUMP < c.factor < JUMP:
            jump = f"{c.dataset}: {c.key}: {c.column} went from {c.before} to {c.after}; a unit may have changed"
            messages.setdefault(c.dataset, jump)
    return messages
