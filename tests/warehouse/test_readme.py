"""Test warehouse/README.md: its Python runs, its list of queries is complete, its answers are correct."""

import re
import shutil
import sqlite3
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import describe

from warehouse import export, models
from warehouse.build import views

FOLDER = Path(export.__file__).parents[1]
README = (FOLDER / "README.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
LISTED = re.findall(r"^\| `(\w+)\.sql` \| (.+?) \| (.+?) \|$", README, re.MULTILINE)


def numbers(text: str) -> set[float]:
    """Every number in a text, signs aside; the parts of a date are three."""
    return {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", text.replace("-", " "))}


@pytest.fixture(scope="module")
def folder(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a working folder with a release in `data/current`, as a reader has it."""
    current = tmp_path_factory.mktemp("reader") / "data" / "current"
    current.mkdir(parents=True)
    shutil.copyfile(built, current / built.name)
    with duckdb.connect(str(current / "warehouse.duckdb")) as con:
        con.execute("drop schema if exists views cascade")
        views.create(con)
        export.write(con, current, {"release": "test", "as_of": "2026-11-23", "dyads": ["CHN-RUS"]})
    return current.parents[1]


def test_readme_and_queries_keep_step() -> None:
    questions = {
        path.stem: path.read_text("utf-8").splitlines()[0].removeprefix("-- ") for path in (FOLDER / "examples" / "queries").glob("*.sql")
    }
    assert {name: question for name, question, _ in LISTED} == questions
    assert len(LISTED) == 25


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name, _, answer in LISTED])
def test_answers_are_those_of_the_queries(name: str, answer: str, built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as con:
        rows = con.execute((FOLDER / "examples" / "queries" / f"{name}.sql").read_text("utf-8")).fetchall()
    found = numbers(" ".join(str(cell) for row in rows for cell in row)) | {len(rows)}
    stated = numbers(answer)
    assert stated <= found, f"{sorted(stated - found)} is not in the result"
    assert stated or re.search(r"C\d\d", answer)


def test_python_lines_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    names = {"duckdb": duckdb, "pd": pd, "pq": pq}
    connect = re.search(r"`(con = duckdb\.connect.+?)`", README)[1]
    for block in [connect, *PYTHON]:
        exec(block, names)  # noqa: S102  the README's own lines
    with names["con"]:
        assert len(names["frame"]) == names["table"].num_rows > 400
    lines = re.findall(r"`((?:pd|pq)\.read_\w+\(.+?\))`", README)
    assert len(lines) == 2
    assert all(len(eval(line, names)) == len(names["frame"]) for line in lines)  # noqa: S307  likewise


def test_one_format_of_a_folder_has_each_dataset_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    datasets = sorted(file.name.split(".")[0] for file in folder.glob("data/current/charts/*.metadata.json"))
    globs = re.findall(r"`(data/current/charts/\*\.\w+)`", README)
    assert [sorted(file.stem for file in folder.glob(glob)) for glob in globs] == [datasets, datasets]
    assert sorted(describe(globs[1]).resource_names) == datasets


def test_the_sqlite_file_equals_the_datasets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    exec(next(block for block in PYTHON if "sqlite3" in block), {"pd": pd})  # noqa: S102  the README's own lines
    with sqlite3.connect("dyad.sqlite") as sqlite, duckdb.connect("data/current/warehouse.duckdb", read_only=True) as con:
        for table in [name for (name,) in con.execute("select table_name from duckdb_tables() where schema_name = 'charts'").fetchall()]:
            rows = con.sql(f"from charts.{table}")
            copied = sqlite.execute(f"select * from {table}")  # noqa: S608  our own names
            assert [column for column, *_ in copied.description] == rows.columns
            assert len(copied.fetchall()) == len(rows)
        chapters = "select hs_chapter, sum(value_usd) from {}trade_composition group by hs_chapter order by hs_chapter"
        assert dict(sqlite.execute(chapters.format("")).fetchall()) == pytest.approx(dict(con.sql(chapters.format("charts.")).fetchall()))


def test_the_attach_of_the_web_page_opens_read_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with duckdb.connect() as con:
        con.execute(re.search(r'-ui -cmd "(attach .+?)"', README)[1])
        assert con.execute("select count(*) from charts.claims").fetchone() == (len(models.claims()),)
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            con.execute("delete from charts.claims")


def test_files_and_views_exist() -> None:
    named = re.findall(r"(?:`|\()(?:warehouse/)?([\w/]+\.(?:py|md))", README)
    assert named and [name for name in named if not (FOLDER / name).is_file()] == []
    read = set(re.findall(r"from (views\.\w+)", README))
    assert read and read - {view.name for view in views.load()} == set()
