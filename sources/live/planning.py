"""Plan what to ask a publisher: ask its change detectors, and keep the requests whose answers are missing or changed.

Put here which questions are due, not how answers are taken (`fetching`) or what one publisher's questions are (its `fetch.py`).
"""

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Refused, Unfetched
from sources.connector import Connector, Request, Scope, connectors
from sources.live import answers, drop_folder
from sources.live.http import ATTEMPTS, Answer, Client, Traffic

PROBLEMS = 3  # a source is given up for this run after so many answers that cannot be used
BRIEF = 10.0  # seconds a question of a sensor may take
SHOWN = 5
# raised by a parser or a plan when an answer, or a file, has an unexpected structure
SHAPES = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)
Detected = dict[str, tuple[Request, Answer]]  # the answers of change detectors, by name


class Plan(NamedTuple):
    """A source's requests of this run: those due, those answered by dropped files, and what could not be planned."""

    connector: Connector
    due: list[Request]
    dropped: dict[str, Path]
    problems: list[str]
    total: int
    years: range
    traffic: Traffic

    @property
    def seconds(self) -> float:
        """The least time that asking takes at the publisher's rate budget."""
        return (len(self.due) - len(self.dropped)) * self.connector.publisher.seconds_between


def plan(home: Path, connector: Connector, scope: Scope) -> Plan:
    """Plan a source's requests; whatever goes wrong with it is a problem of this source only."""
    try:
        return _plan(home, connector, scope)
    except (Refused, *SHAPES) as error:
        return Plan(connector, [], {}, [named(connector.source, error)], 0, scope.years, Traffic())


def named(source: str, error: Exception) -> str:
    """Return an error's message as one line that starts with its source."""
    message = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {' '.join(str(error).split())}"
    return message if message.startswith(source) else f"{source}: {message}"


def released(source: str, scope: Scope) -> str:
    """Return a digest of the signatures that a source's change detectors give its answers: it differs if something new is out.

    One attempt, in little time: the sensor that asks will ask again.

    Raises:
        Refused: a detector could not be asked, or its answer cannot be read.
    """
    problems: list[str] = []
    (connector,) = (c for c in connectors() if c.source == source)
    brief = connector._replace(publisher=connector.publisher._replace(total_seconds=BRIEF))
    with tempfile.TemporaryDirectory() as folder:  # not the home's: a run may be clearing that
        detected = _detected(brief, scope, problems, Path(folder), Traffic(), 1)
        planned = [] if problems else _requests(connector, scope, detected, problems)
    if problems:
        raise Refused(problems[0])
    signatures = sorted((request.name, request.signature) for request in planned)
    return hashlib.sha256(repr(signatures).encode()).hexdigest()


def _plan(home: Path, connector: Connector, scope: Scope) -> Plan:
    dropped = drop_folder.files(home, connector.source)
    problems: list[str] = []
    traffic = Traffic()
    detected = {} if dropped else _detected(connector, scope, problems, answers.incoming(home), traffic)
    planned = _requests(connector, scope, detected, problems)
    if not planned and not problems and not dropped:
        problems.append(f"{connector.source}: no question follows from what the publisher lists; compare fetch.py with its site")
    if dropped:
        due = _dropped(connector, scope, planned, dropped, problems)
        return Plan(connector, due, {r.name: dropped[r.name] for r in due}, problems, len(planned), scope.years, traffic)
    have = answers.latest(home, connector.source)
    due = [request for request in planned if _is_due(request, have.get(request.name))]
    _keep_detected(home, connector, detected or {}, bool(due))
    return Plan(connector, due, {}, problems, len(planned), scope.years, traffic)


def _dropped(connector: Connector, scope: Scope, planned: list[Request], dropped: dict[str, Path], problems: list[str]) -> list[Request]:
    """Return the requests that dropped files answer, adding to `planned` those that only a file's name asks."""
    planned += [request for name in dropped if name not in {r.name for r in planned} and (request := connector.named(scope, name))]
    due = [request for request in planned if request.name in dropped]
    for name in sorted(dropped.keys() - {r.name for r in due}):
        problems.append(f"{dropped[name]}: answers no question of {connector.source}; name it after one{_some_names(planned)}")
    return due


def _requests(connector: Connector, scope: Scope, detected: Detected | None, problems: list[str]) -> list[Request]:
    """Return the requests that follow from the detectors' answers; none if no detector answered."""
    planned: list[Request] = []
    if detected is None:
        return planned
    try:
        for request in connector.requests(scope, {name: answer.path.read_bytes() for name, (_, answer) in detected.items()}):
            planned.append(request)
    except Refused as error:
        problems.append(named(connector.source, error))
    except SHAPES as error:
        changed = "the change detector's answer has another shape than it had"
        problems.append(f"{connector.source}: {changed} ({type(error).__name__}: {error}); compare fetch.py")
    return planned


def _some_names(requests: Sequence[Request]) -> str:
    names = [request.name for request in requests]
    return (
        (": " if names else ", as sources/README.md says")
        + ", ".join(names[:SHOWN])
        + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    )


def _detected(
    connector: Connector, scope: Scope, problems: list[str], incoming: Path, traffic: Traffic, attempts: int = ATTEMPTS
) -> Detected | None:
    """Return the detectors' answers; None if there are detectors and none answered, or the quota is spent."""
    found: Detected = {}
    asked = connector.detectors(scope)
    with Client(connector.source, connector.publisher, incoming, attempts, traffic) as client:
        for request in asked:
            try:
                answer = client.get(request)
            except Unfetched as error:
                problems.append(str(error))
                if error.resume_at or len(problems) == PROBLEMS:
                    return None
                continue
            if answer:
                found[request.name] = request, answer
    return found if found or not asked else None


def _keep_detected(home: Path, connector: Connector, detected: Detected, is_news: bool) -> None:
    """Keep the detectors' answers that something rests on; an answer with a clock in it differs at every call."""
    have = answers.latest(home, connector.source, detectors=True)
    for name, (request, answer) in detected.items():
        if is_news and (name not in have or have[name].sha256 != answer.sha256):
            answers.put(home, connector.source, request._replace(is_detector=True), answer, 0)
        else:
            answer.path.unlink()


def _is_due(request: Request, have: answers.Row | None) -> bool:
    if have is None:
        return True
    if request.is_pinned:
        return False
    return not request.signature or request.signature != have.request.signature
