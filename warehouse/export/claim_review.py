"""Describe the claims as schema.org ClaimReview, one review a claim, with the verdict of the release's day."""

from typing import Any

import duckdb

from warehouse.connect import as_records

REVIEWER = {"@type": "Organization", "name": "dyad"}
PAGE = "../index.html"  # the file lies in the folder of the datasets, the page beside that folder


def reviews(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the reviews of all claims as JSON-LD."""
    claims = con.execute(
        "select c.*, t.title, t.author, t.publisher, t.published_on, t.url "
        "from charts.claims as c join catalog.claimed_text as t using (text) order by text, claim_id, dyad"
    )
    return {"@context": "https://schema.org/", "@graph": [_review(claim) for claim in as_records(claims)]}


def _review(claim: dict[str, Any]) -> dict[str, Any]:
    page = f"{PAGE}#{claim['text']}-{claim['claim_id']}"
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
        # without a number: the verdicts are not degrees of one scale
        "reviewRating": {"@type": "Rating", "alternateName": claim["verdict_today"], "ratingExplanation": claim["rule"]},
        "reviewBody": f"Found: {found}. On {claim['article_day']}: {claim['verdict']}.",
    }


def _author(claim: dict[str, Any]) -> dict[str, str]:
    if claim["author"]:
        return {"@type": "Person", "name": claim["author"]}
    return {"@type": "Organization", "name": claim["publisher"]}
