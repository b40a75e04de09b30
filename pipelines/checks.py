"""Specify the checks of the tables and report their results; a failed check fails the run with all messages."""

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines.assets.specs import asset_key
from schemas import registry, render
from schemas.errors import Refused
from schemas.finding import FIRST
from schemas.table import declared
from warehouse.build import audit
from warehouse.build.database import Connection
from warehouse.build.validate import TableResult


def specs(tables: Sequence[dg.AssetSpec], layer: str) -> list[dg.AssetCheckSpec]:
    """Return the Pandera check of every table, and a check for every audit of the layer; their descriptions give SQL that finds bad rows."""
    pandera = [_spec("schema", t.key, "The table obeys its Pandera model", _bad_keys(".".join(t.key.path))) for t in tables]
    return pandera + [_spec(_check_name(a), asset_key(a.table), a.sentence, a.sql) for a in audit.load() if a.layer == layer]


def results(
    context: dg.AssetExecutionContext, con: Connection, layer: str, tables: Sequence[TableResult], hints: Sequence[str]
) -> Iterator[dg.AssetCheckResult]:
    """Yield the results of the Pandera checks and, if all pass, of the layer's audits.

    Raises:
        Refused: a check failed; the message has a line for each problem, then `hints`: how to withdraw answers that no release
            contains yet. Nothing is published.
    """
    advice = "correct the file" if layer == "raw" else "correct the figures, or the SQL model of that name"
    problems = [f"{finding.line(t.table)}; {advice}" for t in tables for finding in t.findings]
    for t in tables:
        yield _schema_result(t)
    outcomes = [] if problems else list(audit.run(con, layer))
    problems += [outcome.line() for outcome in outcomes if outcome.row_count]
    yield from map(_audit_result, outcomes)
    if problems:
        raise Refused("\n".join([*problems, *hints]))
    rows = sum(t.row_count for t in tables)
    context.log.info(f"{layer:<7} {len(tables):>3} tables {rows:>7,} rows {len(tables) + len(outcomes):>3} checks passed")


def first_rows(columns: list[str], rows: Sequence[tuple]) -> dg.MetadataValue:
    """Return rows as a Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return dg.MetadataValue.md("\n".join("| " + " | ".join(str(v).replace("|", "\\|") for v in line) + " |" for line in lines))


def _spec(name: str, asset: dg.AssetKey, sentence: str, sql: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(name, asset=asset, blocking=True, description=f"{sentence}\n\n```sql\n{sql}\n```")


def _check_name(rule: audit.Audit) -> str:
    return rule.name.split("__")[1]


def _bad_keys(table: str) -> str:
    """Return SQL for the rows whose key is missing or not unique; a check's description shows no SQL for the other rules of a table class."""
    model = registry.RAW.get(table) or registry.MODELED[table]
    key = render.landed(model).unique if table in registry.RAW else render.key(model)
    missing = [f"{column} is null" for column in key if column not in declared(model).nullable_key]
    return f"select {', '.join(key)}, count(*) as row_count\nfrom {table}\ngroup by all\nhaving {' or '.join(['count(*) > 1', *missing])}"


def _schema_result(result: TableResult) -> dg.AssetCheckResult:
    metadata: dict = {"failing_rows": sum(f.row_count for f in result.findings)}
    if result.findings:
        rows = [(row, f.column, f.rule, value) for f in result.findings for row, value in f.first][:FIRST]
        metadata["first_rows"] = first_rows(["row", "column", "rule", "value"], rows)
    return dg.AssetCheckResult(passed=not result.findings, check_name="schema", asset_key=asset_key(result.table), metadata=metadata)


def _audit_result(outcome: audit.Outcome) -> dg.AssetCheckResult:
    metadata: dict = {"failing_rows": outcome.row_count}
    if outcome.row_count:
        metadata["first_rows"] = first_rows(outcome.columns, outcome.first)
    return dg.AssetCheckResult(
        passed=not outcome.row_count,
        check_name=_check_name(outcome.audit),
        asset_key=asset_key(outcome.audit.table),
        metadata=metadata,
    )
