"""Test that counts agree with their nouns."""

from schemas.words import plural


def test_a_count_agrees_with_its_noun() -> None:
    assert [plural(count, "row") for count in (0, 1, 2, 1234)] == ["0 rows", "1 row", "2 rows", "1,234 rows"]
    assert [plural(count, "row differs", "rows differ") for count in (1, 2)] == ["1 row differs", "2 rows differ"]
