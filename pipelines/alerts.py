"""Notify people that a refresh or a publisher failed: one readable line, in the log and at a webhook.

Put here when and where a failure is announced, not its words (`refusal`) or what `dyad status` shows later (`last_refresh`).
"""

import json
import os
from collections.abc import Callable

import dagster as dg
import httpx

from pipelines.refusal import reason


def notify(line: str, log: Callable[[str], None]) -> None:
    """Log the line, and post it as `{"text": line}` to the address in `DYAD_WEBHOOK`, if any."""
    log(line)
    if address := os.environ.get("DYAD_WEBHOOK"):
        headers = {"Content-Type": "application/json"}
        try:
            httpx.post(address, content=json.dumps({"text": line}), headers=headers, timeout=10).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log(f"the webhook could not be notified: {type(error).__name__}")


def failure_sensor(status: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    """Return the sensor that notifies of every failed run, wherever it failed: a hook on steps would miss the resources before them."""

    @dg.run_failure_sensor(name="say_why", default_status=status, description="One readable line of every failed run, to DYAD_WEBHOOK too")
    def say_why(context: dg.RunFailureSensorContext) -> None:
        events = [*context.get_step_failure_events(), context.failure_event]
        notify(f"{context.dagster_run.job_name} failed: {reason(events) or 'its reason was not recorded'}", context.log.error)

    return say_why
