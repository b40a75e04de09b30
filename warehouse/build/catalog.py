"""Fill schema `catalog` with the build's parameters and sources; `warehouse.release` adds changes, tables and columns."""

from collections.abc import Sequence

import duckdb

from sources.snapshot import Source
from warehouse.build.clock import Clock


def fill(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], clock: Clock) -> None:
    """Create and fill `catalog.parameter`, `catalog.dyad` and `catalog.source`."""
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
