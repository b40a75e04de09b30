"""The two states a visual is about, and its rows.

Belongs here: reading a dyad's names and a dataset's rows. Does not belong here: drawing.
"""

import datetime as dt
import math
from typing import Any, NamedTuple

import duckdb

from schemas.errors import Unusable
from warehouse.visuals import style


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
        """The dyad as the release names it.

        Raises:
            Unusable: the release has no such dyad.
        """
        found = con.execute("select dyad, iso3_a, iso3_b, name_a, name_b from core.dyad where dyad = ?", [dyad]).fetchone()
        if found is None:
            known = ", ".join(d for (d,) in con.execute("select dyad from core.dyad order by dyad").fetchall())
            raise Unusable(f"no dyad {dyad} in this release: it has {known}")
        (day,) = con.execute("select value::date from catalog.parameter where name = 'as_of'").fetchone()
        return cls(*found, day)

    @property
    def both(self) -> str:
        """`China and Russia`, `France and the United Kingdom`."""
        return f"{self.the_a} and {self.the_b}"

    @property
    def the_a(self) -> str:
        """The first state inside a sentence."""
        return style.the(self.name_a)

    @property
    def the_b(self) -> str:
        """The second state inside a sentence."""
        return style.the(self.name_b)

    def direction(self, row: dict[str, Any]) -> str:
        """`China to Russia`: which way the goods of a row go."""
        return f"{self.name(row['exporter'])} to {self.name(row['importer'])}"

    def name(self, iso3: str) -> str:
        """Name of one of the two states, as a list or a legend has it."""
        return self.name_a if iso3 == self.iso3_a else self.name_b

    def the(self, iso3: str) -> str:
        """Name of one of the two states inside a sentence."""
        return style.the(self.name(iso3))


def ask(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[dict[str, Any]]:
    """The rows of a query by column name; a number that is none or infinite is not known."""
    found = con.execute(sql, list(values))
    names = [name for name, *_ in found.description]
    return [{name: _known(value) for name, value in zip(names, row, strict=True)} for row in found.fetchall()]


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
