"""Turn a refusal into the failure of a step, and a failed run back into one sentence.

Put the words of a refusal where it is raised, not here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import dagster as dg

from schemas.errors import Refused, Unusable


@contextmanager
def failing_in_one_sentence() -> Iterator[None]:
    """Fail the step with the sentence of the refusal alone: Dagster's page then shows no stack of causes around it."""
    try:
        yield
    except (Refused, Unusable) as error:
        raise dg.Failure(str(error), allow_retries=False) from None


def reason(events: Iterable[dg.DagsterEvent]) -> str | None:
    """Return why the first step or run of these events failed: the innermost cause; None if none failed."""
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if not event.is_failure or error is None:
            continue
        if described := getattr(event.event_specific_data, "user_failure_data", None):
            return described.description
        while error.cause is not None:
            error = error.cause
        if error.cls_name == "DagsterExecutionInterruptedError":
            return "the run was interrupted; start it again"
        return error.message.split(": ", 1)[1].strip() if error.message.startswith("schemas.errors.") else error.message.strip()
    return None
