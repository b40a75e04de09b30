"""Test that a pair of states is recognised by codes and by names, and that anything else is refused."""

import pytest

from schemas.errors import Unusable
from sources.dyad import valid_dyad

KNOWN = {"CHN", "DEU", "FRA", "GNB", "TLS", "USA"}


@pytest.mark.parametrize(
    ("text", "dyad"),
    [
        ("FRA-DEU", "DEU-FRA"),
        ("usa-chn", "CHN-USA"),
        ("china-united states", "CHN-USA"),
        ("china-united_states", "CHN-USA"),
        ("Timor-Leste-France", "FRA-TLS"),
        ("France-Guinea-Bissau", "FRA-GNB"),
        ("FRA-germany", "DEU-FRA"),
    ],
)
def test_codes_and_names_are_recognised(text: str, dyad: str) -> None:
    assert valid_dyad(text, KNOWN, "a list") == dyad


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FRA-XXX", "'XXX' is not a known country; choose codes from a list"),
        ("atlantis-FRA", "'atlantis' is not a known country"),
        ("FRA-FRA", "two different states"),
        ("france-FRA", "two different states"),
        ("FRA-russia", "'russia' is not a known country"),  # known elsewhere, but not in this list
        ("FRA", "write two ISO alpha-3 codes or two names"),
        ("", "write two"),
        ("-", "'' is not a known country"),
        ("FRA-DEU-USA", "'DEU-USA' is not a known country"),
    ],
)
def test_anything_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        valid_dyad(text, KNOWN, "a list")
