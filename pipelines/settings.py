"""Declare and validate the settings of a refresh: the day, the dyads, whom to ask. The only place that names the default pair.

Put here what a setting may be, not what a step does with it.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import dagster as dg

from schemas import registry
from schemas.day import is_iso_date
from schemas.errors import Unusable
from schemas.fields import DYAD
from sources import snapshot
from sources.connector import Scope, connectors
from sources.live import http
from warehouse.build.clock import Clock

DEFAULT_DYADS = ["CHN-RUS"]
EVERYONE = "all"
YEARS_BACK = 3  # publishers revise three years back; older figures are bundled


class Settings(dg.ConfigurableResource):
    """The settings of one run, as a person or a schedule gives them."""

    as_of: str = ""
    dyads: list[str] = DEFAULT_DYADS
    sources_folder: str = str(snapshot.BUNDLED)
    accept_revisions: list[str] = []
    live: list[str] = []
    since: int = 0
    manifest: str = ""

    @property
    def asked(self) -> list[str] | None:
        """Return the sources whose publishers are to be asked; None for every one that need not be named."""
        return None if self.live == [EVERYONE] else self.live

    @property
    def scope(self) -> Scope:
        """Return the scope of the questions to publishers."""
        return scope(self.dyads, self.since)

    @property
    def accepted_sources(self) -> list[str]:
        """Return the live sources whose revisions are accepted; the other accepted names are datasets."""
        return [name for name in self.accept_revisions if name in {c.source for c in connectors()}]

    def clock(self, sources: Sequence[snapshot.Source]) -> Clock:
        """Return the day and the dyads of this run.

        Raises:
            Unusable: a day or a dyad that does not exist; the message says what is accepted.
        """
        newest = snapshot.read_until(sources)
        day = dt.date.fromisoformat(valid_day(self.as_of)) if self.as_of else newest
        if day > newest:
            raise Unusable(f"--as-of {day} is after {newest}, the newest day a source was read: choose a day up to then, or leave it out")
        countries = snapshot.known_countries(sources)
        return Clock(day, tuple(sorted({valid_dyad(dyad, countries) for dyad in self.dyads})))


def scope(dyads: Sequence[str], since: int = 0) -> Scope:
    """Return what the publishers are asked about: the dyads, from the year `since` (default: three years back) to this one."""
    this_year = http.now().year
    return Scope(tuple(dyads), since or this_year - YEARS_BACK, this_year)


def valid_day(text: str) -> str:
    """Return `text` if it is an ISO day.

    Raises:
        Unusable: it is not.
    """
    if not is_iso_date(text):
        raise Unusable(f"{text!r} is not a day: write YYYY-MM-DD, for example 2024-12-12")
    return text


def valid_dyad(text: str, countries: set[str]) -> str:
    """Return the dyad in its canonical, alphabetical order.

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
    """Return `text` if a dataset of schema charts or a live source has this name.

    Raises:
        Unusable: none has.
    """
    datasets = sorted(name.removeprefix("charts.") for name in registry.MODELED if name.startswith("charts."))
    asked = sorted(c.source for c in connectors())
    if text not in {*datasets, *asked}:
        raise Unusable(f"no dataset or live source {text}: choose one of {', '.join([*datasets, *asked])}")
    return text


def run_config(**settings: Any) -> dict[str, Any]:
    """Return Dagster's run config for these settings, without those that are the defaults."""
    config = {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items() if value}
    return {"resources": {"settings": {"config": config}}, "loggers": {"progress": {}}}
