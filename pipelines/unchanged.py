"""End a refresh without a build if a release of the same inputs exists.

The command line asks here before it imports Dagster, whose import takes longer; a run that Dagster launched asks in its first step.
"""

from typing import NamedTuple

from pipelines import inputs, last_refresh
from pipelines.inputs import Inputs
from pipelines.settings import Settings
from schemas.errors import Refused, Unusable
from sources.home import LIVE, REWRITING
from warehouse.home import home
from warehouse.release import manifest, publish, retention
from warehouse.release.locks import refresh_lock


class Published(NamedTuple):
    """The outcome of a refresh.

    `unchanged` is true if the release existed before, and `since` the time when it was published. `stale` maps each stale source to the
    day of its last answer. `kept` is the reason if the release did not become the current one. `moved_from` is the release that was
    current if an existing one took its place, as after a rollback.
    """

    release: str
    unchanged: bool
    since: str
    stale: dict[str, str]
    kept: str
    moved_from: str = ""


def keep(given: Inputs, set_current: bool) -> Published:
    """Make the existing release current if `publish.advance` allows it, and prune the others; the home's lock must be held.

    Raises:
        Refused: it differs from the manifest to rebuild.
        Unusable: it does not open.
    """
    name = given.about["release"]
    publish.check_existing(home(), name, given.rebuilt)
    kept = publish.advance(home(), given.about, given.current, set_current, bool(given.rebuilt))
    [since] = (release["published_at"] for release in manifest.releases(home()) if release["release"] == name)
    retention.prune(home())
    moved_from = given.current if given.current != name and not kept else None
    return Published(name, True, since, given.stale, kept or "", moved_from or "")


def ended(settings: Settings) -> Published | None:
    """Return the outcome of a refresh that asks no publisher and whose inputs did not change; None if a run is needed.

    Return None after an error too: a run then meets the same error, and the run history records it.
    """
    if any((home() / LIVE).glob(f"*/{REWRITING}")):
        return None  # a killed run left days to finish
    try:
        with refresh_lock(home()):
            found = inputs.read(home(), settings, [])
            if not found.existing:
                return None
            outcome = keep(found, settings.set_current)
            last_refresh.end(home(), None, is_published=True)
            return outcome
    except (Refused, Unusable, OSError):
        return None
