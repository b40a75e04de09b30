"""Wikidata: who is stated to be a member of the blocs, by one query.

Belongs here: the query and the publisher's limits. Does not belong here: asking, or reading answers (`parse`).

A member is stated at the state (P463), at the bloc (P527) or at both; a role (P2868, P3831) tells observers from members.
60 seconds of processing a minute are allowed, 429 with Retry-After must be obeyed, and the User-Agent must name a contact
(`DYAD_CONTACT`).
"""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope

PUBLISHER = Publisher(seconds_between=10.0, max_bytes=10_000_000, wants_contact=True)
BLOCS = {"Q243630": "BRICS", "Q485207": "SCO"}
QUERY = f"""
SELECT ?org ?iso3 ?memberLabel ?start ?startPrecision ?end ?roleLabel WHERE {{
  VALUES ?org {{ {" ".join(f"wd:{item}" for item in BLOCS)} }}
  {{ ?member p:P463 ?statement . ?statement ps:P463 ?org }} UNION {{ ?org p:P527 ?statement . ?statement ps:P527 ?member }}
  ?member wdt:P298 ?iso3 .
  ?statement wikibase:rank ?rank .
  FILTER(?rank != wikibase:DeprecatedRank)
  OPTIONAL {{ ?statement pqv:P580 [ wikibase:timeValue ?start ; wikibase:timePrecision ?startPrecision ] }}
  OPTIONAL {{ ?statement pq:P582 ?end }}
  OPTIONAL {{ ?statement pq:P2868|pq:P3831 ?role }}
  SERVICE wikibase:label {{ bd:serviceParam wikibase:language "en" }}
}}
ORDER BY ?org ?iso3 ?start
"""


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """All members of all blocs."""
    yield Request(
        name="members",
        url="https://query.wikidata.org/sparql",
        params={"query": " ".join(QUERY.split())},
        kind="membership",
        title="Members of BRICS and the SCO",
        accept="application/sparql-results+json",
        against="dyad_memberships",
    )
