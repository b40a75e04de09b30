"""Test that wrong figures are stopped: a sample of the mistakes of `campaigns.mutate`, and some that must never pass."""

from collections import Counter
from collections.abc import Iterator

import pytest

from sources import snapshot
from tests.support import plausible
from tests.support.mutants import CAUGHT, MISTAKES, Mutant, Proving, generate

# of samples this small; the long campaign's shares are in tests/README.md
ALWAYS = {"doubled", "renamed"}

# plausible mistakes that a comparison of rows finds, whichever row they are in
SURE = {
    "reference: a chapter in another group",
    "reference: two codes swapped",
    "reference: another rule of counting",
}

# a mistake in a figure the article rests on, by source, kind and what finds the row: column and wrong value
NEVER = {
    "a slipped thousand in the year's trade": ("un_comtrade", "trade_flow", {"period": "2021-01-01", "partner_iso3": "RUS", "flow": "import"}, "value", "79593503"),
    "trade of another year": ("un_comtrade", "trade_flow", {"period": "2021-05-01", "flow": "export"}, "period", "2022-05-01"),
    "a vote more": ("un_sc_vetoes", "veto", {"draft_symbol": "S/2007/14"}, "against", "4"),
    "another who vetoed": ("un_sc_vetoes", "veto", {"draft_symbol": "S/2007/14"}, "vetoed_by", "RUS"),
    "a veto of another year": ("un_sc_vetoes", "veto", {"draft_symbol": "S/2007/14"}, "vote_date", "2008-01-12"),
    "an exercise of another year": ("dyad_exercises", "exercise", {"exercise_id": "joint-sea-2014"}, "start_date", "2013-05-20"),
    "a point on the other side of the world": ("dyad_exercises", "exercise", {"exercise_id": "joint-sea-2014"}, "longitude", "-123.80"),
    "another member": ("dyad_memberships", "membership", {"bloc": "BRICS", "iso3": "EGY", "status": "member"}, "iso3", "ETH"),
    "growth a thousandth": ("national_statistics", "economy_indicator", {"year": "2023", "value": "3.6"}, "value", "0.0036"),
    "a partner's trade of another unit": ("gacc_major_partners", "trade_flow", {"period": "2023-01-01", "partner_iso3": "JPN", "flow": "export"}, "value", "157500000"),
    "a pair's trade as a state's with the world": ("fcs_russia", "trade_flow", {"document": "overchuk-2023"}, "partner_iso3", "WLD"),
    "energy by the thousand": ("cepii_baci", "energy_volume", {"year": "2020", "hs_code": "270900"}, "quantity", "76283051112"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sources() -> list[snapshot.Source]:
    return snapshot.sources()


@pytest.fixture(scope="module")
def proving(tmp_path_factory: pytest.TempPathFactory, sources: list[snapshot.Source]) -> Iterator[Proving]:
    yield (proving := Proving(tmp_path_factory.mktemp("proving"), sources))
    proving.close()


def test_the_sources_as_they_are_pass(proving: Proving, sources: list[snapshot.Source]) -> None:
    """Else a mutant is stopped for what is no fault of its own."""
    file = next(f for s in sources if s.name == "fcs_russia" for f in s.files if f.kind == "trade_flow")
    assert proving.fate(Mutant("none", file, snapshot.read(file), "")).defence == "unpublished"


@pytest.mark.parametrize("name", NEVER)
def test_never_passes(name: str, proving: Proving, sources: list[snapshot.Source]) -> None:
    source, kind, found_by, column, value = NEVER[name]
    file = next(f for s in sources if s.name == source for f in s.files if f.kind == kind)
    rows = snapshot.read(file)
    (line, *_) = rows.index[(rows[list(found_by)] == list(found_by.values())).all(axis=1)]
    assert rows.at[line, column] != value
    rows.at[line, column] = value
    fate = proving.fate(Mutant("by hand", file, rows, str(line)))
    assert fate.defence in CAUGHT, fate


@pytest.mark.parametrize("each", [1, pytest.param(3, marks=pytest.mark.campaign)])
def test_mistakes_are_caught_by_kind(each: int, proving: Proving, sources: list[snapshot.Source]) -> None:
    caught: Counter[str] = Counter()
    for mutant in generate(sources, each, seed=1):
        fate = proving.fate(mutant)
        caught[mutant.mistake] += fate.defence in CAUGHT
        if mutant.mistake in ALWAYS:
            assert fate.defence in CAUGHT, (mutant.mistake, mutant.file.name, mutant.where)
    assert set(caught) <= set(MISTAKES)
    assert caught.total() >= 0.7 * each * len(MISTAKES), caught


def test_plausible_mistakes_are_caught(proving: Proving, sources: list[snapshot.Source]) -> None:
    mutants = list(plausible.generate(sources, 1, seed=2, names=SURE))
    assert {m.mistake for m in mutants} == SURE
    for mutant in mutants:
        fate = proving.fate(mutant)
        assert fate.defence in CAUGHT, (mutant.mistake, mutant.where, fate.message)
