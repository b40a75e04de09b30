"""Test that every declared table can be checked by the database."""

import pytest

from schemas import raw, registry, render
from schemas.compile.compiler import compile_model, compile_schema


@pytest.mark.parametrize("table", registry.MODELED)
def test_every_rule_of_a_modeled_table_has_sql(table: str) -> None:
    assert compile_model(registry.MODELED[table]).columns


@pytest.mark.parametrize("kind", raw.KINDS)
def test_every_rule_of_a_raw_table_has_sql(kind: str) -> None:
    assert compile_schema(kind, render.landed(raw.KINDS[kind])).columns
