"""Test that every figure computed from a raw row has the qualifications of that row."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from schemas import registry, render
from schemas.fields import FACT, QUALIFICATIONS
from schemas.table import citations
from warehouse import models
from warehouse.build import layers
from warehouse.build.clock import Clock

# a value that qualifies a row, and the qualification, by the column's name
DOUBTS = {
    "confidence": ("'disputed'", "disputed"),
    "date_precision": ("'month'", "date to the month"),
    "start_precision": ("'year'", "date to the year"),
    "end_precision": ("'month'", "date to the month"),
    "is_disputed": ("true", "disputed"),
    "is_estimate": ("true", "estimate"),
    "is_forecast": ("true", "forecast"),
    "is_partial": ("true", "incomplete period"),
    "is_series_inferred": ("true", "series inferred"),
    "sponsors_complete": ("false", "some sponsors only"),
}
CITING = {
    name: model
    for name, model in registry.MODELED.items()
    if "qualifications" in model.to_schema().columns and name not in ("core.evidence", "charts.claims")
}
PLACES = [
    (kind, column)
    for kind, model in registry.RAW.items()
    for column, field in model.to_schema().columns.items()
    if field.metadata["qualifies"] not in (None, FACT)
    and kind not in ("raw.partner_table", "raw.trade_basis")  # they say which figures to use, and are never cited
]


def _cited(con: duckdb.DuckDBPyConnection, table: str) -> str:
    [column, *_] = citations(CITING[table])
    is_list = next(c.sql_type for c in render.columns(CITING[table]) if c.name == column).endswith("[]")
    return (
        f"select unnest({column}) as id, qualifications from {table}" if is_list else f"select {column} as id, qualifications from {table}"
    )


@pytest.fixture(scope="module")
def doubted(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict]]:
    """Cast one doubt on a cited row per qualifying column of every raw kind, and rebuild core and charts."""
    path = Path(shutil.copyfile(built, tmp_path_factory.mktemp("qualification") / "warehouse.duckdb"))
    path.chmod(0o644)
    with duckdb.connect(path) as con:
        charts = " union all ".join(_cited(con, table) for table in CITING)
        rows = {}
        for kind, column in PLACES:
            value, doubt = DOUBTS[column]
            free = f"evidence_id not in ({', '.join(repr(e) for e in rows.values()) or 'null'})" if rows else "true"
            [(rows[kind, column],)] = con.execute(
                f"select evidence_id from {kind} where evidence_id in (select id from ({charts}) where not list_contains(qualifications, ?)) "
                f"and {free} order by evidence_id desc limit 1", [doubt]
            ).fetchall()  # fmt: skip
            con.execute(f"update {kind} set {column} = {value} where evidence_id = ?", [rows[kind, column]])
        con.execute("drop schema views cascade")
        for layer in ("charts", "core"):
            for name in (m.name for m in reversed(models.layer(layer))):
                con.execute(f"drop table {name}")
        for layer in ("core", "charts"):
            for model in models.layer(layer):
                layers.run_model(con, model, Clock(dt.date(2026, 11, 28), ("CHN-RUS",)))
        yield con, rows


@pytest.mark.parametrize(("kind", "column"), PLACES)
def test_what_qualifies_a_raw_row_reaches_every_row_computed_from_it(kind: str, column: str, doubted) -> None:
    con, rows = doubted
    doubt, evidence_id = DOUBTS[column][1], rows[kind, column]
    of_evidence = con.execute("select qualifications from core.evidence where evidence_id = ?", [evidence_id]).fetchall()
    assert [doubt in listed for (listed,) in of_evidence] == [True]
    citing = [row for table in CITING for row in con.execute(f"from ({_cited(con, table)}) where id = ?", [evidence_id]).fetchall()]
    assert citing and all(doubt in listed for _, listed in citing)


def test_every_qualification_is_in_the_written_list(built: Path) -> None:
    with duckdb.connect(built, read_only=True) as con:
        for table in [*CITING, "core.evidence", "charts.claims"]:
            used = {word for (word,) in con.execute(f"select distinct unnest(qualifications) from {table}").fetchall()}
            assert used <= set(QUALIFICATIONS), table
    assert {doubt for _, doubt in DOUBTS.values()} <= set(QUALIFICATIONS)


def test_the_doubts_that_a_person_counts_in_the_files(built: Path) -> None:
    """Count by hand: one vetoed draft rests on a third-party copy alone; three exercises are announced or implied only."""
    with duckdb.connect(built, read_only=True) as con:
        vetoes = con.execute("select draft_symbol from charts.security_council_vetoes where confidence <> 'documented'").fetchall()
        doubtful = con.execute("select sum(of_which_doubtful), sum(exercise_count) from charts.joint_exercises").fetchone()
        ranks = con.execute(
            "select qualifications from charts.trade_dependence where country = 'RUS' and year = 2023 and rule = 'A' and is_mirror"
        ).fetchone()
    assert vetoes == [("S/2026/740",)]
    assert doubtful == (17, 113)
    assert ranks is not None and {"mirror data", "largest partners only"} <= set(ranks[0])
