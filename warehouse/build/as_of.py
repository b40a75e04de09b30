"""Delete rows and values that became known after the release's day, by the `known_from` of each raw kind."""

from collections.abc import Iterator
from itertools import groupby

import duckdb

from schemas import raw, render
from schemas.table import Known, Parent, Table, declared, first_day, is_reference
from warehouse.build.clock import Clock


def forget(con: duckdb.DuckDBPyConnection, clock: Clock) -> None:
    """Delete later rows and values from the landed and audited tables, so that the release does not contain them."""
    day = {"day": clock.as_of}
    for model in sorted(raw.KINDS.values(), key=_depth, reverse=True):  # delete a row before the parent row that dates it
        if later := _later(model):
            con.execute(f"delete from {_table(model)} where {later}", day)
        for statement in _blank(model):
            con.execute(statement, day)
    con.execute("delete from raw.documents as d where (d.source, d.document) not in (select (source, document) from raw.figure_line)")
    con.execute("update catalog.source set coverage_first = null, coverage_last = null where coverage_first > $day", day)
    con.execute("update catalog.source set coverage_last = $day where coverage_last > $day", day)


def _table(model: type[Table]) -> str:
    return f"raw.{render.table_name(model)}"


def _depth(model: type[Table]) -> int:
    known_from = declared(model).known_from
    return 1 + _depth(known_from.model) if isinstance(known_from, Parent) else 0


def _later(model: type[Table]) -> str:
    """Return the SQL condition of rows that were not known by $day; empty for a reference table, whose rows are known on every day."""
    known_from = declared(model).known_from
    if is_reference(model):
        return ""
    if known_from is Known.DOCUMENT:
        return f"{_published(model)} > $day"
    if isinstance(known_from, Parent):
        return f"{known_from.column} in (select {known_from.column} from {_table(known_from.model)} where {_later(known_from.model)})"
    [is_nullable] = [c.nullable for c in render.columns(model) if c.name == known_from]
    day = first_day(model, str(known_from))
    return f"coalesce({day}, {_published(model)}) > $day" if is_nullable else f"{day} > $day"


def _published(model: type[Table]) -> str:
    """Return SQL for the day on which a row's document was published."""
    table = render.table_name(model)
    return f"(select d.published_on from raw.documents as d where d.source = {table}.source and d.document = {table}.document)"


def _blank(model: type[raw.RawTable]) -> Iterator[str]:
    """Yield statements that set values which became known later than their row to NULL, or to false if the column is required."""
    later = [
        (field.metadata["known_from"], name, field) for name, field in model.to_schema().columns.items() if field.metadata["known_from"]
    ]
    for day, values in groupby(sorted(later, key=lambda value: value[0]), key=lambda value: value[0]):
        blank = ", ".join(f"{name} = {'null' if field.nullable else 'false'}" for _, name, field in values)
        yield f"update {_table(model)} set {blank} where {day} > $day"
