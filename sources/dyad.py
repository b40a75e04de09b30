"""Recognise a pair of states, written by codes or by names. Import nothing heavy here."""

from collections.abc import Collection

from schemas.errors import Unusable
from sources import countries


def valid_dyad(text: str, known: Collection[str], listed_in: str) -> str:
    """Return the dyad as two alpha-3 codes in alphabetical order; `text` gives codes or names, as in CHN-RUS or china-russia.

    Raises:
        Unusable: `text` is not a pair of two different states whose codes are in `known`; the message names the list of codes.
    """
    parts = text.split("-")
    halves = [("-".join(parts[:at]), "-".join(parts[at:])) for at in range(1, len(parts))]  # a name may contain a hyphen: timor-leste
    if not halves:
        raise Unusable(f"{text!r} is not a dyad: write two ISO alpha-3 codes or two names, for example CHN-RUS or china-russia")
    pairs = [[_code(half, known) for half in pair] for pair in halves]
    first, second = next((pair for pair in pairs if all(pair)), pairs[0])
    if first and first != second and second:
        return "-".join(sorted((first, second)))
    reason = "a dyad is two different states" if first and second else f"{halves[0][1 if first else 0]!r} is not a known country"
    raise Unusable(f"{text!r} is not a dyad: {reason}; choose codes from {listed_in}")


def _code(state: str, known: Collection[str]) -> str | None:
    code = state.upper() if state.upper() in known else countries.by_name(state, "9999-12-31")
    return code if code in known else None
