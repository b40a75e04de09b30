"""Decide the claims of every text on two days: the text's own and the build's."""

import datetime as dt
from typing import Any, NamedTuple

import duckdb

from schemas import charts, fields, render
from schemas.errors import Refused
from warehouse import models
from warehouse.build.catalog import MACROS
from warehouse.build.clock import Clock
from warehouse.build.layers import run_model
from warehouse.build.qualification import inherited
from warehouse.build.validate import TableResult, validate

UNDECIDED = fields.VERDICTS[-1]
INHERITANCE = models.Model("charts", "", {}, ["core.evidence"])  # the table that every chart table reads its qualifications from


class Decision(NamedTuple):
    """The result of a claim's query on one day."""

    value: str | None
    verdict: str
    evidence: list[str]


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table `charts.claims`."""
    con.execute(render.ddl("charts.claims", render.columns(charts.Claims), render.title(charts.Claims)))


def decide(con: duckdb.DuckDBPyConnection, clock: Clock) -> TableResult:
    """Decide every claim on both days and store the decisions in `charts.claims`.

    For the text's day, the models that the claims read are built in memory from the same raw rows as of that day, so that later
    publications do not count.
    """
    for text in models.texts():
        for dyad in clock.dyads:
            if claims := [claim for claim in text.claims if claim.header["dyad"] == dyad]:
                _decide_text(con, text, claims, Clock(clock.as_of, (dyad,)))
    # last, since core.evidence has the evidence of the earlier day only after all decisions
    con.execute(f"update charts.claims set qualifications = {inherited('claims.evidence', 'core.evidence')}")
    return validate(con, "charts.claims")


def set_days(con: duckdb.DuckDBPyConnection, as_of: dt.date, said_on: dt.date) -> None:
    """Set the variables of a claim's query: `as_of`, the day of the verdict, and `said_on`, the text's day or `as_of` if earlier."""
    for name, day in (("as_of", as_of), ("said_on", min(said_on, as_of))):
        con.execute(f"set variable {name} = cast(? as date)", [day.isoformat()])


def _decide_text(con: duckdb.DuckDBPyConnection, text: models.ClaimedText, claims: list[models.Model], clock: Clock) -> None:
    earlier = Clock(min(text.published_on, clock.as_of), clock.dyads)
    set_days(con, clock.as_of, earlier.as_of)
    today = [_decide(con, claim) for claim in claims]
    then = _decide_earlier(con, claims, earlier)
    for claim, was, now in zip(claims, then, today, strict=True):
        row = _row(con, claim, was, now) | {
            "dyad": clock.dyads[0], "text": text.text, "article_day": earlier.as_of, "as_of": clock.as_of, "qualifications": [],
        }  # fmt: skip
        con.execute(f"insert into charts.claims ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))


def _row(con: duckdb.DuckDBPyConnection, claim: models.Model, was: Decision, now: Decision) -> dict[str, Any]:
    header = claim.header
    is_undecided = UNDECIDED in (was.verdict, now.verdict)
    return {
        "claim_id": claim.claim_id,
        "section": header["section"],
        "quote": header["quote"],
        "claim": header["claim"],
        "rule": header["rule"],
        "value_claimed": header["claimed"],
        "value_found": was.value,
        "verdict": was.verdict,
        "value_today": now.value,
        "verdict_today": now.verdict,
        "reason": header.get("reason", "No figure that the rule needs was public on the day of the decision.") if is_undecided else None,
        "decided_by": claim.sql,
        "evidence": sorted({*was.evidence, *now.evidence}) or _searched(con, header["searched"]),
    }


def _decide(con: duckdb.DuckDBPyConnection, claim: models.Model) -> Decision:
    try:
        [(value, verdict, evidence)] = con.execute(claim.sql).fetchall()
    except (duckdb.Error, ValueError) as error:
        raise Refused(
            f"warehouse/models/{claim.name.replace('.', '/')}.sql: {str(error).splitlines()[0]}; return one row: value_found, verdict, evidence"
        ) from error
    return Decision(value, verdict or UNDECIDED, list(evidence or []))


def _searched(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    """Return the evidence ids of all whole files of a kind, cited if no row of them decides the claim."""
    rows = con.execute("select evidence_id from raw.whole_file where kind = ? order by all", [kind]).fetchall()
    return [evidence_id for (evidence_id,) in rows]


def _decide_earlier(con: duckdb.DuckDBPyConnection, claims: list[models.Model], clock: Clock) -> list[Decision]:
    """Build the models that the claims read as of an earlier day, in a database in memory, and decide the claims in it."""
    con.execute("attach ':memory:' as earlier")
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse' and schema_name in ('raw', 'catalog') "
        "union all select schema_name, view_name from duckdb_views() where database_name = 'warehouse' and schema_name = 'raw'"
    ).fetchall()
    con.execute("use earlier")
    for schema in ("raw", "catalog", "core", "charts"):
        con.execute(f"create schema {schema}")
    con.execute(MACROS)
    for schema, table in tables:
        if table != "dyad":
            con.execute(f"create view {schema}.{table} as from warehouse.{schema}.{table}")
    con.execute("create table catalog.dyad as select unnest(?) as dyad", [list(clock.dyads)])
    for model in models.upstream([*claims, INHERITANCE]):
        run_model(con, model, clock)
    set_days(con, clock.as_of, clock.as_of)
    decisions = [_decide(con, claim) for claim in claims]
    # as of the earlier day another partner table may be preferred; its evidence must resolve in the release too
    con.execute("insert into warehouse.core.evidence by name from core.evidence anti join warehouse.core.evidence using (evidence_id)")
    con.execute("use warehouse")
    con.execute("detach earlier")
    return decisions
