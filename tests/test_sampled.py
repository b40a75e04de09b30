"""Test that samples of a test's cases are the same in every run, and that the campaign has all other cases."""

import itertools
import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import sample


def chosen(mark: pytest.Mark, letters: str, shuffle: int = 0) -> list[str]:
    """Return the sorted ids of the cases, letters by digits, that `make test` runs."""
    moved: list[str] = []

    def case(letter: str, digit: int) -> SimpleNamespace:
        name = f"{letter}{digit}"
        spec = SimpleNamespace(id=name, params={"letter": letter, "digit": digit})
        added = {"add_marker": lambda marker: moved.append(f"{name} {marker}"), "get_closest_marker": lambda marker: mark}
        return SimpleNamespace(path=Path("test_x.py"), originalname="test_x", callspec=spec, **added)

    cases = [case(letter, digit) for letter, digit in itertools.product(letters, range(4))]
    random.Random(shuffle).shuffle(cases)  # noqa: S311
    sample(cases)
    ids = {case.callspec.id for case in cases}
    assert set(moved) <= {f"{name} campaign" for name in ids} and len(moved) == len(set(moved))
    return sorted(ids - {text.split()[0] for text in moved})


def test_as_many_cases_stay_as_are_asked_for() -> None:
    assert len(chosen(pytest.mark.sampled(3).mark, "abc")) == 3
    assert len(chosen(pytest.mark.sampled(99).mark, "abc")) == 12


def test_each_value_keeps_a_case() -> None:
    assert [name[0] for name in chosen(pytest.mark.sampled(1, each="letter").mark, "abc")] == ["a", "b", "c"]
    assert sorted(name[1] for name in chosen(pytest.mark.sampled(2, each="digit").mark, "abc")) == [*"00112233"]


def test_the_order_of_cases_and_new_values_change_no_choice() -> None:
    mark = pytest.mark.sampled(1, each="letter").mark
    assert chosen(mark, "abc", shuffle=1) == chosen(mark, "abc", shuffle=2) == chosen(mark, "abcd")[:3]
