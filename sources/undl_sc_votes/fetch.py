"""Request the UN Digital Library's newest dated file of the Security Council's votes; a dropped file is named `sc-votes.csv`."""

from collections.abc import Iterator, Mapping

from sources.connector import Publisher, Request, Scope
from sources.reading import undl

RECORD = "4055387"
PUBLISHER = Publisher(seconds_between=5.0, max_bytes=100_000_000)


def detectors(scope: Scope) -> list[Request]:
    """Return the request for the record's list of files."""
    return undl.files(RECORD)


def requests(scope: Scope, answers: Mapping[str, bytes]) -> Iterator[Request]:
    """Yield the request for the newest of the listed files."""
    day, url = undl.newest("undl_sc_votes", RECORD, "sc", answers)
    yield Request(
        "sc-votes", url, expects="csv", kind="resolution_vote", title="Security Council voting data", signature=day, published_on=day
    )
