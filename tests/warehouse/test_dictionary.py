"""DICTIONARY.md is current, and names every table and column a reader finds in the file."""

import re

import duckdb

from warehouse import dictionary


def test_page_is_current() -> None:
    assert dictionary.PAGE.read_text("utf-8") == dictionary.markdown(), "run `python -m warehouse.dictionary`"


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
