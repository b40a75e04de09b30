"""Refresh the live sources: plan the requests to all, then fetch and write each in turn, and report its outcome.

Put here the loop over all connectors, not a step of it (`planning`, `fetching`, `live_snapshots`) or anything about one publisher.

A source that fails keeps its last good answers, and the others go on.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Note, Problem, Refused, Unusable
from schemas.words import plural
from sources import snapshot
from sources.connector import Connector, Request, Scope, connectors
from sources.home import LIVE, REWRITING
from sources.live import answers, drop_folder, dropped, notes
from sources.live.fetching import Fetch, NewAnswers
from sources.live.http import redacted
from sources.live.live_snapshots import materialise
from sources.live.parsing import Parser
from sources.live.planning import Plan, message_of, plan


class Outcome(NamedTuple):
    """The result of refreshing a source: fetched, unchanged, dropped (read from the drop folder) or failed; `notes` are warnings.

    `stale_since` is the day of a failed source's last good check, empty if there was none. `requests` and `bytes` count the
    traffic, `rows` the rows of the stored answers.
    """

    source: str
    status: str
    message: str
    stale_since: str = ""
    notes: tuple[str, ...] = ()
    requests: int = 0
    bytes: int = 0
    rows: int = 0
    seconds: float = 0.0


def refresh_live(
    home: Path,
    scope: Scope,
    only: Sequence[str] | None = None,
    log: Callable[[str], None] = print,
    accept: Sequence[str] = (),
    folder: Path = snapshot.BUNDLED,
) -> list[Outcome]:
    """Bring every live source up to date; the caller must own the home's lock.

    `only` lists the sources to ask, the only way to ask an optional one. `accept` lists sources whose answers are stored even if
    implausible. `log` receives the estimate and the progress, a line at a time.

    Raises:
        Unusable: `only` or `accept` names an unknown source.
    """
    chosen = _chosen(home, folder, only, accept)
    for problem in dropped.unread(home, folder, [c.source for c in chosen]):
        log(f"drop folder: {problem}")
    answers.clear_incoming(home)
    plans, seconds = [], []
    for connector in chosen:
        started = time.monotonic()
        plans.append(plan(home, connector, scope))
        seconds.append(time.monotonic() - started)
    for source_plan in (p for p in plans if p.due):
        due = f"{len(source_plan.due)} of {source_plan.total} requests are due"
        log(f"{source_plan.connector.source}: {due}, about {source_plan.seconds:.0f} s")
    log(f"about {sum(source_plan.seconds for source_plan in plans):.0f} s in all, because of the publishers' rate limits")
    outcomes = []
    for source_plan, before in zip(plans, seconds, strict=True):
        started = time.monotonic()
        outcome = _refresh(home, folder, source_plan, log, source_plan.connector.source in accept)
        duration = before + time.monotonic() - started
        outcomes.append(outcome._replace(requests=source_plan.traffic.requests, bytes=source_plan.traffic.bytes, seconds=duration))
    answers.clear_incoming(home)
    return outcomes


def finish(home: Path, folder: Path = snapshot.BUNDLED) -> None:
    """Finish the days that a killed run was writing, and remove the bodies it was receiving; the caller must own the home's lock.

    Raises:
        Refused: the store lacks an answer of such a day.
    """
    answers.clear_incoming(home)
    for path in sorted((home / LIVE).glob(f"*/{REWRITING}")):
        for connector in _chosen(home, folder, [path.parent.name], ()):
            if connector.source == path.parent.name:
                materialise(home, connector, folder)


def withdraw(home: Path, source: str, day: str, folder: Path = snapshot.BUNDLED) -> list[answers.Row]:
    """Withdraw a source's answers of a day, and its snapshot; the caller must own the home's lock.

    Returns:
        The withdrawn rows.

    Raises:
        Unusable: the source is unknown, or has no answer of that day.
    """
    (connector,) = _chosen(home, folder, [source], ())
    withdrawn = answers.withdraw(home, source, day)
    if not withdrawn:
        days = sorted({row.day for row in answers.not_withdrawn(home, source) if row.sha256})
        raise Unusable(f"nothing to withdraw: {source} has no answer dated {day} (available: {', '.join(days) or 'none'})")
    materialise(home, connector, folder)
    return withdrawn


def _chosen(home: Path, folder: Path, only: Sequence[str] | None, accept: Sequence[str]) -> list[Connector]:
    curated = {c.source: c for c in drop_folder.curated(home, folder)}  # they need no publisher, so every run reads them
    available = {c.source: c for c in connectors()} | curated
    if unknown := sorted({*(only or ()), *accept} - available.keys()):
        raise Unusable(f"{unknown[0]} is not a live source: choose from {', '.join(sorted(available))}")
    return [c for name, c in sorted(available.items()) if name in curated or (name in only if only else not c.publisher.is_optional)]


def _refresh(home: Path, folder: Path, source_plan: Plan, log: Callable[[str], None], is_accepted: bool) -> Outcome:
    """Refresh a source and log its outcome, without its key; whatever goes wrong fails this source only."""
    source = source_plan.connector.source
    try:
        outcome = _outcome(home, folder, source_plan, log, is_accepted)
    except Exception as error:
        outcome = Outcome(source, "failed", message_of(source_plan.connector, error))
    key = source_plan.connector.publisher.key
    outcome = outcome._replace(message=redacted(outcome.message, key), notes=tuple(redacted(note, key) for note in outcome.notes))
    log(f"{source}: {outcome.status}: {outcome.message}")
    for note in outcome.notes:
        log(f"{source}: note: {note}")
    return outcome


def _outcome(home: Path, folder: Path, source_plan: Plan, log: Callable[[str], None], is_accepted: bool) -> Outcome:
    source = source_plan.connector.source
    before = [row.day for row in answers.not_withdrawn(home, source) if not row.request.is_detector]
    parser = Parser(home, source_plan.connector)
    fetch = Fetch(home, folder, source_plan, parser, is_accepted)
    new = fetch.run(log)
    problems, lines = fetch.problems, fetch.notes
    try:
        if not source_plan.due and not problems:
            answers.note_unchanged(home, source, Request("", ""))
        lines += materialise(home, source_plan.connector, folder, parser)
        lines += notes.on_current_answers(home, source_plan.connector, folder, parser)
    except Refused as error:
        problems.append(str(error))
    status, message = _status(source_plan, problems, new)
    stale_since = before[-1] if problems and before else ""
    return Outcome(source, status, message, stale_since, tuple(lines), rows=new.rows)


def _status(source_plan: Plan, problems: Sequence[Problem], new: NewAnswers) -> tuple[str, Note]:
    """Return the status and the message of a source."""
    if problems:
        more = f" (and {plural(len(problems) - 1, 'more problem')})" if len(problems) > 1 else ""
        stored = f"; {new.answers} of {len(source_plan.due)} due answers were stored" if new.answers else ""
        return "failed", problems[0] + more + stored
    if new.answers:
        return "dropped" if source_plan.files else "fetched", f"{new.answers} of {source_plan.total} answers are new"
    return "unchanged", f"none of {source_plan.total} answers has changed"
