"""CEPII BACI: one pinned release, the whole zip file, kept as it is for the bulk tables.

Belongs here: which release. Does not belong here: asking, or reading the zip (the bulk load does).

Some gigabytes, so it is asked only when it is named. A release never changes: once kept it is never asked again, and a newer
one is a new name here. Old releases move away on the publisher's site, so keep the store.
"""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope

PUBLISHER = Publisher(seconds_between=1.0, max_bytes=8_000_000_000, total_seconds=14_400, is_optional=True)
RELEASE = "HS92_V202601"


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """All years and countries come in one file."""
    yield Request(
        name=f"baci-{RELEASE.lower().replace('_', '-')}",
        url=f"https://www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_{RELEASE}.zip",
        expects="zip",
        title=f"BACI {RELEASE}",
        is_pinned=True,
    )
