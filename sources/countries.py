"""Look up country codes: convert a publisher's code on a day to one ISO alpha-3 code, or refuse it."""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Refused

ALPHA3 = frozenset({"imf", "worldbank", "undl"})  # systems of alpha-3 codes, of which the crosswalk lists only the exceptions
BACKDATED = frozenset({"worldbank"})  # systems with figures of a state for years before it existed
# a country's name in the reference table, and names that differ from it by more than case, accents and punctuation
SPELLINGS = {
    "Hong Kong": ("Hong Kong, China", "China, Hong Kong", "Hong Kong SAR China", "Hong Kong SAR"),
    "Macao": ("Macao, China", "Macau, China", "China, Macao", "Macao SAR China", "Macau"),
    "Taiwan": ("Taiwan, China", "China, Taiwan", "Taiwan Province", "Taiwan Province of China"),
    "United States": ("United States of America", "USA"),
    "United Kingdom": ("UK", "Great Britain"),
    "Russia": ("Russian Federation",),
    "South Korea": ("Republic of Korea", "Korea, Rep.", "ROK"),
    "North Korea": ("Korea, DPR", "DPRK", "Democratic People's Republic of Korea"),
    "Viet Nam": ("Vietnam",),
    "Laos": ("Lao PDR", "Lao People's Democratic Republic"),
    "Türkiye": ("Turkey",),
    "Germany": ("Federal Republic of Germany", "West Germany", "German Federal Republic"),
    "German Democratic Republic": ("East Germany",),
    "Czechia": ("Czech Republic",),
    "Brunei": ("Brunei Darussalam",),
    "Congo": ("Republic of the Congo", "Congo - Brazzaville"),
    "DR Congo": ("Congo, DR", "Democratic Republic of the Congo", "Congo - Kinshasa"),
    "North Macedonia": ("Macedonia",),
    "Syria": ("Syrian Arab Republic",),
    "Tanzania": ("United Republic of Tanzania",),
    "Moldova": ("Republic of Moldova",),
    "Myanmar": ("Myanmar (Burma)", "Burma"),
    "Timor-Leste": ("East Timor",),
    "Eswatini": ("Swaziland",),
    "Cabo Verde": ("Cape Verde",),
    "Yemen": ("Yemen Arab Republic",),
}
NAME_TAKEN_OVER = {"YUG": "SCG"}  # a former state, and its successor that publishers list under the same name
REFERENCE = Path(__file__).parent / "dyad_reference" / "snapshot"


class UnknownCode(Refused):
    """Raised if the crosswalk lacks a publisher's code on a day; a parser may leave the row out instead of refusing the answer."""


class _Entry(NamedTuple):
    iso3: str
    valid_from: str
    valid_to: str

    def covers(self, day: str) -> bool:
        return (self.valid_from or "0000") <= day <= (self.valid_to or "9999")


def _read(table: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _system(system: str) -> dict[str, list[_Entry]]:
    entries: dict[str, list[_Entry]] = {}
    for row in _read("country_code"):
        if row["system"] == system:
            entries.setdefault(row["code"], []).append(_Entry(row["iso3"], row["valid_from"], row["valid_to"]))
    return entries


@cache
def _states() -> dict[str, _Entry]:
    return {row["iso3"]: _Entry(row["iso3"], row["valid_from"], row["valid_to"]) for row in _read("country")}


def on(country: str, day: str) -> str:
    """Return the country if it existed on a day or has no single predecessor, else that predecessor."""
    if country not in _states() or (_states()[country].valid_from or "0000") <= day:
        return country
    predecessors = [
        row["predecessor_iso3"] for row in _read("succession") if row["successor_iso3"] == country and day < row["succeeded_on"]
    ]
    return predecessors[0] if len(predecessors) == 1 else country


def existed(country: str, day: str) -> bool:
    """Return True if a country of the reference table existed on a day (YYYY-MM-DD)."""
    return _states()[country].covers(day)


def succeeded_on(a: str, b: str) -> str:
    """Return the day on which one of two states succeeded the other, or an empty string if neither did."""
    days = [row["succeeded_on"] for row in _read("succession") if {row["predecessor_iso3"], row["successor_iso3"]} == {a, b}]
    return days[0] if days else ""


@cache
def alpha3_codes() -> frozenset[str]:
    """Return the alpha-3 codes of all states and economies, historical ones included."""
    return frozenset(row["iso3"] for row in _read("country"))


def iso3(system: str, code: str, day: str, where: str, since: str = "") -> str:
    """Return the alpha-3 code for a publisher's code on a day (YYYY-MM-DD), else on any day of the period from `since` to that day.

    Raises:
        UnknownCode: the code is unknown, or not valid in that period; the message starts with `where`.
    """
    entries = _system(system).get(code, [])
    valid = [entry.iso3 for entry in entries if entry.covers(day)]
    valid += [entry.iso3 for entry in entries if since and since <= entry.valid_to <= day]
    if valid:
        return valid[0]
    if not entries and system in ALPHA3 and code in alpha3_codes():
        return code if system in BACKDATED else on(code, day)
    reason = f"{system} code {code} was not in use on {day}" if entries else f"{system} code {code} is unknown"
    raise UnknownCode(f"{where}: {reason}; if the publisher is right, add it to sources/dyad_reference/snapshot/country_code.csv")


def is_known(system: str, code: str) -> bool:
    """Return True if a publisher's code is in the crosswalk, or an alpha-3 code if the system uses those."""
    return code in _system(system) or (system in ALPHA3 and code in alpha3_codes())


def code(system: str, country: str, day: str) -> str:
    """Return a publisher's code for a country on a day; the alpha-3 code itself if the system lists no exception.

    Raises:
        Refused: the system has no code for it on that day.
    """
    if found := code_or_none(system, country, day):
        return found
    raise Refused(f"{country} has no {system} code on {day}; add it to sources/dyad_reference/snapshot/country_code.csv")


def code_or_none(system: str, country: str, day: str) -> str | None:
    """Return what `code` returns, or None if the system has no code for the country on that day."""
    listed = [(name, entry) for name, entries in _system(system).items() for entry in entries if entry.iso3 == country]
    valid = [name for name, entry in listed if entry.covers(day)]
    if valid:
        return valid[0]
    if listed or system not in ALPHA3 or country not in alpha3_codes():
        return None
    return country


def _plain(name: str) -> str:
    """Return a name without case, accents, punctuation, blanks and articles, which differ among publishers."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", name.casefold().replace("&", " and ")) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]|_", " ", re.sub("['’`]", "", letters)).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


@cache
def _names() -> dict[str, str]:
    names = {_plain(row["name"]): row["iso3"] for row in _read("country")}
    return names | {_plain(other): names[_plain(name)] for name, others in SPELLINGS.items() for other in others}


def by_name(name: str, day: str) -> str | None:
    """Return the alpha-3 code of a country on a day (YYYY-MM-DD) by its name, as the reference table or a publisher spells it, or None."""
    country = _names().get(_plain(name))
    later = NAME_TAKEN_OVER.get(country or "")
    return later if later and existed(later, day) else country and on(country, day)


def seat_holder(seat: str, day: str) -> str:
    """Return the state that held a permanent seat of the Security Council on a day.

    Raises:
        Refused: no state held such a seat on that day.
    """
    for row in _read("unsc_seat"):
        if row["seat"] == seat and _Entry(row["iso3"], row["valid_from"], row["valid_to"]).covers(day):
            return row["iso3"]
    raise Refused(f"no state held the seat {seat} on {day}; correct sources/dyad_reference/snapshot/unsc_seat.csv or the day")
