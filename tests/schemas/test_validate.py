"""What is said of a frame that breaks a rule: one line, plain values."""

import numpy as np
import pandas as pd

from schemas.charts import TradeComposition
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
