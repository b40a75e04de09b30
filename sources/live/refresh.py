"""Refresh the live sources: ask the change detectors, fetch what is due, check it, keep it, and write what is new.

Belongs here: the one pass over all connectors, and what became of each. Does not belong here: HTTP (`http`), keeping
(`store`), comparing (`vintage`), writing snapshots (`materialise`), or anything about one publisher.

A source that fails keeps what it had, and the others go on.
"""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from schemas.errors import Refused, Unfetched, Unusable
from sources import snapshot
from sources.connector import Connector, Parsed, Request, Scope, connectors
from sources.live import answers as store
from sources.live import drop_folder, vintages
from sources.live.http import ATTEMPTS, Answer, Client
from sources.live.live_snapshots import REWRITING, materialise, parsed_rows, snapshot_files, warnings

PROBLEMS = 3  # a source is given up for this run after so many answers that cannot be used
PROGRESS = 25
BRIEF = 10.0  # seconds a question of a sensor may take
SHOWN = 5
Known = Callable[[str], pd.DataFrame]  # by kind, the newest figures a source has
# what comes of an answer, or of a file, that is not what it was taken for
SHAPES = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)
BROKEN = (Refused, *SHAPES)


class Outcome(NamedTuple):
    """What became of a source: fetched, unchanged, dropped (read from the drop folder) or failed; `notes` are warnings.

    A failed source has `stale_since`, the day of its last good check, empty where there was none.
    """

    source: str
    status: str
    message: str
    stale_since: str = ""
    notes: tuple[str, ...] = ()


class Plan(NamedTuple):
    """A source's requests of this run: those due, those answered by dropped files, and what could not be planned."""

    connector: Connector
    due: list[Request]
    dropped: dict[str, Path]
    problems: list[str]
    total: int
    years: range

    @property
    def seconds(self) -> float:
        """At the publisher's rate budget, at best."""
        return (len(self.due) - len(self.dropped)) * self.connector.publisher.seconds_between


def refresh_live(
    home: Path,
    scope: Scope,
    only: Sequence[str] | None = None,
    say: Callable[[str], None] = print,
    accept: Sequence[str] = (),
    folder: Path = snapshot.BUNDLED,
) -> list[Outcome]:
    """Bring every live source up to date; hold the home's lock meanwhile.

    `only` names sources, and is the way to ask an optional one. `accept` names sources whose shrunken or jumped answers are
    right. `say` gets the estimate and the progress, a line at a time.

    Raises:
        Unusable: `only` or `accept` names something that is no live source.
    """
    chosen = _chosen(home, folder, only, accept)
    store.clear_incoming(home)
    plans = [_planned_alone(home, connector, scope) for connector in chosen]
    for plan in (p for p in plans if p.due):
        say(f"{plan.connector.source}: {len(plan.due)} of {plan.total} requests are due, about {plan.seconds:.0f} s")
    say(f"about {sum(plan.seconds for plan in plans):.0f} s for all, bound by the publishers' rate budgets")
    outcomes = [_refreshed_alone(home, folder, plan, say, accept) for plan in plans]
    store.clear_incoming(home)
    return outcomes


def finish(home: Path, folder: Path = snapshot.BUNDLED) -> None:
    """Write again, from the store, the days that a killed run was writing, and remove what it was receiving; hold the lock meanwhile.

    Raises:
        Refused: the store lacks an answer they are made of.
    """
    store.clear_incoming(home)
    for path in sorted((home / "live").glob(f"*/{REWRITING}")):
        for connector in _chosen(home, folder, [path.parent.name], ()):
            if connector.source == path.parent.name:
                materialise(home, connector, folder)


def withdraw(home: Path, source: str, day: str, folder: Path = snapshot.BUNDLED) -> list[store.Row]:
    """Take back what a source answered on a day, and its snapshot; hold the home's lock meanwhile.

    Raises:
        Unusable: there is no such source, or no answer of that day stands.
    """
    (connector,) = _chosen(home, folder, [source], ())
    taken = store.withdraw(home, source, day)
    if not taken:
        days = sorted({row.day for row in store.believed(home, source) if row.sha256})
        raise Unusable(f"no answer of {source} of {day} stands; those that do are of: {', '.join(days) or 'no day'}")
    materialise(home, connector, folder)
    return taken


def _chosen(home: Path, folder: Path, only: Sequence[str] | None, accept: Sequence[str]) -> list[Connector]:
    curated = {c.source: c for c in drop_folder.curated(home, folder)}  # nobody is asked for them, so they are read in every run
    known = {c.source: c for c in connectors()} | curated
    if unknown := sorted({*(only or ()), *accept} - known.keys()):
        raise Unusable(f"{unknown[0]} is no live source: choose from {', '.join(sorted(known))}")
    return [c for name, c in sorted(known.items()) if name in curated or (name in only if only else not c.publisher.is_optional)]


def _planned_alone(home: Path, connector: Connector, scope: Scope) -> Plan:
    """A source's plan; whatever goes wrong with it ends this source only."""
    try:
        return _plan(home, connector, scope)
    except BROKEN as error:
        return Plan(connector, [], {}, [_named(connector.source, error)], 0, scope.years)


def _refreshed_alone(home: Path, folder: Path, plan: Plan, say: Callable[[str], None], accept: Sequence[str]) -> Outcome:
    """What became of a source; whatever goes wrong with it ends this source only."""
    try:
        return _refresh(home, folder, plan, say, accept)
    except BROKEN as error:
        outcome = Outcome(plan.connector.source, "failed", _named(plan.connector.source, error))
        say(f"{outcome.source}: failed: {outcome.message}")
        return outcome


def _named(source: str, error: Exception) -> str:
    """What an error says, in one line that starts with its source."""
    said = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {' '.join(str(error).split())}"
    return said if said.startswith(source) else f"{source}: {said}"


def _plan(home: Path, connector: Connector, scope: Scope) -> Plan:
    """Ask the detectors, and keep the requests whose answers are missing or are said to have changed."""
    dropped = drop_folder.files(home, connector.source)
    problems: list[str] = []
    detected = {} if dropped else _detected(connector, scope, problems, store.incoming(home))
    planned = _planned(connector, scope, detected and {name: a.path.read_bytes() for name, (_, a) in detected.items()}, problems)
    have = store.latest(home, connector.source)
    if not planned and not problems and not dropped:
        problems.append(f"{connector.source}: no question follows from what the publisher lists; compare fetch.py with its site")
    if not dropped:
        due = [request for request in planned if _is_due(request, have.get(request.name))]
        _keep_detected(home, connector, detected or {}, bool(due))
        return Plan(connector, due, {}, problems, len(planned), scope.years)
    planned += [request for name in dropped if name not in {r.name for r in planned} and (request := connector.named(scope, name))]
    due = [request for request in planned if request.name in dropped]
    for name in sorted(dropped.keys() - {r.name for r in due}):
        problems.append(f"{dropped[name]}: answers no question of {connector.source}; name it after one{_some_names(planned)}")
    return Plan(connector, due, {r.name: dropped[r.name] for r in due}, problems, len(planned), scope.years)


def _planned(connector: Connector, scope: Scope, answers: dict[str, bytes] | None, problems: list[str]) -> list[Request]:
    """The requests that follow from the detectors' answers; none where no detector answered."""
    planned: list[Request] = []
    try:
        for request in connector.requests(scope, answers) if answers is not None else []:
            planned.append(request)
    except Refused as error:
        problems.append(_named(connector.source, error))
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


def released(home: Path, source: str, scope: Scope) -> str:
    """A digest of the signatures a source's change detectors give its answers: another one means that something new is out.

    One attempt, in little time: whoever asks will ask again.

    Raises:
        Refused: a detector could not be asked, or what it says cannot be read.
    """
    problems: list[str] = []
    (connector,) = (c for c in connectors() if c.source == source)
    brief = connector._replace(publisher=connector.publisher._replace(total_seconds=BRIEF))
    with tempfile.TemporaryDirectory() as folder:  # not the home's: a run may be clearing that
        detected = _detected(brief, scope, problems, Path(folder), 1) or {}
        answers = {name: answer.path.read_bytes() for name, (_, answer) in detected.items()}
    planned = [] if problems else _planned(connector, scope, answers, problems)
    if problems:
        raise Refused(problems[0])
    signatures = sorted((request.name, request.signature) for request in planned)
    return hashlib.sha256(repr(signatures).encode()).hexdigest()


def _detected(
    connector: Connector, scope: Scope, problems: list[str], incoming: Path, attempts: int = ATTEMPTS
) -> dict[str, tuple[Request, Answer]] | None:
    """The detectors' answers by name, on their way; None where there are detectors and none answered, or the quota is spent."""
    answers: dict[str, tuple[Request, Answer]] = {}
    asked = connector.detectors(scope)
    with Client(connector.source, connector.publisher, incoming, attempts) as client:
        for request in asked:
            try:
                answer = client.get(request)
            except Unfetched as error:
                problems.append(str(error))
                if error.resume_at or len(problems) == PROBLEMS:
                    return None
                continue
            if answer:
                answers[request.name] = request, answer
    return answers if answers or not asked else None


def _keep_detected(home: Path, connector: Connector, detected: dict[str, tuple[Request, Answer]], is_news: bool) -> None:
    """Keep the detectors' answers that something rests on; an answer with a clock in it differs at every call."""
    have = store.latest(home, connector.source, detectors=True)
    for name, (request, answer) in detected.items():
        if is_news and (name not in have or have[name].sha256 != answer.sha256):
            store.put(home, connector.source, request._replace(is_detector=True), answer, 0)
        else:
            answer.path.unlink()


def _is_due(request: Request, have: store.Row | None) -> bool:
    if have is None:
        return True
    if request.is_pinned:
        return False
    return not request.signature or request.signature != have.request.signature


def _refresh(home: Path, folder: Path, plan: Plan, say: Callable[[str], None], accept: Sequence[str]) -> Outcome:
    source = plan.connector.source
    before = [row.day for row in store.believed(home, source) if not row.request.is_detector]
    problems, notes = list(plan.problems), []
    taken = _fetch(home, folder, plan, say, problems, notes, source in accept)
    try:
        if not plan.due and not problems:
            store.note_unchanged(home, source, Request("", ""))
        notes += materialise(home, plan.connector, folder)
        notes += warnings(home, plan.connector, folder)
    except Refused as error:
        problems.append(str(error))
    if problems:
        more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
        kept = f"; {taken} of {len(plan.due)} due answers were kept" if taken else ""
        outcome = Outcome(source, "failed", problems[0] + more + kept, before[-1] if before else "", tuple(notes))
    elif taken:
        outcome = Outcome(source, "dropped" if plan.dropped else "fetched", f"{taken} of {plan.total} answers are new", "", tuple(notes))
    else:
        outcome = Outcome(source, "unchanged", f"all {plan.total} answers still stand", "", tuple(notes))
    say(f"{source}: {outcome.status}: {outcome.message}")
    for note in notes:
        say(f"{source}: note: {note}")
    return outcome


def _fetch(home: Path, folder: Path, plan: Plan, say: Callable[[str], None], problems: list[str], notes: list[str], accepted: bool) -> int:
    """Ask for what is due, in order; how many answers brought other bytes than before."""
    connector, have, taken = plan.connector, store.latest(home, plan.connector.source), 0
    known = cache(lambda kind: vintages.known(snapshot_files(home, folder, connector.source), kind))
    with Client(connector.source, connector.publisher, store.incoming(home)) as client:
        for number, request in enumerate(plan.due, start=1):
            row = have.get(request.name)
            try:
                answer = (
                    drop_folder.received(home, plan.dropped[request.name], request)
                    if request.name in plan.dropped
                    else client.get(request, _validators(row))
                )
                if answer is None or (row and answer.sha256 == row.sha256):
                    store.note_unchanged(home, connector.source, request, row)
                elif not accepted and store.is_withdrawn(home, connector.source, request, answer.sha256):
                    raise Refused(f"{connector.source}: {request.name}: the publisher still gives the answer that was withdrawn")
                else:
                    _take(home, folder, plan, request, answer, row, None if accepted else known)
                    taken += 1
            except Refused as error:
                # a list that only checks the source's own is no reason to call the source stale
                (notes if request.against == connector.source else problems).append(str(error))
                if getattr(error, "resume_at", "") or len(problems) >= PROBLEMS:
                    break
            if number % PROGRESS == 0:
                say(f"{connector.source}: {number} of {len(plan.due)} requests done")
    return taken


def _validators(row: store.Row | None) -> dict[str, str]:
    """What makes the publisher answer 304 where nothing changed."""
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {names[name]: value for name, value in (row.headers if row else {}).items() if name in names}


def _take(home: Path, folder: Path, plan: Plan, request: Request, answer: Answer, row: store.Row | None, known: Known | None) -> None:
    """Check an answer and keep it. Without `known` its size is believed.

    Raises:
        Refused: it breaks a rule; it was put aside and the last good one stands.
    """
    connector, rows = plan.connector, 0
    try:
        if connector.parse and request.kind:
            parsed = parsed_rows(connector, request, answer.path.read_bytes())
            rows = len(parsed.rows)
            if known and not request.against and not request.is_bundle:
                _believed(home, folder, plan, request, parsed, row, known)
    except Refused as error:
        aside = store.reject(home, connector.source, request, answer)
        raise Refused(f"{error} (the answer is in {aside})") from None
    store.put(home, connector.source, request, answer, rows)


def _believed(home: Path, folder: Path, plan: Plan, request: Request, parsed: Parsed, row: store.Row | None, known: Known) -> None:
    """The answer is held to the one before; of that, only to the years that were asked for this time."""
    connector = plan.connector
    where = f"{connector.source}: {request.name}"
    if row:
        before = vintages.within(request.kind, parsed_rows(connector, row.request, store.body(home, row)).rows, plan.years)
        vintages.believed(request.kind, parsed.rows, before, where)
        return
    vintages.same_magnitude(request.kind, parsed.rows, known(request.kind), where)
    if other := connector.publisher.measured_by:
        vintages.same_scale(parsed.rows, vintages.known(snapshot_files(home, folder, other), request.kind), where)
