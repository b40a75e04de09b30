"""Read the time and wait, through names that a test replaces by a clock of its own."""

import datetime as dt
import time

sleep = time.sleep
monotonic = time.monotonic


def now() -> dt.datetime:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
