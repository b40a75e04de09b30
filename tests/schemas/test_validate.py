"""Test the message about a frame that breaks a rule: one line, plain values."""

import numpy as np
import pandas as pd
import pytest

from schemas.charts import TradeComposition
from schemas.raw import Documents, TradeByProduct
from schemas.validate import findings, misfits


def test_values_are_shown_as_python_writes_them():
    row = {
        "dyad": "CHN-RUS", "year": 2020, "exporter": "CHN", "importer": "RUS", "hs_chapter": "27", "product_group": "energy",
        "value_usd": 1.0, "share_pct": -5.0, "quantity_tonnes": None, "compiled_from": "both", "qualifications": np.array([], object), "evidence": np.array([], object),
    }  # fmt: skip
    lines = [finding.line("t") for finding in findings(TradeComposition.to_schema(), pd.DataFrame([row]))[1]]
    assert lines == [
        't:0: breaks the rule "evidence is not empty", found evidence []',
        't:0: column share_pct: breaks the rule "greater_than_or_equal_to(0)", found -5.0',
    ]


def test_a_state_does_not_trade_with_itself_by_product():
    row = {
        "year": 2020, "exporter_iso3": "RUS", "importer_iso3": "RUS", "hs_code": "27", "value_usd": 1.0, "quantity_tonnes": None,
        "document": "d", "note": None,
    }  # fmt: skip
    lines = [finding.line("t") for finding in findings(TradeByProduct.to_schema(), pd.DataFrame([row]))[1]]
    assert lines == ["t:0: breaks the rule \"exporter and importer differ\", found exporter_iso3 'RUS', importer_iso3 'RUS'"]


@pytest.mark.parametrize(
    ("document", "is_sound"),
    [
        ({"url": "https://a.example", "is_primary": True}, True),
        ({"url": "https://a.example", "is_primary": False}, True),
        ({"is_primary": False, "via": "a copier", "via_url": "https://b.example"}, True),
        ({"url": "https://a.example", "is_primary": False, "via": "a copier"}, True),
        ({"is_primary": True}, False),
        ({"is_primary": False, "via": "a copier"}, False),
        ({"url": "https://a.example", "is_primary": False, "via_url": "https://b.example"}, False),
        ({"url": "https://a.example", "is_primary": True, "via": "a copier"}, False),
    ],
    ids=["original", "press", "copy", "copy_without_address", "no_address", "nowhere", "unnamed_copier", "primary_copy"],
)
def test_a_copy_is_called_a_copy(document, is_sound):
    row = {
        "document": "d", "publisher": "p", "title": "t", "url": None, "via": None, "via_url": None, "published_on": "2020-01-01",
        "published_precision": "day", "read_on": "2020-01-02", "note": None,
    }  # fmt: skip
    problems = findings(Documents.to_schema(), pd.DataFrame([row | document]))[1]
    assert [problem.column for problem in problems] == ([] if is_sound else ["url, is_primary, via, via_url"])


def test_a_file_may_lack_the_words_of_its_documents_and_no_other_column():
    frame = pd.DataFrame([], columns=[c for c in TradeByProduct.to_schema().columns if c not in ("as_printed", "note")])
    assert [problem.column for problem in misfits(TradeByProduct, frame)] == ["note"]
