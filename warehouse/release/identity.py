"""Name a release by its inputs and the release it follows: if both are equal, so is the id."""

import functools
import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from schemas.errors import Refused
from sources.snapshot import Source
from warehouse.build.clock import Clock
from warehouse.release import code
from warehouse.release.manifest import published, release_id, releases

ROOT = Path(__file__).parents[2]
DRAWN_BY = ("duckdb", "vl-convert-python")  # another version of these may compute or draw other content


@functools.cache
def code_id() -> str:
    """Return the digest of the code and the package versions that compute and draw a release."""
    return hashlib.sha256("\n".join([*code.digests(ROOT), *(f"{name} {version(name)}" for name in DRAWN_BY)]).encode()).hexdigest()


def content_id(sources: Sequence[Source], clock: Clock, made_by: str, world_trade: str | None = None) -> str:
    """Return the digest of a release's inputs: snapshots, origins, code, package versions, trade file, day and dyads."""
    inputs = [f"{f.name} {f.sha256}" for s in sources for f in s.files]
    inputs += [json.dumps(s.origin, sort_keys=True, default=str) for s in sources]
    inputs += [made_by]
    inputs += [world_trade] if world_trade else []
    return hashlib.sha256("\n".join([*inputs, clock.as_of.isoformat(), *clock.dyads]).encode()).hexdigest()


def followed(home: Path, clock: Clock, content: str) -> str | None:
    """Return the id of the release that a release of this content follows; None if there is none.

    A release of the same content keeps the one it follows. Otherwise it is the current release if that is comparable, meaning that it
    shares a dyad and is not of a later day; else the comparable one published last.
    So a refresh of another pair or day in between does not hide lost rows.
    """
    manifests = releases(home)
    same = next((m for m in manifests if m.get("content") == content), None)
    if same is not None:
        return same["follows"]
    comparable = [m for m in manifests if m["as_of"] <= clock.as_of.isoformat() and set(m["dyads"]) & set(clock.dyads)]
    return max(comparable, key=lambda m: (m["is_current"], published(m)), default={"release": None})["release"]


def describe(
    home: Path, sources: Sequence[Source], clock: Clock, original: dict[str, Any] | None = None, world_trade: str | None = None
) -> dict[str, Any]:
    """Return the head of a release's manifest: its id, the digest of its inputs, the release it follows, its day and dyads.

    Args:
        home: the folder with the earlier releases.
        sources: the snapshots.
        clock: the day and the dyads.
        original: the manifest of the release to rebuild, if any; the rebuild follows the same release.
        world_trade: the name of the trade file.

    Raises:
        Refused: this code builds another release from the inputs in `original`.
    """
    made_by = code_id()
    content = content_id(sources, clock, made_by, world_trade)
    follows = original["follows"] if original else followed(home, clock, content)
    name = release_id(clock.as_of.isoformat(), content, follows)
    if original and name != original["release"]:
        raise Refused(f"this checkout builds {name}, not {original['release']}: check out the version of the project that built it")
    return {
        "release": name,
        "content": content,
        "made_by": made_by,
        "follows": follows,
        "as_of": clock.as_of.isoformat(),
        "dyads": list(clock.dyads),
        "world_trade": world_trade,
    }
