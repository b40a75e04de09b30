"""Collect every message to a person from the code into `MESSAGES.md`, so that each change of words shows in a diff.

Put here how messages are found and sorted, not what a message must name (`test_messages.py`).
"""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from warehouse.build import guarantees
from warehouse.models import header

ROOT = Path(__file__).parent.parent
FILE = Path(__file__).with_name("MESSAGES.md")
PACKAGES = ("pipelines", "sources", "warehouse", "schemas")
KINDS = {
    "refusal": "stops a command, a step or a source",
    "problem": "states what is wrong, in a refusal, in `dyad doctor`, in a log line or in an HTTP 403",
    "cause": "is quoted by the refusal that catches it",
    "rule": "is quoted after the place of the first row that breaks it, before the value found",
    "audit": "follows the key of the first row that breaks it, and precedes the values found",
    "note": "reports what was done or seen; if a command may follow, it names the command",
}
REFUSALS = {"Refused", "Unusable", "Unfetched"}
REPORTS = {"echo", "exit", "info", "warning", "error", "log", "notify", "report", "report_run_failed", "SkipReason", "Parsed"}
SQL = re.compile(r"\s*(select|from|with|create|copy|insert|update|delete|attach|describe|pragma|comment on)\b", re.IGNORECASE)
WORD = re.compile(r"\S*[A-Za-z]{2}\S*")
MIN_WORDS = 2  # a key or a unit has fewer
LITERALS = (ast.Constant, ast.JoinedStr, ast.IfExp, ast.BinOp, ast.List, ast.ListComp, ast.Dict, ast.DictComp)
Names = dict[str, ast.expr]


class Message(NamedTuple):
    """A message as the code has it, values in braces."""

    file: str
    kind: str
    text: str


def collect(root: Path = ROOT) -> list[Message]:
    """Return the messages of the four packages below `root`, by file, in the order of the code."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    trees = {path.relative_to(root).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}
    constants = {name: value for tree in trees.values() for name, value in _assigned(tree.body).items() if name.isupper()}
    kinds = _kinds_of_calls([node for tree in trees.values() for node in ast.walk(tree)])
    in_code = [
        Message(file, kind, " ".join(text.split()))
        for file, tree in trees.items()
        for kind, text in _below(tree, constants | _assigned(tree.body), kinds, "")
    ]
    return list(dict.fromkeys([*in_code, *_audits(root)]))


def _audits(root: Path) -> Iterator[Message]:
    for path in sorted((root / "warehouse" / "audits").glob("*.sql")):
        yield Message(path.relative_to(root).as_posix(), "audit", header(path.read_text("utf-8"))["audit"])
    generated = {audit.sentence for audit in guarantees.generate()}
    yield from (Message("warehouse/build/guarantees.py", "audit", sentence) for sentence in sorted(generated))


def _kinds_of_calls(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Return the kind of message that is passed to a call of each name."""
    nodes = list(nodes)
    makers = {n.name for n in nodes if isinstance(n, ast.FunctionDef) and n.returns and ast.unparse(n.returns) in REFUSALS}
    raised = {_called(n.exc) for n in nodes if isinstance(n, ast.Raise)} - {""}
    return (
        dict.fromkeys(raised, "cause")
        | dict.fromkeys(REFUSALS | makers, "refusal")
        | dict.fromkeys(REPORTS, "note")
        | dict.fromkeys(("Rule", "Finding"), "rule")
    )


def _called(node: ast.AST | None) -> str:
    """Return the last part of the name that a call calls."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _assigned(nodes: Iterable[ast.AST]) -> Names:
    """Return what each name is assigned."""
    return {n.targets[0].id: n.value for n in nodes if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)}


def _below(node: ast.AST, names: Names, kinds: dict[str, str], kind: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of the messages in a part of the code, which is of `kind` by what surrounds it."""
    if isinstance(node, ast.FunctionDef):
        names = names | _assigned(ast.walk(node))
        kind = next((word.lower() for word in re.findall(r"\b(Problem|Cause|Note)\b", _types(node))), kind)
    if kind and (template := _template(node, names)) is not None:
        if len(WORD.findall(re.sub(r"\{[^{}]*\}", " ", template))) >= MIN_WORDS and not SQL.match(template):
            yield kind, template
        return
    if kind and isinstance(node, ast.Name) and isinstance(names.get(node.id), LITERALS):
        yield from _below(names[node.id], _without(names, node.id), kinds, kind)
    for child, kind_of_child in _children(node, kinds, kind):
        yield from _below(child, names, kinds, kind_of_child)


def _children(node: ast.AST, kinds: dict[str, str], kind: str) -> Iterator[tuple[ast.AST, str]]:
    """Yield the parts of a node that may be messages, each with the kind of its message."""
    called = "" if _called(node) == "execute" else kinds.get(_called(node), kind)  # its arguments are SQL
    if isinstance(node, ast.Call) and called == "rule":
        place, *rest = node.args  # a column, or the state of a finding of doctor
        if rest:
            state = "wrong" if "'wrong'" in ast.unparse(place) else place.value if isinstance(place, ast.Constant) else ""
            yield rest[0], {"wrong": "problem", "": "rule"}.get(state, "note")
    elif not (isinstance(node, ast.Assign) and kind and isinstance(node.targets[0], ast.Name)):  # else read where the name is used
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):  # a docstring
                yield child, called


def _types(function: ast.FunctionDef) -> str:
    """Return the types of what a function returns, takes and collects."""
    collected = [n.annotation for n in ast.walk(function) if isinstance(n, ast.AnnAssign)]
    return " ".join(ast.unparse(part) for part in (function.returns, function.args, *collected) if part)


def _template(node: ast.AST, names: Names) -> str | None:
    """Return the text of a string or an f-string, with values in braces; None for another expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_template(part, names) for part in (node.left, node.right)]
        return None if parts == [None, None] else "".join("{…}" if part is None else part for part in parts)
    if isinstance(node, ast.JoinedStr):
        return "".join(v.value if isinstance(v, ast.Constant) else _placeholder(v.value, names) for v in node.values)
    return None


def _placeholder(value: ast.expr, names: Names) -> str:
    """Return the text that a name stands for, its alternatives separated by a slash, or the expression in braces."""
    name = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) and value.attr.isupper() else ""
    texts = list(_texts(names[name], _without(names, name)) if name in names else _texts(value, names))
    return texts[0] if len(texts) == 1 else f"({' / '.join(texts)})" if texts else f"{{{ast.unparse(value)}}}"


def _texts(node: ast.AST, names: Names) -> Iterator[str]:
    """Yield the strings that may be the value of an expression: a template, a branch, or an entry of a dictionary."""
    template = _template(node, names)
    if template is not None:
        yield template
    elif isinstance(node, ast.IfExp):
        texts = [list(_texts(branch, names)) for branch in (node.body, node.orelse)]
        for branch, found in zip((node.body, node.orelse), texts, strict=True):
            yield from found or ([f"{{{ast.unparse(branch)}}}"] if any(texts) else [])
    elif _called(node) == "get" and isinstance(node.func.value, ast.Dict):
        yield from (text for value in [*node.func.value.values, *node.args[1:]] for text in _texts(value, names))


def _without(names: Names, name: str) -> Names:
    return {other: value for other, value in names.items() if other != name}


def rendered() -> str:
    """Return the file's text."""
    lines = ["# Messages", "", "Written by `make docs` from the code; do not edit it here. Values are in braces.", ""]
    lines += [f"- {kind}: {meaning}" for kind, meaning in KINDS.items()]
    for file, messages in groupby(collect(), key=lambda message: message.file):
        lines += ["", f"## {file}", "", *(f"- {m.kind}: `` {m.text} ``" for m in messages)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(rendered(), "utf-8")
