"""Recognise a pair of states as the product writes it. Import nothing heavy here."""

from collections.abc import Collection

from schemas.errors import Unusable


def valid_dyad(text: str, known: Collection[str], listed_in: str) -> str:
    """Return the dyad with its codes in alphabetical order.

    Raises:
        Unusable: `text` is not a pair of two different codes in `known`; the message names the list that has them.
    """
    codes = sorted(text.split("-"))
    if len(codes) != 2:
        raise Unusable(f"{text!r} is not a dyad: write two ISO alpha-3 codes, for example CHN-RUS")
    unknown = [code for code in codes if code not in known]
    if unknown or codes[0] == codes[1]:
        reason = f"{unknown[0]!r} is not a known country code" if unknown else "a dyad is two different states"
        raise Unusable(f"{text!r} is not a dyad: {reason}; choose codes from {listed_in}")
    return "-".join(codes)
