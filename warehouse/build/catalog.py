"""Fill schema `catalog` with the build's parameters and sources; `warehouse.release` adds changes, tables and columns."""

from collections.abc import Sequence

import duckdb

from schemas import registry
from sources.snapshot import Source
from warehouse import models
from warehouse.build.clock import Clock


def fill(con: duckdb.DuckDBPyConnection, sources: Sequence[Source], clock: Clock) -> None:
    """Create and fill `catalog.parameter`, `catalog.dyad`, `catalog.source` and `catalog.claimed_text`."""
    con.execute("create schema catalog")
    for table in ("catalog.parameter", "catalog.dyad", "catalog.source", "catalog.claimed_text"):
        con.execute(registry.ddl(table))
    con.execute("insert into catalog.parameter values ('as_of', ?)", [clock.as_of.isoformat()])
    con.executemany("insert into catalog.dyad values (?)", [[dyad] for dyad in clock.dyads])
    for text in models.texts():
        con.execute("insert into catalog.claimed_text values (?, ?, ?, ?, ?, ?)", text[:6])
    for source in sources:
        o = source.origin
        dyads = o["coverage"]["dyads"]
        con.execute(
            "insert into catalog.source values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source.name, o["producer"], o["title"], o["description"], o["url"], o["citation"], o["license"]["name"],
                o["license"]["url"], o["cadence_days"], o["kind"], o["coverage"]["first"], o["coverage"]["last"],
                None if dyads == "any" else dyads, o["coverage"]["note"],
            ],
        )  # fmt: skip
