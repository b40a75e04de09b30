"""The day and the dyads of a build."""

import datetime as dt
from typing import NamedTuple


class Clock(NamedTuple):
    """A build contains what was known on `as_of`, for these dyads."""

    as_of: dt.date
    dyads: tuple[str, ...]
