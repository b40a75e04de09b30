"""Request UN Comtrade v1: annual totals with every partner, monthly totals of the pairs, HS chapters of the pairs.

With a key (`DYAD_UN_COMTRADE_KEY`) an answer may have 100,000 rows, and a day 500 calls; without one the public preview has 500
rows an answer. Longer answers are truncated silently, so each request is small enough for both: a reporter's flow in a year
has about 240 partners, a pair's months of a year 24 rows, its chapters 194. The endpoint getDa lists the last release and a
checksum per reporter and period; a year without a change is not requested again.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.errors import Refused
from sources import countries
from sources.connector import Publisher, Request, Scope
from sources.reading.table import json_value

BASE = "https://comtradeapi.un.org"
PUBLISHER = Publisher(1.2, 100_000_000, key_env="DYAD_UN_COMTRADE_KEY", key_header="Ocp-Apim-Subscription-Key")
FREQUENCIES = {"A": "annual", "M": "monthly"}
LONGEST_ERROR = 160  # characters of the publisher's message
LATE = 2  # years that a reporter may be behind the other side before it counts as having stopped
FLOWS = {"M": "imports", "X": "exports"}
# one row per partner, flow and product: without these an answer has every breakdown beside the totals
TOTALS = {"partner2Code": "0", "customsCode": "C00", "motCode": "0", "breakdownMode": "classic", "format": "JSON"}


def _code(country: str, year: int) -> str:
    return countries.code("comtrade", country, f"{year}-12-31")


def detectors(scope: Scope) -> list[Request]:
    """Return the requests for each reporter's available years and months: one call covers all periods."""
    base = f"{BASE}/{'data' if PUBLISHER.key else 'public'}/v1/getDa/C"
    codes = {
        country: code for country in scope.countries if (code := countries.code_or_none("comtrade", country, f"{scope.last_year}-12-31"))
    }
    return [
        Request(f"availability-{country}-{frequency}", f"{base}/{frequency}/HS", {"reporterCode": code})
        for country, code in codes.items()
        for frequency in FREQUENCIES
    ]


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield requests for the periods that getDa lists.

    Raises:
        Refused: after the last request, if a state has no code or getDa lists no period for it.
    """
    listed = {name: _listed(body, name) for name, body in answers.items()}
    for country in scope.countries:
        yield from _annual(scope, country, listed.get(f"availability-{country}-A", {}))
    for dyad in scope.dyads:
        a, b = dyad.split("-")
        for reporter, partner in ((a, b), (b, a)):
            yield from _monthly(scope, reporter, partner, listed.get(f"availability-{reporter}-M", {}))
        yield from _one_sides_chapters(scope, a, b, listed)
    for country in scope.countries:
        _code(country, scope.last_year)
    if empty := [name for name, periods in listed.items() if not periods]:
        raise Refused(
            f"un_comtrade: {empty[0]}: getDa lists no period for this reporter; either the state does not report, or the "
            "publisher's service is faulty: try again later"
        )


def request_for(scope: Scope, name: str) -> Request | None:
    """Return the request that a dropped file's name answers: `annual-CHN-2023-M`, `monthly-CHN-RUS-2023`."""
    parts = re.fullmatch(r"(annual|monthly|chapters)-([A-Z]{3})(?:-([A-Z]{3}))?-(\d{4})(?:-[MX])?", name)
    if not parts:
        return None
    kind, reporter, partner, year = parts.groups()
    year_only = scope._replace(first_year=int(year), last_year=int(year))
    listed = {year: [("", "", "")], **{f"{year}{month:02}": [("", "", "")] for month in range(1, 13)}}
    if (kind == "annual") == bool(partner):
        return None
    if kind == "annual":
        candidates = _annual(year_only, reporter, listed)
    else:
        candidates = (_monthly if kind == "monthly" else _chapters)(year_only, reporter, partner, listed)
    # the site gives a person CSV, its API JSON
    return next((request._replace(signature="", expects="json or csv") for request in candidates if request.name == name), None)


def _one_sides_chapters(scope: Scope, a: str, b: str, listed: dict[str, dict[str, list]]) -> Iterator[Request]:
    """Yield the requests for one side's report of both directions, because both sides' reports would give each flow twice.

    The same side is used for all years: the first of the pair, unless it stopped reporting. If only its newest year is late, it is
    kept, so that the history does not switch from CIF to FOB. Nothing is requested while one side's list is missing.
    """
    sides = [listed.get(f"availability-{country}-A") for country in (a, b)]
    if None in sides:
        return
    first, second = (int(max(years)) if years else 0 for years in sides)
    reporter, partner, years = (b, a, sides[1]) if second - first > LATE else (a, b, sides[0])
    yield from _chapters(scope, reporter, partner, years or {})


def _listed(body: bytes, name: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return the last release, checksum and record count of every dataset, by period."""
    envelope = json_value(body)
    if not isinstance(envelope, dict) or not isinstance(envelope.get("data"), list) or envelope.get("error"):
        error = envelope.get("error") if isinstance(envelope, dict) else None
        raise Refused(f"un_comtrade: {name}: {str(error or 'the JSON has no list `data`')[:LONGEST_ERROR]}; try again later")
    periods: dict[str, list[tuple[str, str, str]]] = {}
    for row in envelope["data"]:
        entry = (str(row["lastReleased"]), str(row["datasetChecksum"]), str(row["totalRecords"]))
        periods.setdefault(str(row["period"]), []).append(entry)
    return periods


def _signature(entries: list[tuple[str, str, str]]) -> dict[str, str]:
    digest = hashlib.sha256(repr(sorted(entries)).encode()).hexdigest()[:16]
    return {"signature": digest, "published_on": max(entry[0] for entry in entries)[:10]}


def _request(name: str, frequency: str, params: dict[str, str], kind: str, title: str, **detected: Any) -> Request:
    path, cap = ("data/v1/get", 100_000) if PUBLISHER.key else ("public/v1/preview", 500)
    params = {**params, **TOTALS, "maxRecords": str(cap)}
    return Request(name, f"{BASE}/{path}/C/{frequency}/HS", params, kind=kind, title=f"UN Comtrade, {title}", cap=cap, **detected)


def _annual(scope: Scope, country: str, listed: dict[str, list]) -> Iterator[Request]:
    for year in (y for y in scope.years if str(y) in listed):
        for flow, word in FLOWS.items():
            params = {"reporterCode": _code(country, year), "period": str(year), "cmdCode": "TOTAL", "flowCode": flow}
            title = f"{country}'s {word} of {year} by partner"
            yield _request(f"annual-{country}-{year}-{flow}", "A", params, "trade_flow", title, **_signature(listed[str(year)]))


def _monthly(scope: Scope, reporter: str, partner: str, listed: dict[str, list]) -> Iterator[Request]:
    for year in scope.years:
        months = sorted(period for period in listed if period.startswith(str(year)) and len(period) == 6)
        if months:
            params = {
                "reporterCode": _code(reporter, year), "partnerCode": _code(partner, year), "period": ",".join(months),
                "cmdCode": "TOTAL", "flowCode": "M,X",
            }  # fmt: skip
            detected = _signature([entry for month in months for entry in listed[month]])
            title = f"{reporter}'s trade with {partner} in the months of {year}"
            yield _request(f"monthly-{reporter}-{partner}-{year}", "M", params, "trade_flow", title, **detected)


def _chapters(scope: Scope, reporter: str, partner: str, listed: dict[str, list]) -> Iterator[Request]:
    for year in (y for y in scope.years if str(y) in listed):
        params = {
            "reporterCode": _code(reporter, year), "partnerCode": _code(partner, year), "period": str(year),
            "cmdCode": "AG2", "flowCode": "M,X",
        }  # fmt: skip
        title = f"{reporter}'s trade with {partner} in {year} by HS chapter"
        yield _request(f"chapters-{reporter}-{partner}-{year}", "A", params, "trade_by_product", title, **_signature(listed[str(year)]))
