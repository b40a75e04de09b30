"""Request the Military Exercises data set: one pinned file, because version 7 is the last.

A run fetches it only if `--only` names the source, and only once.
"""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope

PUBLISHER = Publisher(seconds_between=1.0, max_bytes=20_000_000, is_optional=True)
COMMIT = "3946bcf89a6d72de8abace812dc557f1f249f5f7"


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the request for the file in the package `troopdata`."""
    url = f"https://raw.githubusercontent.com/meflynn/troopdata/{COMMIT}/data-raw/mme_v7.csv"
    title = "Military Exercises data set, version 7"
    yield Request("mme-v7", url, expects="csv", kind="exercise", title=title, published_on="2020-12-31", is_pinned=True)
