"""Read the names of a dyad's two states and the rows of a dataset."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb

from schemas import registry, render
from schemas.errors import Unusable
from warehouse.visuals import style

Row = dict[str, Any]
Rows = Sequence[Row]


class Remembering:
    """A connection that answers a repeated query from memory, since both widths of a visual run the same queries."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Ask `con` what was not asked before; its tables must not change."""
        self._con, self._answers = con, dict[tuple[str, str], Answer]()

    def execute(self, sql: str, values: Sequence[Any] = ()) -> "Answer":
        """Return the answer to a query."""
        question = (sql, repr(values))
        if question not in self._answers:
            answer = self._con.execute(sql, values)
            self._answers[question] = Answer(answer.description, answer.fetchall())
        return self._answers[question]


class Answer(NamedTuple):
    """The rows of an answer, and the description of its columns, as DuckDB gives them."""

    description: list[Any]
    rows: list[tuple]

    def fetchall(self) -> list[tuple]:
        """Return every row."""
        return self.rows

    def fetchone(self) -> tuple | None:
        """Return the first row."""
        return next(iter(self.rows), None)


class Pair(NamedTuple):
    """A dyad of the release: codes and names of its first and second state, and the release's day."""

    dyad: str
    iso3_a: str
    iso3_b: str
    name_a: str
    name_b: str
    as_of: dt.date

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection, dyad: str) -> "Pair":
        """Read a dyad as the release names it.

        Raises:
            Unusable: the release has no such dyad.
        """
        states = con.execute("select dyad, iso3_a, iso3_b, name_a, name_b from core.dyad where dyad = ?", [dyad]).fetchone()
        if states is None:
            known = ", ".join(d for (d,) in con.execute("select dyad from core.dyad order by dyad").fetchall())
            raise Unusable(f"no dyad {dyad} in this release: choose one of {known}")
        [(day,)] = con.execute("select value::date from catalog.parameter where name = 'as_of'").fetchall()
        return cls._make((*states, day))

    @property
    def both(self) -> str:
        """Return both names inside a sentence: `France and the United Kingdom`."""
        return f"{self.the_a} and {self.the_b}"

    @property
    def the_a(self) -> str:
        """Return the first state's name inside a sentence."""
        return style.the(self.name_a)

    @property
    def the_b(self) -> str:
        """Return the second state's name inside a sentence."""
        return style.the(self.name_b)

    def name(self, iso3: str) -> str:
        """Return the name of one of the two states, as in a list or a legend."""
        return self.name_a if iso3 == self.iso3_a else self.name_b

    def the(self, iso3: str) -> str:
        """Return the name of one of the two states inside a sentence."""
        return style.the(self.name(iso3))

    def whose(self, iso3: str) -> str:
        """Return the possessive of one of the two states inside a sentence."""
        return style.whose(self.the(iso3))

    def fill(self, iso3: str) -> str:
        """Return the colour of one of the two states."""
        return "first" if iso3 == self.iso3_a else "second"

    def other(self, iso3: str) -> str:
        """Return the code of the other state."""
        return self.iso3_b if iso3 == self.iso3_a else self.iso3_a


def key_columns(dataset: str) -> list[str]:
    """Return the columns that identify a row among those of its dyad."""
    return [name for name in render.key(registry.MODELED[f"charts.{dataset}"]) if name != "dyad"]


def dataset_rows(con: duckdb.DuckDBPyConnection, dataset: str, pair: Pair, order: str) -> list[Row]:
    """Return the dataset's rows of the pair, each with its `key`: the values of its key columns, days as text."""
    rows = ask(con, f"select * from charts.{dataset} where dyad = ? order by {order}", pair.dyad)
    columns = key_columns(dataset)
    return [row | {"key": key_of(row, columns)} for row in rows]


def key_of(row: Mapping[str, Any], columns: Iterable[str]) -> list[Any]:
    """Return the key of a row as values that JSON can represent."""
    return [value.isoformat() if isinstance(value := row[name], dt.date) else value for name in columns]


def ask(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[Row]:
    """Return the rows of a query by column name; NaN and infinity become None."""
    answer = con.execute(sql, list(values))
    names = [name for name, *_ in answer.description]
    return [{name: _finite_or_none(value) for name, value in zip(names, row, strict=True)} for row in answer.fetchall()]


def _finite_or_none(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
