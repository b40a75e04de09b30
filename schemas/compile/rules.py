"""Write the SQL of declared rules: count the rows that break each rule in one pass, and select the first rows of one rule.

Put here a model as plain data and the SQL generated from it. Reading a Pandera model belongs in `compiler`, running the SQL in
`warehouse.check`. A check means the same as in Pandera's pandas backend; NaN counts as missing.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from schemas.errors import Refused
from schemas.finding import FIRST
from schemas.sql import identifier, quoted

KEY_RULE = "the key is unique"
FEW = 100  # allowed values that a query lists itself; more are looked up in a table
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
# text that Pandera converts to a number
TEXT_OF = {
    "BOOLEAN": "true|false",
    "BIGINT": r"-?[0-9]+|0[xX][0-9a-fA-F]+",
    "DOUBLE": r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|(?i:[+-]?inf(inity)?|nan)",
}
# the regular expressions that RE2 (the database) and Python's re (Pandera) match alike
ATOM = r"[A-Za-z0-9 _;-]|\[[A-Za-z0-9 _;-]+\]"
TIMES = r"(\{\d{1,3}(,\d{0,3})?\}|[+*?])?"
SEQUENCE = f"(({ATOM}){TIMES})+"
PATTERN = re.compile(rf"\^?(({ATOM}|\({SEQUENCE}(\|{SEQUENCE})*\)){TIMES})+\$?")


class Check(NamedTuple):
    """A check of a column: Pandera's name for it, its arguments, and its name in a finding."""

    name: str
    arguments: dict[str, Any]
    rule: str


class Column(NamedTuple):
    """A declared column: its SQL type, Pandera's name for the type, and its checks."""

    name: str
    kind: str
    dtype: str
    is_nullable: bool
    checks: list[Check]


class RowRule(NamedTuple):
    """A rule about whole rows: its name in a finding, its SQL, and the columns it reads."""

    rule: str
    sql: str
    reads: list[str]


class ModelRules(NamedTuple):
    """A model as plain data: every rule that its rows must satisfy."""

    name: str
    columns: list[Column]
    row_rules: list[RowRule]
    key: list[str]

    def narrowed(self, column: str, check: Check) -> "ModelRules":
        """Return these rules with one more check of a column, as if the model declared it."""
        if column not in [c.name for c in self.columns]:
            raise ValueError(f"{self.name} has no column {column}")
        return self._replace(columns=[c._replace(checks=[*c.checks, check]) if c.name == column else c for c in self.columns])

    def value_lists(self) -> dict[str, list[Any]]:
        """Return the allowed values of every `isin` with more than `FEW`, by the name of the table in which the SQL looks them up."""
        lists = {
            _list_table(c.name, n): k.arguments["allowed_values"] for c in self.columns for n, k in enumerate(c.checks) if k.name == "isin"
        }
        return {table: values for table, values in lists.items() if len(values) > FEW}


class Rule(NamedTuple):
    """One rule in SQL: `broken` is the condition of an offending row; `reads` are the columns of a rule about whole rows."""

    column: str
    rule: str
    broken: str
    reads: tuple[str, ...] = ()


def in_sql(model: ModelRules, types: dict[str, str]) -> list[Rule]:
    """Return every rule of single rows, for a relation whose columns have these SQL types.

    Raises:
        Refused: a check or a type has no equivalent in SQL.
    """
    rules: list[Rule] = []
    for column in model.columns:
        where, name = f"{model.name}.{column.name}", identifier(column.name)
        unreadable = _unreadable(where, column, types[column.name])
        if unreadable:
            rules.append(Rule(column.name, f"the type is {column.dtype}", unreadable))
        if not column.is_nullable:
            # an unreadable value is not missing
            rules.append(Rule(column.name, "a value is required", f"{name} is null" + (f" and not ({unreadable})" if unreadable else "")))
        satisfied = [_satisfied(where, name, check, identifier(_list_table(column.name, n))) for n, check in enumerate(column.checks)]
        for check, condition in zip(column.checks, satisfied, strict=True):
            listed = next((satisfied[n] for n, other in enumerate(column.checks) if _is_implied(check, other)), "")
            broken = f"case when {listed} then false else not ({condition}) end" if listed else f"not ({condition})"
            rules.append(Rule(column.name, check.rule, f"{name} is not null and {broken}"))
    return [*rules, *(Rule(", ".join(r.reads), r.rule, f"not ({r.sql})", tuple(r.reads)) for r in model.row_rules)]


def converted(model: ModelRules, relation: str, types: dict[str, str]) -> str:
    """Return a query of the declared columns of a relation without offenders, converted to their types."""
    names = [identifier(c.name) for c in model.columns]
    return f"select {', '.join(names)} from {_typed(model, relation, types)}"


def counts(model: ModelRules, relation: str, types: dict[str, str], measures: Sequence[str] = ()) -> str:
    """Return a one-pass query of the row count, whether the keys ascend, `measures`, and the number of rows that break each rule."""
    key, before = [identifier(c) for c in model.key], [identifier("before " + c) for c in model.key]
    lags = ", ".join(f"lag({c}) over () as {b}" for c, b in zip(key, before, strict=True))
    # the first row has no row before it; count_if of no rows is NULL
    ascending = f"coalesce(count_if(({', '.join(key)}) > ({', '.join(before)})), 0) >= count(*) - 1"
    offenders = [f"count_if({rule.broken})" for rule in in_sql(model, types)]
    return f"select {', '.join(['count(*)', ascending, *measures, *offenders])} from (select *, {lags} from {_typed(model, relation, types)}) as t"


def first(model: ModelRules, rule: Rule, relation: str, types: dict[str, str], row: str) -> str:
    """Return a query of a rule's first offenders as (row, unconverted values); `row` is the SQL that identifies a row of the relation."""
    values = ", ".join(_unconverted(column) for column in rule.reads or (rule.column,))
    return f"select {row}, {values} from {_typed(model, relation, types)} as t where {rule.broken} order by 1 limit {FIRST}"


def duplicates(model: ModelRules, relation: str, types: dict[str, str], row: str) -> str:
    """Return a query of the rows that share their key with another row: the first of them as (count of all, row, key columns).

    A row whose key is missing in every part is not a duplicate, as in Pandera.
    """
    columns = [identifier(c) for c in model.key]
    same = " and ".join(f"t.{c} is not distinct from d.{c}" for c in columns)
    typed = _typed(model, relation, types)
    return (
        f"select count(*) over (), {row}, {', '.join(f't.{c}' for c in columns)} from {typed} as t semi join "
        f"(select {', '.join(columns)} from {typed} as k group by all having count(*) > 1) as d on {same} "
        f"where not ({' and '.join(f't.{c} is null' for c in columns)}) order by 2 limit {FIRST}"
    )


def _list_table(column: str, number: int) -> str:
    return f"allowed {column} {number}"


def _unconverted(column: str) -> str:
    return identifier("unconverted " + column)


def _typed(model: ModelRules, relation: str, types: dict[str, str]) -> str:
    """Return the relation with each column converted to its declared type, and unconverted beside it."""
    names = [identifier(c.name) for c in model.columns]
    columns = ", ".join(f"{_value(c, types[c.name])} as {name}" for c, name in zip(model.columns, names, strict=True))
    unconverted = ", ".join(f"{name} as {_unconverted(c.name)}" for c, name in zip(model.columns, names, strict=True))
    return f"(select r.* exclude ({', '.join(names)}), {columns}, {unconverted} from {relation} as r)"


def _value(declared: Column, sql_type: str) -> str:
    """Return the value of the declared type: NULL if it is missing or unreadable."""
    column = f"r.{identifier(declared.name)}"
    if sql_type == "VARCHAR" and declared.kind != "VARCHAR":
        column = f"if(regexp_full_match({column}, {quoted(TEXT_OF[declared.kind])}), try_cast({column} as {declared.kind}), null)"
    is_float = declared.kind == "DOUBLE" and sql_type in ("VARCHAR", "DOUBLE", "FLOAT")
    return f"if(isnan({column}), null, {column})" if is_float else column


def _unreadable(where: str, declared: Column, sql_type: str) -> str:
    """Return the condition under which an unconverted value lacks the declared type; empty if its column's type rules that out."""
    raw, kind = _unconverted(declared.name), declared.kind
    if sql_type == "VARCHAR" and kind == "DOUBLE":
        return f"{raw} is not null and not regexp_full_match({raw}, {quoted(TEXT_OF[kind])})"
    if sql_type == "VARCHAR" and kind in ("BIGINT", "BOOLEAN"):
        return f"{raw} is not null and {identifier(declared.name)} is null"
    if (
        sql_type == kind
        or (kind in ("BIGINT", "DOUBLE") and sql_type in INTEGERS)
        or (kind == "DOUBLE" and (sql_type == "FLOAT" or sql_type.startswith("DECIMAL")))
    ):
        return ""
    raise Refused(f"{where}: a column of type {sql_type} cannot be validated as {declared.dtype}; cast it first")


def _satisfied(where: str, column: str, check: Check, table: str) -> str:
    if check.name == "isin":
        values = check.arguments["allowed_values"]
        return f"{column} in ({', '.join(map(_literal, values)) if len(values) <= FEW else f'select value from {table}'})"
    if check.name not in CHECKS:
        raise Refused(f"{where}: the check {check.name} has no equivalent in SQL; add it to schemas/compile/rules.py")
    return CHECKS[check.name](where, column, check.arguments)


def _is_implied(check: Check, other: Check) -> bool:
    """Return True if every value that `other` allows matches the pattern of `check`; a list is searched faster than a pattern is matched."""
    if check.name != "str_matches" or other.name != "isin":
        return False
    return _all_match(check.arguments["pattern"], tuple(other.arguments["allowed_values"]))


@cache  # the rules of an archive's members share their lists
def _all_match(pattern: str, values: tuple[Any, ...]) -> bool:
    return all(isinstance(value, str) and re.match(pattern, value) for value in values)


def _matches(where: str, column: str, arguments: dict[str, Any]) -> str:
    pattern = arguments["pattern"]
    if not isinstance(pattern, str) or not PATTERN.fullmatch(pattern):
        raise Refused(
            f"{where}: Python and the database may match the pattern {pattern!r} differently; use only plain "
            "characters, [...], (...|...) and repetition"
        )
    # in Python's re, $ also matches before a newline that ends the text
    pattern = re.sub(r"\$$", r"\\n?$", pattern)
    return f"regexp_matches({column}, {quoted(f'^(?:{pattern})')})"


def _compare(sign: str, bound: str) -> Callable[[str, str, dict[str, Any]], str]:
    return lambda where, column, arguments: f"{column} {sign} {_literal(arguments[bound])}"


CHECKS: dict[str, Callable[[str, str, dict[str, Any]], str]] = {
    "equal_to": _compare("=", "value"),
    "greater_than": _compare(">", "min_value"),
    "greater_than_or_equal_to": _compare(">=", "min_value"),
    "less_than_or_equal_to": _compare("<=", "max_value"),
    "str_matches": _matches,
    "str_startswith": lambda where, column, arguments: f"starts_with({column}, {quoted(arguments['string'])})",
    "iso_date": lambda where, column, arguments: (
        # Python has no year 0
        f"regexp_full_match({column}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') and {column} >= '0001' and try_cast({column} as date) is not null"
    ),
}


def _literal(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)  # so that it compares with a decimal as a decimal
    if isinstance(value, int | float):
        return f"'{value}'::double" if isinstance(value, float) else str(value)
    return quoted(str(value))
