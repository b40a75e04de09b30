"""Notify people of a failed refresh or publisher: one line to a webhook.

Put here when and where a failure is announced, not its message (`refusal`) or what `dyad status` reports later (`last_refresh`).
"""

import json
import os
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import dagster as dg
import httpx

from pipelines.refusal import reason
from schemas.errors import Unusable

WEBHOOK = "DYAD_WEBHOOK"
SECONDS = 10.0  # limit of a whole notification
LONGEST = 2000  # characters; the whole message is in the log


def address() -> str:
    """Return the webhook's address; empty if there is none.

    Raises:
        Unusable: the variable is not a web address; the message does not quote the address, which may contain a secret.
    """
    text = os.environ.get(WEBHOOK, "").strip()
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_web = False
    if text and not is_web:
        raise Unusable(f"{WEBHOOK} is not a web address: set it to one, such as https://example.org/hook, or unset it")
    return text


def post(line: str, log: Callable[[str], None]) -> None:
    """Post `{"text": line}` to the webhook, if one is set; log the error if that fails. Never call this while the home is locked."""
    problems: list[str] = []
    thread = threading.Thread(target=_post, args=(line[:LONGEST], problems), daemon=True)  # httpx limits each read, not the whole request
    thread.start()
    thread.join(SECONDS)
    if thread.is_alive():
        problems.append(f"no answer in {SECONDS:.0f} s")
    for problem in problems:
        log(f"the webhook could not be notified ({problem}): check the address in {WEBHOOK}")


def _post(line: str, problems: list[str]) -> None:
    try:
        if url := address():
            body, headers = json.dumps({"text": line}), {"Content-Type": "application/json"}
            with httpx.stream("POST", url, content=body, headers=headers, timeout=SECONDS) as response:  # the response's body is not read
                response.raise_for_status()
    except Exception as error:  # whatever is wrong with an address or a proxy, the run goes on
        problems.append(type(error).__name__)


def failure_sensor(status: dg.DefaultSensorStatus) -> dg.SensorDefinition:
    """Return the sensor that notifies of every failed run.

    A hook on steps would miss a run that failed in a resource, before its first step.
    """

    @dg.run_failure_sensor(default_status=status, description="One readable line of every failed run, to DYAD_WEBHOOK too")
    def notify_of_failure(context: dg.RunFailureSensorContext) -> None:
        events = [*context.get_step_failure_events(), context.failure_event]
        line = f"{context.dagster_run.job_name} failed: {reason(events) or 'its reason was not recorded'}"
        context.log.error(line)
        post(line, context.log.error)

    return notify_of_failure
