"""Reject an edition with a year in another unit: its total is a hundred times that of the year before, or of what was landed before."""

import itertools
from collections.abc import Sequence

from schemas.errors import Refused
from warehouse.world import progress
from warehouse.world.editions import Edition
from warehouse.world.progress import LandedMember

HUNDREDFOLD = 100


def check_totals(edition: Edition, earlier: Sequence[Edition]) -> None:
    """Compare each year's total with the one landed before, and with the year before.

    Raises:
        Refused: with the member; or with both years, if neither was landed before. The next ingest reads them again.
    """
    last = {m.year: m.total for e in earlier for m in e.members}
    for m in edition.members:
        _compare(edition, m.total, last.get(m.year), "what was landed before", m)
    for before, m in itertools.pairwise(edition.members):
        _compare(edition, m.total, before.total, before.name, m, *([] if before.year in last else [before]))


def _compare(edition: Edition, total: float, standard: float | None, what: str, *suspects: LandedMember) -> None:
    if standard and not 1 / HUNDREDFOLD < total / standard < HUNDREDFOLD:
        progress.forget(edition.folder, suspects)
        raise Refused(
            f"{suspects[0].name}: the trade in it is {total / standard:,.4g} times that of {what}: "
            f"is {'it' if len(suspects) == 1 else 'one of them'} in another unit? Give the publisher's file as it is"
        )
