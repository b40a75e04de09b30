"""Test the rules of prose that a tool can check; ruff checks that the docstrings of functions begin with a verb."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.prose import unwanted, unwanted_names

ROOT = Path(__file__).parent.parent
ROOMS = ("pipelines", "sources", "warehouse", "schemas", "tests")
MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
GENERATED = {"DICTIONARY.md", "MESSAGES.md", "BENCHMARKS.md"}
NO_VERB = re.compile(r"(The|A|An|What|Which|Whether|How|Where|Who|This|These|All|Every|Each|One|[A-Z][a-z]+ tables:)(?= )")


def prose(path: Path) -> Iterator[str]:
    """Yield the docstrings and comments of a module, the comments of a query, or the lines of a guide."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        nodes = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef))
        yield from (doc for node in nodes if (doc := ast.get_docstring(node)))
        yield from (t.string for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT)
    elif path.suffix == ".sql":
        yield from re.findall(r"--(.*)", text)
    else:
        yield re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def files() -> list[Path]:
    guides = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(p for room in ROOMS for p in sorted((ROOT / room).rglob("*.md")))]
    queries = sorted((ROOT / "warehouse").rglob("*.sql"))
    return [*MODULES, *queries, *(path for path in guides if path.name not in GENERATED)]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_prose_is_plain_and_of_today(path: Path) -> None:
    assert [(word, text) for text in prose(path) for word in unwanted(text)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_begins_with_what_it_does(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring is None or not NO_VERB.match(docstring)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_are_terms_of_the_field(path: Path) -> None:
    assert unwanted_names(path.read_text("utf-8")) == []


def test_a_name_of_the_dialect_is_reported_with_its_line() -> None:
    source = """
class Judged:
    held: bool

def _told(found, rows):
    found = [said for said in rows]
    for made, _ in found:
        self.moving = made
    with rows as said_on:
        return (told := said_on)

def test_a_row_is_told_once(): ...
"""
    assert unwanted_names(source) == [
        "2: Judged", "3: held", "5: _told", "5: found", "6: said", "7: made", "8: moving", "10: told", "12: test_a_row_is_told_once",
    ]  # fmt: skip
