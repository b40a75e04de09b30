"""What is said of a frame that breaks a rule: one line, plain values."""

import numpy as np
import pandas as pd

from schemas.charts import ChartTable
from schemas.fields import Number, Text, TextList, column
from schemas.validate import findings


class Cited(ChartTable):
    """A chart of one number."""

    name: Text = column("name")
    share_pct: Number = column("share_pct")
    evidence: TextList = column("evidence")


def test_values_are_shown_as_python_writes_them():
    frame = pd.DataFrame({"name": ["a", "b"], "share_pct": [-5.0, 1.0], "evidence": [np.array(["e"], object), np.array([], object)]})
    assert [finding.line("t") for finding in findings(Cited.to_schema(), frame)[1]] == [
        "t:1: must satisfy evidence is not empty, found evidence []",
        "t:0: column share_pct: must satisfy greater_than_or_equal_to(0), found -5.0",
    ]
