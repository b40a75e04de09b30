"""Lock the home during a run, and share the inputs and the build folder among its steps."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines import alerts, last_refresh
from pipelines.inputs import Inputs
from pipelines.refusal import FAILURES, INTERRUPTED, reason
from schemas.errors import Unusable
from warehouse.home import DATABASE, home
from warehouse.release.locks import refresh_lock
from warehouse.visuals.files import Pictures

ALONE = "this step needs the steps before it: launch the job `refresh` under *Jobs*, which runs all of them"


class Run:
    """The state that the steps of one run share; they run in one process, one after another."""

    def __init__(self, run_id: str) -> None:
        """Begin without inputs and without a build folder."""
        self.id = run_id
        self.is_recorded = self.is_published = False
        self.alerts: list[str] = []  # lines for the webhook
        self._inputs: Inputs | None = None
        self._folder: Path | None = None
        self._pictures: Pictures | None = None

    def record(self) -> None:
        """Record the start of this run as a refresh; its end is then recorded too."""
        last_refresh.begin(home(), self.id)
        self.is_recorded = True

    @property
    def inputs(self) -> Inputs:
        """Return the inputs of the release.

        Raises:
            Unusable: this run does not include the step that reads them.
        """
        if self._inputs is None:
            raise Unusable(ALONE)
        return self._inputs

    @inputs.setter
    def inputs(self, inputs: Inputs) -> None:
        self._inputs = inputs

    @property
    def folder(self) -> Path:
        """Return the folder in which the release is built.

        Raises:
            Unusable: this run does not include the step that creates it.
        """
        if self._folder is None:
            raise Unusable(ALONE)
        return self._folder

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._folder = folder

    @property
    def pictures(self) -> Pictures:
        """Return the pictures of the release, which are drawn in the background.

        Raises:
            Unusable: this run does not include the step that starts to draw them.
        """
        if self._pictures is None:
            raise Unusable(ALONE)
        return self._pictures

    @pictures.setter
    def pictures(self, pictures: Pictures) -> None:
        self._pictures = pictures

    def close(self) -> None:
        """Stop drawing pictures."""
        if self._pictures is not None:
            self._pictures.stop()

    @property
    def database(self) -> Path:
        """Return the warehouse file in the build folder."""
        return self.folder / DATABASE


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
