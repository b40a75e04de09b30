"""A calendar day as the product writes it.

Belongs here: telling one from other text. Does not belong here: periods of a figure (`fields`); nothing heavy to import.
"""

import datetime as dt
import re
from typing import Any


def is_iso_date(value: Any) -> bool:
    """True for a calendar day written YYYY-MM-DD, the only date format the product reads."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        return bool(dt.date.fromisoformat(value))
    except ValueError:
        return False
