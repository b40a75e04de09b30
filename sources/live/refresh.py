"""Refresh the live sources: plan, fetch and write each in turn, and report what became of it.

Put here the pass over all connectors, not a step of it (`planning`, `fetching`, `live_snapshots`) or anything about one publisher.

A source that fails keeps what it had, and the others go on.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Refused, Unusable
from sources import snapshot
from sources.connector import Connector, Request, Scope, connectors
from sources.home import LIVE
from sources.live import answers, drop_folder, notes
from sources.live.fetching import Fetch, Taken
from sources.live.live_snapshots import REWRITING, materialise
from sources.live.parsing import Parser
from sources.live.planning import SHAPES, Plan, named, plan


class Outcome(NamedTuple):
    """The result of refreshing a source: fetched, unchanged, dropped (read from the drop folder) or failed; `notes` are warnings.

    A failed source has `stale_since`, the day of its last good check, empty if there was none. `requests` and `bytes` are what
    was asked and received, `rows` those of the answers that were taken.
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
    """Bring every live source up to date; hold the home's lock meanwhile.

    `only` names sources, and is the way to ask an optional one. `accept` names sources whose shrunken or jumped answers are
    right. `log` gets the estimate and the progress, a line at a time.

    Raises:
        Unusable: `only` or `accept` names something that is no live source.
    """
    chosen = _chosen(home, folder, only, accept)
    answers.clear_incoming(home)
    plans, seconds = [], []
    for connector in chosen:
        started = time.monotonic()
        plans.append(plan(home, connector, scope))
        seconds.append(time.monotonic() - started)
    for planned in (p for p in plans if p.due):
        due = f"{len(planned.due)} of {planned.total} requests are due"
        log(f"{planned.connector.source}: {due}, about {planned.seconds:.0f} s")
    log(f"about {sum(planned.seconds for planned in plans):.0f} s for all, bound by the publishers' rate budgets")
    outcomes = []
    for planned, before in zip(plans, seconds, strict=True):
        started = time.monotonic()
        outcome = _refresh(home, folder, planned, log, planned.connector.source in accept)
        took = before + time.monotonic() - started
        outcomes.append(outcome._replace(requests=planned.traffic.requests, bytes=planned.traffic.bytes, seconds=took))
    answers.clear_incoming(home)
    return outcomes


def finish(home: Path, folder: Path = snapshot.BUNDLED) -> None:
    """Write again, from the store, the days that a killed run was writing, and remove what it was receiving; hold the lock meanwhile.

    Raises:
        Refused: the store lacks an answer they are made of.
    """
    answers.clear_incoming(home)
    for path in sorted((home / LIVE).glob(f"*/{REWRITING}")):
        for connector in _chosen(home, folder, [path.parent.name], ()):
            if connector.source == path.parent.name:
                materialise(home, connector, folder)


def withdraw(home: Path, source: str, day: str, folder: Path = snapshot.BUNDLED) -> list[answers.Row]:
    """Take back what a source answered on a day, and its snapshot; hold the home's lock meanwhile.

    Raises:
        Unusable: there is no such source, or no answer of that day stands.
    """
    (connector,) = _chosen(home, folder, [source], ())
    taken = answers.withdraw(home, source, day)
    if not taken:
        days = sorted({row.day for row in answers.believed(home, source) if row.sha256})
        raise Unusable(f"nothing to withdraw: {source} has no answer dated {day} (available: {', '.join(days) or 'none'})")
    materialise(home, connector, folder)
    return taken


def _chosen(home: Path, folder: Path, only: Sequence[str] | None, accept: Sequence[str]) -> list[Connector]:
    curated = {c.source: c for c in drop_folder.curated(home, folder)}  # nobody is asked for them, so they are read in every run
    known = {c.source: c for c in connectors()} | curated
    if unknown := sorted({*(only or ()), *accept} - known.keys()):
        raise Unusable(f"{unknown[0]} is no live source: choose from {', '.join(sorted(known))}")
    return [c for name, c in sorted(known.items()) if name in curated or (name in only if only else not c.publisher.is_optional)]


def _refresh(home: Path, folder: Path, planned: Plan, log: Callable[[str], None], is_accepted: bool) -> Outcome:
    """Refresh a source and log what became of it; whatever goes wrong with it ends this source only."""
    source = planned.connector.source
    try:
        outcome = _outcome(home, folder, planned, log, is_accepted)
    except (Refused, *SHAPES) as error:
        outcome = Outcome(source, "failed", named(source, error))
    log(f"{source}: {outcome.status}: {outcome.message}")
    for note in outcome.notes:
        log(f"{source}: note: {note}")
    return outcome


def _outcome(home: Path, folder: Path, planned: Plan, log: Callable[[str], None], is_accepted: bool) -> Outcome:
    source = planned.connector.source
    before = [row.day for row in answers.believed(home, source) if not row.request.is_detector]
    parser = Parser(home, planned.connector)
    fetch = Fetch(home, folder, planned, parser, is_accepted)
    taken = fetch.run(log)
    problems, lines = fetch.problems, fetch.notes
    try:
        if not planned.due and not problems:
            answers.note_unchanged(home, source, Request("", ""))
        lines += materialise(home, planned.connector, folder, parser)
        lines += notes.of_standing_answers(home, planned.connector, folder, parser)
    except Refused as error:
        problems.append(str(error))
    status, message = _status(planned, problems, taken)
    stale_since = before[-1] if problems and before else ""
    return Outcome(source, status, message, stale_since, tuple(lines), rows=taken.rows)


def _status(planned: Plan, problems: Sequence[str], taken: Taken) -> tuple[str, str]:
    """Return the status and the message of a source."""
    if problems:
        more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
        kept = f"; {taken.answers} of {len(planned.due)} due answers were kept" if taken.answers else ""
        return "failed", problems[0] + more + kept
    if taken.answers:
        return "dropped" if planned.dropped else "fetched", f"{taken.answers} of {planned.total} answers are new"
    return "unchanged", f"all {planned.total} answers still stand"
