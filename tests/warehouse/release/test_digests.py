"""Test the content digest of a table: equal for equal rows however they are stored, different for other content."""

from pathlib import Path

import duckdb
import pytest

from warehouse.release import digests

TABLES = [
    "create schema core",
    "create schema charts",
    "create table core.flow (year bigint, value double, evidence varchar[])",
    "insert into core.flow select 2000 + range, range / 3, ['a', range::varchar] from range(5000)",
    "create table charts.trade (dyad varchar, day date)",
    "insert into charts.trade values ('AAA-BBB', '2024-01-01'), (null, '2024-01-02'), ('AAA-BBB', '2024-01-01')",
    "create table charts.nothing (dyad varchar)",
    "create view charts.seen as from charts.trade",
]


def build(path: Path, *more: str, threads: int = 1) -> dict[str, str]:
    with duckdb.connect(str(path), config={"threads": threads}) as con:
        for statement in [*TABLES, *more]:
            con.execute(statement)
    return digests.of_tables(path)


def test_equal_rows_are_equal_however_they_are_stored(tmp_path: Path) -> None:
    once = build(tmp_path / "one.duckdb")
    assert set(once) == {"charts.nothing", "charts.trade", "core.flow"}
    again = build(
        tmp_path / "two.duckdb",
        "create table charts.other as from core.flow order by value desc",
        "delete from core.flow",
        "insert into core.flow from charts.other",
        "drop table charts.other",
        threads=2,
    )
    assert again == once


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("update core.flow set value = nextafter(value, 1e9) where year = 2500", "core.flow"),
        ("update core.flow set evidence = ['a7'] where year = 2007", "core.flow"),
        ("update charts.trade set dyad = 'NULL' where dyad is null", "charts.trade"),
        ("insert into charts.trade select distinct * from charts.trade where dyad is not null", "charts.trade"),
        ("delete from charts.trade where dyad is null", "charts.trade"),
        ("insert into charts.nothing values (null)", "charts.nothing"),
        ("alter table charts.nothing rename dyad to pair", "charts.nothing"),
        ("alter table charts.nothing alter dyad type bigint", "charts.nothing"),
    ],
)
def test_a_change_changes_the_digest_of_its_table_alone(change: str, table: str, tmp_path: Path) -> None:
    before, after = build(tmp_path / "one.duckdb"), build(tmp_path / "two.duckdb", "drop view charts.seen", change)
    assert {name for name in before if before[name] != after[name]} == {table}


def test_two_duplicates_do_not_cancel_each_other(tmp_path: Path) -> None:
    pair = "insert into charts.trade select dyad, day from charts.trade, range(2) where dyad is null"
    assert build(tmp_path / "one.duckdb")["charts.trade"] != build(tmp_path / "two.duckdb", pair)["charts.trade"]
