"""Turn a refusal into a failed step, and the events of a failed run into one message.

Write the message of a refusal where it is raised, not here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import dagster as dg

from schemas.errors import OUT_OF_MEMORY, Problem, Refused, Unusable, is_interrupted_query, is_out_of_memory

FAILURES = {dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_CANCELED}
INTERRUPTED = "the run was interrupted; start it again"


@contextmanager
def failing_in_one_sentence() -> Iterator[None]:
    """Fail the step with the refusal's message alone, so that Dagster shows no stack trace around it."""
    try:
        yield
    except (Refused, Unusable) as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    except RuntimeError as error:
        if is_interrupted_query(type(error).__name__, str(error)):
            raise dg.DagsterExecutionInterruptedError from None  # ends the run; DuckDB's own error would fail only the step
        raise


def raise_failure(events: Iterable[dg.DagsterEvent]) -> NoReturn:
    """Raise the reason of a failed run.

    Raises:
        Refused: a step failed.
        KeyboardInterrupt: a signal ended the run.
    """
    problem = reason(events)
    if problem == INTERRUPTED:
        raise KeyboardInterrupt
    raise Refused(problem or "the run failed without a recorded reason; `make ui` shows its log")


def reason(events: Iterable[dg.DagsterEvent]) -> Problem | None:
    """Return the innermost cause of the first failure among these events; None if there is no failure."""
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if not event.is_failure or error is None:
            continue
        if user_failure := getattr(event.event_specific_data, "user_failure_data", None):
            return OUT_OF_MEMORY if is_out_of_memory("", user_failure.description or "") else user_failure.description
        while error.cause is not None:
            error = error.cause
        kind = error.cls_name or ""
        if kind == "DagsterExecutionInterruptedError" or is_interrupted_query(kind, error.message.strip()):
            return INTERRUPTED
        if is_out_of_memory(kind, error.message):
            return OUT_OF_MEMORY
        return error.message.split(": ", 1)[1].strip() if error.message.startswith("schemas.errors.") else error.message.strip()
    return None
