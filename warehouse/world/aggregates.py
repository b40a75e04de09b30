"""Aggregates of a landed release, a year at a time, and the file that answers for any pair.

Belongs here: which years must be computed again, and the tables and macros readers ask. Does not belong here: landing
(`ingest`), the aggregates' SQL (`warehouse/models/bulk`).

    <home>/bulk/baci/trade-<key>.duckdb   all years, immutable, named by the hash of what they are made from; `current.duckdb` names the newest

A year is an increment: its key is the hash of its members, the reference figures and the SQL, and a new file is the last one
with the years replaced whose key is another. Years are computed side by side, each straight into that file: tables in
memory moved there afterwards took a tenth more CPU (10 million rows), Parquet files beside it a fifth more (50 million).
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import duckdb

from schemas.compile import world_rules
from schemas.errors import Unusable
from schemas.sql import quoted
from sources.snapshot import Source
from warehouse import models
from warehouse.connect import CLOSE
from warehouse.world import reference
from warehouse.world.engine import connect, memory_limit
from warehouse.world.ingest import Release

MACROS = models.FOLDER / "bulk" / "macros"
# a pair's rows lie in one or two groups a year: an eighth of the usual size reads that much less (16 ms of CPU, 9 ms) at no cost in bytes
ROW_GROUP = 16384


class Increment(NamedTuple):
    """A year of a release, and the hash of everything its tables are made from."""

    year: int
    key: str


def folder(home: Path) -> Path:
    """Where the aggregates lie."""
    return home / "bulk" / "baci"


def tables() -> list[models.Model]:
    """The aggregates, each after those it reads."""
    return models.layer("bulk")


def increments(release: Release, references: str) -> list[Increment]:
    """The release's years: equal inputs, equal keys; `references` is what the reference tables hold."""
    fixed = [m.sql for m in tables()] + [references, duckdb.__version__]
    found = []
    for year in sorted({int(f[5:9]) for m in release.members for f in m.files}):
        bytes_of = [m.sha256 for m in release.members if f"year={year}/" in "".join(m.files)]
        found.append(Increment(year, hashlib.sha256("\n".join([*fixed, *bytes_of]).encode()).hexdigest()[:16]))
    return found


def build(
    home: Path, release: Release, sources: Sequence[Source], say: Callable[[str], None] = lambda line: None, engine: str = "duckdb"
) -> Path:
    """Compute the years that changed since the last build and write the file that answers for any pair; returns its path.

    `engine` computes the aggregates: duckdb or spark; what follows from them is always DuckDB's.

    Raises:
        Unusable: the engine is not installed.
    """
    macros = "\n".join(path.read_text("utf-8") for path in sorted(MACROS.glob("*.sql")))
    with connect(home) as (con, temp):
        wanted = increments(release, reference.land(con, sources, release.codes))
        made_of = hashlib.sha256("\n".join([macros, release.name, release.read_on, *(i.key for i in wanted)]).encode()).hexdigest()[:16]
        target = folder(home) / f"trade-{made_of}.duckdb"
        new = target.with_suffix(".new")
        if not target.exists():
            _start(con, new, current(home), release, wanted)
            missing = _missing(con, wanted)
            computed = _spark_years(con, temp, release, missing) if engine == "spark" else _years(con, release, missing)
            for number, made in enumerate(computed, start=1):
                say(f"{made.year}: aggregated ({number} of {len(missing)})")
            _name(con, home, release)
            con.execute(macros)
    if not target.exists():
        new.rename(target)  # closed now, so whole
    link = folder(home) / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    link.rename(folder(home) / "current.duckdb")
    return target


def _start(con: duckdb.DuckDBPyConnection, new: Path, last: Path | None, release: Release, wanted: list[Increment]) -> None:
    """Make and open what the new file grows from: a copy of the last one where they share a year, else empty tables."""
    new.parent.mkdir(parents=True, exist_ok=True)
    for left in new.parent.glob(f"{new.name}*"):  # a killed build leaves its log too
        left.unlink()
    # a shared key means the same SQL, so the same columns
    shared = last and {i.key for i in wanted} & _keys(last)
    if shared:
        shutil.copyfile(last, new)
    con.execute(f"attach {quoted(str(new))} as trade (row_group_size {ROW_GROUP})")
    con.execute("use trade")
    if not shared:
        _create_tables(con, release)


def _missing(con: duckdb.DuckDBPyConnection, wanted: list[Increment]) -> list[Increment]:
    """The increments still to be computed; those that nobody wants any more are taken out of the file."""
    held = [Increment(*row) for row in con.execute("select year, key from increment").fetchall()]
    for gone in set(held) - set(wanted):
        for table in (*(m.table for m in tables()), "increment"):
            con.execute(f"delete from {table} where year = {gone.year}")
    return [made for made in wanted if made not in held]


def _years(con: duckdb.DuckDBPyConnection, release: Release, missing: list[Increment]) -> Iterator[Increment]:
    """Each year once its tables stand in the file; side by side, as one year's tables alone do not keep two cores busy."""
    with ThreadPoolExecutor(con.execute("select current_setting('threads')").fetchone()[0]) as pool:
        jobs = [pool.submit(_run_year, con, release, made) for made in missing]
        for job in jobs:
            yield job.result()


def _spark_years(con: duckdb.DuckDBPyConnection, temp: Path, release: Release, missing: list[Increment]) -> Iterator[Increment]:
    """The same from Spark."""
    from warehouse.world import spark

    tables_of = {name: con.table(f"memory.bulk.{name}") for name in reference.TABLES}
    references = {name: [dict(zip(t.columns, row, strict=True)) for row in t.fetchall()] for name, t in tables_of.items()}
    written = spark.run(temp / "spark", release.files([made.year for made in missing]), references) if missing else {}
    for made in missing:
        con.execute("begin")
        for model in tables():
            con.execute(f"insert into {model.table} {written[model.table]} where year = {made.year} order by {model.header['key']}")
        _commit(con, made)
        yield made


def _run_year(con: duckdb.DuckDBPyConnection, release: Release, made: Increment) -> Increment:
    """One year's rows added to the file, in one transaction: a commit a table took a third of the time of a small release."""
    files = ", ".join(map(quoted, release.files([made.year])))
    with con.cursor() as cursor:
        # what the models read stands in a database of the year's own, since other years are added at the same time
        _stand_in(cursor, f"y{made.year}", f"read_parquet([{files}], hive_partitioning = false)")
        for model in tables():
            cursor.execute(f"create view bulk.{model.table} as from trade.{model.table} where year = {made.year}")
        cursor.execute("begin")
        for model in tables():
            cursor.execute(f"insert into trade.{model.table} from ({model.sql}) order by {model.header['key']}")
        _commit(cursor, made)
        cursor.execute("use memory")
        cursor.execute(f"detach y{made.year}")
    return made


def _create_tables(con: duckdb.DuckDBPyConnection, release: Release) -> None:
    """The file's tables with the types that the models give them."""
    con.execute("create table trade.increment (year integer, key varchar)")
    with con.cursor() as cursor:
        _stand_in(cursor, "shape", f"read_parquet({quoted(release.files()[0])}, hive_partitioning = false) limit 0")
        for model in tables():
            cursor.execute(f"create table trade.{model.table} as from ({model.sql}) limit 0")
            cursor.execute(f"create view bulk.{model.table} as from trade.{model.table}")


def _stand_in(cursor: duckdb.DuckDBPyConnection, name: str, rows: str) -> None:
    """Let the cursor find what the models read in a database of its own in memory; reference tables landed once serve every year."""
    cursor.execute(f"attach ':memory:' as {name}")
    cursor.execute(f"use {name}")
    cursor.execute("create schema bulk")
    for table in reference.TABLES:
        cursor.execute(f"create view bulk.{table} as from memory.bulk.{table}")
    cursor.execute(f"create view bulk.hs6 as from {rows}")


def _commit(con: duckdb.DuckDBPyConnection, made: Increment) -> None:
    con.execute("insert into trade.increment values (?, ?)", list(made))
    con.execute("commit")


def _keys(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as con:
        return {made_of for (made_of,) in con.execute("select key from increment").fetchall()}


def _name(con: duckdb.DuckDBPyConnection, home: Path, release: Release) -> None:
    """Names, rules, comments as everywhere, and the members that are the evidence, with the files of `home` that hold their rows."""
    landed = release.folder.relative_to(home)
    for name in reference.TABLES:
        con.execute(f"create or replace table {name} as from memory.bulk.{name}")
    con.execute(
        "create or replace table member (evidence_id varchar, year integer, release varchar, member varchar, snapshot_sha256 varchar, row_count bigint, read_on date, file varchar)"
    )
    rows = [
        [f"cepii_baci/{m.name}@{m.sha256[:8]}", m.year, release.name, m.name, m.sha256, m.rows, release.read_on, str(landed / file)]
        for m in release.members
        for file in m.files
    ]
    con.executemany("insert into member values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    for name, told in world_rules.comments().items():
        con.execute(f"comment on table {name} is {quoted(told.pop(''))}")
        for column, text in told.items():
            con.execute(f"comment on column {name}.{column} is {quoted(text)}")
    con.execute("comment on table member is 'Files of the release behind each year: the evidence of every figure'")


def current(home: Path) -> Path | None:
    """The newest file of all years, if a bulk release was ever ingested."""
    link = folder(home) / "current.duckdb"
    return link.resolve() if link.exists() else None


def landed_files(path: Path) -> list[str]:
    """The landed files, by their paths in the home, that a file of all years was made from.

    Raises:
        duckdb.Error: it is damaged, or of a version that did not name them.
    """
    with duckdb.connect(str(path), read_only=True) as con:
        return [file for (file,) in con.execute("select file from member").fetchall()]


def named(home: Path, name: str | None) -> Path | None:
    """The file of all years of that name; None where None is asked for.

    Raises:
        Unusable: it is gone.
    """
    if name is None:
        return None
    if not (folder(home) / name).exists():
        raise Unusable(f"{folder(home) / name} is gone: the release rests on it; restore it from a backup or ingest its archive again")
    return folder(home) / name


def answers(home: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the file of all years: `from dyad_trade('FRA', 'DEU')`.

    Raises:
        Unusable: no bulk release was ingested.
    """
    path = current(home)
    if path is None:
        raise Unusable(f"no world trade in {home}: `dyad ingest baci <archive>` lands CEPII's BACI first")
    con = duckdb.connect(str(path), read_only=True)
    con.execute(f"set memory_limit = {quoted(memory_limit())}")
    con.execute(CLOSE)
    return con


def valid_dyad(text: str, known: set[str]) -> str:
    """The dyad in alphabetical order, of two economies that the release holds.

    Raises:
        Unusable: it is none.
    """
    codes = sorted(text.split("-"))
    if len(codes) != 2 or codes[0] == codes[1] or not known.issuperset(codes):
        unknown = [c for c in codes if c not in known]
        raise Unusable(
            f"{text!r}: {unknown[0] if unknown else 'one economy twice'}: write two ISO codes of economies in the release, for example FRA-DEU"
        )
    return "-".join(codes)
