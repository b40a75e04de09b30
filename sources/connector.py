"""Define a connector: the requests to its publisher, and the parsing of the answers.

Put here the types that `fetch.py` and `parse.py` of a source folder share with `sources.live`, not sending requests
(`live.http`), storing answers (`live.answers`) or anything about one publisher.
"""

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sources.home import BUNDLED

if TYPE_CHECKING:
    import pandas as pd

CONTACT = "DYAD_CONTACT"  # environment variable with an address that publishers may write to, sent in the User-Agent
BLANK = " \t\r\n\ufeff"  # stripped from a variable's value that was read from a file


class Scope(NamedTuple):
    """The pairs of states of a release, and the first and last year to request."""

    dyads: tuple[str, ...]
    first_year: int
    last_year: int

    @property
    def countries(self) -> list[str]:
        """Return the states of the pairs, alphabetically."""
        return sorted({code for dyad in self.dyads for code in dyad.split("-")})

    @property
    def years(self) -> range:
        """Return the years to request."""
        return range(self.first_year, self.last_year + 1)


class Publisher(NamedTuple):
    """Limits and habits of a publisher, which the HTTP client keeps to.

    Attributes:
        seconds_between: the least pause between two requests.
        max_bytes: the largest answer that is accepted.
        transient: statuses that this publisher sends while it is busy, although they mean something else.
        key_env: the environment variable that has the key; empty if no key is needed.
        key_header: the header that sends the key.
        total_seconds: the longest time that an answer may take.
        is_optional: ask only if `--only` names the source.
        measured_by: another source, with whose annual trade the first answer to each request is compared.
        wants_contact: ask only if `DYAD_CONTACT` is set.
        has_xml_errors: the publisher sends errors as XML with status 200 while it is busy.
    """

    seconds_between: float
    max_bytes: int
    transient: frozenset[int] = frozenset()
    key_env: str = ""
    key_header: str = ""
    total_seconds: float = 180.0
    is_optional: bool = False
    measured_by: str = ""
    wants_contact: bool = False
    has_xml_errors: bool = False

    @property
    def key(self) -> str:
        """Return the key from the environment; empty if none is needed or set."""
        return os.environ.get(self.key_env, "").strip(BLANK) if self.key_env else ""


class Request(NamedTuple):
    """One question to a publisher; its `name` is the same in every run, so that its answers can be compared.

    `expects` is json, csv, html or zip, for a dropped file also `json or csv`. `kind` is the raw table that the answer fills, empty if its
    bytes are kept unread. `cap` is the number of rows at which the publisher truncates silently. `signature` and `published_on` come from
    the publisher's change detector. `against` is the source that the answer is only compared with, never added to. `is_pinned`: the answer
    never changes, so it is requested once. `is_detector`: the answer lists what has changed, with days of publication.
    `is_bundle`: the answer is a file in the format of a snapshot, with documents of its own.
    """

    name: str
    url: str
    params: dict[str, str] = {}
    expects: str = "json"
    kind: str = ""
    title: str = ""
    accept: str = "*/*"
    cap: int = 0
    signature: str = ""
    published_on: str = ""
    against: str = ""
    is_pinned: bool = False
    is_bundle: bool = False
    is_detector: bool = False


class Parsed(NamedTuple):
    """Rows of an answer, in the columns of its kind without `document`; its day of publication, if stated; notes for a person."""

    rows: "pd.DataFrame"
    published_on: str = ""
    notes: tuple[str, ...] = ()


class Connector(NamedTuple):
    """A source folder that can be fetched.

    `detectors` are asked first, in every run; `requests` yields the requests that follow from their answers (by name), and may
    raise `Refused` after the last one. `request_for` returns the request that a dropped file's name answers, if that request would
    otherwise follow only from a detector's answer.
    """

    source: str
    publisher: Publisher
    detectors: Callable[[Scope], Sequence[Request]]
    requests: Callable[[Scope, Mapping[str, bytes]], Iterable[Request]]
    parse: Callable[[bytes, Request], Parsed] | None
    request_for: Callable[[Scope, str], Request | None] = lambda scope, name: None


def connectors(folder: Path = BUNDLED) -> Iterator[Connector]:
    """Yield a connector for every source folder with a `fetch.py`, by name."""
    for path in sorted(folder.glob("*/fetch.py")):
        source = path.parent.name
        fetch = importlib.import_module(f"sources.{source}.fetch")
        parse = importlib.import_module(f"sources.{source}.parse").parse if (path.parent / "parse.py").exists() else None
        detectors: Callable[[Scope], Sequence[Request]] = getattr(fetch, "detectors", lambda scope: [])
        request_for: Callable[[Scope, str], Request | None] = getattr(fetch, "request_for", lambda scope, name: None)
        yield Connector(source, fetch.PUBLISHER, detectors, fetch.requests, parse, request_for)
