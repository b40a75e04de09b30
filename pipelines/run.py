"""Lock the home during a run, and share the inputs and the build folder among its steps."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import NoReturn

import dagster as dg

from pipelines import alerts, last_refresh
from pipelines.inputs import Inputs
from pipelines.refusal import FAILURES, INTERRUPTED, reason
from schemas.errors import Unusable
from warehouse.build.claims import Decided
from warehouse.build.database import Connection
from warehouse.home import home
from warehouse.release.locks import refresh_lock
from warehouse.visuals.files import Pictures

ALONE = "this step needs the steps before it: launch the job `refresh` under *Jobs*, which runs all of them"


class Run:
    """The state that the steps of one run share; they run in one process, one after another.

    `inputs` of the release, the `folder` in which it is built, the connection to its database, `con`, the decisions of its claims on the
    texts' days, `then`, and its `pictures`, the last two made in the background, are set by the steps that make or begin them.

    Raises:
        Unusable: a step reads one of these, and this run does not include the step that sets it.
    """

    inputs: Inputs
    folder: Path
    con: Connection
    then: Future[Decided]
    pictures: Pictures

    def __init__(self, run_id: str) -> None:
        """Begin without inputs and without a build folder."""
        self.id = run_id
        self.is_recorded = self.is_published = False
        self.alerts: list[str] = []  # lines for the webhook

    def record(self) -> None:
        """Record the start of this run as a refresh; its end is then recorded too."""
        last_refresh.begin(home(), self.id)
        self.is_recorded = True

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse what no step has set."""
        if name in Run.__annotations__:
            raise Unusable(ALONE)
        raise AttributeError(name)

    def close(self) -> None:
        """Stop drawing pictures; the database, which an interrupted query may still use, closes with its last reference."""
        if "pictures" in vars(self):
            self.pictures.stop()


@dg.resource(description="The lock of the home, held for the whole run, and the state that its steps share")
def run(context: dg.InitResourceContext) -> Iterator[Run]:
    """Lock the home before the first step; record the end and unlock after the last, then notify of failed publishers.

    A resource takes the lock because the lock must outlive every step: Dagster closes a run's resources after the last step, also
    if a step failed or the run was cancelled. Keep other work out of this resource: Dagster assigns an error in a resource to no step.
    If the process dies, the system frees the lock.
    """
    shared = Run(context.run.run_id)  # type: ignore[union-attr]  # a resource is initialized within a run
    try:
        with refresh_lock(home()):
            try:
                yield shared
            finally:
                shared.close()
                _record_end(shared, context.instance)  # type: ignore[arg-type]  # a run has an instance
    finally:
        for line in shared.alerts:
            alerts.post(line, context.log.error)  # type: ignore[union-attr]


def _record_end(shared: Run, instance: dg.DagsterInstance) -> None:
    if shared.is_recorded:
        events = (entry.dagster_event for entry in instance.all_logs(shared.id, of_type=FAILURES) if entry.dagster_event)
        message = reason(events)
        last_refresh.end(home(), None if message == INTERRUPTED else message, shared.is_published)
