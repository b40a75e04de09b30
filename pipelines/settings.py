"""What a refresh is told: the day, the dyads, where to build. The only place that names the default pair.

Belongs here: configuration and its validation. Does not belong here: acting on it.
"""

import datetime as dt
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from pipelines import instance
from schemas import registry
from schemas.day import is_iso_date
from schemas.errors import Unusable
from schemas.fields import DYAD
from sources import snapshot
from sources.connector import Scope, connectors
from sources.live import http, staleness
from sources.live import refresh as live_sources
from sources.live.live_snapshots import as_listed
from warehouse.build.layers import Clock
from warehouse.connect import home
from warehouse.release import identity, publish, retention
from warehouse.release.locks import refresh_lock
from warehouse.release.manifest import read_for_rebuild, releases
from warehouse.world import as_source, trade_file

DEFAULT_DYADS = ["CHN-RUS"]
EVERYONE = "all"
YEARS_BACK = 3  # publishers revise three years back; older figures are bundled


class Settings(dg.ConfigurableResource):
    """A run's settings. Holds the home's lock for the whole run, however the run was launched."""

    as_of: str = ""
    dyads: list[str] = DEFAULT_DYADS
    sources_folder: str = str(snapshot.BUNDLED)
    accept_revisions: list[str] = []
    live: list[str] = []
    since: int = 0
    manifest: str = ""

    _sources: list[snapshot.Source] = PrivateAttr()
    _outcomes: list[live_sources.Outcome] = PrivateAttr()
    _again: dict[str, Any] | None = PrivateAttr()
    _world: Path | None = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Settings"]:
        """One refresh at a time in a home, on sources read once, after the publishers were asked if that was wished.

        What dead runs left is settled before, what need not be kept is removed after.
        """
        with refresh_lock(home()):
            folder, say = Path(self.sources_folder), context.log.info
            instance.bury(context.instance, context.run.run_id)
            live_sources.finish(home(), folder)
            self._outcomes = []
            if self.live:
                only = None if self.live == [EVERYONE] else self.live
                asked = scope(self.dyads, self.since)
                accept = [name for name in self.accept_revisions if name in {c.source for c in connectors()}]  # the others are datasets
                self._outcomes = live_sources.refresh_live(home(), asked, only, say, accept, folder)
            self._again = read_for_rebuild(Path(self.manifest)) if self.manifest else None
            self._world = trade_file.named(home(), self._again.get("world_trade")) if self._again else trade_file.current(home())
            world = as_source.sources(self._world, self.dyads)
            if self._again:
                self._sources = as_listed(home(), self._again, folder, world)
            else:
                found = snapshot.sources(folder, home())
                stale = staleness.noted(home(), self._outcomes, found)
                self._sources = [s._replace(stale_since=stale.get(s.name, "")) for s in found] + world
            yield self
            retention.prune(home())
            instance.prune(context.instance)

    @cached_property
    def about(self) -> dict[str, Any]:
        """The head of the manifest of the release that this run makes."""
        told = {"changes": self._again["changes"]} if self._again else {}
        return identity.describe(home(), self._sources, self.clock, self._again, self._world and self._world.name) | told

    @property
    def again(self) -> dict[str, Any] | None:
        """The manifest of the release that this run makes again."""
        return self._again

    @cached_property
    def made(self) -> Path | None:
        """The release that this run makes, where equal inputs made it before and it is whole."""
        return publish.existing_release(home(), self.about["release"])

    @property
    def world_trade(self) -> Path | None:
        """The file that answers for any pair, if a bulk release was ingested."""
        return self._world

    @cached_property
    def unproved(self) -> list[str]:
        """How to leave out the live days that no release holds yet, a line each."""
        proved = {name for release in releases(home()) for name in release.get("snapshots", {})}
        days = sorted(
            {
                (f.source, f.name.split("/")[2])
                for s in self._sources
                for f in s.files
                if f.name.startswith("live/") and f.name not in proved
            }
        )
        return [
            f"live/{source}/{day} is in no release yet; if its figures are at fault: dyad withdraw {source} {day}" for source, day in days
        ]

    @property
    def outcomes(self) -> list[live_sources.Outcome]:
        """What became of every publisher that was asked."""
        return self._outcomes

    @property
    def sources(self) -> list[snapshot.Source]:
        """The sources, their bytes proved."""
        return self._sources

    @cached_property
    def clock(self) -> Clock:
        """The day and the dyads of this run.

        Raises:
            Unusable: a day or a dyad that does not exist; the message says what is accepted.
        """
        newest = snapshot.read_until(self._sources)
        day = dt.date.fromisoformat(valid_day(self.as_of)) if self.as_of else newest
        if day > newest:
            raise Unusable(f"--as-of {day} is after {newest}, the newest day a source was read: choose a day up to then, or leave it out")
        countries = snapshot.known_countries(self._sources)
        return Clock(day, tuple(sorted({valid_dyad(dyad, countries) for dyad in self.dyads})))


def scope(dyads: Sequence[str], since: int = 0) -> Scope:
    """What the publishers are asked about: the dyads, from the year `since` (default: three years back) to this one."""
    this_year = http.now().year
    return Scope(tuple(dyads), since or this_year - YEARS_BACK, this_year)


def valid_day(text: str) -> str:
    """`text` if it is an ISO day.

    Raises:
        Unusable: it is not.
    """
    if not is_iso_date(text):
        raise Unusable(f"{text!r} is not a day: write YYYY-MM-DD, for example 2024-12-12")
    return text


def valid_dyad(text: str, countries: set[str]) -> str:
    """The dyad in its canonical, alphabetical order.

    Raises:
        Unusable: not two different known countries.
    """
    if not re.fullmatch(DYAD, text):
        raise Unusable(f"{text!r} is not a dyad: write two ISO alpha-3 codes, for example CHN-RUS")
    a, b = sorted(text.split("-"))
    unknown = [code for code in (a, b) if code not in countries]
    if unknown or a == b:
        reason = f"{unknown[0]} is not a known country code" if unknown else "a dyad is two different states"
        raise Unusable(f"{text!r} is not a dyad: {reason}; the codes are listed in sources/dyad_reference/snapshot/country.csv")
    return f"{a}-{b}"


def valid_revision(text: str) -> str:
    """`text` if a dataset of schema charts or a live source has this name.

    Raises:
        Unusable: none has.
    """
    datasets = sorted(name.removeprefix("charts.") for name in registry.MODELED if name.startswith("charts."))
    asked = sorted(c.source for c in connectors())
    if text not in {*datasets, *asked}:
        raise Unusable(f"no dataset or live source {text}: choose one of {', '.join([*datasets, *asked])}")
    return text


def run_config(**settings: Any) -> dict[str, Any]:
    """Dagster run config for these settings, left out where they are the defaults."""
    config = {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items() if value}
    return {"resources": {"settings": {"config": config}}, "loggers": {"progress": {}}}


@dg.logger(description="What the steps say, one line each, on standard error; the full log is in the run history")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    """The steps' own messages, without Dagster's events."""

    def said_by_a_step(record: logging.LogRecord) -> bool:
        meta = getattr(record, "dagster_meta", {})
        record.said = meta.get("orig_message")
        return record.levelno == logging.INFO and meta.get("dagster_event") is None

    handler = logging.StreamHandler()
    handler.addFilter(said_by_a_step)
    handler.setFormatter(logging.Formatter("%(said)s"))
    logger = logging.Logger("dyad", logging.INFO)
    logger.addHandler(handler)
    return logger
