"""Write the claims ledger as Markdown, and trace a chart row to the figures it was computed from."""

import shlex
from typing import Any

import duckdb

from schemas.errors import Unusable
from warehouse.connect import as_records

BOOKKEEPING = "source, file, evidence_id, document"  # already in the evidence
CLAIMS = (
    "select text, claim_id, section, quote, claim, value_claimed, value_found, verdict, value_today, verdict_today, reason, qualifications, as_of, evidence "
    "from charts.claims order by all"
)
TEXTS = "select t.*, min(c.article_day) as article_day from catalog.claimed_text as t join charts.claims as c using (text) group by all order by 1"
SHOWN = ("claim_id", "claim", "value_claimed", "value_found", "verdict", "value_today", "verdict_today")


def claims_markdown(con: duckdb.DuckDBPyConnection) -> str:
    """Return `claims.md`: the claims of every text, decided on both days."""
    rows = as_records(con.execute(CLAIMS))
    lines = ["# Claims", ""]
    if not rows:
        return "\n".join([*lines, "This release does not cover the dyad of any text.", ""])
    for text in as_records(con.execute(TEXTS)):
        lines += [f"## [{text['title']}]({text['url']})", "", f"{text['publisher']}, {text['published_on']}.", ""]
        lines += [f"SQL decides each claim from what was public on {text['article_day']} (then) and on {rows[0]['as_of']} (now).", ""]
        lines += ["| id | claim | claimed | found then | verdict then | found now | verdict now |", "|---|---|---|---|---|---|---|"]
        lines += ["| " + " | ".join(_cell(row[name]) for name in SHOWN) + " |" for row in rows if row["text"] == text["text"]] + [""]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return str(value if value is not None else "").replace("|", "\\|")


def trace(con: duckdb.DuckDBPyConnection, dataset: str, values: list[str]) -> dict[str, Any]:
    """Return a chart row, found by its key or by parts of it that identify one row, and every figure it was computed from.

    Args:
        con: a connection to a release.
        dataset: the name of the dataset, in upper or lower case, with or without its schema.
        values: the leading values of its key, some as `column=value`, or one value of any column of its key, in upper or lower case.

    Returns:
        `{"row": {...}, "evidence": [{..., "lines": [{"line": 2, ...}]}, ...]}`: `lines` are the rows on the cited lines, none of a file
        cited as a whole.

    Raises:
        Unusable: no such dataset, no such column in its key, too many values, or not exactly one such row; the message lists accepted values.
    """
    keys = dict(con.execute("select \"table\", primary_key from catalog.tables where schema = 'charts' order by 1").fetchall())
    dataset = dataset.lower().removeprefix("charts.")
    if dataset not in keys:
        raise Unusable(f"no dataset {dataset}: choose one of {', '.join(keys)}")
    key, example = keys[dataset], _example(con, dataset, keys[dataset])
    columns = [text.partition("=")[0] for text in values if "=" in text]
    if unknown := [name for name in columns if name.isidentifier() and name not in key]:
        raise Unusable(f"{dataset} has no key column `{unknown[0]}`: use {', '.join(key)}{example}")
    named = _named(key, values)
    if not values:
        raise Unusable(f"{dataset} has the key {' '.join(key)}: give its values, or some of them{example}")
    if named is None:
        raise Unusable(f"{dataset} has a key of {len(key)} values, {' '.join(key)}: got {len(values)}; give them in this order{example}")
    if "dyad" in named:
        named["dyad"] = "-".join(sorted(named["dyad"].split("-"), key=str.upper))  # either state may be first
    where = " and ".join(f'lower("{column}"::varchar) = lower(?)' for column in named)
    try:
        rows = as_records(con.execute(f"from charts.{dataset} where {where}", [*named.values()]))
        rows = rows or _only(con, dataset, key, values)
    except duckdb.InvalidInputException:
        raise Unusable(f"{' '.join(map(ascii, values))}: the key is not valid UTF-8; copy it from the dataset") from None
    if len(rows) > 1:
        differing = next(name for name in key if rows[0][name] != rows[1][name])
        values_of = f'select distinct "{differing}"::varchar from charts.{dataset} where {where} order by 1 limit 2'
        some = " or ".join(shlex.quote(f"{differing}={value}") for (value,) in con.execute(values_of, [*named.values()]).fetchall())
        left = " ".join(name for name in key if name not in named)
        raise Unusable(f"{len(rows)} rows of {dataset} match {' '.join(values)}: add {left}, such as {some}")
    if not rows:
        raise Unusable(f"no row {' '.join(values)} in {dataset}: the key is {' '.join(key)}; give values that a row has{example}")
    [row] = rows
    figures = as_records(
        con.execute(
            "select e.* from core.evidence as e join (select unnest(?::varchar[]) as evidence_id) as c using (evidence_id) "
            "order by file, first_line",
            [row.pop("evidence")],
        )
    )
    whole = {file for (file,) in con.execute("select evidence_id from raw.whole_file").fetchall()}  # once, since it reads every line
    return {"row": row, "evidence": [{**cited, "lines": [] if cited["evidence_id"] in whole else _lines(con, cited)} for cited in figures]}


def _only(con: duckdb.DuckDBPyConnection, dataset: str, key: list[str], values: list[str]) -> list[dict[str, Any]]:
    """Return the row that has a single given value in any column of its key, such as the id of a claim; none if several have it."""
    columns = ", ".join(f'lower("{column}"::varchar)' for column in key)
    rows = as_records(con.execute(f"from charts.{dataset} where lower(?) in ({columns})", values)) if len(values) == 1 else []
    return rows if len(rows) == 1 else []


def _example(con: duckdb.DuckDBPyConnection, dataset: str, key: list[str]) -> str:
    sample = con.execute(f"select {', '.join(key)} from charts.{dataset} limit 1").fetchone()
    return f", for example {shlex.join(map(str, sample))}" if sample else "; the dataset has no rows for this release's dyads"


def _named(key: list[str], values: list[str]) -> dict[str, str] | None:
    """Return the values of a key by column: `column=value`, and the others in the key's order; None if there are too many."""
    named = {column: value for column, _, value in (text.partition("=") for text in values) if column in key}
    in_order = [text for text in values if text.partition("=")[0] not in key]
    free = [column for column in key if column not in named]
    return None if len(in_order) > len(free) else dict(zip(free, in_order, strict=False)) | named


def _lines(con: duckdb.DuckDBPyConnection, cited: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows on the cited lines without empty cells and bookkeeping."""
    [(kind,)] = con.execute("select kind from raw.snapshot_file where file = ?", [cited["file"]]).fetchall()
    sql = f"select line, * exclude (line, {BOOKKEEPING}) from raw.{kind} where file = ? and line between ? and ? order by line"
    rows = as_records(con.execute(sql, [cited["file"], cited["first_line"], cited["last_line"]]))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]
