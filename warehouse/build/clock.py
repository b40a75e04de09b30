"""Define the day and the dyads of a build."""

import datetime as dt
from typing import NamedTuple


class Clock(NamedTuple):
    """The day up to which a build knows figures, and the pairs of states it is about."""

    as_of: dt.date
    dyads: tuple[str, ...]
