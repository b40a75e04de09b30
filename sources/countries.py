"""The crosswalk of country codes: a publisher's code on a day is one ISO alpha-3 code, or it is refused.

Belongs here: lookups in `dyad_reference`: code systems, names, seats, all by date.
Does not belong here: the codes themselves (they are data), or anything about one publisher.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Refused

ALPHA3 = frozenset({"imf", "worldbank", "undl"})  # systems of alpha-3 codes: the crosswalk lists only their exceptions
BACKDATED = frozenset({"worldbank"})  # gives a republic's figures from before it was a state
REFERENCE = Path(__file__).parent / "dyad_reference" / "snapshot"


class _Entry(NamedTuple):
    iso3: str
    valid_from: str
    valid_to: str

    def holds(self, day: str) -> bool:
        return (self.valid_from or "0000") <= day <= (self.valid_to or "9999")


def _read(table: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _system(system: str) -> dict[str, list[_Entry]]:
    found: dict[str, list[_Entry]] = {}
    for row in _read("country_code"):
        if row["system"] == system:
            found.setdefault(row["code"], []).append(_Entry(row["iso3"], row["valid_from"], row["valid_to"]))
    return found


@cache
def _states() -> dict[str, _Entry]:
    return {row["iso3"]: _Entry(row["iso3"], row["valid_from"], row["valid_to"]) for row in _read("country")}


def on(country: str, day: str) -> str:
    """The state that a later state's name or code means on a day before it existed: the predecessor that the table names, else itself."""
    if country not in _states() or (_states()[country].valid_from or "0000") <= day:
        return country
    before = [row["predecessor_iso3"] for row in _read("succession") if row["successor_iso3"] == country and day < row["succeeded_on"]]
    return before[0] if len(before) == 1 else country


@cache
def known() -> frozenset[str]:
    """Every alpha-3 code of states and economies, historical ones included."""
    return frozenset(row["iso3"] for row in _read("country"))


def iso3(system: str, code: str, day: str, where: str) -> str:
    """The alpha-3 code behind a publisher's code on a day (YYYY-MM-DD).

    Raises:
        Refused: the code is unknown, or not valid on that day; the message starts with `where`.
    """
    entries = _system(system).get(code, [])
    valid = [entry.iso3 for entry in entries if entry.holds(day)]
    if valid:
        return valid[0]
    if not entries and system in ALPHA3 and code in known():
        return code if system in BACKDATED else on(code, day)
    reason = f"{system} code {code} was not in use on {day}" if entries else f"{system} code {code} is unknown"
    raise Refused(f"{where}: {reason}; if the publisher is right, add it to sources/dyad_reference/snapshot/country_code.csv")


def code(system: str, country: str, day: str) -> str:
    """A publisher's code for a country on a day; the alpha-3 code itself where the system lists no exception.

    Raises:
        Refused: the system has codes for it, but none on that day.
    """
    listed = [(name, entry) for name, entries in _system(system).items() for entry in entries if entry.iso3 == country]
    valid = [name for name, entry in listed if entry.holds(day)]
    if valid:
        return valid[0]
    if listed or system not in ALPHA3 or country not in known():
        raise Refused(f"{country} has no {system} code on {day}; see sources/dyad_reference/snapshot/country_code.csv")
    return country


@cache
def _names() -> dict[str, str]:
    return {row["name"].casefold(): row["iso3"] for row in _read("country")}


def by_name(name: str, day: str) -> str | None:
    """The alpha-3 code of a country named as in the reference table, on a day (YYYY-MM-DD), or None."""
    country = _names().get(name.strip().casefold())
    return country and on(country, day)


def seat_holder(seat: str, day: str) -> str:
    """Which state held a permanent seat of the Security Council on a day.

    Raises:
        Refused: no such seat on that day.
    """
    for row in _read("unsc_seat"):
        if row["seat"] == seat and _Entry(row["iso3"], row["valid_from"], row["valid_to"]).holds(day):
            return row["iso3"]
    raise Refused(f"nobody held the seat {seat} on {day}; see sources/dyad_reference/snapshot/unsc_seat.csv")
