"""Track stale publishers and since when, from one run to the next.

Put here reading and writing of `<home>/live/stale.json` and the list of overdue sources, not asking publishers (`refresh`). A release
is computed from figures alone, so a failing publisher changes no release.
"""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import Unusable
from sources import snapshot
from sources.home import LIVE
from sources.live import answers

if TYPE_CHECKING:
    from sources.live.refresh import Outcome


FILE = "stale.json"


def read(home: Path) -> dict[str, str]:
    """Return the stale sources of a home with the day of their last usable answer, empty if there was none.

    Raises:
        Unusable: the file is damaged.
    """
    path = home / LIVE / FILE
    try:
        stale = json.loads(path.read_text("utf-8")) if path.exists() else {}
        if not isinstance(stale, dict) or not all(isinstance(day, str) for day in stale.values()):
            raise ValueError
        return stale
    except (OSError, ValueError, RecursionError):
        raise Unusable(f"{path}: damaged; delete it, and the next `dyad refresh --live` writes it again") from None


def record(home: Path, outcomes: "Sequence[Outcome]", sources: Sequence[snapshot.Source]) -> dict[str, str]:
    """Record these outcomes and return the stale sources with the day of their last usable answer; the caller must own the home's lock.

    A source that never answered counts as stale from the day its bundled data was read; the day is empty if it has none. A
    damaged file is written again.
    """
    try:
        stale = read(home)
    except Unusable:
        stale = {}  # the file is written again from the outcomes alone
    path = home / LIVE / FILE
    by_name = {source.name: source for source in sources}
    for outcome in outcomes:
        if outcome.status != "failed":
            stale.pop(outcome.source, None)
        else:
            bundled = by_name.get(outcome.source)
            stale.setdefault(outcome.source, outcome.stale_since or (snapshot.read_until([bundled]).isoformat() if bundled else ""))
    if outcomes:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(stale, indent=1) + "\n", "utf-8")
        new.rename(path)
    return stale


def overdue(home: Path, sources: Sequence[snapshot.Source], today: dt.date) -> dict[str, str]:
    """Return the scheduled sources without an answer for twice their `cadence_days`, with the day of their last answer.

    If a source was never asked, the day on which its bundled data was read counts; a source without figures is not listed.

    Raises:
        Refused: the store's manifest or a bundled snapshot is damaged.
    """
    scheduled = [source for source in sources if "schedule" in source.origin]
    answered_on = {source.name: snapshot.read_until([source]).isoformat() for source in scheduled if source.files}
    names = {source.name for source in scheduled}
    for row in answers.manifest(home):
        if row.source in names and row.status != answers.WITHDRAWN and not row.request.is_detector:
            answered_on[row.source] = max(answered_on.get(row.source, ""), row.day)
    patience = {source.name: dt.timedelta(days=2 * source.origin["cadence_days"]) for source in sources}
    return {name: day for name, day in sorted(answered_on.items()) if today - dt.date.fromisoformat(day) > patience[name]}
