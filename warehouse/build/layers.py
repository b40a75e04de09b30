"""Build a warehouse file beside the published one: land raw rows, run the models, comment every column.

Belongs here: statements that create and fill tables. Does not belong here: judging the result (`audit`), or making it
visible (`publish`).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd

from schemas import charts, raw, render
from schemas.errors import Refused
from schemas.finding import Finding
from schemas.sql import quoted
from schemas.validate import findings, misfits
from sources.snapshot import SnapshotFile, Source, read
from warehouse import models

ARTICLE_DAY = dt.date(2024, 12, 12)
SNAPSHOT_FILE = "create table raw.snapshot_file (source varchar, file varchar, kind varchar, sha256 varchar, licence varchar, read_on date)"


class Clock(NamedTuple):
    """What a build is about: everything known on `as_of`, for these dyads."""

    as_of: dt.date
    dyads: tuple[str, ...]


class Built(NamedTuple):
    """A table that was filled: its rows, and what its model found wrong."""

    table: str
    row_count: int
    findings: list[Finding]


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A writing connection to the build's file `warehouse.duckdb`.

    One thread: sums of doubles, and so what is published, follow from the input alone.
    """
    return duckdb.connect(str(path), config={"threads": 1})


def land(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> Iterator[Built]:
    """Land every kind of snapshot file as `raw.<kind>`, with a view `raw.<source>__<kind>` of each source's rows.

    Yields:
        Each kind with its findings; a kind with findings is not landed.

    Raises:
        Refused: a file of a kind that has no schema.
    """
    con.execute("create schema raw")
    con.execute(SNAPSHOT_FILE)
    files: dict[str, list[SnapshotFile]] = {kind: [] for kind in raw.KINDS}
    for source in sources:
        for file in source.files:
            if file.kind not in files:
                raise Refused(f"{file.name}: no schema is declared for {file.kind}; declare it in schemas/raw.py")
            files[file.kind].append(file)
            listed = [file.source, file.place, file.kind, file.sha256, source.origin["license"]["name"]]
            con.execute("insert into raw.snapshot_file values (?, ?, ?, ?, ?, null)", listed)
    for kind, of_kind in files.items():
        yield _land_kind(con, kind, of_kind)
    con.execute(
        "update raw.snapshot_file as f set read_on = d.read_on "
        "from (select source, max(read_on) as read_on from raw.documents group by source) as d where d.source = f.source"
    )
    cite(con)


def _land_kind(con: duckdb.DuckDBPyConnection, kind: str, files: Sequence[SnapshotFile]) -> Built:
    """All files of a kind at once: a check of many rows costs what a check of few does."""
    model, table = raw.KINDS[kind], f"raw.{kind}"
    con.execute(render.ddl(table, render.landed_columns(model), render.title(model)))
    frames = [(file, read(file)) for file in files]
    wrong = [f.named(lambda row, file=file: f"{file.place}:{row}") for file, frame in frames for f in misfits(model, frame)]
    if wrong or not frames:
        return Built(table, 0, wrong)
    rows = pd.concat([_with_evidence(file, frame) for file, frame in frames], ignore_index=True)
    rows, wrong = findings(render.landed(model), rows)
    if wrong:
        return Built(table, len(rows), [f.named(lambda row: f"{rows['file'][row]}:{rows['line'][row]}") for f in wrong])
    con.register("landing", rows)
    con.execute(f"insert into {table} by name select * from landing")
    con.unregister("landing")
    for source in sorted({file.source for file in files}):
        con.execute(f"create view raw.{source}__{kind} as from {table} where source = {quoted(source)}")
    return Built(table, len(rows), [])


def _with_evidence(file: SnapshotFile, frame: pd.DataFrame) -> pd.DataFrame:
    lines = pd.Series(frame.index, index=frame.index)
    return frame.assign(source=file.source, file=file.place, line=lines, evidence_id=f"{file.evidence_prefix}:" + lines.astype("string"))


def cite(con: duckdb.DuckDBPyConnection) -> None:
    """Every line that can be cited, with its document and file; and every file as a whole."""
    lines = " union all ".join(
        f"select evidence_id, source, document, '{kind}' as kind, file, line from raw.{kind}" for kind in raw.KINDS if kind != "documents"
    )
    con.execute(f"create view raw.figure_line as {lines}")
    con.execute(
        # a list that knows nothing by the day is cited by its header
        "create view raw.whole_file as select s.source, s.kind, s.file, coalesce(min(l.line), 1) as first_line, "
        "coalesce(max(l.line), 1) as last_line, s.source || '/' || s.kind || '@' || left(s.sha256, 8) as evidence_id, s.read_on "
        "from raw.snapshot_file as s left join raw.figure_line as l on l.file = s.file where s.kind <> 'documents' "
        "group by s.source, s.kind, s.file, s.sha256, s.read_on"
    )


def catalog(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], clock: Clock) -> None:
    """Schema `catalog`: the release's parameters, sources and their coverage. `tables` and `columns` follow at the end."""
    con.execute("create schema catalog")
    con.execute("create table catalog.parameter (name varchar, value varchar)")
    con.execute("create table catalog.dyad (dyad varchar)")
    con.execute(
        "create table catalog.source (source varchar, producer varchar, title varchar, description varchar, url varchar, "
        "citation varchar, licence varchar, licence_url varchar, cadence_days bigint, kind varchar, "
        "coverage_first date, coverage_last date, coverage_dyads varchar[], coverage_note varchar, stale_since date)"
    )
    con.execute("insert into catalog.parameter values ('as_of', ?)", [clock.as_of.isoformat()])
    con.executemany("insert into catalog.dyad values (?)", [[dyad] for dyad in clock.dyads])
    for source in sources:
        o = source.origin
        dyads = o["coverage"]["dyads"]
        con.execute(
            "insert into catalog.source values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source.name, o["producer"], o["title"], o["description"], o["url"], o["citation"], o["license"]["name"],
                o["license"]["url"], o["cadence_days"], o["kind"], o["coverage"]["first"], o["coverage"]["last"],
                None if dyads == "any" else dyads, o["coverage"]["note"], source.stale_since or None,
            ],
        )  # fmt: skip


# what a spell's row tells of later days -> the day it became known
_TOLD_OF_A_SPELL = {
    "end_date = null, end_precision = null": "end_date",
    "is_disputed = false, disputed_on = null": "disputed_on",
    "note = null, note_known_on = null": "note_known_on",
}


def forget(con: duckdb.DuckDBPyConnection, clock: Clock) -> None:
    """Take what nobody knew by the build's day out of the landed and audited rows, so that the release does not hold it."""
    later = {
        "document": "(source, document) in (select (source, document) from raw.documents where published_on > $day)",
        "draft_symbol": "draft_symbol in (select draft_symbol from raw.veto where vote_date > $day)",
    }
    for kind, column in sorted(raw.KNOWN_FROM.items(), key=lambda known: known[1] != "draft_symbol"):  # before its veto goes
        con.execute(f"delete from raw.{kind} where {later.get(column, f'{column} > $day')}", {"day": clock.as_of})
    for told, known in _TOLD_OF_A_SPELL.items():
        con.execute(f"update raw.membership set {told} where {known} > $day", {"day": clock.as_of})
    con.execute("delete from raw.documents as d where (d.source, d.document) not in (select (source, document) from raw.figure_line)")
    con.execute("update catalog.source set coverage_first = null, coverage_last = null where coverage_first > $day", {"day": clock.as_of})
    con.execute("update catalog.source set coverage_last = $day where coverage_last > $day", {"day": clock.as_of})


def run_layer(con: duckdb.DuckDBPyConnection, schema: str, clock: Clock) -> Iterator[Built]:
    """Run the models of a layer in order and validate each table.

    Raises:
        Refused: a model's SELECT failed on the data.
    """
    con.execute(f"create schema {schema}")
    for model in models.layer(schema):
        run_model(con, model, clock)
        yield check(con, model.name)


def run_model(con: duckdb.DuckDBPyConnection, model: models.Model, clock: Clock) -> None:
    """Create the model's table by its schema and fill it by name, rows in key order."""
    declared = render.MODELED[model.name]
    con.execute("set variable as_of = cast(? as date)", [clock.as_of.isoformat()])
    con.execute(render.ddl(model.name, render.columns(declared), render.title(declared)))
    order = ", ".join(render.key(declared))
    try:
        con.execute(f"insert into {model.name} by name select * from (\n{model.sql}\n) order by {order}")
    except duckdb.Error as error:
        raise Refused(f"{model.name}: {str(error).splitlines()[0]} (see the SQL model of that name)") from error


def check(con: duckdb.DuckDBPyConnection, table: str) -> Built:
    """Hold a filled table to its Pandera model; rows are named by their key."""
    declared = render.MODELED[table]
    days = [c.name for c in render.columns(declared) if c.sql_type == "DATE"]
    replaced = f" replace ({', '.join(f'{d}::varchar as {d}' for d in days)})" if days else ""
    frame = con.execute(f"select *{replaced}, concat_ws(' ', {', '.join(render.key(declared))}) as \"row key\" from {table}").df()
    keys = frame.pop("row key")
    _, wrong = findings(declared.to_schema(), frame)
    return Built(table, len(frame), [f.named(keys.get) for f in wrong])


def claims(con: duckdb.DuckDBPyConnection, clock: Clock) -> Built:
    """Decide the article's claims on the article's day and on the build's, and store both in `charts.claims`.

    The article's day is built in memory from the same raw rows, so that it knows nothing published later.
    """
    rows = []
    decided = models.claims()
    dyad = decided[0].header["dyad"]
    if dyad in clock.dyads:
        earlier = Clock(min(ARTICLE_DAY, clock.as_of), (dyad,))
        today = [_decide(con, model, clock) for model in decided]
        then = _on_day(con, decided, earlier)
        rows = [
            [dyad, m.name[7:10].upper(), m.header["claim"], m.header["rule"], m.header["claimed"], earlier.as_of, t[0], t[1],
             clock.as_of, n[0], n[1], m.sql, sorted(set(t[2]) | set(n[2])) or _searched(con, m.header["searched"])]
            for m, t, n in zip(decided, then, today, strict=True)
        ]  # fmt: skip
    con.execute(render.ddl("charts.claims", render.columns(charts.Claims), render.title(charts.Claims)))
    for row in rows:
        con.execute("insert into charts.claims values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return check(con, "charts.claims")


def _decide(con: duckdb.DuckDBPyConnection, model: models.Model, clock: Clock) -> tuple:
    con.execute("set variable as_of = cast(? as date)", [clock.as_of.isoformat()])
    value, verdict, evidence = con.execute(model.sql).fetchone()
    return value, verdict or "not documented", list(evidence or [])


def _searched(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    """Every list of a kind as a whole: what shows that nothing was found."""
    found = con.execute("select evidence_id from raw.whole_file where kind = ? order by all", [kind]).fetchall()
    return [evidence_id for (evidence_id,) in found]


def _on_day(con: duckdb.DuckDBPyConnection, decided: list[models.Model], clock: Clock) -> list[tuple]:
    con.execute("attach ':memory:' as earlier")
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse' and schema_name in ('raw', 'catalog') "
        "union all select schema_name, view_name from duckdb_views() where database_name = 'warehouse' and schema_name = 'raw'"
    ).fetchall()
    con.execute("use earlier")
    for schema in ("raw", "catalog", "core", "charts"):
        con.execute(f"create schema {schema}")
    for schema, table in tables:
        if table != "dyad":
            con.execute(f"create view {schema}.{table} as from warehouse.{schema}.{table}")
    con.execute("create table catalog.dyad as select unnest(?) as dyad", [list(clock.dyads)])
    for model in models.upstream(decided):
        run_model(con, model, clock)
    results = [_decide(con, model, clock) for model in decided]
    # a partner table preferred then may have given way since: what a verdict cites must resolve in the release
    evidence = next(model.sql for model in models.layer("core") if model.name == "core.evidence")
    con.execute(f"insert into warehouse.core.evidence by name from (\n{evidence}\n) anti join warehouse.core.evidence using (evidence_id)")
    con.execute("use warehouse")
    con.execute("detach earlier")
    return results
