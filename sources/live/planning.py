"""Plan the requests to a publisher: ask its change detectors, and select the requests that are due.

A request is due if it has no answer or a change detector reports a change. One that no detector covers is always due,
unless its answer never changes (`Request.is_pinned`).

Put here the choice of due requests, not the handling of answers (`fetching`) or one publisher's requests (its `fetch.py`).
"""

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Problem, Refused, Unfetched
from sources.connector import Connector, Request, Scope, connectors
from sources.live import answers, dropped
from sources.live.http import ATTEMPTS, LONGEST_ERROR, Answer, Client, Traffic, redacted

PROBLEMS = 3  # consecutive failures that do not depend on the question, after which a run stops asking a source
BRIEF = 10.0  # seconds that a sensor's request may take
SHOWN = 5
DetectorAnswers = dict[str, tuple[Request, Answer]]  # the answers of change detectors, by name


class Plan(NamedTuple):
    """A source's requests in a run: the due ones, those answered by dropped files, and the problems of planning."""

    connector: Connector
    due: list[Request]
    files: dict[str, Path]
    problems: list[Problem]
    total: int
    years: range
    traffic: Traffic

    @property
    def seconds(self) -> float:
        """Return the least time in seconds that the due requests take at the publisher's rate budget."""
        return (len(self.due) - len(self.files)) * self.connector.publisher.seconds_between


def plan(home: Path, connector: Connector, scope: Scope) -> Plan:
    """Plan a source's requests; whatever goes wrong becomes a problem of this source only."""
    try:
        return _plan(home, connector, scope)
    except Exception as error:
        return Plan(connector, [], {}, [message_of(connector, error)], 0, scope.years, Traffic())


def message_of(connector: Connector, error: Exception) -> str:
    """Return an error's message in one line that starts with its source, without the source's key."""
    message = redacted(" ".join(str(error).split()), connector.publisher.key)
    message = message if isinstance(error, Refused) else f"{type(error).__name__}: {message[:LONGEST_ERROR]}"
    return message if message.startswith(connector.source) else f"{connector.source}: {message}"


class Patience:
    """Count consecutive failures that do not depend on the question, so that a publisher that is down is not sent every request."""

    def __init__(self) -> None:
        """Begin without a failure."""
        self._in_a_row = 0

    def is_over(self, error: Exception | None = None) -> bool:
        """Return True if a run stops asking a source after this failure; None records a usable answer."""
        if error is None:
            self._in_a_row = 0
        elif getattr(error, "is_general", False):
            self._in_a_row += 1
        return self._in_a_row >= PROBLEMS or bool(getattr(error, "resume_at", ""))


def release_signature(source: str, scope: Scope) -> str:
    """Return a digest of the signatures from a source's change detectors; it changes if the publisher has released something new.

    Each detector is asked once and briefly, because the sensor that calls this repeats.

    Raises:
        Refused: a detector gave no usable answer.
    """
    problems: list[Problem] = []
    (connector,) = (c for c in connectors() if c.source == source)
    brief = connector._replace(publisher=connector.publisher._replace(total_seconds=BRIEF))
    with tempfile.TemporaryDirectory() as folder:  # not the home's folder, which a run may be clearing
        detector_answers = _ask_detectors(brief, scope, problems, Path(folder), Traffic(), 1)
        requests = [] if problems else _requests(connector, scope, detector_answers, problems)
    if problems:
        raise Refused(problems[0])
    signatures = sorted((request.name, request.signature) for request in requests)
    return hashlib.sha256(repr(signatures).encode()).hexdigest()


def _plan(home: Path, connector: Connector, scope: Scope) -> Plan:
    files = dropped.files(home, connector.source)
    problems = dropped.unreadable(home, connector.source)
    is_dropped = bool(files or problems)  # then the publisher is not asked
    traffic = Traffic()
    detector_answers = {} if is_dropped else _ask_detectors(connector, scope, problems, answers.incoming(home), traffic)
    requests = _requests(connector, scope, detector_answers, problems)
    if not requests and not problems and not files:
        problems.append(f"{connector.source}: the publisher lists nothing to request; correct fetch.py to match the publisher's site")
    if is_dropped:
        due = _answered_by_files(connector, scope, requests, files, problems)
        return Plan(connector, due, {r.name: files[r.name] for r in due}, problems, len(requests), scope.years, traffic)
    current = answers.latest(home, connector.source)
    # those that were answered longest ago come first, so that a run that stops early starves no request
    answered = {name: row.fetched_at for name, row in current.items()}
    due = sorted((r for r in requests if _is_due(r, current.get(r.name))), key=lambda request: answered.get(request.name, ""))
    _store_detector_answers(home, connector, detector_answers or {}, bool(due))
    return Plan(connector, due, {}, problems, len(requests), scope.years, traffic)


def _answered_by_files(
    connector: Connector, scope: Scope, requests: list[Request], files: dict[str, Path], problems: list[Problem]
) -> list[Request]:
    """Return the requests that dropped files answer, adding to `requests` those that follow from a file's name alone."""
    requests += [request for name in files if name not in {r.name for r in requests} and (request := connector.request_for(scope, name))]
    due = [request for request in requests if request.name in files]
    for name in sorted(files.keys() - {r.name for r in due}):
        problems.append(
            f"{files[name]}: its name is not a question of {connector.source}; rename it after the question it answers{_some_names(requests)}"
        )
    return due


def _requests(connector: Connector, scope: Scope, detector_answers: DetectorAnswers | None, problems: list[Problem]) -> list[Request]:
    """Return the requests that follow from the detectors' answers; none if no detector answered."""
    requests: list[Request] = []
    if detector_answers is None:
        return requests
    try:
        for request in connector.requests(scope, {name: answer.path.read_bytes() for name, (_, answer) in detector_answers.items()}):
            requests.append(request)
    except Refused as error:
        problems.append(message_of(connector, error))
    except Exception as error:
        problem = "the change detector's answer has an unexpected structure"
        cause = redacted(str(error), connector.publisher.key)[:LONGEST_ERROR]
        problems.append(f"{connector.source}: {problem} ({type(error).__name__}: {cause}); correct fetch.py")
    return requests


def _some_names(requests: Sequence[Request]) -> str:
    names = [request.name for request in requests]
    return (
        (", such as " if names else "; sources/README.md lists the names")
        + ", ".join(names[:SHOWN])
        + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    )


def _ask_detectors(
    connector: Connector, scope: Scope, problems: list[Problem], incoming: Path, traffic: Traffic, attempts: int = ATTEMPTS
) -> DetectorAnswers | None:
    """Return the detectors' answers; None if there are detectors and none answered, or the run stops asking."""
    detector_answers: DetectorAnswers = {}
    requests, patience = connector.detectors(scope), Patience()
    with Client(connector.source, connector.publisher, incoming, attempts, traffic) as client:
        for request in requests:
            try:
                answer = client.get(request)
            except Unfetched as error:
                problems.append(str(error))
                if patience.is_over(error):
                    return None
                continue
            patience.is_over()
            if answer:
                detector_answers[request.name] = request, answer
    return detector_answers if detector_answers or not requests else None


def _store_detector_answers(home: Path, connector: Connector, detector_answers: DetectorAnswers, is_news: bool) -> None:
    """Store the detectors' answers if they differ and requests are due; some contain the time of day, so they differ in every run."""
    current = answers.latest(home, connector.source, detectors=True)
    for name, (request, answer) in detector_answers.items():
        if is_news and (name not in current or current[name].sha256 != answer.sha256):
            answers.put(home, connector.source, request._replace(is_detector=True), answer, 0)
        else:
            answer.path.unlink()


def _is_due(request: Request, current: answers.Row | None) -> bool:
    if current is None:
        return True
    if request.is_pinned:
        return False
    return not request.signature or request.signature != current.request.signature
