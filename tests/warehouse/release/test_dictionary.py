"""Test that DICTIONARY.md is current, and names every table and column of the file."""

import re

import duckdb

from schemas import registry
from warehouse.release import dictionary


def test_page_is_current() -> None:
    assert dictionary.PAGE.read_text("utf-8") == dictionary.markdown(), "run `make docs`"


def test_page_has_every_table_and_column(built) -> None:
    page = dictionary.PAGE.read_text("utf-8")
    sections = {name: re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE) for name, body in re.findall(r"^### `([\w.]+)`\n(.*?)(?=^##|\Z)", page, re.M | re.S)}  # fmt: skip
    with duckdb.connect(str(built), read_only=True) as con:
        found = con.execute(
            "select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns() "
            # raw.<source>__<kind> has the columns of its kind
            "where database_name = current_database() and not internal and table_name not like '%\\_\\_%' escape '\\' group by all"
        ).fetchall()
    assert len(found) > 40
    assert {name: columns for name, columns in found if sections.get(name) != columns} == {}


def test_the_file_itself_describes_tables_rows_and_keys(built) -> None:
    with duckdb.connect(str(built), read_only=True) as con:
        rows = con.execute("select schema || '.' || \"table\", primary_key, row_count from catalog.tables").fetchall()
        described = {name: key for name, key, _ in rows}
        assert [name.split(".") for name in described] == sorted(name.split(".") for name in described)
        assert registry.CATALOG.keys() <= described.keys()
        for name, key, count in rows:
            assert count is None or (count,) == con.execute(f"select count(*) from {name}").fetchone(), name
            if key:
                assert con.execute(
                    f"select count(*) from (select {', '.join(key)} from {name} group by all having count(*) > 1)"
                ).fetchone() == (0,)
    assert described["charts.claims"] == ["dyad", "text", "claim_id"]
    assert described["raw.veto"] == ["source", "draft_symbol"]
    assert {name for name, key in described.items() if key} == dictionary.keys().keys()
