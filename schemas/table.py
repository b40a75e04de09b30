"""Define the base class of every table; it refuses a class that lacks a declaration, since guarantees are generated from declarations."""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any, NamedTuple

import pandera.pandas as pa

from schemas import render
from schemas.errors import Problem, Unusable
from schemas.fields import FACT


class Known(Enum):
    """When a row becomes known, for tables without a column that gives the day."""

    ALWAYS = "known on every day: a reference table of this project"
    DOCUMENT = "known from the day its document was published"
    CITED = "known from the day of the first row that cites it"
    EVIDENCE = "known from the day of the figures it cites"


class Parent(NamedTuple):
    """A parent row: a row is known from the day of the `model` row with the same value in `column`."""

    model: type["Table"]
    column: str


class Spells(NamedTuple):
    """Rows with equal values in `per` are spells of time that do not overlap, from `first` to `end`, or to the day before `end`."""

    per: tuple[str, ...]
    first: str
    end: str
    includes_end: bool


class Declared(NamedTuple):
    """Declarations of a table beside its columns and its key.

    `known_from` is a column with a day or a year (a row without one is known from the day its document was published), one of `Known`,
    or the parent row. `period` is the column whose time must lie in the source's coverage, if not `known_from`. `expected` is SQL
    that selects the column `dyad`, the pairs that must have rows, or None. `spells` must not overlap. `nullable_key` lists the parts of
    the key that may be missing. `is_pinned` marks a reference table whose rows have days; a person must accept its changes, as those of a
    table with `Known.ALWAYS`.
    """

    known_from: str | Known | Parent | None = None
    period: str | None = None
    expected: str | None = ""
    spells: Spells | None = None
    nullable_key: tuple[str, ...] = ()
    is_pinned: bool = False


Rule = Callable[[type["Table"]], Iterator[Problem]]


class Table(pa.DataFrameModel):
    """A table, declared as `class Name(Base, key=("column", ...), known_from=..., ...)` with its columns as fields."""

    _declared = Declared()  # underscores, because pandera takes every public name for a column
    _rules: tuple[Rule, ...] = ()

    class Config:
        """Refuse a column that is missing, undeclared or of another type."""

        strict = True
        coerce = True

    def __init_subclass__(cls, *, rules: tuple[Rule, ...] = (), key: Sequence[str] = (), **declarations: Any) -> None:
        """Set the key and the other declarations of a table, or the rules of a base class.

        Raises:
            Unusable: a declaration is missing or wrong.
        """
        if key:  # pandera reads its settings when the class is made
            cls.Config = type("Config", (cls.Config,), {"name": cls.__name__, "unique": list(key)})  # type: ignore[assignment, misc]
        super().__init_subclass__()
        if rules:
            cls._rules = rules
            return
        if unknown := sorted(declarations.keys() - set(Declared._fields)):
            raise Unusable(f"{cls.__module__}.{cls.__name__}: {unknown[0]} is not a declaration; choose from {', '.join(Declared._fields)}")
        cls._declared = Declared(**declarations)
        for rule in cls._rules:
            for problem in rule(cls):
                raise Unusable(f"{cls.__module__}.{cls.__name__}: {problem}")


def declared(model: type[Table]) -> Declared:
    """Return the declarations of a table beside its columns and its key."""
    return model._declared


def has_title(model: type[Table]) -> Iterator[Problem]:
    """Require a docstring."""
    if not model.__doc__ or model.__doc__ == model.__mro__[1].__doc__:
        yield "add a docstring that describes a row: it becomes the title of the table"


def has_key(model: type[Table]) -> Iterator[Problem]:
    """Require a key of declared columns, none of them nullable unless `nullable_key` lists it."""
    key = model.to_schema().unique
    if not key:
        yield 'add the key: key=("column", ...)'
    nullable = {c.name: c.nullable for c in render.columns(model)}
    for part in key or []:
        if part not in nullable:
            yield f"key names {part}, which is not a column; declare it"
        elif nullable[part] and part not in declared(model).nullable_key:
            yield f"column {part} is part of the key: drop nullable=True, or name it in nullable_key"


def has_units(model: type[Table]) -> Iterator[Problem]:
    """Require a unit for every number."""
    names = model.to_schema().columns
    for c in render.columns(model):
        if c.sql_type in ("DOUBLE", "BIGINT") and not c.unit and names[c.name].metadata["unit_column"] not in names:
            yield f"column {c.name} is a number without a unit; add the unit to the column's entry in schemas/fields.py, or unit=... here"


def has_day(model: type[Table]) -> Iterator[Problem]:
    """Require the table's `known_from`, and check that of each column whose values became known later than the row."""
    columns = {c.name: c for c in render.columns(model)}
    known_from = declared(model).known_from
    if known_from is None:
        yield "add known_from: the column with the day or year from which a row is known, or one of Known (schemas/table.py)"
    if isinstance(known_from, str):
        yield from _is_time("known_from", known_from, columns)
        if known_from in columns and columns[known_from].nullable and "document" not in columns:
            yield f"known_from names {known_from}, which may be missing: drop nullable=True, or add the column document, whose day counts then"
    if isinstance(known_from, Parent) and known_from.column not in columns:
        yield f"known_from names {known_from.column}, which is not a column; add it, or name a column that this table and its parent have"
    for name, field in model.to_schema().columns.items():
        day = field.metadata["known_from"]
        if day and (day not in columns or not (field.nullable or columns[name].sql_type == "BOOLEAN")):
            yield f"column {name}: its known_from must name a column of the table, and {name} must be nullable or a flag"


def _is_time(declaration: str, name: str, columns: dict[str, render.Column]) -> Iterator[Problem]:
    if name not in columns:
        yield f"{declaration} names {name}, which is not a column; name a column with a day or a year"
    elif columns[name].unit not in ("date", "year"):
        yield f"{declaration} names {name}, which is neither a day nor a year; name a column that is one"


def is_kind(model: type[Table]) -> Iterator[Problem]:
    """Require the declarations of a raw kind that landing and an as-of build need: the day a row is known from, and its period."""
    if declared(model).known_from is Known.EVIDENCE:
        yield "known_from: Known.EVIDENCE does not apply to a raw table, whose rows have no evidence of their own; name a column, or another member of Known"
    if period(model) is None and declared(model).known_from is Known.DOCUMENT:
        yield "add period: the column with the day or year that must lie in the source's coverage"
    if declared(model).known_from is Known.DOCUMENT and "document" not in model.to_schema().columns:
        yield "known_from is Known.DOCUMENT: add the column document"
    if column := period(model):
        yield from _is_time("period", column, {c.name: c for c in render.columns(model)})
    for name, field in model.to_schema().columns.items():
        is_doubtful = str(field.dtype) == "boolean" or name == "confidence" or name.endswith("_precision")
        if is_doubtful and field.metadata["qualifies"] is None:
            yield (
                f"column {name} may qualify its row: add qualifies=... to the column's entry in schemas/fields.py: "
                "SQL that returns one of QUALIFICATIONS, or FACT"
            )


def has_evidence(model: type[Table]) -> Iterator[Problem]:
    """Require a column with ids of core.evidence, and rows known by a day of their own, by their evidence or always."""
    if not citations(model):
        yield 'add the column evidence: TextList = column("evidence"), or evidence_id: Text = column("evidence_id")'
    if not isinstance(known_from := declared(model).known_from, str) and known_from not in (Known.EVIDENCE, Known.ALWAYS):
        yield "known_from: name a column with a day or a year, Known.EVIDENCE or Known.ALWAYS"


def has_qualifications(model: type[Table]) -> Iterator[Problem]:
    """Require the column that a build fills with the doubts about a row and the figures it cites."""
    if declared(model).known_from is not Known.ALWAYS and "qualifications" not in model.to_schema().columns:
        yield 'add the column qualifications: TextList = column("qualifications"); the build fills it'


def is_dataset(model: type[Table]) -> Iterator[Problem]:
    """Require the columns and declarations that every chart table has."""
    names = [c.name for c in render.columns(model)]
    if missing := [name for name in ("dyad", "evidence") if name not in names]:
        yield f"add the column {missing[0]}; every chart table has it"
    if not isinstance(declared(model).known_from, str):
        yield "known_from must name a column of the table that is a day or a year"
    if declared(model).expected == "":
        yield "add expected: SQL for the dyads that must have rows, such as 'select dyad from core.dyad', or None"


def period(model: type[Table]) -> str | None:
    """Return the column that must lie in the source's coverage: `period`, or `known_from` if that is a column of the table."""
    known_from = declared(model).known_from
    return declared(model).period or (known_from if isinstance(known_from, str) else None)


def first_day(model: type[Table], column: str) -> str:
    """Return SQL for the day on which a column's day or year begins."""
    [unit] = [c.unit for c in render.columns(model) if c.name == column]
    return f"make_date({column}, 1, 1)" if unit == "year" else column


def is_reference(model: type[Table]) -> bool:
    """Return True if rows have no day from which they are known: a reference table, or the documents that others cite."""
    return declared(model).known_from in (Known.ALWAYS, Known.CITED)


def qualifiers(model: type[Table]) -> list[str]:
    """Return SQL expressions over a row's columns; each returns the qualification that a column puts on the row, or NULL."""
    rules = [field.metadata["qualifies"] for field in model.to_schema().columns.values()]
    return [rule for rule in rules if rule and rule != FACT]


def citations(model: type[Table]) -> list[str]:
    """Return the columns with ids of core.evidence."""
    return [name for name, field in model.to_schema().columns.items() if field.metadata["is_citation"]]


EVERY_TABLE: tuple[Rule, ...] = (has_title, has_key, has_units, has_day)
