"""A Pandera model as rules that a database can hold a relation to.

Belongs here: reading a model's types, nullability, checks and keys, and refusing what has no SQL of the same meaning. Not here: the SQL
(`rules`), or a rule of its own: the model stays the one declaration.
"""

from typing import Any

import pandera.pandas as pa

from schemas.compile import rules
from schemas.compile.rules import Across, Check, Column, Compiled
from schemas.errors import Refused

KINDS = {"string": "VARCHAR", "Int64": "BIGINT", "Float64": "DOUBLE", "boolean": "BOOLEAN"}


def compiled(model: type[pa.DataFrameModel]) -> Compiled:
    """Compile a model; to be called where the model is declared, so that a rule without SQL stops the import.

    Raises:
        Refused: a type, check or setting has no SQL of the same meaning.
    """
    schema = model.to_schema()
    _only_known_settings(model, schema)
    columns = [_column(model, schema, field) for field in schema.columns.values()]
    across = [_across(model, check) for check in schema.checks]
    made = Compiled(model.__name__, columns, across, list(schema.unique or []), schema.strict is True, bool(schema.ordered))
    rules.of_typed(made)  # refuses a check without SQL
    return made


def _only_known_settings(model: type[pa.DataFrameModel], schema: pa.DataFrameSchema) -> None:
    odd = [
        name for name, field in schema.columns.items() if field.regex or not field.required or field.parsers or field.default is not None
    ]
    if odd or schema.index or schema.dtype or schema.parsers or schema.add_missing_columns or schema.drop_invalid_rows:
        raise Refused(
            f"{model.__name__}: index, frame dtype, parsers, defaults, optional columns and column patterns cannot be compiled {odd or ''}"
        )
    fields = [schema, *schema.columns.values()]
    if any(getattr(field, "report_duplicates", "all") != "all" for field in fields):
        raise Refused(f"{model.__name__}: report_duplicates other than 'all' cannot be compiled")


def _column(model: type[pa.DataFrameModel], schema: pa.DataFrameSchema, field: pa.Column) -> Column:
    where = f"{model.__name__}.{field.name}"
    kind = KINDS.get(str(field.dtype).split("[")[0])
    if not kind:
        raise Refused(f"{where}: the type {field.dtype} has no SQL of the same meaning")
    exact = (field.metadata or {}).get("sql_type") or kind
    checks = [Check(c.name, _arguments(_plain(where, c)), c.error or c.name) for c in field.checks]
    is_coerced = bool(field.coerce or schema.coerce)
    return Column(field.name, kind, exact, str(field.dtype), field.nullable, field.unique, is_coerced, checks)


def _arguments(check: pa.Check) -> dict[str, Any]:
    """What the check is given; lists may be declared as sets or series."""
    return {name: list(value) if name.endswith("_values") else value for name, value in (check.statistics or {}).items()}


def _across(model: type[pa.DataFrameModel], check: pa.Check) -> Across:
    where = f"{model.__name__}: {check.name}"
    said = _plain(where, check).statistics or {}
    if not said.get("sql"):
        raise Refused(f"{where}: a check of whole rows is compiled only where it is declared with schemas.fields.row_rule")
    return Across(check.error or check.name, said["sql"], said["columns"])


def _plain(where: str, check: pa.Check) -> pa.Check:
    unusual = check.groupby or check.element_wise or check.raise_warning or check.n_failure_cases is not None or not check.ignore_na
    if unusual:
        raise Refused(f"{where}: {check.name}: groupby, element_wise, ignore_na, raise_warning and n_failure_cases cannot be compiled")
    return check
