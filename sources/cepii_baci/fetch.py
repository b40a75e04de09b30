"""Fetch CEPII BACI: one pinned edition, the whole zip file, which `dyad ingest baci` lands.

Some gigabytes, so it is asked only when it is named. An edition never changes: once kept it is never asked again, and a newer
one is a new name here. CEPII moves old editions to another address, so keep the store.
"""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope

PUBLISHER = Publisher(seconds_between=1.0, max_bytes=8_000_000_000, total_seconds=14_400, is_optional=True)
EDITION = "HS92_V202601"


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Ask for the one file of all years and countries."""
    yield Request(
        name=f"baci-{EDITION.lower().replace('_', '-')}",
        url=f"https://www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_{EDITION}.zip",
        expects="zip",
        title=f"BACI {EDITION}",
        is_pinned=True,
    )
