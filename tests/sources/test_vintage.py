"""What is new in an answer, and what is not believed."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Refused
from sources import vintage


def flows(values: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Annual exports of the United States by partner and year."""
    rows = [
        {
            "frequency": "annual", "period": f"{year}-01-01", "reporter_iso3": "USA", "partner_iso3": partner, "flow": "export",
            "valuation": "FOB", "value": value, "unit": "USD", "is_estimate": False, "is_partial": False, "document": "d", "note": None,
        }
        for (partner, year), value in values.items()
    ]  # fmt: skip
    return vintage.checked("trade_flow", pd.DataFrame(rows), "here")


def growth(values: dict[int, float]) -> pd.DataFrame:
    rows = [
        {
            "iso3": "USA",
            "year": y,
            "indicator": "gdp_growth_pct",
            "value": v,
            "unit": "percent",
            "is_forecast": False,
            "document": "d",
            "note": None,
        }
        for y, v in values.items()
    ]
    return vintage.checked("economy_indicator", pd.DataFrame(rows), "here")


BEFORE = flows({("CAN", "2023"): 5.0, ("MEX", "2023"): 4.0, ("CAN", "2022"): 5.0, ("MEX", "2022"): 4.0})


def test_a_partner_table_with_one_changed_figure_comes_whole_and_the_others_not_at_all():
    now = flows({("CAN", "2023"): 5.5, ("MEX", "2023"): 4.0, ("CAN", "2022"): 5.0, ("MEX", "2022"): 4.0})
    fresh = vintage.news("trade_flow", now, BEFORE)
    assert sorted(zip(fresh["period"], fresh["partner_iso3"], strict=True)) == [("2023-01-01", "CAN"), ("2023-01-01", "MEX")]


def test_nothing_new_is_nothing():
    assert vintage.news("trade_flow", BEFORE, BEFORE).empty


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.dictionaries(st.integers(2000, 2010), st.floats(-50, 50)), st.dictionaries(st.integers(2000, 2010), st.floats(-50, 50), min_size=1)
)
def test_what_is_new_is_what_differs(before, now):
    known = growth(before) if before else pd.DataFrame(columns=growth({2000: 0.0}).columns)
    fresh = vintage.news("economy_indicator", growth(now), known)
    assert dict(zip(fresh["year"], fresh["value"], strict=True)) == {y: v for y, v in now.items() if before.get(y) != v}


def test_an_event_is_new_after_the_end_of_the_list_only():
    columns = {"meeting_record": "S/PV.1", "kind": "draft", "agenda_item": "x", "vetoed_by": "USA", "document": "d"}
    empty = dict.fromkeys(["topic", "sponsors", "sponsors_complete", "in_favour", "against", "abstained", "not_voting", "note"])
    rows = [
        {"draft_symbol": f"S/{n}", "vote_date": day, **columns, **empty}
        for n, day in ((1, "2020-01-01"), (2, "2026-12-01"), (3, "2027-01-01"))
    ]
    now = vintage.checked("veto", pd.DataFrame(rows), "here")
    fresh = vintage.news("veto", now, now.iloc[[2]], "2026-10-05")
    assert list(fresh["draft_symbol"]) == ["S/2"]
    assert vintage.differences("veto", now, now.iloc[[2]], "2026-10-05") == ["S/1: not in our list"]


@pytest.mark.parametrize("factor", [1000, 0.001])
def test_a_lost_factor_of_a_thousand_is_not_believed(factor):
    now = BEFORE.assign(value=BEFORE["value"] * factor)
    with pytest.raises(Refused, match="^there: magnitude jumped"):
        vintage.believed("trade_flow", now, BEFORE, "there")
    vintage.believed("trade_flow", BEFORE.assign(value=BEFORE["value"] * 2), BEFORE, "there")


def test_a_tenth_gone_is_not_believed():
    before = growth({year: 1.0 for year in range(1960, 2000)})
    vintage.believed("economy_indicator", before.iloc[:36], before, "there")
    with pytest.raises(Refused, match="coverage shrank, 5 of 40 figures are gone, first USA 1995 gdp_growth_pct"):
        vintage.believed("economy_indicator", before.iloc[:35], before, "there")
