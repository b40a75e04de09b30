"""Recognize a calendar day written YYYY-MM-DD. Import nothing heavy here."""

import datetime as dt
import re
from typing import Any


def is_iso_date(value: Any) -> bool:
    """Return True for a calendar day written YYYY-MM-DD, the only date format that this project reads."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        return bool(dt.date.fromisoformat(value))
    except ValueError:
        return False
