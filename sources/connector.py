"""What a connector is: the requests it makes of its publisher, and the frame it reads out of an answer.

Belongs here: the shapes that `fetch.py` and `parse.py` of a source folder share with the client and the store, and finding them.
Does not belong here: fetching (`http`), keeping (`store`), or anything about one publisher.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

BUNDLED = Path(__file__).parent


class Scope(NamedTuple):
    """What a release is about: the pairs of states, and the years to ask for, both included."""

    dyads: tuple[str, ...]
    first_year: int
    last_year: int

    @property
    def countries(self) -> list[str]:
        """The states of the pairs, alphabetically."""
        return sorted({code for dyad in self.dyads for code in dyad.split("-")})

    @property
    def years(self) -> range:
        """The years asked for."""
        return range(self.first_year, self.last_year + 1)


class Publisher(NamedTuple):
    """What the client must know about a publisher.

    `seconds_between` is its rate budget; `max_bytes` the largest answer that is believed; `transient` the statuses it
    sends, against their meaning, when it is only busy; `key_env` the environment variable with its key, sent as `key_header`.
    An optional publisher is asked only when it is named. `measured_by` is the source whose annual trade shows the unit of a
    first answer, where a source has no figures of its own to show it. One that wants a contact in the User-Agent is not asked without;
    one with XML errors sends them with status 200 when it is only busy.
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


class Request(NamedTuple):
    """One question to a publisher. The same question has the same `name` in every run: its answers are its vintages.

    `expects` is json, csv, html or zip. `kind` is the raw table the answer holds, empty where bytes are kept unread.
    `cap` is the row count at which the publisher cuts silently. `signature` and `published_on` are what the publisher's
    change detector says of the answer. `against` names the source whose table the answer only checks. A pinned answer
    never changes. A detector's answer is kept for the record, since days of publication rest on it. A bundle is a file in the format of a snapshot, with documents of its own.
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
    """An answer's rows: the columns of its kind without `document`; when it was published, if it says; what to report."""

    rows: "pd.DataFrame"
    published_on: str = ""
    notes: tuple[str, ...] = ()


class Connector(NamedTuple):
    """A source folder that can be fetched.

    `detectors` are asked first, in every run; `requests` plans from their answers, by name, and may end in a refusal
    after what it could plan. `named` is the request of a name that a dropped file bears, where it follows from detectors' answers.
    """

    source: str
    publisher: Publisher
    detectors: Callable[[Scope], Sequence[Request]]
    requests: Callable[[Scope, Mapping[str, bytes]], Iterable[Request]]
    parse: Callable[[bytes, Request], Parsed] | None
    named: Callable[[Scope, str], Request | None] = lambda scope, name: None


def connectors(folder: Path = BUNDLED) -> Iterator[Connector]:
    """Every source folder with a `fetch.py`, by name."""
    for path in sorted(folder.glob("*/fetch.py")):
        source = path.parent.name
        fetch = importlib.import_module(f"sources.{source}.fetch")
        parse = importlib.import_module(f"sources.{source}.parse").parse if (path.parent / "parse.py").exists() else None
        detectors = getattr(fetch, "detectors", lambda scope: [])
        named = getattr(fetch, "named", lambda scope, name: None)
        yield Connector(source, fetch.PUBLISHER, detectors, fetch.requests, parse, named)
