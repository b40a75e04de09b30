"""Test that the documentation matches the code: its SQL runs, its verbs and paths exist, its licences are the sources' own."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import duckdb
import pytest
import yaml

from pipelines.cli.main import main
from schemas import registry, render, world
from warehouse import models
from warehouse.release import trace

ROOT = Path(__file__).parent.parent
ROOMS = ("pipelines", "sources", "schemas", "warehouse", "tests")
GUIDES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(p for room in ROOMS for p in sorted((ROOT / room).rglob("README.md")))]
}
README = GUIDES["README.md"]
VERBS = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
QUERIES = sorted((ROOT / "warehouse" / "examples" / "queries").glob("*.sql"))


BLOCKS = [
    (name, language, block)
    for name, text in GUIDES.items()
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
]
COMMANDS = sorted({  # of `dyad` with arguments, in a block or in a sentence
    command.strip()
    for text in GUIDES.values()
    for command in re.findall(r'(?:^|`|\$\(|&& |-- )(?:\w+=\S+ )*(?:\.venv/bin/)?(dyad [a-z]+ (?:"[^"]*"|[^`\n&)|])+)', text, re.MULTILINE)
})  # fmt: skip


def blocks(language: str) -> list[str]:
    return [block for name, in_language, block in BLOCKS if (name, in_language) == ("README.md", language)]


def table(header: str, text: str = README) -> list[list[str]]:
    """Return the cells of the table whose header row starts with `header`."""
    body = text.split(f"\n{header}", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
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


@pytest.mark.parametrize("sql", [block for _, language, block in BLOCKS if language == "sql"])
def test_sql_of_a_guide_returns_rows(con, sql):
    assert con.execute(sql).fetchall()


def test_every_block_has_a_test_that_runs_it():
    """Shell is typed by tests/campaigns/test_readme.py and tests/pipelines/test_team.py."""
    assert {language for _, language, _ in BLOCKS} == {"sh", "sql", "python", "json"}
    assert {name for name, language, _ in BLOCKS if language == "python"} == {"warehouse/README.md"}  # run by its test


@pytest.mark.parametrize("block", [block for _, language, block in BLOCKS if language == "json"])
def test_the_configuration_of_a_client_starts_a_verb(block):
    [server] = json.loads(block)["mcpServers"].values()
    assert server["command"].endswith(".venv/bin/dyad") and server["args"][0] in main.commands


@pytest.mark.parametrize("command", COMMANDS)
def test_arguments_of_a_command_are_accepted(command):
    _, verb, *words = shlex.split(command)
    try:
        main.commands[verb].make_context(verb, words)
    except click.BadParameter as error:
        assert re.search("'.*<.*>.*' does not exist", str(error)), error  # a placeholder


def test_readme_traces_find_evidence(con):
    lines = [line for block in blocks("sh") for line in block.splitlines() if " trace " in line]
    assert lines
    for line in lines:
        _, _, dataset, *key = shlex.split(line)
        assert trace.trace(con, dataset, key)["evidence"]


@pytest.mark.parametrize("name", GUIDES)
def test_named_verbs_exist(name):
    text = GUIDES[name]
    targets = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))
    assert targets <= set(VERBS)
    assert set(re.findall(r"(?:`|^)(?:\.venv/bin/)?dyad ([a-z]+)", text, re.MULTILINE)) <= set(main.commands)


@pytest.mark.parametrize("name", main.commands)
def test_every_verb_prints_an_example(name):
    assert f"Example: dyad {name}" in (main.commands[name].help or "")


def test_every_verb_is_described():
    targets = set(re.findall(r"(?:`|^)make ([a-z]+)", "\n".join(GUIDES.values()), re.MULTILINE))
    assert targets == set(VERBS) - {"help"}
    listed = " ".join(row[0] for row in table("| verb | what it does |", GUIDES["pipelines/README.md"]))
    assert set(re.findall(r"[a-z]+", listed)) >= set(main.commands)


@pytest.mark.parametrize(
    ("name", "header"), [("README.md", "| folder | what is in it |"), ("CONTRIBUTING.md", "| folder | what is in it |")]
)
def test_named_folders_exist(name, header):
    folders = [folder for row in table(header, GUIDES[name]) for folder in re.findall(r"`([\w./]+/)`", row[0])]
    assert len(folders) > 5
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


@pytest.mark.parametrize("name", GUIDES)
def test_named_files_exist(name):
    named = re.findall(r"(?<![\w/.])((?:sources|schemas|warehouse|pipelines|tests)/[\w./-]+\.(?:sql|csv|py|md|png))", GUIDES[name])
    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("name", GUIDES)
def test_links_lead_to_files(name):
    targets = [target.split("#")[0] for target in re.findall(r"\]\((?!https?:)([^)]+)\)", GUIDES[name])]
    assert [target for target in targets if not ((ROOT / name).parent / target).is_file()] == []


def test_the_picture_is_small_and_described():
    [(described, picture)] = re.findall(r"!\[([^]]+)\]\(([^)]+)\)", README)
    assert len(described) > 100
    assert (ROOT / picture).stat().st_size < 300_000


def test_the_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert [citation[name] for name in ("cff-version", "title", "version", "license")] == [
        "1.2.0", project["name"], project["version"], project["license"],
    ]  # fmt: skip
    assert (ROOT / "LICENSE").read_text("utf-8").startswith(f"{project['license']} License")


def test_hooks_run_verbs_of_the_makefile():
    hooks = [hook for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"] for hook in repo["hooks"]]
    assert {hook["entry"] for hook in hooks} == {"make lint", "make test"} <= {f"make {verb}" for verb in VERBS}


def test_readme_gives_every_source_its_licence():
    stated = {row[0]: row[2] for row in table("| folder | producer | licence | covers |")}
    origins = {path.parent.name: yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "sources").glob("*/origin.yaml")}
    assert stated == {f"`sources/{name}/`": origin["license"]["name"] for name, origin in origins.items()}


@pytest.mark.parametrize("model", [m for layer in ("core", "charts", "bulk") for m in models.layer(layer)], ids=lambda m: m.name)
def test_first_lines_of_a_model_give_the_declared_key(model):
    declared = registry.MODELED[model.name] if model.name in registry.MODELED else world.AGGREGATES[model.table]
    assert model.header["key"] == ", ".join(render.key(declared))
