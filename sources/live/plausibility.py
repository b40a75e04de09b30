"""Reject implausible answers: with less coverage than before, or figures in another unit.

Put here rules that compare a whole answer with an earlier one or with another source, not rules for single rows (`schemas.raw`).
"""

import pandas as pd

from schemas import raw, render
from schemas.errors import Refused
from sources.live.vintages import WHOLE, is_event, key, period_column, vanished

SHRINK = 0.1  # share of an answer's figures; if more are missing from the next answer, a person must accept it
LOST = 0.01  # the same, as a share of a table's total: a large partner is one figure of hundreds
ACCEPT = "check the publisher's page; if the answer is right, run again with --accept-revision and the source's name"
SHOWN = 5
JUMP = 50  # median factor between two answers at which the unit must have changed


def check_against(kind: str, rows: pd.DataFrame, before: pd.DataFrame, where: str) -> None:
    """Compare an answer with the one before it.

    Raises:
        Refused: more than a tenth of the figures, and more than three, are missing, partners with more than a hundredth of a table's
            total are missing, or the other figures changed fiftyfold in the median.
    """
    gone = vanished(kind, rows, before)
    if kind in WHOLE and (lost := _largest_part(gone, kind, before)) > LOST:
        names = ", ".join(sorted({str(figure[key(kind).index("partner_iso3")]) for figure in gone})[:SHOWN])
        raise Refused(f"{where}: coverage shrank, partners that had {lost:.0%} of a total are missing: {names}; {ACCEPT}")
    if len(gone) > max(3, SHRINK * len(before)):
        first = " ".join(map(str, gone[0]))
        raise Refused(f"{where}: coverage shrank, {len(gone)} of {len(before)} figures are missing, first {first}; {ACCEPT}")
    check_magnitude(kind, rows, before, where)


def _largest_part(gone: list[tuple], kind: str, before: pd.DataFrame) -> float:
    """Return the largest part of its table's total that figures of `before` have together; 0 without such a total."""
    if not gone:
        return 0.0
    is_world = before["partner_iso3"] == "WLD"
    is_gone = pd.MultiIndex.from_frame(before[key(kind)]).isin(gone)
    totals = before[is_world].groupby(WHOLE[kind])["value"].sum()
    parts = before[is_gone & ~is_world].groupby(WHOLE[kind])["value"].sum() / totals
    return float(parts.max()) if parts.notna().any() else 0.0


def check_magnitude(kind: str, rows: pd.DataFrame, before: pd.DataFrame, where: str) -> None:
    """Compare the figures with those of `before`.

    Raises:
        Refused: the figures changed by a factor of fifty in the median.
    """
    numbers = [c.name for c in render.columns(raw.KINDS[kind]) if c.sql_type == "DOUBLE"]
    if is_event(kind) or before.empty or not numbers:
        return
    value = numbers[0]  # the figure itself; other measures of it, such as tonnes, come later
    both = rows.merge(before, on=key(kind), suffixes=("", "_before"))
    both = both[(both[value] != 0) & (both[f"{value}_before"] != 0)]
    ratio = (both[value] / both[f"{value}_before"]).abs().median() if len(both) else 1.0
    if not 1 / JUMP < ratio < JUMP:
        raise Refused(f"{where}: magnitude jumped, in the median {value} is {ratio:.3g} times its last value; {ACCEPT}")


def check_scale(rows: pd.DataFrame, before: pd.DataFrame, where: str) -> None:
    """Compare the earliest annual figure of each reporter, partner and flow with the latest one of another source.

    Raises:
        Refused: the figures differ by a factor of fifty in the median, so the unit differs.
    """
    flow = ["reporter_iso3", "partner_iso3", "flow"]
    first, last = (
        frame[(frame["frequency"] == "annual") & (frame["unit"] == "USD")].sort_values("period", kind="stable") for frame in (rows, before)
    )
    near = first.drop_duplicates(flow).merge(last.drop_duplicates(flow, keep="last"), on=flow, suffixes=("", "_before"))
    near = near[(near["value"] != 0) & (near["value_before"] != 0)]
    ratio = (near["value"] / near["value_before"]).median() if len(near) else 1.0
    if not 1 / JUMP < ratio < JUMP:
        raise Refused(
            f"{where}: magnitude jumped, in the median a figure is {ratio:.3g} times that of the source it is compared with; {ACCEPT}"
        )


def within(kind: str, rows: pd.DataFrame, years: range) -> pd.DataFrame:
    """Return the rows of these years, or all rows of a kind whose key has no period."""
    column = period_column(kind)
    return rows[rows[column].astype("string").str[:4].astype(int).isin(years)] if column else rows
