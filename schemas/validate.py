"""Hold a frame to its model and say in plain lines what is wrong.

Belongs here: turning Pandera's failure cases into findings with a count and the first rows.
Does not belong here: what to do about them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd
import pandera.pandas as pa

FIRST = 10


class Finding(NamedTuple):
    """One rule that did not hold: how many rows broke it, and the first ten as (row, value)."""

    column: str
    rule: str
    count: int
    first: list[tuple[Any, Any]]

    def named(self, name: Callable[[Any], Any]) -> "Finding":
        """The same, its rows called what `name` makes of them."""
        return self._replace(first=[(None if row is None else name(row), value) for row, value in self.first])

    def line(self, where: str) -> str:
        """One readable line: where, which row, column, rule and value."""
        row, value = self.first[0] if self.first else (None, None)
        place = f"{where}:{row}" if row is not None else where
        more = f" (and {self.count - 1} more)" if self.count > 1 else ""
        shown = "" if value is None else f", found {value!r}"
        return " ".join(f"{place}: column {self.column}: must satisfy {self.rule}{shown}{more}".split())


def misfits(model: type[pa.DataFrameModel], frame: pd.DataFrame) -> list[Finding]:
    """Columns that are missing, and columns nobody declared."""
    declared = model.to_schema().columns
    return [
        *(Finding(c, "the column is required", 1, [(1, None)]) for c in declared if c not in frame.columns),
        *(Finding(str(c), "no column of this name is known", 1, [(1, None)]) for c in frame.columns if c not in declared),
    ]


def findings(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Hold `frame`, which has the schema's columns, to its rules; the frame's index names its rows.

    Returns:
        The frame with declared types, and no findings; or the frame as it came, and what is wrong with it.
    """
    try:
        return schema.validate(_truths(schema, frame), lazy=True), []
    except pa.errors.SchemaErrors as error:
        return frame, _from_cases(error.failure_cases)


def _truths(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Text `true` and `false` as booleans; any other word stays, for the type check to name it."""
    words = {"true": True, "false": False}
    flags = [name for name, field in schema.columns.items() if str(field.dtype) == "boolean"]
    readable = [name for name in flags if frame[name].dropna().isin(words).all() and len(frame)]
    return frame.assign(**{name: frame[name].map(words).astype("boolean") for name in readable})


def _from_cases(cases: pd.DataFrame) -> list[Finding]:
    found = []
    cases = cases.assign(column=cases["column"].fillna("(row)"))
    # a value of the wrong type fails its coercion, then its type, and its column every comparison: the first says enough
    uncoerced = cases.loc[cases["check"].str.startswith("coerce_dtype("), "column"]
    cases = cases[~cases["check"].str.startswith("dtype(") & (cases["index"].notna() | ~cases["column"].isin(uncoerced))]
    for (column, rule), group in cases.groupby(["column", "check"], sort=False):
        rows = group.drop_duplicates("index")
        first = list(rows[["index", "failure_case"]].head(FIRST).itertuples(index=False, name=None))
        found.append(Finding(str(column), _readable(str(rule)), len(rows), first))
    return found


def _readable(rule: str) -> str:
    return {
        "not_nullable": "a value is required",
        "multiple_fields_uniqueness": "the key is unique",
    }.get(rule, rule.replace("coerce_dtype", "the type").replace("StringDtype", "text"))
