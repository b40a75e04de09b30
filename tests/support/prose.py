"""Find words that the project's texts and names must not contain: private dialect, and the history of the code."""

import ast
import re
from collections.abc import Iterator

DIALECT = re.compile(
    r"\b(tells?|told|bury|buried|stood|stands? (on|upon|among|beside)|lands? upon|gone on|lest|wherein|whereby)\b", re.IGNORECASE
)
HISTORY = re.compile(r"\b(no longer|used to be|used to have|previously|formerly|any ?more)\b", re.IGNORECASE)
NO_TERMS = frozenset({"said", "told", "judged", "held", "made", "moving"})  # names that are no term of the field
NO_PARAMETERS = NO_TERMS | {"found"}


def unwanted(text: str) -> list[str]:
    """Return the words of the dialect and of history in a text."""
    return [match[0] for pattern in (DIALECT, HISTORY) for match in pattern.finditer(text)]


def unwanted_names(source: str) -> list[str]:
    """Return the names of functions, classes, parameters and assigned variables that are no terms, with their lines."""
    names = sorted(_names(ast.parse(source)))
    return [f"{line}: {name}" for line, name, terms in names if name.strip("_").lower() in terms or unwanted(name.replace("_", " "))]


def _names(tree: ast.AST) -> Iterator[tuple[int, str, frozenset[str]]]:
    """Yield the names that a module gives, with their lines and what they must not be."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name, NO_TERMS
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg, NO_PARAMETERS
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id, NO_TERMS
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr, NO_TERMS
