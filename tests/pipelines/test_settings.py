"""Test the accepted values of settings."""

import pytest

from pipelines.settings import valid_revision
from schemas.errors import Unusable


@pytest.mark.parametrize("name", ["bilateral_trade", "raw.counting_rule", "raw.bloc_member", "un_comtrade"])
def test_a_revision_of_a_dataset_a_reference_table_or_a_source_can_be_accepted(name: str) -> None:
    assert valid_revision(name) == name


@pytest.mark.parametrize("name", ["raw.trade_flow", "counting_rule", "core.trade_flow"])
def test_a_revision_of_another_table_cannot_be_accepted(name: str) -> None:
    with pytest.raises(Unusable, match=rf"no dataset, reference table or live source {name}: choose one of .*raw\.counting_rule"):
        valid_revision(name)
