"""Track stale publishers and since when, from one run to the next.

Put here the file `<home>/live/stale.json` and who was not asked for too long, not asking (`refresh`) or how a release shows it
(a source's `stale_since`).
"""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

from schemas.errors import Unusable
from sources import snapshot
from sources.home import LIVE
from sources.live import answers
from sources.live.refresh import Outcome


def record(home: Path, outcomes: Sequence[Outcome], sources: Sequence[snapshot.Source]) -> dict[str, str]:
    """Record these outcomes and return the stale sources with the day of their last usable answer; hold the home's lock meanwhile.

    A source that never answered counts as stale from the day its bundled figures were read.

    Raises:
        Unusable: the file is damaged.
    """
    path = home / LIVE / "stale.json"
    try:
        stale = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError:
        raise Unusable(f"{path}: damaged; delete it, the next `dyad refresh --live` writes it again") from None
    known = {source.name: source for source in sources}
    for outcome in outcomes:
        if outcome.status != "failed":
            stale.pop(outcome.source, None)
        elif outcome.source in known:
            stale.setdefault(outcome.source, outcome.stale_since or snapshot.read_until([known[outcome.source]]).isoformat())
    if outcomes:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(stale, indent=1) + "\n", "utf-8")
        new.rename(path)
    return stale


def overdue(home: Path, sources: Sequence[snapshot.Source], today: dt.date) -> dict[str, str]:
    """Return the sources that can be asked and gave no answer for twice their cadence, with the day of the last.

    For a source that was never asked, that is the day its bundled figures were read; one that never gave figures is left out.

    Raises:
        Refused: the store's manifest or a bundled snapshot is damaged.
    """
    asked = [source for source in sources if "schedule" in source.origin]
    heard = {source.name: snapshot.read_until([source]).isoformat() for source in asked if source.files}
    names = {source.name for source in asked}
    for row in answers.manifest(home):
        if row.source in names and row.status != answers.WITHDRAWN and not row.request.is_detector:
            heard[row.source] = max(heard.get(row.source, ""), row.day)
    patience = {source.name: dt.timedelta(days=2 * source.origin["cadence_days"]) for source in sources}
    return {name: day for name, day in sorted(heard.items()) if today - dt.date.fromisoformat(day) > patience[name]}
