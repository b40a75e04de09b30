"""Decide the claims of every text on two days: the text's and the build's."""

import datetime as dt
from concurrent.futures import Future, ThreadPoolExecutor
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


class Question(NamedTuple):
    """The claims that a text makes about a pair, the day of the build with that pair, and the text's day."""

    text: models.ClaimedText
    claims: list[models.Model]
    now: Clock
    then: Clock


Decided = list[tuple[Question, list[Decision]]]  # the decisions on each text's day


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table `charts.claims`."""
    con.execute(render.ddl("charts.claims", render.columns(charts.Claims), render.title(charts.Claims)))


def decide_then(con: duckdb.DuckDBPyConnection, clock: Clock) -> Future[Decided]:
    """Begin to decide every claim on its text's day in another thread, since a build's connection uses one core.

    The models that the claims read are built in memory from the raw rows known on that day, so that later publications do not count.
    The result is for `decide` on the same connection.
    """
    cursor, pool = con.cursor(), ThreadPoolExecutor(1)

    def decide_all() -> Decided:
        with cursor:
            return [(question, _decide_then(cursor, question)) for question in _questions(clock)]

    then = pool.submit(decide_all)
    pool.shutdown(wait=False)  # the thread ends with its work
    return then


def decide(con: duckdb.DuckDBPyConnection, then: Future[Decided]) -> TableResult:
    """Decide every claim on the release's day, and store the decisions on both days in `charts.claims`.

    Raises:
        Refused: the query of a claim, or a model on a text's day, failed on the data.
    """
    decided = then.result()
    for question, was in decided:
        set_days(con, question.now.as_of, question.then.as_of)
        for claim, before in zip(question.claims, was, strict=True):
            row = _row(con, question, claim, before, _decide(con, claim))
            con.execute(f"insert into charts.claims ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))
    for question, _ in decided:
        # as of the text's day another partner table may be preferred; its evidence must resolve in the release too
        con.execute(
            f"insert into warehouse.core.evidence by name from {_database(question)}.core.evidence "
            "anti join warehouse.core.evidence using (evidence_id)"
        )
        con.execute(f"detach {_database(question)}")
    con.execute(f"update charts.claims set qualifications = {inherited('claims.evidence', 'core.evidence')}")
    return validate(con, "charts.claims")


def _questions(clock: Clock) -> list[Question]:
    """Return the claims of the texts that were published by the day of the build."""
    return [
        Question(text, claims, Clock(clock.as_of, (dyad,)), Clock(text.published_on, (dyad,)))
        for text in models.texts()
        if text.published_on <= clock.as_of
        for dyad in clock.dyads
        if (claims := [claim for claim in text.claims if claim.header["dyad"] == dyad])
    ]


def _database(question: Question) -> str:
    """Return the name of the database in memory that has the models on the text's day."""
    return f'"{question.text.text} {question.then.dyads[0]}"'


def set_days(con: duckdb.DuckDBPyConnection, as_of: dt.date, said_on: dt.date) -> None:
    """Set the variables of a claim's query: `as_of`, the day of the verdict, and `said_on`, the text's day."""
    for name, day in (("as_of", as_of), ("said_on", said_on)):
        con.execute(f"set variable {name} = cast(? as date)", [day.isoformat()])


def _row(con: duckdb.DuckDBPyConnection, question: Question, claim: models.Model, was: Decision, now: Decision) -> dict[str, Any]:
    header = claim.header
    is_undecided = UNDECIDED in (was.verdict, now.verdict)
    return {
        "dyad": header["dyad"],
        "text": question.text.text,
        "article_day": question.then.as_of,
        "as_of": question.now.as_of,
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
        "qualifications": [],  # inherited from the evidence, which is whole only after all decisions
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


def _decide_then(con: duckdb.DuckDBPyConnection, question: Question) -> list[Decision]:
    """Build the models that the claims read as of the text's day, in a database in memory, and decide the claims in it."""
    con.execute(f"attach ':memory:' as {_database(question)}")
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse' and schema_name in ('raw', 'catalog') "
        "union all select schema_name, view_name from duckdb_views() where database_name = 'warehouse' and schema_name = 'raw'"
    ).fetchall()
    con.execute(f"use {_database(question)}")
    for schema in ("raw", "catalog", "core", "charts"):
        con.execute(f"create schema {schema}")
    con.execute(MACROS)
    for schema, table in tables:
        if table != "dyad":
            con.execute(f"create view {schema}.{table} as from warehouse.{schema}.{table}")
    con.execute("create table catalog.dyad as select unnest(?) as dyad", [list(question.then.dyads)])
    for model in models.upstream([*question.claims, INHERITANCE]):
        run_model(con, model, question.then)
    set_days(con, question.then.as_of, question.then.as_of)
    return [_decide(con, claim) for claim in question.claims]
