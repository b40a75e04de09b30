"""Find words that the project's texts must not contain: private dialect, and the history of the code."""

import re

DIALECT = re.compile(
    r"\b(tells?|told|bury|buried|stood|stands? (on|upon|among|beside)|lands? upon|gone on|lest|wherein|whereby)\b", re.IGNORECASE
)
HISTORY = re.compile(r"\b(no longer|used to be|used to have|previously|formerly|any ?more)\b", re.IGNORECASE)


def unwanted(text: str) -> list[str]:
    """Return the words of the dialect and of history in a text."""
    return [match[0] for pattern in (DIALECT, HISTORY) for match in pattern.finditer(text)]
