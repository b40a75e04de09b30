"""What the documentation says holds: its SQL runs, its verbs and paths exist, its licences are the sources' own."""

import re
import shlex
from pathlib import Path

import duckdb
import pytest
import yaml

from schemas import registry, render, world
from warehouse import models
from warehouse.release import trace

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
QUERIES = sorted((ROOT / "warehouse" / "examples" / "queries").glob("*.sql"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def table(header: str) -> list[list[str]]:
    """The cells of the README's table whose header row starts with `header`."""
    body = README.split(f"\n{header}", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


@pytest.fixture
def con(built):
    with duckdb.connect(str(built), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_worked_query_returns_rows(con, path):
    sql = path.read_text("utf-8")
    assert re.match(r"-- .+\?\n", sql), "the first line is the question"
    assert con.execute(sql).fetchall()


def test_there_are_worked_queries():
    assert len(QUERIES) >= 20


@pytest.mark.parametrize("sql", blocks("sql"))
def test_readme_sql_returns_rows(con, sql):
    assert con.execute(sql).fetchall()


def test_readme_traces_find_evidence(con):
    lines = [line for block in blocks("sh") for line in block.splitlines() if " trace " in line]
    assert lines
    for line in lines:
        _, _, dataset, *key = shlex.split(line)
        assert trace.trace(con, dataset, key)["evidence"]


def test_readme_verbs_exist():
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    verbs = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"refresh", "test", "sql", "ui"} <= named <= verbs


def test_readme_folders_exist():
    folders = [row[0].strip("`") for row in table("| folder | what is in it |")]
    assert folders
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_readme_files_exist():
    named = re.findall(r"\b((?:sources|schemas|warehouse|pipelines|tests)/[\w./-]+\.(?:sql|csv|py|md))", README)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_readme_gives_every_source_its_licence():
    stated = {row[0]: row[2] for row in table("| folder | producer | licence | covers |")}
    origins = {path.parent.name: yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "sources").glob("*/origin.yaml")}
    assert stated == {f"`sources/{name}/`": origin["license"]["name"] for name, origin in origins.items()}


@pytest.mark.parametrize("model", [m for layer in ("core", "charts", "bulk") for m in models.layer(layer)], ids=lambda m: m.name)
def test_first_lines_of_a_model_give_the_declared_key(model):
    declared = registry.MODELED[model.name] if model.name in registry.MODELED else world.AGGREGATES[model.table]
    assert model.header["key"] == ", ".join(render.key(declared))
