"""Reject an edition if a year's total differs a hundredfold from the year before or from an earlier ingest: probably another unit."""

import itertools
from collections.abc import Sequence

from schemas.errors import Refused
from warehouse.world import progress
from warehouse.world.editions import Edition
from warehouse.world.progress import LandedMember

HUNDREDFOLD = 100


def check_totals(edition: Edition, earlier: Sequence[Edition]) -> None:
    """Compare each year's total with the one landed earlier, and with the year before.

    Raises:
        Refused: totals differ a hundredfold. The next ingest reads the member again, and the year before too if it was not landed earlier.
    """
    last = {m.year: m.total for e in earlier for m in e.members}
    for m in edition.members:
        _compare(edition, m.total, last.get(m.year), "what was landed before", m)
    for before, m in itertools.pairwise(edition.members):
        _compare(edition, m.total, before.total, before.name, m, *([] if before.year in last else [before]))


def _compare(edition: Edition, total: float, expected: float | None, compared_with: str, *suspects: LandedMember) -> None:
    if expected and not 1 / HUNDREDFOLD < total / expected < HUNDREDFOLD:
        progress.forget(edition.folder, suspects)
        raise Refused(
            f"{suspects[0].name}: its total trade is {total / expected:,.4g} times that of {compared_with}: "
            f"{'it' if len(suspects) == 1 else 'one of them'} is probably in another unit; ingest the publisher's unmodified file"
        )
