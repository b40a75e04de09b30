"""Compose the pages of a site that list its releases: index, Atom feed, llms.txt, latest.json, and the latest release's catalogues.

All are derived from files of the releases on the site (manifests, metadata, catalogues), so that equal sites have equal bytes.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warehouse.export import FOLDER, formats
from warehouse.home import RELEASES
from warehouse.release import changelog
from warehouse.release.diff import TIERS, Change
from warehouse.site import style, template

LISTED = 5  # sentences per tier of changes; changes.md of the release has more
ROWS = 3  # rows named in the sentence that counts them
INVALID = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that XML cannot contain
CATALOGUES = ("catalog.jsonld", "dcat.jsonld", "croissant.json")


def files(site: Path, url: str, manifests: Sequence[dict[str, Any]], current: str) -> dict[str, bytes]:
    """Return the content of each file, in the order in which they may be replaced one by one: latest.json last.

    Args:
        site: the folder of the site, which has every release in `releases/`.
        url: the address of the site, with a slash at its end.
        manifests: the manifests of its releases, last published first.
        current: the id of the release that latest.json names.
    """
    latest = next(m for m in manifests if m["release"] == current)
    folder = site / RELEASES / current
    page = {
        "url": url, "releases": manifests, "latest": latest, "changes": {m["release"]: _changes(m) for m in manifests},
        "datasets": [json.loads(path.read_text("utf-8")) for path in sorted((folder / FOLDER).glob("*.metadata.json"))],
        "updated": manifests[0]["published_at"],
    }  # fmt: skip
    return {
        "style.css": style(),
        "index.html": template("index.html.j2").render(page).encode(),
        "feed.xml": INVALID.sub("", template("feed.xml.j2").render(page)).encode(),
        "llms.txt": template("llms.txt.j2").render(page).encode(),
        **{name: (folder / name).read_bytes() for name in CATALOGUES},
        "latest.json": formats.as_json(_latest(latest, url)),
    }


def _latest(m: dict[str, Any], url: str) -> dict[str, Any]:
    address = f"{url}{RELEASES}/{m['release']}/"
    return {
        **{name: m[name] for name in ("release", "as_of", "dyads", "published_at")},
        "url": address,
        "database": f"{address}warehouse.duckdb",
        "manifest": f"{address}manifest.json",
    }


def _changes(m: dict[str, Any]) -> dict[str, list[str]]:
    """Return the changes of a release in sentences by heading; a single sentence if nothing changed."""
    if m["follows"] is None:
        return {"": [changelog.FOLLOWS_NONE]}
    changes = sorted((Change(*change) for change in m["changes"]), key=lambda c: (c.dataset, c.change))
    by_tier = {
        heading: [_sentence(s) for s in changelog.sentences([c for c in changes if c.tier == tier])] for tier, heading in TIERS.items()
    }
    groups = {heading: _first(sentences) for heading, sentences in by_tier.items() if sentences}
    return groups or {"": [f"No row of any dataset changed since {m['follows']}."]}


def _sentence(sentence: changelog.Sentence) -> str:
    rows, more = sentence.rows[:ROWS], len(sentence.rows) > ROWS
    return f"{sentence.text} {'; '.join(rows)}{'; and others' if more else ''}." if rows else f"{sentence.text}."


def _first(sentences: list[str]) -> list[str]:
    return sentences[:LISTED] + (["And others."] if len(sentences) > LISTED else [])
