"""Test that bad input is refused with one message that names its place and value, and that nothing is published."""

import csv
import datetime as dt
import subprocess
from pathlib import Path

import pytest

from pipelines import launch
from schemas.errors import Refused
from sources import snapshot
from warehouse.build import audit, catalog, database, land
from warehouse.build.clock import Clock


def pin(folder: Path) -> None:
    """Accept an edit, as sources/README.md describes."""
    subprocess.run("sha256sum *.csv > SHA256SUMS", shell=True, check=True, cwd=folder)


def edit(path: Path, change) -> None:
    """Apply `change(rows)` to a CSV (rows[0] is the header) and accept the edit."""
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    pin(path.parent)


def put(row: int, column: str, value: str):
    """Return a change of one cell; `row` counts lines, the header being line 1."""
    return lambda rows: rows[row - 1].__setitem__(rows[0].index(column), value)


def drop_column(column: str):
    """Return a change that removes a column."""

    def change(rows: list[list[str]]) -> None:
        at = rows[0].index(column)
        for row in rows:
            del row[at]

    return change


def double(row: int):
    """Return a change that repeats a row."""
    return lambda rows: rows.append(list(rows[row - 1]))


FLOW = "un_comtrade/snapshot/trade_flow.csv"
EXERCISE = "dyad_exercises/snapshot/exercise.csv"
VETO = "un_sc_vetoes/snapshot/veto.csv"
MEMBER = "dyad_memberships/snapshot/membership.csv"
RULE = "dyad_reference/snapshot/counting_rule.csv"

EDITS = {
    "missing column": (FLOW, drop_column("value"), [FLOW, "value", "required"]),
    "new column": (FLOW, lambda rows: [r.append("x") for r in rows], ["x", "the column is declared"]),
    "value out of range": (FLOW, put(5, "value", "-4"), [f"{FLOW}:5", "value", "greater_than_or_equal_to(0", "found '-4'"]),
    "not a number": (FLOW, put(6, "value", "12,5"), [f"{FLOW}:6", "value", "Float64", "12,5"]),
    "duplicate key": (FLOW, double(7), [f"{FLOW}:7", "key is unique"]),
    "unknown country code": (FLOW, put(8, "partner_iso3", "QQQ"), [f"{FLOW}:8", "QQQ"]),
    "empty file": (FLOW, lambda rows: rows.clear(), [FLOW, "no rows below the header"]),
    "header alone": (FLOW, lambda rows: rows.__delitem__(slice(1, None)), [FLOW, "no rows below the header"]),
    "another date format": (EXERCISE, put(4, "start_date", "09/08/2007"), [f"{EXERCISE}:4", "start_date", "YYYY-MM-DD", "09/08/2007"]),
    "a day that does not exist": (EXERCISE, put(4, "start_date", "2007-02-30"), [f"{EXERCISE}:4", "start_date", "2007-02-30"]),
    "mixed units": (
        FLOW,
        put(9, "unit", "thousand USD"),
        [f"{FLOW}:9: the figures of a source and frequency have one unit", "unit thousand USD, usual_unit USD"],
    ),
    "an end before a start": (
        EXERCISE,
        put(4, "end_date", "2007-08-01"),
        [f"{EXERCISE}:4: breaks the rule", "end_date is not before start_date\", found start_date '2007-08-09', end_date '2007-08-01'"],
    ),
    "a spell that ends before it starts": (
        MEMBER,
        put(4, "end_date", "1900-01-01"),
        [f"{MEMBER}:4: breaks the rule", "end_date '1900-01-01'"],
    ),
    "a word that is neither true nor false": (RULE, put(3, "un_members_only", "maybe"), [f"{RULE}:3: column", "found 'maybe'"]),
    "a cell too many": (FLOW, lambda rows: rows[9].append("x"), [f"{FLOW}:10", "cells"]),
    "unknown document": (FLOW, put(11, "document", "nowhere"), [f"{FLOW}:11", "nowhere"]),
}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run history for all these runs: nobody reads it, and making its files takes a third of a refusal."""
    return tmp_path_factory.mktemp("dagster")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, history: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with a release that must survive; a stand-in is enough, since nothing may touch it."""
    folder = tmp_path / "home"
    (folder / "releases" / "before").mkdir(parents=True)
    (folder / "current").symlink_to(Path("releases") / "before")
    monkeypatch.setenv("DYAD_HOME", str(folder))
    monkeypatch.setenv("DAGSTER_HOME", str(history))
    return folder


def refused(own_sources: Path, own_home: Path) -> str:
    """Return the message of a refresh that must be refused and must publish nothing."""
    with pytest.raises(Refused) as caught:
        launch.refresh(sources_folder=own_sources)
    assert (own_home / "current").readlink() == Path("releases/before")
    assert [p.name for p in (own_home / "releases").iterdir()] == ["before"]
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def problems(own_sources: Path, tmp_path: Path) -> list[str]:
    """Land the sources and run the raw audits, as a refresh does before it builds anything; return the lines of its refusal."""
    try:
        sources = snapshot.sources(own_sources)
        with database.connect(tmp_path / "warehouse.duckdb") as con:
            lines = [finding.line(table.table) for table in land.land(con, sources) for finding in table.findings]
            catalog.fill(con, sources, Clock(dt.date(2026, 12, 24), ("CHN-RUS",)))
            return lines or [outcome.line() for outcome in audit.run(con, "raw") if outcome.row_count]
    except Refused as refusal:
        return str(refusal).splitlines()


@pytest.mark.sampled(5)
@pytest.mark.parametrize("case", EDITS)
def test_refused_with_its_place(case: str, own_sources: Path, tmp_path: Path) -> None:
    name, change, parts = EDITS[case]
    edit(own_sources / name, change)
    [line] = problems(own_sources, tmp_path)
    for part in parts:
        assert part in line


def test_a_refresh_gives_the_same_line_and_publishes_nothing(own_sources: Path, own_home: Path, tmp_path: Path) -> None:
    name, change, _ = EDITS["value out of range"]
    edit(own_sources / name, change)
    [line] = problems(own_sources, tmp_path)
    assert refused(own_sources, own_home) == f"{line}; correct the file"


def test_votes_that_do_not_add_up(own_sources: Path, own_home: Path) -> None:
    path = own_sources / VETO
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    line = next(n for n, row in enumerate(rows, start=1) if row[0] == "S/2024/239")
    edit(path, put(line, "in_favour", "12"))
    message = refused(own_sources, own_home)
    assert "S/2024/239" in message and "12" in message


def test_damaged_bytes(own_sources: Path, own_home: Path) -> None:
    path = own_sources / FLOW
    path.write_bytes(path.read_bytes().replace(b"CHN", b"CHM", 1))
    message = refused(own_sources, own_home)
    assert FLOW in message and "damaged or edited" in message


def test_another_encoding(own_sources: Path, own_home: Path) -> None:
    path = own_sources / EXERCISE
    path.write_bytes(path.read_bytes() + "é".encode("latin-1"))
    pin(path.parent)
    assert "is not UTF-8" in refused(own_sources, own_home)
