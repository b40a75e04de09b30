"""Hold the home's lock for a whole run, and pass on what its first step read.

Put here what the steps of one run share, not the work of a step.
"""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines import last_refresh
from pipelines.inputs import Inputs
from pipelines.refusal import reason
from schemas.errors import Unusable
from warehouse.home import DATABASE, home
from warehouse.release.locks import refresh_lock

ALONE = "nothing is being built in this run: launch the job `refresh` under *Jobs*, a release moves as a unit"


class Run:
    """Carries what the steps of one run share: all of them run in one process, one after another."""

    def __init__(self, run_id: str) -> None:
        """Begin with nothing read and nothing built."""
        self.id = run_id
        self.is_recorded = self.is_published = False
        self._inputs: Inputs | None = None
        self._folder: Path | None = None

    def record(self) -> None:
        """Record that this run is a refresh, so that its end is recorded too."""
        last_refresh.begin(home(), self.id)
        self.is_recorded = True

    @property
    def inputs(self) -> Inputs:
        """Return what the release is computed from.

        Raises:
            Unusable: the step that reads it is not part of this run.
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
            Unusable: the step that begins it is not part of this run.
        """
        if self._folder is None:
            raise Unusable(ALONE)
        return self._folder

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._folder = folder

    @property
    def database(self) -> Path:
        """Return the warehouse file in that folder."""
        return self.folder / DATABASE


@dg.resource(description="The lock of the home, held for the whole run, and what its steps pass on")
def run(context: dg.InitResourceContext) -> Iterator[Run]:
    """Lock the home before the first step; record the end and unlock after the last.

    A resource holds the lock because no step can: the lock must outlive every step, and Dagster closes a run's resources
    after its last step, also if a step failed or the run was cancelled. It does nothing else: what fails here has no step
    to show it. If the process dies, the system frees the lock.
    """
    with refresh_lock(home()):
        shared = Run(context.run.run_id)
        try:
            yield shared
        finally:
            if shared.is_recorded:
                events = (entry.dagster_event for entry in context.instance.all_logs(shared.id) if entry.dagster_event)
                last_refresh.end(home(), reason(events), shared.is_published)
