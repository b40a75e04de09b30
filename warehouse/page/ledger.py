"""Read the texts that a release checks, with their claims (changed ones apart) and the counts of verdicts on both days."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import duckdb

from schemas.fields import VERDICTS
from schemas.values import SHARED

HOLDING = ("holds", "holds under a named rule", "holds in part")  # verdicts under which a claim holds at least in part
FATES = {
    "does not hold": "contradicted",
    "overtaken": "overtaken by events",
    "revised": "overturned by a publisher's revision of its figure",
    "not decidable": "left undecided",
}
ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…|\[[^\]]*\])\s*")


def texts(con: duckdb.DuckDBPyConnection, claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the texts that these claims were made in, each with its claims and scores."""
    names = ("text", "title", "author", "publisher", "published_on", "url")
    described = con.execute(f"select {', '.join(names)} from catalog.claimed_text order by text").fetchall()
    with_claims = [
        dict(zip(names, text, strict=True)) | {"claims": [claim for claim in claims if claim["text"] == text[0]]} for text in described
    ]
    return [text | _scored(text) for text in with_claims if text["claims"]]


def _scored(text: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims with links to the quoted passages, split into changed and others, and the counts of verdicts on both days."""
    claims = [claim | {"passage": _passage(text["url"], claim["quote"])} for claim in text["claims"]]
    changed = [claim for claim in claims if claim["verdict"] != claim["verdict_today"]]
    return {
        "claims": claims, "changed": changed, "unchanged": [claim for claim in claims if claim not in changed],
        "held": sum(claim["verdict"] in HOLDING for claim in claims), "hold": sum(claim["verdict_today"] in HOLDING for claim in claims),
        "fates": Counter(FATES[claim["verdict_today"]] for claim in changed if claim["verdict_today"] in FATES),
        "meanings": {verdict: SHARED[verdict] for verdict in VERDICTS if any(verdict in (c["verdict"], c["verdict_today"]) for c in claims)},
    }  # fmt: skip


def _passage(url: str, quotation: str) -> str:
    """Return the address of the quoted passage: a text fragment of the longest unbroken piece of the quotation."""
    longest = max(ELLIPSIS.split(quotation), key=len)
    return f"{url}#:~:text={quote(longest.strip(), safe='')}" if url.startswith(("https://", "http://")) else url
