"""Digest the code that determines a release's content; rewording a comment or a docstring of Python changes no release id.

Exceptions: the docstrings of the classes below `schemas` count, since they are published as descriptions of tables. Comments between the
parts of a concatenated string count too. Files of other languages count with their comments; each dataset's metadata publishes its SQL.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = {".py", ".sql", ".json", ".j2", ".css", ".js", ".yaml", ".conf"}


def digests(root: Path) -> Iterator[str]:
    """Yield a line for each file of code below `root`."""
    files = [path for folder in ("schemas", "warehouse") for path in sorted((root / folder).rglob("*")) if path.suffix in SUFFIXES]
    files += sorted((root / "sources").glob("*.py"))  # they read snapshots; a source's own parse.py only writes them
    for path in files:
        # the examples read releases, and the site copies them
        if not {"examples", "site", "__pycache__"} & set(path.relative_to(root).parts):
            text = path.read_text("utf-8")
            has_descriptions = path.relative_to(root).parts[0] == "schemas"
            yield f"{path.relative_to(root)} {_sha256(statements(text, has_descriptions) if path.suffix == '.py' else text)}"


def statements(source: str, has_descriptions: bool = False) -> str:
    """Return Python source without comments, docstrings and empty lines; a comment between the parts of a concatenated string stays.

    If the source has descriptions, the docstrings of its classes stay.
    """
    lines = source.encode().splitlines()
    docstrings, strings = _strings(ast.parse(source), has_descriptions)
    for first, last in docstrings:
        lines[first - 1 : last] = [b""] * (last - first + 1)
    for row, line in enumerate(lines, start=1):
        signs = (match.start() for match in re.finditer(b"#", line))
        comments = (column for column in signs if not _is_inside(strings.get(row, []), row, column))
        lines[row - 1] = line[: next(comments, None)].rstrip()
    return b"\n".join(filter(None, lines)).decode()


def _strings(tree: ast.Module, has_descriptions: bool) -> tuple[list[tuple[int, int]], dict[int, list[ast.expr]]]:
    """Return the first and last line of each docstring to remove, and the other strings by each of their lines."""
    docstrings: list[tuple[int, int]] = []
    strings: dict[int, list[ast.expr]] = {}
    documented = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, *(() if has_descriptions else (ast.ClassDef,)))
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            docstrings.append((node.body[0].lineno, node.body[0].end_lineno or 0))
        elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)):
            for row in range(node.lineno, (node.end_lineno or 0) + 1):
                strings.setdefault(row, []).append(node)
    return docstrings, strings


def _is_inside(strings: list[ast.expr], row: int, column: int) -> bool:
    return any((s.lineno, s.col_offset) <= (row, column) < (s.end_lineno, s.end_col_offset) for s in strings)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
