"""Read the inputs of a release, once per run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.settings import Settings
from schemas.errors import Problem
from sources import snapshot
from sources.live import staleness
from sources.live.restore import listed_sources
from sources.snapshot import Source
from warehouse.build.clock import Clock
from warehouse.release import identity, publish
from warehouse.release.manifest import read_for_rebuild, releases
from warehouse.world import as_source, trade_file

if TYPE_CHECKING:
    from sources.live.refresh import Outcome


class Inputs(NamedTuple):
    """All inputs of a release.

    `about` has the first fields of the release's manifest, as `identity.describe` returns them; `rebuilt` is the manifest to rebuild, if
    any. `existing` is the folder of an undamaged release of the same inputs, if any: then nothing is built. `followed` is the folder of
    the followed release if it is undamaged and of the same code; None in a rebuild, which draws every picture anew. `world_trade` is the
    trade file, if any. `stale` maps each source whose publisher failed when
    last asked to the day of its last usable answer. `current` is the id of the current release at the start of the run; None if there
    was none. `unreleased` has a line for each day of live answers that no release contains yet, with the command that withdraws those
    answers.
    """

    sources: list[Source]
    clock: Clock
    about: dict[str, Any]
    rebuilt: dict[str, Any] | None
    existing: Path | None
    followed: Path | None
    world_trade: Path | None
    stale: dict[str, str]
    current: str | None
    unreleased: list[str]


def read(home: Path, settings: Settings, outcomes: "Sequence[Outcome]") -> Inputs:
    """Read the sources, verify their bytes, and determine the day, the dyads and the id of the release.

    Args:
        home: the folder of snapshots and releases; its lock must be held.
        settings: the settings of this run.
        outcomes: the outcomes of the publishers that this run asked; a source stays stale until its publisher answers.

    Raises:
        Refused: a snapshot is damaged, or the inputs or this code differ from those of the manifest to rebuild.
        Unusable: the settings name a day after the newest reading of a source, an unknown dyad or an unusable manifest.
    """
    rebuilt = read_for_rebuild(settings.manifest) if settings.manifest else None
    trade = trade_file.named(home, rebuilt.get("world_trade")) if rebuilt else trade_file.current(home)
    folder = settings.sources_folder
    own = snapshot.sources(folder, None if rebuilt else home)
    world = as_source.sources(trade, settings.pairs(own))
    sources = listed_sources(home, rebuilt, folder, world) if rebuilt else own + world
    stale = staleness.record(home, outcomes, sources)
    clock = settings.clock(sources)
    changes = {"changes": rebuilt["changes"]} if rebuilt else {}
    about = identity.describe(home, sources, clock, rebuilt, trade.name if trade else None) | changes
    existing = publish.existing_release(home, about["release"])
    followed = None if rebuilt or existing else publish.followed_release(home, about)
    return Inputs(sources, clock, about, rebuilt, existing, followed, trade, stale, publish.current(home), _unreleased(home, sources))


def _unreleased(home: Path, sources: Sequence[Source]) -> list[Problem]:
    released = {name for release in releases(home) for name in release.get("snapshots", {})}
    days = sorted({(f.source, f.name.split("/")[2]) for s in sources for f in s.files if f.is_live and f.name not in released})
    return [
        f"live/{source}/{day} is in no release yet; if its figures are wrong, run: dyad withdraw {source} {day}" for source, day in days
    ]
