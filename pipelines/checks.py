"""Specify the checks of the tables, and report their results: a failure ends the run with every message.

Put here how a check is shown, not what must hold (`schemas`, `warehouse/audits`).
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines.assets.specs import asset_key
from schemas.errors import Refused
from schemas.finding import FIRST
from warehouse.build import audit
from warehouse.build.validate import TableResult


def specs(tables: Sequence[dg.AssetSpec], layer: str) -> list[dg.AssetCheckSpec]:
    """Return the Pandera check of every table, and the layer's audits on the tables they judge."""
    pandera = [dg.AssetCheckSpec("schema", asset=t.key, blocking=True, description="The table obeys its Pandera model") for t in tables]
    audits = [
        dg.AssetCheckSpec(_check_name(a), asset=asset_key(a.table), blocking=True, description=a.sentence)
        for a in audit.load()
        if a.layer == layer
    ]
    return pandera + audits


def results(
    context: dg.AssetExecutionContext, con, layer: str, tables: Sequence[TableResult], hints: Sequence[str]
) -> Iterator[dg.AssetCheckResult]:
    """Yield the results of the Pandera checks and, if all hold, of the layer's audits.

    Raises:
        Refused: a check failed; the message has a line for each, and then the hints. Nothing is published.
    """
    problems = [finding.line(t.table) for t in tables for finding in t.findings]
    for t in tables:
        yield _schema_result(t)
    outcomes = [] if problems else list(audit.run(con, layer))
    problems += [outcome.line() for outcome in outcomes if outcome.count]
    yield from map(_audit_result, outcomes)
    if problems:
        raise Refused("\n".join([*problems, *hints]))
    rows = sum(t.row_count for t in tables)
    context.log.info(f"{layer:<7} {len(tables):>3} tables {rows:>7,} rows {len(tables) + len(outcomes):>3} checks hold")


def first_rows(columns: list[str], rows: Sequence[tuple]) -> dg.MetadataValue:
    """Return rows as a Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return dg.MetadataValue.md("\n".join("| " + " | ".join(str(v).replace("|", "\\|") for v in line) + " |" for line in lines))


def _check_name(checked: audit.Audit) -> str:
    return checked.name.split("__")[1]


def _schema_result(built: TableResult) -> dg.AssetCheckResult:
    metadata: dict = {"failing_rows": sum(f.count for f in built.findings)}
    if built.findings:
        rows = [(row, f.column, f.rule, value) for f in built.findings for row, value in f.first][:FIRST]
        metadata["first_rows"] = first_rows(["row", "column", "rule", "value"], rows)
    return dg.AssetCheckResult(passed=not built.findings, check_name="schema", asset_key=asset_key(built.table), metadata=metadata)


def _audit_result(outcome: audit.Outcome) -> dg.AssetCheckResult:
    metadata: dict = {"failing_rows": outcome.count, "sql": dg.MetadataValue.md(f"```sql\n{outcome.audit.sql}\n```")}
    if outcome.count:
        metadata["first_rows"] = first_rows(outcome.columns, outcome.first)
    return dg.AssetCheckResult(
        passed=not outcome.count,
        check_name=_check_name(outcome.audit),
        asset_key=asset_key(outcome.audit.table),
        metadata=metadata,
    )
