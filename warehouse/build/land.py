"""Land snapshot files as raw tables, one per kind, and list the lines that evidence can cite."""

from collections.abc import Iterator, Sequence
from functools import partial

import duckdb
import pyarrow as pa

from schemas import raw, registry, render
from schemas.compile.compiler import compile_schema
from schemas.compile.rules import converted
from schemas.errors import Refused
from schemas.sql import quoted
from schemas.validate import misfits
from sources import snapshot
from sources.snapshot import SnapshotFile, Source
from warehouse.build.qualification import own
from warehouse.build.validate import TableResult
from warehouse.check import check


def land(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> Iterator[TableResult]:
    """Land every kind of snapshot file as `raw.<kind>`, with a view `raw.<source>__<kind>` of each source's rows.

    Yields:
        Each kind with its findings; a kind with findings is not landed.

    Raises:
        Refused: a file of a kind that has no schema.
    """
    con.execute("create schema raw")
    con.execute(registry.ddl("raw.snapshot_file"))
    for kind, files in _register(con, sources).items():
        yield _land_kind(con, kind, files)
    con.execute(
        "update raw.snapshot_file as f set read_on = d.read_on "
        "from (select source, max(read_on) as read_on from raw.documents group by source) as d where d.source = f.source"
    )
    cite(con)


def _register(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> dict[str, list[SnapshotFile]]:
    """List every file in `raw.snapshot_file` and return the files by kind."""
    files: dict[str, list[SnapshotFile]] = {kind: [] for kind in raw.KINDS}
    for source in sources:
        for file in source.files:
            if file.kind not in files:
                raise Refused(f"{file.name}: no schema is declared for {file.kind}; declare it in schemas/raw.py")
            files[file.kind].append(file)
            row = [file.source, file.place, file.kind, file.sha256, source.origin["license"]["name"]]
            con.execute("insert into raw.snapshot_file values (?, ?, ?, ?, ?, null)", row)
    return files


def _land_kind(con: duckdb.DuckDBPyConnection, kind: str, files: Sequence[SnapshotFile]) -> TableResult:
    """Land all files of a kind at once, since each check has a fixed cost."""
    model, table = raw.KINDS[kind], f"raw.{kind}"
    con.execute(render.ddl(table, render.landed_columns(model), render.title(model)))
    result = insert(con, kind, [(file, *snapshot.table(file)) for file in files])
    for source in sorted({file.source for file in files}):
        view = f"raw.{source}__{kind}"
        con.execute(f"create view {view} as from {table} where source = {quoted(source)}")
        con.execute(render.comments("VIEW", view, render.landed_columns(model), f"Rows of {table} from the source {source}"))
    return result


def _place(file: SnapshotFile, line: int) -> str:
    return f"{file.place}:{line}"


def insert(con: duckdb.DuckDBPyConnection, kind: str, files: Sequence[tuple[SnapshotFile, list[str], list[list[str]]]]) -> TableResult:
    """Insert the rows of files of a kind, each given with its header, as text, into the kind's table, or only return their findings."""
    model, table = raw.KINDS[kind], f"raw.{kind}"
    wrong = [f.with_row_names(partial(_place, file)) for file, header, _ in files for f in misfits(model, header)]
    if wrong or not files:
        return TableResult(table, 0, wrong)
    schema = render.landed(model)
    landing = pa.concat_tables([_with_evidence(file, header, rows) for file, header, rows in files], promote_options="default")
    for optional in schema.columns.keys() - set(landing.column_names):
        landing = landing.append_column(optional, pa.nulls(len(landing), pa.string()))
    rules = compile_schema(model.__name__, schema)
    con.register("landing", landing)
    checked = check(con, rules, "(select *, row_number() over () - 1 as _row from landing)", "_row")
    if not checked.findings:
        con.execute(f"insert into {table} by name {converted(rules, 'landing', checked.types)}")
    con.unregister("landing")
    return TableResult(
        table, checked.rows, [f.with_row_names(lambda at: f"{landing['file'][at]}:{landing['line'][at]}") for f in checked.findings]
    )


def _with_evidence(file: SnapshotFile, header: list[str], rows: list[list[str]]) -> pa.Table:
    """Return the rows of a file with source, file, line and evidence id; an empty cell is NULL."""
    columns = {name: [row[i] or None for row in rows] for i, name in enumerate(header)}
    lines = range(2, len(rows) + 2)
    ids = [f"{file.evidence_prefix}:{line}" for line in lines]
    text = columns | {"source": [file.source] * len(rows), "file": [file.place] * len(rows), "evidence_id": ids}
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in text.items()} | {"line": pa.array(lines, pa.int64())})


def _column(model: type[raw.RawTable], name: str) -> str:
    """Return the column's name, or NULL if the kind has no such column."""
    return name if name in (c.name for c in render.columns(model)) else "null"


def cite(con: duckdb.DuckDBPyConnection) -> None:
    """Create views of every citable line with its document and file, and of every file as a whole."""
    lines = " union all ".join(
        f"select evidence_id, source, document, '{kind}' as kind, file, line, {_column(model, 'as_printed')} as as_printed, "
        f"{_column(model, 'note')} as note, {own(model)} as qualifications from raw.{kind}"
        for kind, model in raw.KINDS.items()
        if kind != "documents"
    )
    con.execute(f"create view raw.figure_line as {lines};\n{registry.comments('raw.figure_line')}")
    con.execute(
        # a file whose rows all became known after the release's day is cited by line 1, its header
        "create view raw.whole_file as select s.source, s.kind, s.file, coalesce(min(l.line), 1) as first_line, "
        "coalesce(max(l.line), 1) as last_line, s.source || '/' || s.kind || '@' || left(s.sha256, 8) as evidence_id, s.read_on "
        "from raw.snapshot_file as s left join raw.figure_line as l on l.file = s.file where s.kind <> 'documents' "
        f"group by s.source, s.kind, s.file, s.sha256, s.read_on;\n{registry.comments('raw.whole_file')}"
    )
