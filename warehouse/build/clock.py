"""What a build is about: the day it knows and the pairs of states it covers."""

import datetime as dt
from typing import NamedTuple


class Clock(NamedTuple):
    """A build covers what was known on `as_of`, for these dyads."""

    as_of: dt.date
    dyads: tuple[str, ...]
