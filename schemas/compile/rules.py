"""Declared rules as SQL: a pass that knows whether any is broken, one that counts every violation, and the first rows of each.

Belongs here: a model as plain data, and the SQL text made of it. Not here: reading a Pandera model (`compiler`), running the SQL
(`warehouse.world`), or a rule of its own: what a check means is Pandera's pandas backend, with NaN as missing. It needs neither
pandas nor Pandera, whose import takes as long as landing a million rows.

Measured at 50 million rows: one pass 1.6 s; a list of 5,000 allowed values written into it 800 times as long, hence the
joins; a key compared with the row before 1.3 s, grouped by a hash 8 s and 3.5 GB, hence `ordered`.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from schemas.errors import Refused
from schemas.finding import FIRST
from schemas.sql import identifier, quoted

LITERAL_VALUES = 8
LISTS = ("isin", "notin")
# what holds of the least and of the greatest value holds of all between them
SIZES = ("equal_to", "greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "in_range")
UNIQUE_COLUMN = "field_uniqueness"
# a pattern is run by RE2 in the database and by Python's re in Pandera: an escape, a set, a quantifier or one character at a time
PIECES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[*+?}]\+|\(\?|\{[^}]*\}\+?|.", re.DOTALL)
# what the two read differently: classes and anchors by letter, groups with a question mark, possessive and long repeats, sets in sets
UNLIKE_RE2 = re.compile(r"\\[^nrt\W]|\(\?|[*+?}]\+|.*\}\+|\{(?!\d{1,3}(,\d{0,3})?\}).*|\.|\[.*(\\[^nrt\W]|(?<!\\)\[).*", re.DOTALL)
WHOLE = r"-?[0-9]+|0[xX][0-9a-fA-F]+"
REAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|(?i:[+-]?inf(inity)?|nan)"


class Check(NamedTuple):
    """A check of a column: Pandera's name of it, its arguments, and what a finding calls it."""

    name: str
    arguments: dict[str, Any]
    rule: str


class Column(NamedTuple):
    """A declared column: the SQL type of its kind, the one it must have where it is not coerced, and Pandera's word for it."""

    name: str
    kind: str
    exact: str
    dtype: str
    is_nullable: bool
    is_unique: bool
    is_coerced: bool
    checks: list[Check]


class Across(NamedTuple):
    """A rule about whole rows: what a finding calls it, its SQL, and the columns it reads."""

    rule: str
    sql: str
    reads: list[str]


class Compiled(NamedTuple):
    """A model without Pandera; `strict`: no other columns; `ordered`: in this order."""

    name: str
    columns: list[Column]
    across: list[Across]
    key: list[str]
    strict: bool
    ordered: bool

    def keys(self) -> list[tuple[str, list[str]]]:
        """What a finding calls each unique list of columns, and the list; the model's key first."""
        return [*([("the key is unique", self.key)] if self.key else []), *((UNIQUE_COLUMN, [c.name]) for c in self.columns if c.is_unique)]

    def narrowed(self, column: str, check: Check) -> "Compiled":
        """The same with one check more, as if the model declared it; of a list or a listed column's text, before the lists are landed."""
        [place] = [n for n, c in enumerate(self.columns) if c.name == column]
        columns = list(self.columns)
        columns[place] = columns[place]._replace(checks=[*columns[place].checks, check])
        return self._replace(columns=columns)


class Rule(NamedTuple):
    """One check: `broken` is the SQL condition of an offending row; it names columns by `"column"`.

    `reads` are the columns of a rule about whole rows. `known_by` is what is enough to know that no row breaks it: every one of its
    `rows`; the number of `missing` cells; the column's `extremes`; or its distinct `values`, where they are listed.
    """

    column: str
    rule: str
    broken: str
    reads: tuple[str, ...] = ()
    known_by: str = "rows"


class Listed(NamedTuple):
    """Values to be joined, and the conditions on `value` that are found out once for each, as columns `unfit 0`, `unfit 1`."""

    values: list[Any]
    unfit: list[str]

    def table(self) -> str:
        """The query of the table, its values as parameter."""
        judged = "".join(f', {condition} as "unfit {n}"' for n, condition in enumerate(self.unfit))
        return f"select value{judged} from (select distinct unnest(?) as value)"


def of_typed(made: Compiled) -> tuple[list[Rule], dict[str, Listed]]:
    """Every rule that holds of typed rows, and the value lists it is joined with, by table name.

    Raises:
        Refused: a check has no SQL of the same meaning.
    """
    found: list[Rule] = []
    allowed: dict[str, Listed] = {}
    for column in made.columns:
        if not column.is_nullable:
            found.append(Rule(column.name, "a value is required", f"{identifier(column.name)} is null", known_by="missing"))
        lists_first = sorted(column.checks, key=lambda check: check.name not in LISTS)
        found.extend(_column_rule(allowed, f"{made.name}.{column.name}", column.name, check) for check in lists_first)
    return [*found, *(Rule(", ".join(a.reads), a.rule, f"not ({a.sql})", tuple(a.reads)) for a in made.across)], allowed


def _column_rule(allowed: dict[str, Listed], where: str, name: str, check: Check) -> Rule:
    column = identifier(name)
    if check.name in LISTS:
        outside = _outside(allowed, name, column, check.arguments["allowed_values" if check.name == "isin" else "forbidden_values"])
        condition = outside if check.name == "isin" else f"not ({outside})"
    elif check.name in CHECKS:
        condition = _unfit(allowed, name, column, check.name, lambda value: f"not ({CHECKS[check.name](where, value, check.arguments)})")
    else:
        raise Refused(f"{where}: the check {check.name} has no SQL of the same meaning; add it to schemas/compile/rules.py")
    is_listed = bool(_of_column(allowed, name)) and check.name.startswith((*LISTS, "str_"))
    known_by = "extremes" if check.name in SIZES else "values" if is_listed else "rows"
    return Rule(name, check.rule, f"{column} is not null and {condition}", known_by=known_by)


def _of_column(allowed: dict[str, Listed], column: str) -> list[str]:
    return [table for table in allowed if table.split(" ")[1] == column]


def _outside(allowed: dict[str, Listed], name: str, column: str, listed: list[Any]) -> str:
    if len(listed) <= LITERAL_VALUES:
        return f"{column} not in ({', '.join(map(_literal, listed))})" if listed else "true"
    table = f"allowed {name} {len(allowed)}"
    allowed[table] = Listed(listed, [])
    return f"{identifier(table)}.value is null"


def _unfit(allowed: dict[str, Listed], name: str, column: str, check: str, condition: Callable[[str], str]) -> str:
    """The condition; a rule about text is found out once for each value of the column's list (a pattern costs 2.5 s in 50 million rows)."""
    if not (tables := _of_column(allowed, name)) or not check.startswith("str_"):
        return condition(column)
    table = tables[0]
    judged = allowed[table].unfit
    judged.append(condition("value"))
    return f"if({identifier(table)}.value is null, {condition(column)}, {identifier(table)}.{identifier(f'unfit {len(judged) - 1}')})"


def _pattern(where: str, pattern: str) -> str:
    pieces = PIECES.findall(pattern) if isinstance(pattern, str) else [pattern]
    for position, piece in enumerate(pieces):
        if not isinstance(piece, str) or UNLIKE_RE2.fullmatch(piece) or (piece == "$" and position + 1 < len(pieces)):
            raise Refused(f"{where}: {piece!r} in a pattern does not mean the same to Python and to the database; write out the characters")
    # to Python's re, $ also stands before a newline that ends the text
    return "".join([*pieces[:-1], r"\n?$"]) if pieces[-1:] == ["$"] else pattern


def _matches(where: str, column: str, said: dict[str, Any]) -> str:
    return f"regexp_matches({column}, {_literal('^(?:' + _pattern(where, said['pattern']) + ')')})"


def _contains(where: str, column: str, said: dict[str, Any]) -> str:
    return f"regexp_matches({column}, {_literal(_pattern(where, said['pattern']))})"


def _length(where: str, column: str, said: dict[str, Any]) -> str:
    if said.get("exact_value") is not None:
        return f"length({column}) = {said['exact_value']}"
    low, high = said.get("min_value"), said.get("max_value")
    return " and ".join([f"length({column}) {sign} {bound}" for sign, bound in ((">=", low), ("<=", high)) if bound is not None])


def _range(where: str, column: str, said: dict[str, Any]) -> str:
    low, high = ">=" if said.get("include_min", True) else ">", "<=" if said.get("include_max", True) else "<"
    return f"{column} {low} {_literal(said['min_value'])} and {column} {high} {_literal(said['max_value'])}"


def _compare(sign: str, bound: str) -> Callable[[str, str, dict[str, Any]], str]:
    return lambda where, column, said: f"{column} {sign} {_literal(said[bound])}"


CHECKS: dict[str, Callable[[str, str, dict[str, Any]], str]] = {
    "equal_to": _compare("=", "value"),
    "not_equal_to": _compare("<>", "value"),
    "greater_than": _compare(">", "min_value"),
    "greater_than_or_equal_to": _compare(">=", "min_value"),
    "less_than": _compare("<", "max_value"),
    "less_than_or_equal_to": _compare("<=", "max_value"),
    "in_range": _range,
    "str_matches": _matches,
    "str_contains": _contains,
    "str_startswith": lambda where, column, said: f"starts_with({column}, {_literal(said['string'])})",
    "str_endswith": lambda where, column, said: f"ends_with({column}, {_literal(said['string'])})",
    "str_length": _length,
    "iso_date": lambda where, column, said: (
        f"regexp_full_match({column}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') and left({column}, 4) > '0000' and try_cast({column} as date) is not null"
    ),
}


def misfits(made: Compiled, types: dict[str, str]) -> list[Rule]:
    """What is wrong with the columns of a relation whatever its rows hold; `types` are its columns and their SQL types."""
    declared = [c.name for c in made.columns]
    wrong = [Rule(c, "the column is required", "") for c in declared if c not in types]
    if made.strict:
        wrong += [Rule(c, "no column of this name is known", "") for c in types if c not in declared]
    if made.ordered and not wrong:
        present = [c for c in types if c in declared]
        wrong += [Rule(c, "column_ordered", "") for c, expected in zip(present, declared, strict=True) if c != expected]
    return wrong or [Rule(c.name, _has_type(c), "") for c in made.columns if not c.is_coerced and types[c.name] != c.exact]


def of_found(made: Compiled, types: dict[str, str]) -> list[Rule]:
    """Every rule that holds of single rows, with the types of columns that are not yet what the model declares."""
    unread = {
        c.name: f"{identifier('as found ' + c.name)} is not null and not ({readable})"
        for c in made.columns
        if (readable := _readable(c, types[c.name])) != "true"
    }
    # what has another type is there, though no typed value is
    typed = [
        r._replace(broken=f"{r.broken} and not ({unread[r.column]})") if r.known_by == "missing" and r.column in unread else r
        for r in of_typed(made)[0]
    ]
    return [*(Rule(c.name, _has_type(c), unread[c.name]) for c in made.columns if c.name in unread), *typed]


def _has_type(column: Column) -> str:
    return f"the type('{column.dtype}')"


def holds(made: Compiled, relation: str, types: dict[str, str], *, ordered: bool = False, measures: Sequence[str] = ()) -> str:
    """Whether no rule is broken, without evaluating each on every row: the number of rows, whether all hold (of none NULL), then `measures`.

    `ordered`: each row must lie behind the one before it in the order of the first key, so that no key stands twice. To count what
    is broken takes half as much again (`counts`; 10 million rows: 0.76 s of CPU against 0.48).
    """
    typed, judged = _typed(made, relation, types), of_found(made, types)
    all_hold = [f"count_if({r.broken}) = 0" for r in judged if r.known_by == "rows"]
    all_hold += [f"count({identifier(r.column)}) = count(*)" for r in judged if r.known_by == "missing"]
    if sizes := [r for r in judged if r.known_by == "extremes"]:
        ends = [", ".join(f"{end}({c}) as {c}" for c in dict.fromkeys(identifier(r.column) for r in sizes)) for end in ("min", "max")]
        all_hold.append(_none(sizes, " union all ".join(f"select {end} from {typed} as t" for end in ends)))
    for column in dict.fromkeys(r.column for r in judged if r.known_by == "values"):
        listed = [r for r in judged if r.known_by == "values" and r.column == column]
        all_hold.append(_none(listed, f"select distinct {identifier(column)} from {typed} as t", _joins(made, column)))
    if ordered:
        first_key = made.keys()[0][1]
        key, before = [identifier(c) for c in first_key], [identifier("before " + c) for c in first_key]
        all_hold.append(f"count_if(({', '.join(key)}) > ({', '.join(before)})) = count(*) - 1")  # all but the first
        typed = f"(select *, {', '.join(f'lag({c}) over () as {b}' for c, b in zip(key, before, strict=True))} from {typed} as t)"
    return f"select {', '.join(['count(*)', ' and '.join(all_hold) or 'true', *measures])} from {typed} as t"


def _none(broken: list[Rule], rows: str, joins: str = "") -> str:
    return f"(select count(*) from ({rows}) as t{joins} where {' or '.join(f'({r.broken})' for r in broken)}) = 0"


def counts(made: Compiled, relation: str, types: dict[str, str], *, ordered: bool = False) -> str:
    """One pass: the number of each rule's offenders in the order of `of_found`; NULL of no rows.

    `ordered`: the rows should lie in the order of the first key; two numbers more, rows that equal the one before and rows out of order.
    """
    aggregates = [f"count_if({r.broken})" for r in of_found(made, types)]
    before = ""
    if ordered:
        key = made.keys()[0][1]
        before = ", " + ", ".join(f"lag({identifier(c)}) over () as {identifier('before ' + c)}" for c in key)
        earlier = "false"
        for c in reversed(key):
            earlier = f"{identifier(c)} < {identifier('before ' + c)} or ({identifier(c)} = {identifier('before ' + c)} and ({earlier}))"
        same = " and ".join(f"{identifier(c)} is not distinct from {identifier('before ' + c)}" for c in key)
        # the first row has nothing before it, and a missing part of the key is another rule's matter
        aggregates += [f"count_if({same})", f"count_if({earlier})"]
    return f"select {', '.join(aggregates)} from (select *{before} from {_typed(made, relation, types)}) as t{_joins(made)}"


def first(made: Compiled, rule: Rule, relation: str, types: dict[str, str], row: str) -> str:
    """The first ten offenders of a rule as (row, values of its columns); `row` is the SQL that names a row of the relation."""
    values = ", ".join(identifier("as found " + column) for column in rule.reads or (rule.column,))
    return f"select {row}, {values} from {_typed(made, relation, types)} as t{_joins(made)} where {rule.broken} order by 1 limit {FIRST}"


def duplicates(made: Compiled, key: list[str], relation: str, types: dict[str, str], row: str) -> str:
    """The rows whose key another row has, as (row, key columns)."""
    columns = ", ".join(map(identifier, key))
    same = " and ".join(f"t.{identifier(c)} is not distinct from d.{identifier(c)}" for c in key)
    typed = _typed(made, relation, types)
    return (
        f"select {row}, {', '.join(f't.{identifier(c)}' for c in key)} from {typed} as t semi join "
        f"(select {columns} from {typed} as k group by all having count(*) > 1) as d on {same} order by 1"
    )


def has_duplicates(made: Compiled, key: list[str], relation: str, types: dict[str, str]) -> str:
    """How many key values stand in several rows: a hash of the whole relation, so for a year or a member at a time."""
    columns = ", ".join(map(identifier, key))
    return f"select count(*) from (select 1 from {_typed(made, relation, types)} as t group by {columns} having count(*) > 1)"


def _typed(made: Compiled, relation: str, types: dict[str, str]) -> str:
    """The relation with its columns as declared, and each as it was found."""
    names = [identifier(c.name) for c in made.columns]
    columns = ", ".join(f"{_coerced(c, types[c.name])} as {name}" for c, name in zip(made.columns, names, strict=True))
    found = ", ".join(f"{identifier(c.name)} as {identifier('as found ' + c.name)}" for c in made.columns)
    return f"(select r.* exclude ({', '.join(names)}), {columns}, {found} from {relation} as r)"


def _joins(made: Compiled, column: str | None = None) -> str:
    """The joins with the value lists, of one column or of all."""
    _, allowed = of_typed(made)
    tables = allowed if column is None else _of_column(allowed, column)
    return "".join(f" left join {identifier(t)} on {identifier(t)}.value = {identifier(t.split(' ')[1])}" for t in tables)


def _coerced(declared: Column, found: str) -> str:
    column = f"r.{identifier(declared.name)}"
    if found in ("DOUBLE", "FLOAT"):
        column = f"if(isnan({column}), null, {column})"
    if found == "VARCHAR" and declared.kind in ("BIGINT", "DOUBLE"):
        pattern = _literal(WHOLE if declared.kind == "BIGINT" else REAL)
        number = f"if(regexp_full_match({column}, {pattern}), try_cast({column} as {declared.kind}), null)"
        return number if declared.kind == "BIGINT" else f"if(isnan({number}), null, {number})"
    if found == "VARCHAR" and declared.kind == "BOOLEAN":
        return f"case {column} when 'true' then true when 'false' then false end"
    if _family(found) == declared.kind:
        return column
    return f"try_cast({column} as {declared.kind})"


def _readable(declared: Column, found: str) -> str:
    """Condition under which a value as found has the declared type; `true` where its column's type says so."""
    column, kind = identifier("as found " + declared.name), declared.kind
    if _family(found) == kind or kind == "VARCHAR" or (kind == "DOUBLE" and _family(found) == "BIGINT"):
        return "true"
    if kind == "DOUBLE" and found == "VARCHAR":
        return f"regexp_full_match({column}, {_literal(REAL)})"
    readable = f"{identifier(declared.name)} is not null"
    if kind == "BIGINT" and _family(found) == "DOUBLE":
        return f"{'isnan(' + column + ') or ' if found in ('DOUBLE', 'FLOAT') else ''}({column} = trunc({column}) and {readable})"
    return readable


def _family(sql_type: str) -> str:
    if sql_type in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"):
        return "BIGINT"
    return "DOUBLE" if sql_type == "FLOAT" or sql_type.startswith("DECIMAL") else sql_type


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)  # compared with a decimal as a decimal
    if isinstance(value, int | float):
        return f"'{value}'::double" if isinstance(value, float) else str(value)
    return quoted(str(value))
