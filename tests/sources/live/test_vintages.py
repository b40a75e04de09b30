"""Test the finding of new rows in an answer, and the rejection of implausible ones."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import raw
from schemas.errors import Refused
from sources.live import plausibility, vintages


def flows(values: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Annual exports of the United States by partner and year."""
    rows = [
        {
            "frequency": "annual", "period": f"{year}-01-01", "reporter_iso3": "USA", "partner_iso3": partner, "flow": "export",
            "valuation": "FOB", "value": value, "unit": "USD", "is_estimate": False, "is_partial": False, "document": "d", "note": None,
        }
        for (partner, year), value in values.items()
    ]  # fmt: skip
    return vintages.validate_rows("trade_flow", pd.DataFrame(rows), "here")


def test_an_answer_has_one_unit_per_frequency() -> None:
    rows = flows({("CHN", "2020"): 1.0, ("RUS", "2020"): 2.0})
    with pytest.raises(Refused, match="here: figures of one frequency have several units"):
        vintages.validate_rows("trade_flow", rows.assign(unit=["USD", "thousand USD"]), "here")


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
    return vintages.validate_rows("economy_indicator", pd.DataFrame(rows), "here")


BEFORE = flows({("CAN", "2023"): 5.0, ("MEX", "2023"): 4.0, ("CAN", "2022"): 5.0, ("MEX", "2022"): 4.0})


def test_a_partner_table_with_one_changed_figure_comes_whole_and_the_others_not_at_all():
    now = flows({("CAN", "2023"): 5.5, ("MEX", "2023"): 4.0, ("CAN", "2022"): 5.0, ("MEX", "2022"): 4.0})
    fresh = vintages.new_rows("trade_flow", now, BEFORE)
    assert sorted(zip(fresh["period"], fresh["partner_iso3"], strict=True)) == [("2023-01-01", "CAN"), ("2023-01-01", "MEX")]


def test_nothing_new_is_nothing():
    assert vintages.new_rows("trade_flow", BEFORE, BEFORE).empty


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.dictionaries(st.integers(2000, 2010), st.floats(-50, 50)), st.dictionaries(st.integers(2000, 2010), st.floats(-50, 50), min_size=1)
)
def test_what_is_new_is_what_differs(before, now):
    known = growth(before) if before else pd.DataFrame(columns=growth({2000: 0.0}).columns)
    fresh = vintages.new_rows("economy_indicator", growth(now), known)
    assert dict(zip(fresh["year"], fresh["value"], strict=True)) == {y: v for y, v in now.items() if before.get(y) != v}


def test_an_event_is_new_after_the_end_of_the_list_only():
    columns = {
        "meeting_record": "S/PV.1",
        "kind": "draft",
        "agenda_item": "x",
        "vetoed_by": "USA",
        "confidence": "documented",
        "document": "d",
    }
    empty = dict.fromkeys(
        ["topic", "sponsors", "sponsors_complete", "in_favour", "against", "abstained", "not_voting", "settled_by", "note"]
    )
    rows = [
        {"draft_symbol": f"S/{n}", "vote_date": day, **columns, **empty}
        for n, day in ((1, "2020-01-01"), (2, "2026-12-01"), (3, "2027-01-01"))
    ]
    now = vintages.validate_rows("veto", pd.DataFrame(rows), "here")
    fresh = vintages.new_rows("veto", now, now.iloc[[2]], "2026-10-05")
    assert list(fresh["draft_symbol"]) == ["S/2"]
    assert vintages.differences("veto", now, now.iloc[[2]], "2026-10-05") == ["S/1: not in the bundled list"]


def test_an_event_of_the_lists_last_day_is_compared_and_not_new():
    ours = memberships([("SCO", "IND", "member", "2017-06-09", "")])
    now = memberships([("SCO", "IND", "member", "2017-06-09", ""), ("SCO", "IRN", "member", "2023-07-04", "")])
    assert vintages.new_rows("membership", now, ours, "2023-07-04").empty
    assert vintages.differences("membership", now, ours, "2023-07-04") == ["SCO IRN member: not in the bundled list"]
    assert vintages.differences("membership", now, ours, "2023-07-03") == []


def test_only_what_an_answer_covers_is_compared():
    """Another bloc or status that it never names, and a cell that it leaves empty, contradict nothing."""
    ours = memberships([
        ("SCO", "IND", "member", "2017-06-09", ""), ("SCO", "PAK", "member", "2017-06-09", ""), ("SCO", "MNG", "observer", "2004-06-17", ""),
        ("BRICS", "IND", "member", "2009-06-16", ""), ("SCO", "CHN", "member", "2001-06-15", "2030-01-01"),
    ])  # fmt: skip
    now = memberships([("SCO", "IND", "member", "2017-06-10", "2020-01-01"), ("SCO", "CHN", "member", "2001-06-15", "")])
    assert vintages.differences("membership", now, ours) == [
        "SCO IND member: start_date is 2017-06-10, the bundled list has 2017-06-09",
        "SCO IND member: end_date is 2020-01-01, the bundled list has no value",
        "SCO PAK member: only in the bundled list, not in the publisher's",
    ]


def memberships(rows: list[tuple[str, str, str, str, str]]) -> pd.DataFrame:
    """Spells as (bloc, state, status, first day, last day)."""
    names = ["bloc", "iso3", "status", "start_date", "end_date"]
    columns = [c for c in raw.KINDS["membership"].to_schema().columns if c not in names]
    return pd.DataFrame([dict(zip(names, row, strict=True)) | dict.fromkeys(columns) for row in rows]).replace("", pd.NA).astype("string")


def test_a_table_that_regained_a_figure_comes_whole():
    """Its figures are those of an earlier answer again: nothing differs, and yet the table that lacks one must not stand."""
    fresh = vintages.new_rows("trade_flow", BEFORE, BEFORE, touched=[("annual", "2023-01-01", "USA", "MEX", "export", False)])
    assert sorted(zip(fresh["period"], fresh["partner_iso3"], strict=True)) == [("2023-01-01", "CAN"), ("2023-01-01", "MEX")]


@pytest.mark.parametrize("factor", [1000, 0.001])
def test_a_lost_factor_of_a_thousand_is_not_believed(factor):
    now = BEFORE.assign(value=BEFORE["value"] * factor)
    with pytest.raises(Refused, match="^there: magnitude jumped"):
        plausibility.check_against("trade_flow", now, BEFORE, "there")
    plausibility.check_against("trade_flow", BEFORE.assign(value=BEFORE["value"] * 2), BEFORE, "there")


def test_a_tenth_gone_is_not_believed():
    before = growth({year: 1.0 for year in range(1960, 2000)})
    plausibility.check_against("economy_indicator", before.iloc[:36], before, "there")
    with pytest.raises(Refused, match="coverage shrank, 5 of 40 figures are missing, first USA 1995 gdp_growth_pct"):
        plausibility.check_against("economy_indicator", before.iloc[:35], before, "there")


def test_a_large_partner_gone_is_not_believed():
    """A count of missing figures does not show it, since it is one figure of many."""
    table = pd.concat([BEFORE.iloc[:1]] * 103).assign(partner_iso3=["WLD", "MEX", "CAN", *(f"X{n:02}" for n in range(100))])
    table["value"] = [1000.0, 50.0, 10.0, *[9.4] * 100]
    plausibility.check_against("trade_flow", table[table["partner_iso3"] != "CAN"], table, "there")
    with pytest.raises(Refused, match="^there: coverage shrank, partners that had 5% of a total are missing: MEX; "):
        plausibility.check_against("trade_flow", table[table["partner_iso3"] != "MEX"], table, "there")
