"""Land snapshot files as raw tables, one per kind, and list the lines that evidence can cite."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import duckdb
import pandas as pd

from schemas import raw, registry, render
from schemas.errors import Refused
from schemas.sql import quoted
from schemas.validate import findings, misfits
from sources.snapshot import SnapshotFile, Source, read
from warehouse.build.qualification import own
from warehouse.build.validate import TableResult


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


def _place(file: SnapshotFile, row: Any) -> str:
    return f"{file.place}:{row}"


def _land_kind(con: duckdb.DuckDBPyConnection, kind: str, files: Sequence[SnapshotFile]) -> TableResult:
    """Land all files of a kind at once, since each check has a fixed cost."""
    model, table = raw.KINDS[kind], f"raw.{kind}"
    con.execute(render.ddl(table, render.landed_columns(model), render.title(model)))
    frames = [(file, read(file)) for file in files]
    violations = [f.with_row_names(partial(_place, file)) for file, frame in frames for f in misfits(model, frame)]
    if violations or not frames:
        return TableResult(table, 0, violations)
    rows = pd.concat([with_evidence(file, frame) for file, frame in frames], ignore_index=True)
    rows, violations = findings(render.landed(model), rows)
    if violations:
        return TableResult(table, len(rows), [f.with_row_names(lambda row: f"{rows['file'][row]}:{rows['line'][row]}") for f in violations])
    con.register("landing", rows)
    con.execute(f"insert into {table} by name select * from landing")
    con.unregister("landing")
    for source in sorted({file.source for file in files}):
        view = f"raw.{source}__{kind}"
        con.execute(f"create view {view} as from {table} where source = {quoted(source)}")
        con.execute(render.column_comments(view, render.landed_columns(model)))
    return TableResult(table, len(rows), [])


def with_evidence(file: SnapshotFile, frame: pd.DataFrame) -> pd.DataFrame:
    """Add source, file, line and evidence id to the rows of a file."""
    lines = pd.Series(frame.index, index=frame.index)
    return frame.assign(source=file.source, file=file.place, line=lines, evidence_id=f"{file.evidence_prefix}:" + lines.astype("string"))


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
