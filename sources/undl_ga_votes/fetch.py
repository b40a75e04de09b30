"""Request the UN Digital Library's newest dated file of the General Assembly's votes; a dropped file is named `ga-votes.csv`."""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope
from sources.reading import undl

RECORD = "4060887"
PUBLISHER = Publisher(seconds_between=5.0, max_bytes=1_000_000_000, total_seconds=1800.0)  # a row for each state and resolution since 1946


def detectors(scope: Scope) -> list[Request]:
    """Return the request for the record's list of files."""
    return undl.files(RECORD)


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the request for the newest of the listed files."""
    day, url = undl.newest("undl_ga_votes", RECORD, "ga", answers)
    yield Request(
        "ga-votes", url, expects="csv", kind="assembly_vote", title="General Assembly voting data", signature=day, published_on=day
    )
