"""Fill schema `catalog` with the build's parameters and sources; `warehouse.release` adds changes, tables and columns."""

import csv
import datetime as dt
from collections.abc import Iterator, Sequence

import duckdb

from schemas import raw, registry
from schemas.table import period
from sources.snapshot import SnapshotFile, Source
from warehouse import models
from warehouse.build.clock import Clock

# whether a source covers a dyad, by its list of dyads in `catalog.source`; how many members the Security Council had on a day; the unit of
# the last printed digit of a value, so that 228e9 has 1e9 and 4.08 has 0.01
MACROS = """
create macro catalog.covers(coverage_dyads, dyad) as coverage_dyads is null or list_contains(coverage_dyads, dyad);
create macro catalog.council_seats(day) as case when day < date '1966-01-01' then 11 else 15 end;
create macro catalog.last_digit(value) as
    case when value % 1 = 0 then 10 ** len(regexp_extract(value::hugeint::varchar, '0*$')) else 10.0 ** -len(split_part(value::varchar, '.', 2)) end
"""


def fill(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], clock: Clock) -> None:
    """Create and fill `catalog.parameter`, `catalog.dyad`, `catalog.source` and `catalog.claimed_text`, and the macros of the catalog."""
    con.execute("create schema catalog")
    con.execute(MACROS)
    for table in ("catalog.parameter", "catalog.dyad", "catalog.source", "catalog.claimed_text"):
        con.execute(registry.ddl(table))
    con.execute("insert into catalog.parameter values ('as_of', ?)", [clock.as_of.isoformat()])
    con.executemany("insert into catalog.dyad values (?)", [[dyad] for dyad in clock.dyads])
    for text in models.texts():
        con.execute("insert into catalog.claimed_text values (?, ?, ?, ?, ?, ?)", text[:6])
    for source in sources:
        o, (first, last) = source.origin, covered(source)
        dyads = o["coverage"]["dyads"]
        con.execute(
            "insert into catalog.source values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source.name, o["producer"], o["title"], o["description"], o["url"], o["citation"], o["license"]["name"],
                o["license"]["url"], o["license"]["bulk"], o["cadence_days"], o["kind"], first, last,
                None if dyads == "any" else dyads, o["coverage"]["note"],
            ],
        )  # fmt: skip


def covered(source: Source) -> tuple[dt.date, dt.date]:
    """Return the first and last day that a source covers: those of its bundled files, extended to the periods of its live rows."""
    days = [source.origin["coverage"]["first"], source.origin["coverage"]["last"]]
    days += [day for file in source.files if file.is_live for period in _periods(file) for day in period]
    return min(days), max(days)


def _periods(file: SnapshotFile) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield the first and last day of the period of each row of a file, if its kind declares a period."""
    if (column := period(raw.KINDS[file.kind])) is None:
        return
    with file.path.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            start = row[column]  # a day, a year, or empty: a membership's start may be undocumented
            if start:
                day = dt.date(int(start), 1, 1) if len(start) == 4 else dt.date.fromisoformat(start)
                yield day, dt.date(day.year, 12, 31) if len(start) == 4 or row.get("frequency") == "annual" else day
