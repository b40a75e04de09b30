"""Aggregates of a landed release, a year at a time, and the file that answers for any pair.

Belongs here: which years must be computed again, and the tables and macros readers ask. Does not belong here: landing
(`ingest`), the aggregates' SQL (`warehouse/models/bulk`).

    <home>/bulk/baci/trade-<key>.duckdb   all years, immutable, named by the hash of what they are made from; `current.duckdb` names the newest

A year is an increment: its key is the hash of its members, the reference figures and the SQL, and a new file is the last one
with the years replaced whose key is another. Years are computed side by side, each straight into that file: tables in
memory moved there afterwards took a tenth more CPU (10 million rows), Parquet files beside it a fifth more (50 million).
"""

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd

from schemas import bulk
from schemas.errors import Unusable
from schemas.render import columns, key, title
from schemas.sql import quoted
from sources.snapshot import Source, read
from warehouse import models
from warehouse.bulk.engine import connect, memory_limit
from warehouse.bulk.ingest import Release

MACROS = models.FOLDER / "bulk" / "macros"
# a pair's rows lie in one or two groups a year: an eighth of the usual size reads that much less (16 ms of CPU, 9 ms) at no cost in bytes
ROW_GROUP = 16384
END = dt.date(9999, 12, 31)


class Increment(NamedTuple):
    """A year of a release, and the hash of everything its tables are made from."""

    year: int
    key: str


def folder(home: Path) -> Path:
    """Where the aggregates lie."""
    return home / "bulk" / "baci"


def reference(sources: Sequence[Source], release: Release) -> dict[str, pd.DataFrame]:
    """The small tables the models join, from the bundled reference figures; codes only the publisher lists keep its ISO code."""
    frames = {f.kind: read(f) for s in sources for f in s.files if s.name == "dyad_reference"}
    codes = frames["country_code"].query("system == 'baci'")
    known = dict(zip(codes["code"].astype(int), codes["iso3"], strict=True))
    listed = {code: iso3 for code, _, iso3 in release.codes.countries if len(iso3) == 3 and iso3.isalpha() and iso3.isupper()}
    rules = frames["counting_rule"][["rule", "un_members_only", "blocs_as_one", "left_out"]].fillna("").astype(object)
    days = lambda column, missing: pd.to_datetime(column.fillna(missing)).dt.date  # noqa: E731
    country, bloc = frames["country"], frames["bloc_member"]
    return {
        "country_code": pd.DataFrame(sorted((listed | known).items()), columns=["code", "iso3"]),
        "country": pd.DataFrame(
            {
                "iso3": country["iso3"],
                "name": country["name"],
                "un_member_from": days(country["un_member_from"], END.isoformat()),
                "un_member_to": days(country["un_member_to"], END.isoformat()),
            }
        ),
        "bloc_member": bloc.assign(member_from=days(bloc["member_from"], "0001-01-01"), member_to=days(bloc["member_to"], END.isoformat()))[
            ["bloc", "iso3", "member_from", "member_to"]
        ],
        "counting_rule": rules.assign(un_members_only=rules["un_members_only"] == "true"),
        "hs_chapter": frames["hs_chapter"][["hs_chapter", "title", "product_group"]],
    }


def tables() -> list[models.Model]:
    """The aggregates, each after those it reads."""
    return models.layer("bulk")


def increments(release: Release, references: dict[str, pd.DataFrame]) -> list[Increment]:
    """The release's years: equal inputs, equal keys."""
    fixed = [m.sql for m in tables()] + [f.to_csv(index=False) for f in references.values()] + [duckdb.__version__]
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
    references = reference(sources, release)
    wanted = increments(release, references)
    macros = "\n".join(path.read_text("utf-8") for path in sorted(MACROS.glob("*.sql")))
    made_of = hashlib.sha256("\n".join([macros, release.name, release.read_on, *(i.key for i in wanted)]).encode()).hexdigest()[:16]
    target = folder(home) / f"trade-{made_of}.duckdb"
    if not target.exists():
        new = _started(target, current(home), wanted)
        with connect(home) as (con, temp):
            _land_references(con, references)
            con.execute(f"attach {quoted(str(new))} as trade (row_group_size {ROW_GROUP})")
            con.execute("use trade")
            _create_tables(con, release, references)
            missing = _missing(con, wanted)
            rows = release, references, missing
            computed = _spark_years(con, temp, *rows) if engine == "spark" else _years(con, *rows)
            for number, made in enumerate(computed, start=1):
                say(f"{made.year}: aggregated ({number} of {len(missing)})")
            _describe(con, release, references)
            con.execute(macros)
        new.rename(target)
    link = folder(home) / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    link.rename(folder(home) / "current.duckdb")
    return target


def _started(target: Path, last: Path | None, wanted: list[Increment]) -> Path:
    """What the new file grows from: a copy of the last one where they share a year, else nothing."""
    new = target.with_suffix(".new")
    new.parent.mkdir(parents=True, exist_ok=True)
    new.unlink(missing_ok=True)
    # a shared key means the same SQL, so the same columns
    if last and {i.key for i in wanted} & _keys(last):
        shutil.copyfile(last, new)
    return new


def _missing(con: duckdb.DuckDBPyConnection, wanted: list[Increment]) -> list[Increment]:
    """The increments still to be computed; those that nobody wants any more are taken out of the file."""
    held = [Increment(*row) for row in con.execute("select year, key from increment").fetchall()]
    for gone in set(held) - set(wanted):
        for table in (*bulk.AGGREGATES, "increment"):
            con.execute(f"delete from {table} where year = {gone.year}")
    return [made for made in wanted if made not in held]


def _years(
    con: duckdb.DuckDBPyConnection, release: Release, references: dict[str, pd.DataFrame], missing: list[Increment]
) -> Iterator[Increment]:
    """Each year once its tables stand in the file; side by side, as one year's tables alone do not keep two cores busy."""
    with ThreadPoolExecutor(con.execute("select current_setting('threads')").fetchone()[0]) as pool:
        jobs = [pool.submit(_run_year, con, release, references, made) for made in missing]
        for job in jobs:
            yield job.result()


def _spark_years(
    con: duckdb.DuckDBPyConnection, temp: Path, release: Release, references: dict[str, pd.DataFrame], missing: list[Increment]
) -> Iterator[Increment]:
    """The same from Spark."""
    from warehouse.bulk import spark

    written = spark.run(temp / "spark", release.files([made.year for made in missing]), references) if missing else {}
    for made in missing:
        con.execute("begin")
        for name, rows in written.items():
            con.execute(f"insert into {name} {rows} where year = {made.year} order by {_order(name)}")
        _commit(con, made)
        yield made


def _order(table: str) -> str:
    return ", ".join(key(bulk.AGGREGATES[table]))


def _land_references(con: duckdb.DuckDBPyConnection, references: dict[str, pd.DataFrame], schema: str = "bulk") -> None:
    con.execute(f"create schema if not exists {schema}")
    for name, frame in references.items():
        con.register("landing", frame)
        con.execute(f"create or replace table {schema}.{name} as select * from landing")
        con.unregister("landing")


def _run_year(con: duckdb.DuckDBPyConnection, release: Release, references: dict[str, pd.DataFrame], made: Increment) -> Increment:
    """One year's rows added to the file, in one transaction: a commit a table took a third of the time of a small release."""
    files = ", ".join(map(quoted, release.files([made.year])))
    with con.cursor() as cursor:
        # what the models read stands in a database of the year's own, since other years are added at the same time
        _stand_in(cursor, f"y{made.year}", references, f"read_parquet([{files}], hive_partitioning = false)")
        for table in bulk.AGGREGATES:
            cursor.execute(f"create view bulk.{table} as from trade.{table} where year = {made.year}")
        cursor.execute("begin")
        for model in tables():
            table = model.name.split(".")[1]
            cursor.execute(f"insert into trade.{table} from ({model.sql}) order by {_order(table)}")
        _commit(cursor, made)
        cursor.execute("use memory")
        cursor.execute(f"detach y{made.year}")
    return made


def _create_tables(con: duckdb.DuckDBPyConnection, release: Release, references: dict[str, pd.DataFrame]) -> None:
    """The file's tables, where they do not stand yet, with the types that the models give them."""
    con.execute("create table if not exists trade.increment (year integer, key varchar)")
    with con.cursor() as cursor:
        _stand_in(cursor, "shape", references, f"read_parquet({quoted(release.files()[0])}, hive_partitioning = false) limit 0")
        for model in tables():
            table = model.name.split(".")[1]
            cursor.execute(f"create table if not exists trade.{table} as from ({model.sql}) limit 0")
            cursor.execute(f"create view bulk.{table} as from trade.{table}")


def _stand_in(cursor: duckdb.DuckDBPyConnection, name: str, references: dict[str, pd.DataFrame], rows: str) -> None:
    """Let the cursor find what the models read in a database of its own in memory; reference tables landed once serve every year."""
    cursor.execute(f"attach ':memory:' as {name}")
    cursor.execute(f"use {name}")
    cursor.execute("create schema bulk")
    for table in references:
        cursor.execute(f"create view bulk.{table} as from memory.bulk.{table}")
    cursor.execute(f"create view bulk.hs6 as from {rows}")


def _commit(con: duckdb.DuckDBPyConnection, made: Increment) -> None:
    con.execute("insert into trade.increment values (?, ?)", list(made))
    con.execute("commit")


def _keys(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as con:
        return {made_of for (made_of,) in con.execute("select key from increment").fetchall()}


def _describe(con: duckdb.DuckDBPyConnection, release: Release, references: dict[str, pd.DataFrame]) -> None:
    """Names, rules and the members that are the evidence; comments as everywhere."""
    _land_references(con, references, "main")
    con.execute(
        "create or replace table member (evidence_id varchar, year integer, release varchar, member varchar, snapshot_sha256 varchar, row_count bigint, read_on date)"
    )
    rows = [
        [f"cepii_baci/{m.name}@{m.sha256[:8]}", m.year, release.name, m.name, m.sha256, m.rows, release.read_on] for m in release.members
    ]
    con.executemany("insert into member values (?, ?, ?, ?, ?, ?, ?)", rows)
    con.execute("comment on table member is 'Files of the release behind each year: the evidence of every figure'")
    for name, declared in bulk.AGGREGATES.items():
        con.execute(f"comment on table {name} is {quoted(title(declared))}")
        for c in columns(declared):
            con.execute(f"comment on column {name}.{c.name} is {quoted(c.comment)}")


def current(home: Path) -> Path | None:
    """The newest file of all years, if a bulk release was ever ingested."""
    link = folder(home) / "current.duckdb"
    return link.resolve() if link.exists() else None


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
    con.execute("set enable_external_access = false")
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
