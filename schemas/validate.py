"""Hold a frame to its model and say in plain lines what is wrong.

Belongs here: turning Pandera's failure cases into findings with a count and the first rows.
Does not belong here: what to do about them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from schemas.finding import FIRST, Finding


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
        return frame, [*_of_rows(schema, frame, error.failure_cases), *_of_columns(error.failure_cases)]


def _truths(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Text `true` and `false` as booleans; any other word stays, for the type check to name it alone."""
    words = {"true": True, "false": False}
    flags = [name for name, field in schema.columns.items() if str(field.dtype) == "boolean"]
    return frame.assign(**{name: frame[name].astype(object).map(lambda cell: words.get(cell, cell)) for name in flags})


def _is_of_rows(cases: pd.DataFrame) -> pd.Series:
    return (cases["schema_context"] == "DataFrameSchema") & cases["index"].notna()


def _of_rows(schema: pa.DataFrameSchema, frame: pd.DataFrame, cases: pd.DataFrame) -> Iterator[Finding]:
    """Rules about whole rows, of which Pandera lists a case for each column of the table: one finding a rule."""
    reads = {check.error: check.statistics["columns"] for check in schema.checks if "columns" in (check.statistics or {})}
    reads["multiple_fields_uniqueness"] = schema.unique
    for rule, group in cases[_is_of_rows(cases)].groupby("check", sort=False):
        columns = reads.get(rule) or list(group["column"].unique())
        rows = sorted(group["index"].unique())
        first = [(_plain(row), {column: _plain(frame.at[row, column]) for column in columns}) for row in rows[:FIRST]]
        yield Finding(", ".join(columns), _readable(str(rule)), len(rows), first)


def _of_columns(cases: pd.DataFrame) -> Iterator[Finding]:
    # a rule about rows that could not be evaluated says nothing where a value of the wrong type is the cause
    unevaluated = (cases["schema_context"] == "DataFrameSchema") & cases["check"].str.startswith("coerce_dtype(").any()
    cases = cases[~_is_of_rows(cases) & ~unevaluated]
    # a value of the wrong type fails its coercion, then its type, and its column every comparison: the first says enough
    coercion = cases["check"].str.startswith("coerce_dtype(")
    said = cases["index"].notna() | ~cases["column"].isin(cases.loc[coercion, "column"])
    cases = cases[coercion | (~cases["check"].str.startswith("dtype(") & said)]
    for (column, rule), group in cases.groupby(["column", "check"], sort=False):
        rows = group.drop_duplicates("index")
        first = [
            (_plain(row), _plain(value)) for row, value in zip(rows["index"].head(FIRST), rows["failure_case"].head(FIRST), strict=True)
        ]
        yield Finding(str(column), _readable(str(rule)), len(rows), first)


def _plain(value: Any) -> Any:
    """A value as Python has it, so that a message shows -5.0, not how an array holds it; None where it is missing."""
    if value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value


def _readable(rule: str) -> str:
    return {
        "not_nullable": "a value is required",
        "multiple_fields_uniqueness": "the key is unique",
    }.get(rule, rule.replace("coerce_dtype", "the type").replace("StringDtype", "text"))
