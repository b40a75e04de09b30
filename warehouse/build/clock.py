"""Define the day and the dyads of a build."""

import datetime as dt
from typing import NamedTuple


class Clock(NamedTuple):
    """The day as of which a release is built, and its dyads."""

    as_of: dt.date
    dyads: tuple[str, ...]
