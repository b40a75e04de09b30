"""Test the published database: its file contains no deleted values, and older tools open it."""

from pathlib import Path

import duckdb
import pytest

from warehouse.build.database import connect
from warehouse.release.compact import compact
from warehouse.release.digests import of_tables


def test_deleted_rows_are_not_in_the_file(tmp_path: Path) -> None:
    built, database = tmp_path / "built.duckdb", tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(built)) as con:
        con.execute("create table drafts as select 'S/2024/' || n as symbol from range(900) as r(n) union all select 'S/2026/1'")
        con.execute("comment on table drafts is 'Drafts'; create view first as from drafts limit 1")
    with connect(built) as con:
        con.execute("delete from drafts where symbol like 'S/2026/%'")
        compact(con, database)
    assert b"S/2026/1" in built.read_bytes() and b"S/2026/1" not in database.read_bytes()
    assert of_tables(database) == of_tables(built)
    with duckdb.connect(str(database), read_only=True) as con:
        assert con.execute("select comment from duckdb_tables()").fetchone() == ("Drafts",)
        assert con.execute("from first").fetchone() == ("S/2024/0",)
        assert con.execute("select tags['storage_version'] from duckdb_databases() where not internal").fetchone() == ("v1.5.0+",)


def test_a_release_as_of_a_day_holds_nothing_of_later_days(article: Path) -> None:
    """Draft resolutions of 2025 were landed and deleted."""
    assert b"S/2025/" not in article.read_bytes()


def test_a_file_that_cannot_be_written_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"no database" * 1000)
    with (
        connect(tmp_path / "built.duckdb") as con,
        pytest.raises(OSError, match=r"^warehouse.duckdb could not be written: .*not a valid DuckDB"),
    ):
        compact(con, tmp_path / "warehouse.duckdb")
