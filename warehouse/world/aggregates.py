"""Aggregate a landed edition by year into the trade file, which answers queries for any pair.

Landing belongs in `ingest`, the aggregates' SQL in `warehouse/models/bulk`, opening the trade file in `trade_file`.

A year's key is the hash of its member, the reference tables, the SQL and the DuckDB version. A new trade file is a copy of the last one
in which only years whose key changed are computed again; if the last file is damaged or shares no key, all years are. DuckDB
computes years in parallel, each directly into the new file.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from schemas import world
from schemas.sql import quoted
from sources import disk
from sources.snapshot import Source
from warehouse import models
from warehouse.world import editions, reference, trade_file
from warehouse.world.editions import Edition
from warehouse.world.engine import connect

MACROS = models.FOLDER / "bulk" / "macros"
# small row groups, since a query reads whole groups and a pair has rows in only one or two groups per year
ROW_GROUP = 16384
MEMBER = """
    create or replace table member (
        evidence_id varchar, year integer, release varchar, member varchar, snapshot_sha256 varchar, row_count bigint, read_on date,
        file varchar
    )
"""


class YearBuild(NamedTuple):
    """A year of an edition, and the hash of everything its tables are computed from."""

    year: int
    key: str


def year_builds(edition: Edition, references: str) -> list[YearBuild]:
    """Return the edition's years with their keys; `references` is the text of the reference tables."""
    fixed = [m.sql for m in models.layer("bulk")] + [references, duckdb.__version__]
    return [
        YearBuild(m.year, hashlib.sha256("\n".join([*fixed, m.sha256]).encode()).hexdigest()[:16])
        for m in sorted(edition.members, key=lambda m: m.year)
    ]


def build(
    home: Path, edition: Edition, sources: Sequence[Source], report: Callable[[str], None] = lambda line: None, engine: str = "duckdb"
) -> Path:
    """Compute the years that changed since the last build, write the trade file, and return its path.

    `engine`, duckdb or spark, computes the aggregates; DuckDB does the rest. `report` gets a line of progress for each year.

    Raises:
        Refused: a landed file is damaged.
        Unusable: the engine is not installed.
    """
    macros = "\n".join(path.read_text("utf-8") for path in sorted(MACROS.glob("*.sql")))
    with connect(home) as (con, temp):
        years = year_builds(edition, reference.land(con, sources, edition.codes))
        inputs = [macros, MEMBER, str(world.COMMENTS), edition.name, edition.read_on, *(b.key for b in years)]
        target = trade_file.folder(home) / f"trade-{hashlib.sha256(chr(10).join(inputs).encode()).hexdigest()[:16]}.duckdb"
        new = target.with_suffix(".new")
        if not target.exists():
            _start(con, new, trade_file.current(home), edition, years)
            missing = _missing(con, years)
            editions.check(edition, [b.year for b in missing])
            computed = _spark_years(con, temp, edition, missing) if engine == "spark" else _years(con, edition, missing)
            for number, year_build in enumerate(computed, start=1):
                report(f"{year_build.year}: aggregated ({number} of {len(missing)})")
            _write_references_and_members(con, home, edition)
            _comment(con)
            con.execute(macros)
            _close(con)
    if not target.exists():
        trade_file.publish(new, target)
    trade_file.set_current(target)
    return target


def _start(con: duckdb.DuckDBPyConnection, new: Path, last: Path | None, edition: Edition, years: list[YearBuild]) -> None:
    """Create and open the new file: a copy of the last one if both have a year of the same key, else empty tables."""
    disk.make_folder(new.parent)
    for leftover in new.parent.glob(f"{new.name}*"):  # a killed build also leaves its log
        leftover.unlink()
    # an equal key implies equal SQL, hence equal columns; damage must not be copied
    shared = last if last and not trade_file.problem(last) and {b.key for b in years} & _keys(last) else None
    if shared:
        shutil.copyfile(shared, new)
    con.execute(f"attach {quoted(str(new))} as trade (row_group_size {ROW_GROUP})")
    con.execute("use trade")
    if not shared:
        _create_tables(con, edition)


def _keys(path: Path) -> set[str]:
    """Return the keys of a trade file's years; none if it lacks their table."""
    with duckdb.connect(str(path), read_only=True) as con, contextlib.suppress(duckdb.CatalogException):
        return {key for (key,) in con.execute("select key from increment").fetchall()}
    return set()


def _create_tables(con: duckdb.DuckDBPyConnection, edition: Edition) -> None:
    """Create the file's tables with the column types of the models."""
    con.execute("create table trade.increment (year integer, key varchar)")
    with con.cursor() as cursor:
        _attach_inputs(cursor, "shape", f"read_parquet({quoted(edition.files()[0])}, hive_partitioning = false) limit 0")
        for model in models.layer("bulk"):
            cursor.execute(f"create table trade.{model.table} as from ({model.sql}) limit 0")
            cursor.execute(f"create view bulk.{model.table} as from trade.{model.table}")


def _missing(con: duckdb.DuckDBPyConnection, years: list[YearBuild]) -> list[YearBuild]:
    """Return the years to compute; delete years from the file that the edition lacks or has with another key."""
    present = [YearBuild(*row) for row in con.execute("select year, key from increment").fetchall()]
    for surplus in set(present) - set(years):
        for table in (*(m.table for m in models.layer("bulk")), "increment"):
            con.execute(f"delete from {table} where year = {surplus.year}")
    return [b for b in years if b not in present]


def _years(con: duckdb.DuckDBPyConnection, edition: Edition, missing: list[YearBuild]) -> Iterator[YearBuild]:
    """Compute the years in parallel; yield each once its tables are in the file."""
    [(threads,)] = con.execute("select current_setting('threads')").fetchall()
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(_run_year, con, edition, year_build) for year_build in missing]
        for job in jobs:
            yield job.result()


def _run_year(con: duckdb.DuckDBPyConnection, edition: Edition, year_build: YearBuild) -> YearBuild:
    """Add one year's rows to the file in one transaction, since a commit per table is slow."""
    year = year_build.year
    files = ", ".join(map(quoted, edition.files([year])))
    with con.cursor() as cursor:
        # the models read a separate database, since other years are added at the same time
        _attach_inputs(cursor, f"y{year}", f"read_parquet([{files}], hive_partitioning = false)")
        for model in models.layer("bulk"):
            cursor.execute(f"create view bulk.{model.table} as from trade.{model.table} where year = {year}")
        cursor.execute("begin")
        for model in models.layer("bulk"):
            cursor.execute(f"insert into trade.{model.table} from ({model.sql}) order by {model.header['key']}")
        _commit(cursor, year_build)
        cursor.execute("use memory")
        cursor.execute(f"detach y{year}")
    return year_build


def _attach_inputs(cursor: duckdb.DuckDBPyConnection, name: str, rows: str) -> None:
    """Attach a database in memory with the views that the models read; the reference tables are shared by all years."""
    cursor.execute(f"attach ':memory:' as {name}")
    cursor.execute(f"use {name}")
    cursor.execute("create schema bulk")
    for table in reference.TABLES:
        cursor.execute(f"create view bulk.{table} as from memory.bulk.{table}")
    cursor.execute(f"create view bulk.hs6 as from {rows}")


def _spark_years(con: duckdb.DuckDBPyConnection, temp: Path, edition: Edition, missing: list[YearBuild]) -> Iterator[YearBuild]:
    """Compute the years with Spark; yield each once its tables are in the file."""
    from warehouse.world import spark

    tables_of = {name: con.table(f"memory.bulk.{name}") for name in reference.TABLES}
    references = {name: [dict(zip(t.columns, row, strict=True)) for row in t.fetchall()] for name, t in tables_of.items()}
    queries = spark.run(temp / "spark", edition.files([b.year for b in missing]), references) if missing else {}
    for year_build in missing:
        con.execute("begin")
        for model in models.layer("bulk"):
            con.execute(f"insert into {model.table} {queries[model.table]} where year = {year_build.year} order by {model.header['key']}")
        _commit(con, year_build)
        yield year_build


def _commit(con: duckdb.DuckDBPyConnection, year_build: YearBuild) -> None:
    con.execute("insert into trade.increment values (?, ?)", list(year_build))
    con.execute("commit")


def _write_references_and_members(con: duckdb.DuckDBPyConnection, home: Path, edition: Edition) -> None:
    """Write the reference tables, and the members as evidence, each with the landed file of its rows."""
    for name in reference.TABLES:
        con.execute(f"create or replace table {name} as from memory.bulk.{name}")
    landed = edition.folder.relative_to(home)
    rows: list[list[Any]] = [
        [f"cepii_baci/{m.name}@{m.sha256[:8]}", m.year, edition.name, m.name, m.sha256, m.rows, edition.read_on, str(landed / file)]
        for m in edition.members
        for file in m.files
    ]
    con.execute(MEMBER)
    con.executemany("insert into member values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    # a macro, since read_parquet takes no list of files from a table
    con.execute(f"create or replace macro landed_files() as [{', '.join(quoted(row[-1]) for row in rows)}]")


def _comment(con: duckdb.DuckDBPyConnection) -> None:
    for name, comments in world.COMMENTS.items():
        for column, text in comments.items():
            place = f"column {name}.{column}" if column else f"table {name}"
            con.execute(f"comment on {place} is {quoted(text)}")
    con.execute("comment on table member is 'Files of the edition of BACI behind each year: the evidence of every figure'")


def _close(con: duckdb.DuckDBPyConnection) -> None:
    """Write the log into the file and detach it; DuckDB ignores an error of this write if it closes the connection itself."""
    con.execute("checkpoint trade")
    con.execute("use memory")
    con.execute("detach trade")
