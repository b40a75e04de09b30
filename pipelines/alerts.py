"""Notify people of a failed refresh or publisher: one line, in the log and to a webhook.

Put here when and where a failure is announced, not its message (`refusal`) or what `dyad status` reports later (`last_refresh`).
"""

import json
import os
from collections.abc import Callable

import dagster as dg
import httpx

from pipelines.refusal import reason


def notify(line: str, log: Callable[[str], None]) -> None:
    """Log the line and, if `DYAD_WEBHOOK` is set, post it there as `{"text": line}`."""
    log(line)
    if address := os.environ.get("DYAD_WEBHOOK"):
        headers = {"Content-Type": "application/json"}
        try:
            httpx.post(address, content=json.dumps({"text": line}), headers=headers, timeout=10).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log(f"the webhook could not be notified: {type(error).__name__}; check the address in DYAD_WEBHOOK")


def failure_sensor(status: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    """Return the sensor that notifies of every failed run.

    A hook on steps would miss a run that failed in a resource, before its first step.
    """

    @dg.run_failure_sensor(name="say_why", default_status=status, description="One readable line of every failed run, to DYAD_WEBHOOK too")
    def notify_of_failure(context: dg.RunFailureSensorContext) -> None:
        events = [*context.get_step_failure_events(), context.failure_event]
        notify(f"{context.dagster_run.job_name} failed: {reason(events) or 'its reason was not recorded'}", context.log.error)

    return notify_of_failure
