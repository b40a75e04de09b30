"""Test that every value of every coded column has a meaning, and that readers get both."""

import duckdb

from schemas import registry, render, values
from warehouse.export import package
from warehouse.release import dictionary


def test_every_allowed_value_has_a_meaning() -> None:
    rows = list(dictionary.values())
    assert len(rows) > 100
    assert sorted({(column, value) for _, _, column, value, meaning in rows if not meaning}) == []


def test_no_meaning_is_left_over() -> None:
    used = {value for *_, value, _ in dictionary.values()}
    assert sorted(values.SHARED.keys() - used) == []


def test_a_column_shows_its_values() -> None:
    columns = {column.name: column for column in render.columns(registry.MODELED["charts.joint_exercises"])}
    assert columns["format"].comment.endswith("; one of: bilateral, multilateral") and "one of" not in columns["year"].comment
    described = {"name": "format", "type": "VARCHAR", "required": True, "unit": None, "description": "x", "values": ["bilateral"]}
    field = package._field(described)
    assert field["constraints"] == {"required": True, "enum": ["bilateral"]}
    assert field["categories"] == [{"value": "bilateral", "label": "two states alone"}]


def test_the_catalogue_lists_them() -> None:
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as warehouse; use warehouse; create schema catalog")
        dictionary.store(con)
        rows = con.execute("select \"table\", meaning from catalog.values where value = 'overtaken' and schema = 'charts'").fetchall()
    assert rows == [("claims", "right on the text's day; later events ended it")] * 2
