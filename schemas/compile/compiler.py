"""Compile a Pandera model to rules by which a database validates a table.

Put here the reading of a model's types, checks and key, and the refusal of what has no equivalent in SQL. The SQL belongs in
`rules`, the declaration of a rule in its model.
"""

import pandera.pandas as pa

from schemas.compile import rules
from schemas.compile.rules import Check, Column, ModelRules, RowRule
from schemas.errors import Refused
from schemas.render import SQL_TYPES


def compile_model(model: type[pa.DataFrameModel]) -> ModelRules:
    """Compile a model; a test compiles every declared one, so that a rule without SQL is found before a build.

    Raises:
        Refused: a type, check or setting has no equivalent in SQL.
    """
    return compile_schema(model.__name__, model.to_schema())


def compile_schema(name: str, schema: pa.DataFrameSchema) -> ModelRules:
    """Compile a schema of this name, as `compile_model` does; a relation must have its optional columns too, filled with NULL."""
    _refuse_settings(name, schema)
    columns = [_column(name, field) for field in schema.columns.values()]
    row_rules = [_row_rule(name, check) for check in schema.checks]
    compiled = ModelRules(name, columns, row_rules, list(schema.unique))
    rules.in_sql(compiled, {c.name: c.kind for c in columns})  # refuses a check without SQL
    return compiled


def _refuse_settings(name: str, schema: pa.DataFrameSchema) -> None:
    fields = schema.columns.items()
    other = [n for n, f in fields if f.regex or not (f.required or f.nullable) or f.parsers or f.default is not None or f.unique]
    if other or schema.index or schema.dtype or schema.parsers or schema.ordered or schema.add_missing_columns or schema.drop_invalid_rows:
        raise Refused(
            f"{name}: index, frame dtype, order, parsers, defaults, unique columns, optional columns that need a value and column patterns "
            f"cannot be compiled; remove them{' from ' if other else ''}{', '.join(other)}"
        )
    is_coerced = schema.coerce or all(f.coerce for _, f in fields)
    if schema.strict is not True or not is_coerced or not schema.unique:
        raise Refused(f"{name}: only a model with strict = True, coerce = True and a unique key can be compiled; set them in Config")
    if schema.report_duplicates != "all":
        raise Refused(f"{name}: report_duplicates other than 'all' cannot be compiled; remove it")


def _column(name: str, field: pa.Column) -> Column:
    where = f"{name}.{field.name}"
    kind = SQL_TYPES.get(str(field.dtype).split("[")[0])
    if not kind:
        raise Refused(
            f"{where}: the type {field.dtype} has no equivalent in SQL; use Text, Whole, Number, Flag or TextList of schemas/fields.py"
        )
    checks = [_check(where, check) for check in field.checks]
    return Column(field.name, kind, str(field.dtype), field.nullable, checks)


def _check(where: str, check: pa.Check) -> Check:
    _refuse_options(where, check)
    # lists may be declared as sets or series
    arguments = {name: list(value) if name == "allowed_values" else value for name, value in (check.statistics or {}).items()}
    return Check(check.name or "", arguments, check.error or check.name or "")


def _row_rule(name: str, check: pa.Check) -> RowRule:
    where = f"{name}: {check.name}"
    _refuse_options(where, check)
    statistics = check.statistics or {}
    if not statistics.get("sql"):
        raise Refused(f"{where}: a check of whole rows without SQL cannot be compiled; declare it with schemas.fields.row_rule")
    return RowRule(check.error or check.name or "", statistics["sql"], statistics["columns"])


def _refuse_options(where: str, check: pa.Check) -> None:
    if check.groupby or check.element_wise or check.raise_warning or check.n_failure_cases is not None or not check.ignore_na:
        raise Refused(
            f"{where}: {check.name}: groupby, element_wise, ignore_na, raise_warning and n_failure_cases cannot be compiled; remove them"
        )
