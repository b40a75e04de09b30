"""Who hears that a refresh failed, or that a publisher did: one readable line, in the log and at a webhook.

Belongs here: when it is said, and where. Does not belong here: what the history says later (`failures`).
"""

import json
import os
from collections.abc import Callable

import dagster as dg
import httpx

from pipelines.launch import reason


def tell(line: str, log: Callable[[str], None]) -> None:
    """Say the line in the log, and post it as `{"text": line}` to the address in `DYAD_WEBHOOK`, if any."""
    log(line)
    if address := os.environ.get("DYAD_WEBHOOK"):
        headers = {"Content-Type": "application/json"}
        try:
            httpx.post(address, content=json.dumps({"text": line}), headers=headers, timeout=10).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log(f"the webhook could not be told: {type(error).__name__}")


def failure_sensor(status: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    """Tells of every failed run, wherever it failed: a hook on steps would miss the fetch, which comes before them."""

    @dg.run_failure_sensor(name="say_why", default_status=status, description="One readable line of every failed run, to DYAD_WEBHOOK too")
    def say_why(context: dg.RunFailureSensorContext) -> None:
        events = [*context.get_step_failure_events(), context.failure_event]
        tell(f"{context.dagster_run.job_name} failed: {reason(events)}", context.log.error)

    return say_why
