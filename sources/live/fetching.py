"""Fetch the answers of a plan: request each, check it, and store or reject it.

Put here the handling of each answer, not the choice of questions (`planning`) or the rules of plausibility (`plausibility`).
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Note, Problem, Refused
from sources.connector import Parsed, Request
from sources.live import answers, drop_folder, plausibility, vintages
from sources.live.http import Answer, Client
from sources.live.parsing import Parser
from sources.live.planning import Patience, Plan, message_of

PROGRESS = 25


class NewAnswers(NamedTuple):
    """The number of answers with new bytes, and of their rows."""

    answers: int = 0
    rows: int = 0


class Fetch:
    """Fetch of one source's due answers, in order; problems and notes are one line each."""

    def __init__(self, home: Path, folder: Path, plan: Plan, parser: Parser, is_accepted: bool) -> None:
        """Send no request yet; with `is_accepted` a person vouches for the answers, so plausibility is not checked."""
        self.home, self.folder, self.plan, self.parser, self.is_accepted = home, folder, plan, parser, is_accepted
        self.source = plan.connector.source
        self.problems: list[Problem] = list(plan.problems)
        self.notes: list[Note] = []
        self._newest_rows = cache(lambda kind: vintages.newest_rows(vintages.snapshot_files(home, folder, self.source), kind))

    def run(self, log: Callable[[str], None]) -> NewAnswers:
        """Request what is due, until the publisher has failed too often in a row or the quota is spent."""
        plan, current, new, patience = self.plan, answers.latest(self.home, self.source), NewAnswers(), Patience()
        with Client(self.source, plan.connector.publisher, answers.incoming(self.home), traffic=plan.traffic) as client:
            for number, request in enumerate(plan.due, start=1):
                try:
                    rows = self._one(client, request, current.get(request.name))
                    if rows is not None:
                        new = NewAnswers(new.answers + 1, new.rows + rows)
                    patience.is_over()
                except Exception as error:  # a failed request does not stop the others
                    # a list that is only compared with the source's own does not make the source stale if its request fails
                    (self.notes if request.against == self.source else self.problems).append(message_of(plan.connector, error))
                    if patience.is_over(error):
                        break
                if number % PROGRESS == 0:
                    log(f"{self.source}: {number} of {len(plan.due)} requests done")
        return new

    def _one(self, client: Client, request: Request, row: answers.Row | None) -> int | None:
        """Ask one question; return the number of rows of a new answer, None if the previous answer is current."""
        answer: Answer | None
        if request.name in self.plan.files:
            answer = drop_folder.as_answer(self.home, self.plan.files[request.name], request)
        else:
            answer = client.get(request, _validators(row))
        if answer is None or (row and answer.sha256 == row.sha256):
            answers.note_unchanged(self.home, self.source, request, row)
            return None
        if not self.is_accepted and answers.is_withdrawn(self.home, self.source, request, answer.sha256):
            raise Refused(f"{self.source}: {request.name}: the publisher still sends the withdrawn answer; {plausibility.ACCEPT}")
        return self._take(request, answer, row)

    def _take(self, request: Request, answer: Answer, row: answers.Row | None) -> int:
        """Check an answer and store it; return its number of rows.

        Raises:
            Refused: the answer breaks a rule; it is moved to `rejected/`, and the last good answer stays current.
        """
        rows = 0
        try:
            if self.plan.connector.parse and request.kind:
                parsed = self.parser.parse_received(request, answer)
                rows = len(parsed.rows)
                if not (self.is_accepted or request.against or request.is_bundle):
                    self._check_plausible(request, parsed, row)
        except Refused as error:
            rejected = answers.reject(self.home, self.source, request, answer)
            message = _of_a_person(str(error), self.plan.files[request.name]) if request.name in self.plan.files else error
            raise Refused(f"{message}; see the answer in {rejected}") from None
        answers.put(self.home, self.source, request, answer, rows)
        return rows

    def _check_plausible(self, request: Request, parsed: Parsed, row: answers.Row | None) -> None:
        """Compare an answer with the last one, in the requested years; a first answer with the snapshots of its source and `measured_by`.

        Raises:
            Refused: the answer is implausible.
        """
        where = f"{self.source}: {request.name}"
        if row:
            before = plausibility.within(request.kind, self.parser.parse_stored(row).rows, self.plan.years)
            plausibility.check_against(request.kind, parsed.rows, before, where)
            return
        plausibility.check_magnitude(request.kind, parsed.rows, self._newest_rows(request.kind), where)
        if other := self.plan.connector.publisher.measured_by:
            measure = vintages.newest_rows(vintages.snapshot_files(self.home, self.folder, other), request.kind)
            plausibility.check_scale(parsed.rows, measure, where)


def _of_a_person(message: Problem, path: Path) -> Problem:
    """Return a refusal's message; if its advice blames the publisher, with advice for the person who dropped the file instead."""
    cause, _, advice = message.rpartition("; ")
    blames = re.search(r"publisher(?:'s service)? (?:has|is faulty)|try again later|correct (parse|fetch)\.py", advice)
    return f"{cause}; correct {path}, or download it again in the format that sources/README.md lists" if cause and blames else message


def _validators(row: answers.Row | None) -> dict[str, str]:
    """Return the headers that make the publisher answer 304 if nothing changed."""
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {names[name]: value for name, value in (row.headers if row else {}).items() if name in names}
