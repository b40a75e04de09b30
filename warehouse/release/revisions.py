"""Refuse a release if its datasets or reference tables differ too much from those of the followed release.

Put the bounds here, not the comparison (`diff`) or the figures that publishers revised (`core.revision`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas import registry, render
from schemas.errors import Cause, Refused
from schemas.sql import quoted
from warehouse.home import DATABASE
from warehouse.release import reference, secondary
from warehouse.release.diff import Change, comparable, compare, not_comparable, scope

JUMP = 100  # a factor: less than a unit error (1,000), more than the largest real change of trade
SHRINKAGE = 0.01  # of the rows of a dataset; publishers withdraw single rows, a hundredth means that data was lost
PART = 0.1  # of a headline figure; a final figure differs from the preliminary one by up to three per cent
LARGE = 1e9  # dollars; a smaller figure may change by more than PART without approval, unless it is the headline of a flow
MOVED = f"a change of more than {PART:.0%}"
RANKS = 2
AMOUNTS = {"USD", "tonnes"}  # a count or a percentage rises from zero in ordinary news
UNKNOWN = "not documented"
RECORDS = {
    "vetoed_by",
    "veto_type",
    "vote_a",
    "vote_b",
    "status",
    "sea",
    "touches_first_island_chain",
}  # columns whose values do not change for a past event


def changes_since(con: duckdb.DuckDBPyConnection, releases: Path, about: dict[str, Any]) -> tuple[list[Change], dict[str, Cause]]:
    """Return the changes of the build since the release that it follows, and a refusal for each table that a person must approve.

    Args:
        con: the build; its database is called `warehouse`.
        releases: the folder of releases.
        about: `release` and `follows`, as in the manifest; for a rebuild also `changes`, since the followed release may be
            pruned.

    Raises:
        Unusable: the followed release does not open, or its tables have another structure than those of this version.
    """
    if "changes" in about:
        return [Change(*row) for row in about["changes"]], {}
    if about["follows"] is None:
        return [], {}
    before = releases / about["follows"]
    try:
        con.execute(f"attach {quoted(str(before / DATABASE))} as before (read_only)")
        try:
            changes = compare(con, "before", "warehouse")
            lost = secondary.refusals(con, "before", "warehouse")
            return [*scope(con, "before", "warehouse"), *changes], lost | refusals(con, changes, "before", "warehouse")
        finally:
            con.execute("detach before")
    except duckdb.Error as error:
        raise not_comparable(before, error) from None


def check_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Check that at least one dataset has rows; the claims do not count, since they have rows even if no figure is known.

    Raises:
        Refused: no dataset has a row.
    """
    names = [name for name in registry.MODELED if name.startswith("charts.") and name != "charts.claims"]
    if any(con.execute(f"select 1 from {name} limit 1").fetchone() for name in names):
        return
    [(day, pairs)] = con.execute(
        "select value, (select string_agg(dyad, ' ') from catalog.dyad) from catalog.parameter where name = 'as_of'"
    ).fetchall()
    raise Refused(f"no dataset has a row for {pairs} as of {day}: choose a later day or other pairs, or publish it with --allow-empty")


def refusals(con: duckdb.DuckDBPyConnection, changes: Sequence[Change], before: str, after: str) -> dict[str, Cause]:
    """Return a message for each dataset that lost rows or values or has an implausible change, and for each changed reference table."""
    messages: dict[str, Cause] = {}
    removed = [c for c in changes if c.change == "removed"]
    emptied = [c for c in changes if c.change == "changed" and c.after is None and c.tier == "headline"]
    for lost, how in ((removed, "are gone"), (emptied, "have lost their value")):
        for dataset in dict.fromkeys(c.dataset for c in lost):
            keys = {c.key for c in lost if c.dataset == dataset}
            [(rows,)] = con.execute(f"select count(*) {comparable(f'charts.{dataset}', before, before, after)}").fetchall()
            if len(keys) > SHRINKAGE * rows:
                messages[dataset] = f"{dataset}: {len(keys)} of {rows} rows of the followed release {how}, the first is {min(keys)}"
    for c in changes:
        if c.factor is not None and c.factor >= 0 and not 1 / JUMP < c.factor < JUMP:
            jump = f"{c.dataset}: {c.key}: {c.column} went from {c.before} to {c.after}; a unit may have changed"
            messages.setdefault(c.dataset, jump)
        elif reason := _reason(c):
            messages.setdefault(c.dataset, f"{c.dataset}: {c.key}: {c.column} went from {c.before} to {c.after}, {reason}")
    for key, was, now in _moved_headlines(con, before, after):
        messages.setdefault("bilateral_trade", f"bilateral_trade: {key}: the headline went from {was:.0f} to {now:.0f}, {MOVED}")
    return messages | dict(reference.refusals(con, before, after))


def _reason(c: Change) -> str:
    """Return why a changed value needs approval, or an empty string."""
    if c.change != "changed" or c.before in (None, UNKNOWN) or c.after is None:
        return ""
    if c.column in RECORDS:
        return "but a past event does not change"
    units = {column.name: column.unit for column in render.columns(registry.MODELED[f"charts.{c.dataset}"])}
    unit, step = units.get(c.column or ""), float(c.after) - float(c.before) if c.factor is not None else 0
    if unit in AMOUNTS and float(c.before) == 0:
        return "a change from zero"
    if unit == "rank" and abs(step) > RANKS:
        return f"a change of more than {RANKS} places"
    if unit == "count" and -step > SHRINKAGE * float(c.before):
        return "but counts do not fall"
    if unit == "USD" and c.tier == "headline" and abs(step) > PART * abs(float(c.before)) and float(c.before) > LARGE:
        return MOVED
    return ""


def _moved_headlines(con: duckdb.DuckDBPyConnection, before: str, after: str) -> list[tuple[str, float, float]]:
    """Return the flows of trade whose headline changed by more than PART, also by a choice of another basis, with both values."""
    return con.execute(
        "select concat_ws(' ', dyad, frequency, period_start, exporter), o.value_usd, n.value_usd "
        f"from {before}.charts.bilateral_trade as o "
        f"join {after}.charts.bilateral_trade as n using (dyad, frequency, period_start, exporter, importer) "
        f"where o.is_headline and n.is_headline and abs(n.value_usd - o.value_usd) > {PART} * o.value_usd order by all"
    ).fetchall()
