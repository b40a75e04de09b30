"""Test the message about a frame that breaks a rule: one line, plain values."""

import numpy as np
import pandas as pd

from schemas.charts import TradeComposition
from schemas.raw import TradeByProduct
from schemas.validate import findings


def test_values_are_shown_as_python_writes_them():
    row = {
        "dyad": "CHN-RUS", "year": 2020, "exporter": "CHN", "importer": "RUS", "hs_chapter": "27", "product_group": "energy",
        "value_usd": 1.0, "share_pct": -5.0, "quantity_tonnes": None, "evidence": np.array([], object),
    }  # fmt: skip
    said = [finding.line("t") for finding in findings(TradeComposition.to_schema(), pd.DataFrame([row]))[1]]
    assert said == [
        "t:0: must satisfy evidence is not empty, found evidence []",
        "t:0: column share_pct: must satisfy greater_than_or_equal_to(0), found -5.0",
    ]


def test_a_state_does_not_trade_with_itself_by_product():
    row = {
        "year": 2020, "exporter_iso3": "RUS", "importer_iso3": "RUS", "hs_code": "27", "value_usd": 1.0, "quantity_tonnes": None,
        "document": "d", "note": None,
    }  # fmt: skip
    said = [finding.line("t") for finding in findings(TradeByProduct.to_schema(), pd.DataFrame([row]))[1]]
    assert said == ["t:0: must satisfy exporter and importer differ, found exporter_iso3 'RUS', importer_iso3 'RUS'"]
