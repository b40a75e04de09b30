"""Write the claims ledger as Markdown, and trace a chart row to the figures it was computed from.

Deciding a claim belongs in `warehouse.build.claims`.
"""

from typing import Any

import duckdb

from schemas import registry, render
from schemas.errors import Unusable

BOOKKEEPING = "source, file, evidence_id, document"  # already in the evidence
CLAIMS = "select claim_id, claim, value_claimed, value_found, verdict, value_today, verdict_today, as_of from charts.claims order by 1"


def claims_markdown(con: duckdb.DuckDBPyConnection) -> str:
    """Return `claims.md`: the article's claims, decided on both days."""
    rows = con.execute(CLAIMS).fetchall()
    lines = ["# The article's claims", ""]
    if not rows:
        return "\n".join([*lines, "This release does not cover the dyad of the article.", ""])
    [(article_day,)] = con.execute("select distinct article_day from charts.claims").fetchall()
    lines += [f"Decided by SQL on what was known on {article_day}, and on {rows[0][-1]}.", ""]
    lines += ["| id | claim | claimed | found | verdict | today | verdict today |", "|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(str(v if v is not None else "").replace("|", "\\|") for v in row[:-1]) + " |" for row in rows]
    return "\n".join([*lines, ""])


def trace(con: duckdb.DuckDBPyConnection, dataset: str, values: list[str]) -> dict[str, Any]:
    """Return a chart row by its key, and every figure it was computed from.

    Returns:
        `{"row": {...}, "evidence": [{..., "lines": [{"line": 2, ...}]}, ...]}`: `lines` are the rows on the cited lines.

    Raises:
        Unusable: no such dataset, a key of another length, or no such row; the message lists accepted values.
    """
    datasets = {name.removeprefix("charts."): model for name, model in registry.MODELED.items() if name.startswith("charts.")}
    if dataset not in datasets:
        raise Unusable(f"no dataset {dataset}: choose one of {', '.join(sorted(datasets))}")
    key = render.key(datasets[dataset])
    if len(values) != len(key):
        raise Unusable(f"{dataset} has a key of {len(key)} values, {' '.join(key)}: got {len(values)}")
    where = " and ".join(f'"{column}"::varchar = ?' for column in key)
    try:
        result = con.execute(f"select * exclude (evidence), evidence from charts.{dataset} where {where}", values)
    except duckdb.InvalidInputException:
        raise Unusable(f"{' '.join(map(ascii, values))}: the key is not valid UTF-8; copy it from the dataset") from None
    names = [name for name, *_ in result.description]
    row = result.fetchone()
    if row is None:
        sample = con.execute(f"select {', '.join(key)} from charts.{dataset} limit 1").fetchone()
        example = f", for example {' '.join(map(str, sample))}" if sample else "; the dataset has no rows for this release's dyads"
        raise Unusable(f"no row {' '.join(values)} in {dataset}: the key is {' '.join(key)}{example}")
    figures = con.execute(
        "select e.* from core.evidence as e join (select unnest(?::varchar[]) as evidence_id) as c using (evidence_id) order by file, first_line",
        [row[-1]],
    )
    evidence_names = [name for name, *_ in figures.description]
    evidence = [dict(zip(evidence_names, e, strict=True)) for e in figures.fetchall()]
    return {"row": dict(zip(names[:-1], row[:-1], strict=True)), "evidence": [{**e, "lines": _lines(con, e)} for e in evidence]}


def _lines(con: duckdb.DuckDBPyConnection, cited: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows on the cited lines without empty cells and bookkeeping; an empty list for a file cited as a whole."""
    if con.execute("select 1 from raw.whole_file where evidence_id = ?", [cited["evidence_id"]]).fetchone():
        return []
    [(kind,)] = con.execute("select kind from raw.snapshot_file where file = ?", [cited["file"]]).fetchall()
    sql = f"select line, * exclude (line, {BOOKKEEPING}) from raw.{kind} where file = ? and line between ? and ? order by line"
    rows = con.execute(sql, [cited["file"], cited["first_line"], cited["last_line"]])
    names = [name for name, *_ in rows.description]
    return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows.fetchall()]
