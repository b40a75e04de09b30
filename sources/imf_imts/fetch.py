"""Request IMF IMTS over SDMX 2.1: a reporter's annual trade with every partner, and the months of each pair, as SDMX-CSV.

The API needs no key and allows ten requests in five seconds. It has no date of the last change, so every series is requested
again and compared. It answers a query without matches with HTTP 204.
"""

from collections.abc import Iterator, Mapping

from sources import countries
from sources.connector import Publisher, Request, Scope

BASE = "https://api.imf.org/external/sdmx/2.1/data/IMF.STA,IMTS,1.0.0"
PUBLISHER = Publisher(seconds_between=1.5, max_bytes=200_000_000, measured_by="imf_dots")
INDICATORS = "XG_FOB_USD+MG_CIF_USD"


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the requests; the order of a key is COUNTRY.INDICATOR.COUNTERPART_COUNTRY.FREQUENCY, an empty place a wildcard.

    Raises:
        Refused: after the last request, if a state has no code.
    """
    day = f"{scope.last_year}-12-31"
    codes = {country: code for country in scope.countries if (code := countries.code_or_none("imf", country, day))}
    years = f"{scope.first_year} to {scope.last_year}"
    for country in codes:
        title = f"{country}'s trade by partner, {years}"
        yield _request(f"annual-{country}", f"{codes[country]}.{INDICATORS}..A", scope, title)
    for dyad in (d for d in scope.dyads if set(d.split("-")) <= codes.keys()):
        for reporter, partner in (dyad.split("-"), reversed(dyad.split("-"))):
            title = f"{reporter}'s monthly trade with {partner}, {years}"
            yield _request(f"monthly-{reporter}-{partner}", f"{codes[reporter]}.{INDICATORS}.{codes[partner]}.M", scope, title)
    for country in scope.countries:
        countries.code("imf", country, day)


def _request(name: str, key: str, scope: Scope, title: str) -> Request:
    return Request(
        name=name,
        url=f"{BASE}/{key}",
        params={"startPeriod": str(scope.first_year), "endPeriod": str(scope.last_year)},
        expects="csv",
        kind="trade_flow",
        title=f"IMF IMTS, {title}",
        accept="application/vnd.sdmx.data+csv",
    )
