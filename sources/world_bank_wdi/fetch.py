"""Request the World Bank Indicators API v2: one query per indicator and state.

A query for several states fails if the API lacks one of them.

The API needs no key and publishes no limit; it throttles with random status 400, or an XML page with status 200. The source's
`lastupdated` is the change detector.
"""

from collections.abc import Iterator, Mapping

from schemas.errors import Refused
from sources.connector import Publisher, Request, Scope
from sources.reading.table import json_value
from sources.world_bank_wdi.parse import INDICATORS

BASE = "https://api.worldbank.org/v2"
PUBLISHER = Publisher(seconds_between=1.0, max_bytes=20_000_000, transient=frozenset({400}), has_xml_errors=True)
PER_PAGE = 20000


def detectors(scope: Scope) -> list[Request]:
    """Return the requests for the last update of the World Development Indicators (source 2) and for the economies that the Bank lists."""
    return [
        Request("lastupdated", f"{BASE}/sources/2", {"format": "json"}),
        Request("economies", f"{BASE}/country", {"format": "json", "per_page": str(PER_PAGE)}),
    ]


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield a request per indicator and state, for all years; states that the Bank does not list, such as Taiwan, have no figures."""
    updated = _rows(answers, "lastupdated", "lastupdated")[0]["lastupdated"] if "lastupdated" in answers else ""
    listed = {row["id"] for row in _rows(answers, "economies", "id")} if "economies" in answers else set(scope.countries)
    for code in INDICATORS:
        for country in [country for country in scope.countries if country in listed]:
            yield Request(
                name=f"{code.lower()}-{country}",
                url=f"{BASE}/country/{country}/indicator/{code}",
                params={"format": "json", "date": f"{scope.first_year}:{scope.last_year}", "per_page": str(PER_PAGE), "source": "2"},
                kind="economy_indicator",
                title=f"World Development Indicators, {code}, {country}",
                cap=PER_PAGE,
                signature=updated and f"{updated} {scope.first_year}-{scope.last_year}",
            )


def _rows(answers: Mapping[str, bytes], name: str, field: str) -> list[dict[str, str]]:
    envelope = json_value(answers[name])
    rows = envelope[1] if isinstance(envelope, list) and len(envelope) == 2 else None
    if not rows or not all(row.get(field) for row in rows):
        raise Refused(f"world_bank_wdi: {name}: no {field} in the answer; the publisher has changed it: correct fetch.py")
    return rows
