"""Request the members of the blocs from Wikidata, in one query.

Membership is a statement of the state's item (P463), of the bloc's (P527) or of both; a role (P2868, P3831) distinguishes observers
from members. The service allows 60 seconds of processing a minute, sends 429 with a Retry-After that must be obeyed, and requires a
contact in the User-Agent (`DYAD_CONTACT`).
"""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope

PUBLISHER = Publisher(seconds_between=10.0, max_bytes=10_000_000, wants_contact=True)
BLOCS = {"Q243630": "BRICS", "Q485207": "SCO"}
QUERY = f"""
SELECT ?org ?iso3 ?memberLabel ?start ?startPrecision ?end ?endPrecision ?roleLabel WHERE {{
  VALUES ?org {{ {" ".join(f"wd:{item}" for item in BLOCS)} }}
  {{ ?member p:P463 ?statement . ?statement ps:P463 ?org }} UNION {{ ?org p:P527 ?statement . ?statement ps:P527 ?member }}
  ?member wdt:P298 ?iso3 .
  ?statement wikibase:rank ?rank .
  FILTER(?rank != wikibase:DeprecatedRank)
  OPTIONAL {{ ?statement pqv:P580 [ wikibase:timeValue ?start ; wikibase:timePrecision ?startPrecision ] }}
  OPTIONAL {{ ?statement pqv:P582 [ wikibase:timeValue ?end ; wikibase:timePrecision ?endPrecision ] }}
  OPTIONAL {{ ?statement pq:P2868|pq:P3831 ?role }}
  SERVICE wikibase:label {{ bd:serviceParam wikibase:language "en" }}
}}
ORDER BY ?org ?iso3 ?start
"""


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the request for the members of all blocs."""
    yield Request(
        name="members",
        url="https://query.wikidata.org/sparql",
        params={"query": " ".join(QUERY.split())},
        kind="membership",
        title="Members of BRICS and the SCO",
        accept="application/sparql-results+json",
        against="dyad_memberships",
    )
