"""Test the directions of imports, and that no model names a country."""

import ast
import csv
import re
import tomllib
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "schemas": set(),
    "sources": {"schemas"},
    "warehouse": {"schemas", "sources"},
    "pipelines": {"schemas", "sources", "warehouse"},
}
FILES = [path for package in ALLOWED for path in (ROOT / package).rglob("*.py")]


def imported(path: Path) -> set[str]:
    """Top-level names of every import in a file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_every_test_is_collected(request: pytest.FixtureRequest) -> None:
    """Pytest skips folders of some names, `build` among them, unless its settings name others."""
    folders = {name for path in (ROOT / "tests").rglob("test_*.py") for name in path.relative_to(ROOT).parts[:-1]}
    skipped = request.config.getini("norecursedirs")
    assert [name for name in folders if any(fnmatch(name, pattern) for pattern in skipped)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    ours = imported(path) & set(ALLOWED) - {package}
    assert ours <= ALLOWED[package], f"{package} must not import {ours - ALLOWED[package]}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_pipelines_knows_dagster_and_only_warehouse_knows_duckdb(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    assert package == "pipelines" or "dagster" not in imported(path)
    # a rule about whole rows is SQL, which a frame's rows are checked by too
    assert package == "warehouse" or path == ROOT / "schemas" / "fields.py" or "duckdb" not in imported(path)


def imported_modules(path: Path) -> set[Path]:
    """Return the files of ours that a file imports, at its top or in a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {file for alias in node.names if (file := _file(alias.name))}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {file for alias in node.names if (file := _file(f"{node.module}.{alias.name}") or _file(node.module))}
    return found - {path}


def _file(module: str) -> Path | None:
    folder = ROOT.joinpath(*module.split("."))
    return next((path for path in (folder.with_suffix(".py"), folder / "__init__.py") if path in FILES), None)


def test_no_files_import_each_other() -> None:
    """Nor in a circle of more; an import inside a function is one too."""
    graph = {str(path.relative_to(ROOT)): {str(p.relative_to(ROOT)) for p in imported_modules(path)} for path in FILES}
    assert graph["pipelines/launch.py"] >= {"pipelines/definitions.py", "pipelines/refusal.py", "warehouse/home.py"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


@pytest.mark.parametrize("module", ["connect", "home", "memory"])
def test_the_modules_that_all_rooms_of_warehouse_use_import_no_room(module: str) -> None:
    """So that a reader's connection needs neither the build nor the world's trade."""
    rooms = {
        p.relative_to(ROOT).parts[1]
        for p in imported_modules(ROOT / "warehouse" / f"{module}.py")
        if p.relative_to(ROOT).parts[0] == "warehouse"
    }
    assert rooms <= {"connect.py", "home.py", "memory.py", "__init__.py"}


def test_one_file_knows_private_modules_of_dagster() -> None:
    """So that a new version of Dagster can break one file at most."""
    private = re.compile(r"^\s*(?:from|import) dagster(?:\.\w+)*\._|^\s*from dagster import _", re.MULTILINE)
    found = {path.relative_to(ROOT).as_posix() for path in FILES if private.search(path.read_text("utf-8"))}
    assert found == {"pipelines/event_log.py"}


def _listed(kind: str, column: str) -> set[str]:
    with (ROOT / "sources" / "dyad_reference" / "snapshot" / f"{kind}.csv").open(encoding="utf-8", newline="") as text:
        return {row[column] for row in csv.DictReader(text)}


def test_no_sql_names_a_state() -> None:
    """Nor a bloc that counts as a partner: only the claims do. A comment may say where a bound was seen; a model's may not."""
    codes = _listed("country", "iso3") | _listed("economy_group", "code") - {"WLD"}
    names = _listed("country", "name") | {"China", "Russia"}
    files = [p for p in (ROOT / "warehouse").rglob("*.sql") if not {"claims", "queries"} & set(p.relative_to(ROOT).parts)]
    assert len(files) > 90
    for path in files:
        sql = path.read_text("utf-8")
        code = re.sub(r"--[^\n]*", "", sql)
        texts = {part for text in re.findall(r"'([^']*)'", code) for part in re.split(r"[^\w ]+", text)}
        assert (path.name, texts & (codes | names)) == (path.name, set())
        if path.parent.name in ("core", "charts"):
            assert not re.search(r"\b(CHN|RUS|SUN|China|Russia)\b", sql), path.name


def test_an_installed_package_has_every_file_it_reads() -> None:
    """Whoever adds a kind of file says so in pyproject.toml; a release without its audits would be published unaudited."""
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    packed = {path for package, globs in shipped.items() for glob in globs for path in (ROOT / package).glob(glob)}
    files = {path for package in ALLOWED for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(ROOT).as_posix() for path in files - packed if path.suffix not in (".py", ".md")} == set()
