"""Describe the claims as schema.org ClaimReview, one review per claim, with the verdict of the release's day."""

from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.connect import as_records

REVIEWER = {"@type": "Organization", "name": "dyad"}


def reviews(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the reviews of all claims as JSON-LD."""
    dyads = [dyad for (dyad,) in con.execute("select dyad from catalog.dyad order by dyad").fetchall()]
    claims = con.execute(
        "select c.*, t.title, t.author, t.publisher, t.published_on, t.url "
        "from charts.claims as c join catalog.claimed_text as t using (text) order by text, claim_id, dyad"
    )
    return {"@context": "https://schema.org/", "@graph": [_review(claim, dyads) for claim in as_records(claims)]}


def page_name(dyad: str, dyads: Sequence[str]) -> str:
    """Return the file name of a pair's page: `index.html` for the first pair of a release."""
    return "index.html" if dyad == min(dyads) else f"{dyad}.html"


def _review(claim: dict[str, Any], dyads: Sequence[str]) -> dict[str, Any]:
    # the file lies in the folder of the datasets, the page beside that folder
    page = f"../{page_name(claim['dyad'], dyads)}#{claim['text']}-{claim['claim_id']}"
    found = claim["value_today"] or "nothing documented"
    return {
        "@type": "ClaimReview",
        "@id": page,
        "url": page,
        "author": REVIEWER,
        "datePublished": str(claim["as_of"]),
        "claimReviewed": claim["claim"],
        "itemReviewed": {
            "@type": "Claim",
            "text": claim["quote"],
            "author": _author(claim),
            "datePublished": str(claim["published_on"]),
            "appearance": {"@type": "Article", "headline": claim["title"], "articleSection": claim["section"], "url": claim["url"]},
        },
        # no ratingValue, since the verdicts are not degrees of one scale
        "reviewRating": {"@type": "Rating", "alternateName": claim["verdict_today"], "ratingExplanation": claim["rule"]},
        "reviewBody": f"Found: {found}. On {claim['article_day']}: {claim['verdict']}.",
    }


def _author(claim: dict[str, Any]) -> dict[str, str]:
    if claim["author"]:
        return {"@type": "Person", "name": claim["author"]}
    return {"@type": "Organization", "name": claim["publisher"]}
