"""Test that a build as of an earlier day has no row and no value that became known later."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from schemas import registry, render
from schemas.table import Known, Parent, declared
from warehouse.build import as_of
from warehouse.build.clock import Clock

DAY = dt.date(2003, 6, 1)


@pytest.fixture(scope="module")
def con(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = Path(shutil.copyfile(built, tmp_path_factory.mktemp("as_of") / "warehouse.duckdb"))
    path.chmod(0o644)
    with duckdb.connect(path) as con:
        as_of.forget(con, Clock(DAY, ("CHN-RUS",)))
        yield con


KINDS = {table: declared(model).known_from for table, model in registry.RAW.items()}


@pytest.mark.parametrize("table", KINDS)
def test_nothing_known_later_is_left(con: duckdb.DuckDBPyConnection, table: str) -> None:
    known_from = KINDS[table]
    if known_from is Known.ALWAYS:
        assert con.execute(f"select count(*) from {table}").fetchone() > (0,)
        return
    if known_from is Known.CITED:
        known = "exists (from raw.figure_line as f where f.source = t.source and f.document = t.document)"
    elif known_from is Known.DOCUMENT:
        known = "(t.source, t.document) in (select (source, document) from raw.documents where published_on <= $day)"
    elif isinstance(known_from, Parent):
        known = f"t.{known_from.column} in (select {known_from.column} from raw.{render.table_name(known_from.model)})"
    else:
        published = "(select published_on from raw.documents as d where d.source = t.source and d.document = t.document)"
        known = f"coalesce(t.{known_from}, {published if 'document' in render.landed(registry.RAW[table]).columns else 'null'}) <= $day"
    later = f"select count(*) from {table} as t where not ({known})"
    assert con.execute(later, {"day": DAY} if "$day" in later else {}).fetchone() == (0,)


def test_rows_known_earlier_are_kept(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("raw.veto", "raw.roll_call", "raw.membership", "raw.documents"):
        assert con.execute(f"select count(*) from {table}").fetchone() > (0,), table


def test_what_a_spell_states_of_later_days_is_taken_out(con: duckdb.DuckDBPyConnection) -> None:
    values = {
        (table, name): field.metadata["known_from"]
        for table, model in registry.RAW.items()
        for name, field in model.to_schema().columns.items()
    }
    dated = {place: day for place, day in values.items() if day}
    assert {name for _, name in dated} >= {"end_date", "end_precision", "is_disputed", "note"}
    for (table, name), day in dated.items():
        assert con.execute(f"select count(*) from {table} where {day} > ?", [DAY]).fetchone() == (0,), name
        assert con.execute(
            f"select count(*) from {table} where {day} is null and coalesce({name}::varchar, 'false') <> 'false'"
        ).fetchone() == (0,), name
