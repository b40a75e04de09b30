"""Validate a frame against its class, and turn Pandera's failure cases into findings with a count and the first rows."""

import re
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from schemas.finding import FIRST, Finding


def misfits(model: type[pa.DataFrameModel], columns: Collection[str]) -> list[Finding]:
    """Return a finding for each missing and each undeclared column of a file that has these `columns`."""
    declared = model.to_schema().columns
    return [
        *(Finding(c, "the column is required", 1, [(1, None)]) for c, field in declared.items() if field.required and c not in columns),
        *(Finding(str(c), "the column is declared in schemas/raw.py", 1, [(1, None)]) for c in columns if c not in declared),
    ]


def findings(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Validate a frame that has the schema's columns; the frame's index names its rows.

    Returns:
        The frame converted to the declared types and no findings, or the frame unchanged and its findings.
    """
    try:
        return schema.validate(_with_booleans(schema, frame), lazy=True), []
    except pa.errors.SchemaErrors as error:
        return frame, [*_of_rows(schema, frame, error.failure_cases), *_of_columns(error.failure_cases)]


def _with_booleans(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Convert the text `true` and `false` to booleans; any other word stays for the type check to report."""
    words = {"true": True, "false": False}
    flags = [name for name, field in schema.columns.items() if str(field.dtype) == "boolean" and name in frame]
    return frame.assign(**{name: frame[name].astype(object).map(lambda cell: words.get(cell, cell)) for name in flags})


def _is_of_rows(cases: pd.DataFrame) -> pd.Series:
    return (cases["schema_context"] == "DataFrameSchema") & cases["index"].notna()


def _of_rows(schema: pa.DataFrameSchema, frame: pd.DataFrame, cases: pd.DataFrame) -> Iterator[Finding]:
    """Yield one finding for each broken rule about whole rows; Pandera reports such a rule once per column of the table."""
    reads = {check.error: check.statistics["columns"] for check in schema.checks if "columns" in (check.statistics or {})}
    reads["multiple_fields_uniqueness"] = schema.unique
    for rule, group in cases[_is_of_rows(cases)].groupby("check", sort=False):
        columns = reads.get(rule) or list(group["column"].unique())
        rows = sorted(group["index"].unique())
        first = [(_plain(row), {column: _plain(frame.at[row, column]) for column in columns}) for row in rows[:FIRST]]
        yield Finding(", ".join(columns), _readable(str(rule)), len(rows), first)


def _of_columns(cases: pd.DataFrame) -> Iterator[Finding]:
    # drop a rule about rows that could not be evaluated because a value has the wrong type
    has_wrong_type = bool(cases["check"].str.startswith("coerce_dtype(").any())
    unevaluated = (cases["schema_context"] == "DataFrameSchema") & has_wrong_type
    cases = cases[~_is_of_rows(cases) & ~unevaluated]
    # a value of the wrong type fails its coercion, its type and every comparison of its column: keep the first
    coercion = cases["check"].str.startswith("coerce_dtype(")
    informative = cases["index"].notna() | ~cases["column"].isin(cases.loc[coercion, "column"])
    cases = cases[coercion | (~cases["check"].str.startswith("dtype(") & informative)]
    for (column, rule), group in cases.groupby(["column", "check"], sort=False):
        rows = group.drop_duplicates("index")
        first = [
            (_plain(row), _plain(value)) for row, value in zip(rows["index"].head(FIRST), rows["failure_case"].head(FIRST), strict=True)
        ]
        yield Finding(str(column), _readable(str(rule)), len(rows), first)


def _plain(value: Any) -> Any:
    """Convert a value to plain Python, so that a message shows -5.0; None if it is missing."""
    if value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value


def _readable(rule: str) -> str:
    if match := re.fullmatch(r"coerce_dtype\('(.*)'\)", rule):
        return f"the type is {match[1]}"
    return {"not_nullable": "a value is required", "multiple_fields_uniqueness": "the key is unique"}.get(rule, rule)
