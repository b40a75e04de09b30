"""Validate the settings of a refresh: day, dyads, publishers to ask. Only this module sets the default pair.

`config` declares them to Dagster, which this module does not import, so that a refresh of unchanged inputs ends without it.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.day import is_iso_date
from schemas.errors import Unusable
from sources import countries, snapshot
from sources.connector import Scope, connectors
from sources.dyad import valid_dyad
from sources.live import clock
from warehouse.build.clock import Clock

COUNTRIES = "sources/dyad_reference/snapshot/country.csv"
DEFAULT_DYAD = "CHN-RUS"
EVERYONE = "all"
YEARS_BACK = 3  # publishers revise the last three years; older figures are bundled


@dataclass(frozen=True)
class Settings:
    """The settings of one run, from a person or a schedule.

    A run started from the web page cannot set `sources_folder` and `manifest`, since any process of this machine may start such a run.
    `dyads` are as a person wrote them, by codes or names; `pairs` returns their codes.
    """

    as_of: str = ""
    dyads: Sequence[str] = (DEFAULT_DYAD,)
    accept_revisions: Sequence[str] = ()
    live: Sequence[str] = ()
    since: int = 0
    set_current: bool = False
    allow_empty: bool = False
    sources_folder: Path = snapshot.BUNDLED
    manifest: Path | None = None

    @property
    def sources_to_ask(self) -> list[str] | None:
        """Return the sources to ask; None for all but the optional ones."""
        return None if list(self.live) == [EVERYONE] else list(self.live)

    @property
    def scope(self) -> Scope:
        """Return the dyads and years to request from publishers.

        Raises:
            Unusable: as `pairs`.
        """
        return scope(self.pairs(snapshot.sources(self.sources_folder)), self.since)

    @property
    def accepted_sources(self) -> list[str]:
        """Return the live sources whose revisions are accepted, without the accepted datasets."""
        return [name for name in self.accept_revisions if name in {c.source for c in connectors()}]

    def clock(self, sources: Sequence[snapshot.Source]) -> Clock:
        """Return the day and the dyads of this run.

        Raises:
            Unusable: the day is malformed or after the newest reading of a source, or a dyad is unknown; the message names accepted values.
        """
        newest = snapshot.read_until(sources)
        day = dt.date.fromisoformat(valid_day(self.as_of)) if self.as_of else newest
        if day > newest:
            raise Unusable(
                f"--as-of {day} is after {newest}, the newest day on which a source was read: choose that day or "
                "an earlier one, or leave out --as-of"
            )
        return Clock(day, self.pairs(sources))

    def pairs(self, sources: Sequence[snapshot.Source]) -> tuple[str, ...]:
        """Return the dyads as codes, in alphabetical order, each once; `sources` have the reference table of countries.

        Raises:
            Unusable: a dyad is unknown; the message names accepted values.
        """
        known = snapshot.known_countries(sources)
        return tuple(sorted({valid_pair(dyad, known) for dyad in self.dyads}))


def valid_pair(text: str, known: Collection[str]) -> str:
    """Return the pair with its codes in alphabetical order.

    Raises:
        Unusable: `text` is not a pair of two different states whose codes are in `known`, or one state succeeded the other.
    """
    pair = valid_dyad(text, known, COUNTRIES)
    if day := countries.succeeded_on(*pair.split("-")):
        raise Unusable(f"{text!r} is not a dyad: one state succeeded the other on {day}; choose another code from {COUNTRIES}")
    return pair


def scope(dyads: Sequence[str], since: int = 0) -> Scope:
    """Return the dyads and years to request from publishers: from `since` (default: three years ago) to this year."""
    this_year = clock.now().year
    return Scope(tuple(dyads), since or this_year - YEARS_BACK, this_year)


def valid_day(text: str) -> str:
    """Return `text` if it is an ISO day.

    Raises:
        Unusable: `text` is no ISO day.
    """
    if not is_iso_date(text):
        raise Unusable(f"{text!r} is not a day: write YYYY-MM-DD, for example 2024-12-12")
    return text


def valid_revision(text: str) -> str:
    """Return `text` if a dataset of schema charts, a reference table or a live source has this name.

    Raises:
        Unusable: there is no dataset, reference table or live source of this name.
    """
    from schemas import registry  # not at the top: they import Pandera, which is slow to import
    from warehouse.release import reference

    datasets = sorted(name.removeprefix("charts.") for name in registry.MODELED if name.startswith("charts."))
    names = [*datasets, *sorted(reference.tables()), *sorted(c.source for c in connectors())]
    if text not in names:
        raise Unusable(f"no dataset, reference table or live source {text}: choose one of {', '.join(names)}")
    return text
