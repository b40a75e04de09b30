"""Request CEPII BACI: one pinned edition as a zip file, which `dyad ingest baci` lands.

The file has several gigabytes, so a run fetches it only if `--only` names the source. An edition never changes and is fetched once; to
fetch a newer one, set EDITION. Keep the fetched file: CEPII moves old editions to another address.
"""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope

PUBLISHER = Publisher(seconds_between=1.0, max_bytes=8_000_000_000, total_seconds=14_400, is_optional=True)
EDITION = "HS92_V202601"


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the request for the one file of all years and countries."""
    yield Request(
        name=f"baci-{EDITION.lower().replace('_', '-')}",
        url=f"https://www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_{EDITION}.zip",
        expects="zip",
        title=f"BACI {EDITION}",
        is_pinned=True,
    )
