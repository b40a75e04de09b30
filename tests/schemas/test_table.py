"""Test that a table without the declarations of its guarantees is refused, and that no column uses an unrelated description."""

import re
from typing import Any

import pytest

from schemas import fields, registry, render, world
from schemas.charts import ChartTable
from schemas.core import CoreTable
from schemas.errors import Unusable
from schemas.fields import Day, Flag, Number, Text, TextList, Whole, column
from schemas.raw import RawTable, Veto
from schemas.table import Known, Parent

RAW = {"iso3": Text, "year": Whole, "value_usd": Number, "document": Text}
CHART = {"dyad": Text, "year": Whole, "evidence": TextList}


def declare(base: type, columns: dict[str, Any], doc: str = "A row.", **declarations: Any) -> None:
    """Declare a table of these columns; a column is its type, or its type and its field."""
    typed = {name: one if isinstance(one, tuple) else (one, column(name)) for name, one in columns.items()}
    body = {"__module__": "schemas.some", "__doc__": doc, "__annotations__": {name: kind for name, (kind, _) in typed.items()}}
    body |= {name: field for name, (_, field) in typed.items()}
    type("Bad", (base,), body, **declarations)


FLAG, WORD = (Flag, column("is_sure", description="True if sure")), (Text, column("day_precision", description="How exactly"))
MAYBE = (Day, column("known_on", nullable=True))
DATASET = {"key": ["dyad", "year"], "known_from": "year", "expected": "select dyad from core.dyad"}
RULES = [
    (RawTable, RAW, {"key": ["iso3"]}, "add known_from"),
    (RawTable, RAW, {"key": ["iso3"], "known_from": Known.DOCUMENT}, "add period"),
    (RawTable, RAW, {"key": ["iso3"], "known_from": Known.DOCUMENT, "period": "month"}, "period names month, which is not a column"),
    (
        RawTable,
        RAW,
        {"key": ["iso3"], "known_from": Known.DOCUMENT, "period": "iso3"},
        "period names iso3, which is neither a day nor a year",
    ),
    (RawTable, {"iso3": Text, "year": Whole}, {"key": ["iso3"], "known_from": Known.DOCUMENT, "period": "year"}, "add the column document"),
    (RawTable, {"iso3": Text, "on": MAYBE}, {"key": ["iso3"], "known_from": "on"}, "known_from names on, which may be missing"),
    (RawTable, RAW, {"key": ["iso3"], "known_from": Known.EVIDENCE}, "Known.EVIDENCE does not apply to a raw table"),
    (RawTable, RAW, {"key": ["iso3"], "known_from": "vote_date"}, "known_from names vote_date, which is not a column"),
    (RawTable, RAW, {"key": ["iso3"], "known_from": Parent(Veto, "draft_symbol")}, "known_from names draft_symbol, which is not a column"),
    (RawTable, RAW, {"known_from": Known.ALWAYS}, "add the key"),
    (RawTable, RAW, {"key": ["month"], "known_from": Known.ALWAYS}, "key names month, which is not a column"),
    (RawTable, RAW, {"key": ["iso3"], "known_from": Known.ALWAYS, "doc": ""}, "add a docstring"),
    (RawTable, RAW, {"key": ["iso3"], "known_from": Known.ALWAYS, "until": "now"}, "until is not a declaration"),
    (RawTable, RAW | {"value": Number}, {"key": ["iso3"], "known_from": Known.ALWAYS}, "column value is a number without a unit"),
    (
        RawTable,
        RAW | {"name": (Text, column("name", nullable=True))},
        {"key": ["iso3", "name"], "known_from": Known.ALWAYS},
        "part of the key",
    ),
    (
        RawTable,
        RAW | {"name": (Text, column("name", known_from="on"))},
        {"key": ["iso3"], "known_from": Known.ALWAYS},
        "must name a column",
    ),
    (
        RawTable,
        RAW | {"name": (Text, column("name", known_from="iso3"))},
        {"key": ["iso3"], "known_from": Known.ALWAYS},
        "must be nullable",
    ),
    (CoreTable, RAW, {"key": ["iso3"], "known_from": Known.ALWAYS}, "add the column evidence"),
    (CoreTable, CHART, {"key": ["dyad"], "known_from": Known.DOCUMENT}, "name a column with a day or a year"),
    (CoreTable, CHART, {"key": ["dyad"], "known_from": "dyad"}, "known_from names dyad, which is neither a day nor a year"),
    (ChartTable, CHART, {"key": ["year"]}, "add known_from"),
    (ChartTable, CHART, {"known_from": "year", "expected": None}, "add the key"),
    (ChartTable, CHART, DATASET | {"expected": ""}, "add expected"),
    (ChartTable, CHART, DATASET | {"known_from": Known.ALWAYS}, "must name a column of the table that is a day or a year"),
    (ChartTable, {"dyad": Text, "year": Whole}, DATASET, "add the column evidence"),
    (ChartTable, CHART, DATASET, "add the column qualifications"),
    (CoreTable, CHART, {"key": ["dyad", "year"], "known_from": "year"}, "add the column qualifications"),
    (RawTable, RAW | {"is_sure": FLAG}, {"key": ["iso3"], "known_from": Known.ALWAYS}, "column is_sure may qualify its row"),
    (RawTable, RAW | {"day_precision": WORD}, {"key": ["iso3"], "known_from": Known.ALWAYS}, "column day_precision may qualify its row"),
    (ChartTable, {"year": Whole, "evidence": TextList}, DATASET | {"key": ["year"]}, "add the column dyad"),
]


@pytest.mark.parametrize(("base", "columns", "declarations", "message"), RULES)
def test_a_table_that_lacks_a_declaration_is_refused(base: type, columns: dict, declarations: dict, message: str) -> None:
    with pytest.raises(Unusable, match=rf"^schemas\.some\.Bad: .*{message}") as refusal:
        declare(base, columns, **declarations)
    assert "\n" not in str(refusal.value)


def test_a_table_that_declares_all_is_accepted() -> None:
    subclasses = [t.__subclasses__()[:] for t in (RawTable, ChartTable)]
    declare(RawTable, RAW, key=["iso3"], known_from=Known.DOCUMENT, period="year")
    declare(RawTable, RAW | {"is_partial": (Flag, column("is_partial", known_from="on")), "on": (Day, column("known_on"))}, key=["iso3"], known_from=Known.ALWAYS)  # fmt: skip
    declare(ChartTable, CHART | {"qualifications": TextList}, **DATASET)
    assert [len(t.__subclasses__()) - len(before) for t, before in zip((RawTable, ChartTable), subclasses, strict=True)] == [2, 1]


WORLD = {f"bulk.{name}": model for name, model in world.AGGREGATES.items()} | {"baci": world.Baci}
TABLES = registry.RAW | registry.MODELED | registry.CATALOG | WORLD


@pytest.mark.parametrize("table", TABLES)
def test_no_column_borrows_an_unrelated_entry(table: str) -> None:
    """A column's entry in the vocabulary has the column's name, or says that it is one of several meanings of that name."""
    model = TABLES[table]
    entries = {name: field.metadata["vocabulary"] for name, field in model.to_schema().columns.items()}
    assert {
        name: entry for name, entry in entries.items() if ((known := fields.VOCABULARY.get(entry)) and known.column or entry) != name
    } == {}


def test_a_column_of_several_tables_is_described_once() -> None:
    tables: dict[str, set[str]] = {}
    for table, model in TABLES.items():
        for field in model.to_schema().columns.values():
            tables.setdefault(field.metadata["vocabulary"], set()).add(table)
    assert {entry: used for entry, used in tables.items() if entry not in fields.VOCABULARY and len(used) > 1} == {}


def test_a_required_value_is_not_described_as_empty() -> None:
    """A list is never missing, but may have no elements."""
    tables = registry.RAW | registry.MODELED | registry.CATALOG
    required = [(name, c) for name, table in tables.items() for c in render.columns(table) if not (c.nullable or c.sql_type.endswith("[]"))]
    assert len(required) > 300
    assert [f"{name}.{c.name}" for name, c in required if re.search(r"\b(empty|NULL)\b", c.description)] == []


def test_every_entry_of_the_vocabulary_is_a_column() -> None:
    used = {field.metadata["vocabulary"] for model in TABLES.values() for field in model.to_schema().columns.values()}
    assert set(fields.VOCABULARY) - used == set()
