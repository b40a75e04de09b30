"""Aggregates of a landed release, a year at a time, and the file that answers for any pair.

Belongs here: which years must be computed again, and the tables and macros readers ask. Does not belong here: landing
(`ingest`), the aggregates' SQL (`warehouse/models/bulk`).

    <home>/bulk/baci/<table>/year=1995/<key>.parquet   an increment; the key is the hash of everything it was made from
    <home>/bulk/baci/trade-<key>.duckdb                all years together, immutable; `current.duckdb` names the newest
"""

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd

from schemas import bulk
from schemas.errors import Unusable
from schemas.render import columns, key, quoted, title
from sources.snapshot import Source, read
from warehouse import models
from warehouse.bulk.engine import connect
from warehouse.bulk.ingest import PARQUET, Release

MACROS = models.FOLDER / "bulk" / "macros"
# a pair's rows lie in one or two groups a year: an eighth of the usual size reads that much less (16 ms of CPU, 9 ms) at no cost in bytes
ROW_GROUP = 16384
END = dt.date(9999, 12, 31)


class Increment(NamedTuple):
    """A year of a release: the hash of what its tables are made from, and the table's files by name."""

    year: int
    key: str
    files: dict[str, Path]


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


def increments(home: Path, release: Release, references: dict[str, pd.DataFrame]) -> list[Increment]:
    """What each year's tables should be called: equal inputs, equal names."""
    fixed = [m.sql for m in tables()] + [f.to_csv(index=False) for f in references.values()] + [duckdb.__version__]
    found = []
    for year in sorted({int(f[5:9]) for m in release.members for f in m.files}):
        bytes_of = [m.sha256 for m in release.members if f"year={year}/" in "".join(m.files)]
        made_of = hashlib.sha256("\n".join([*fixed, *bytes_of]).encode()).hexdigest()[:16]
        files = {m.name.split(".")[1]: folder(home) / m.name.split(".")[1] / f"year={year}" / f"{made_of}.parquet" for m in tables()}
        found.append(Increment(year, made_of, files))
    return found


def build(
    home: Path, release: Release, sources: Sequence[Source], say: Callable[[str], None] = lambda line: None, engine: str = "duckdb"
) -> Path:
    """Compute what changed since the last build and write the file that answers for any pair; returns its path.

    `engine` computes the aggregates: duckdb or spark; what follows from them is always DuckDB's.

    Raises:
        Unusable: the engine is not installed.
    """
    references = reference(sources, release)
    wanted = increments(home, release, references)
    missing = [made for made in wanted if not all(path.exists() for path in made.files.values())]
    with connect(home) as (con, temp):
        if engine == "spark" and missing:
            from warehouse.bulk import spark

            spark.increments(con, temp, release, references, missing)
        else:
            _run_years(con, temp, release, references, missing, say)
    return _answers(home, release, references, wanted)


def _run_years(
    con: duckdb.DuckDBPyConnection,
    temp: Path,
    release: Release,
    references: dict[str, pd.DataFrame],
    missing: list[Increment],
    say: Callable[[str], None],
) -> None:
    """Years side by side: one year's tables alone do not keep two cores busy."""
    with ThreadPoolExecutor(con.execute("select current_setting('threads')").fetchone()[0]) as pool:
        jobs = [pool.submit(_run_year, con, temp, release, references, made) for made in missing]
        for number, (made, job) in enumerate(zip(missing, jobs, strict=True), start=1):
            job.result()
            say(f"{made.year}: aggregated ({number} of {len(missing)})")


def _land_references(con: duckdb.DuckDBPyConnection, references: dict[str, pd.DataFrame]) -> None:
    con.execute("create schema if not exists bulk")
    for name, frame in references.items():
        con.register("landing", frame)
        con.execute(f"create or replace table bulk.{name} as select * from landing")
        con.unregister("landing")


def _run_year(con: duckdb.DuckDBPyConnection, temp: Path, release: Release, references: dict[str, pd.DataFrame], made: Increment) -> None:
    """One year's tables, in a database of its own inside the connection's memory."""
    own = f"y{made.year}"
    files = ", ".join(map(quoted, release.files([made.year])))
    with con.cursor() as cursor:
        cursor.execute(f"attach ':memory:' as {own}")
        cursor.execute(f"use {own}")
        _land_references(cursor, references)
        cursor.execute(f"create view bulk.hs6 as from read_parquet([{files}], hive_partitioning = false)")
        for model in tables():
            name = model.name.split(".")[1]
            cursor.execute(f"create table {model.name} as from ({model.sql}) order by {', '.join(key(bulk.AGGREGATES[name]))}")
            made.files[name].parent.mkdir(parents=True, exist_ok=True)
            part = temp / f"{own}-{name}.parquet"
            cursor.execute(f"copy {model.name} to {quoted(str(part))} ({PARQUET})")
            part.rename(made.files[name])
        cursor.execute("use memory")
        cursor.execute(f"detach {own}")


def _answers(home: Path, release: Release, references: dict[str, pd.DataFrame], wanted: list[Increment]) -> Path:
    """The file of all years; made from the newest one by replacing the years that differ."""
    macros = "\n".join(path.read_text("utf-8") for path in sorted(MACROS.glob("*.sql")))
    made_of = hashlib.sha256("\n".join([macros, release.name, release.read_on, *(i.key for i in wanted)]).encode()).hexdigest()[:16]
    target = folder(home) / f"trade-{made_of}.duckdb"
    if not target.exists():
        new = target.with_suffix(".new")
        new.unlink(missing_ok=True)
        last = current(home)
        # a shared key means the same SQL, so the same columns
        if last and {i.key for i in wanted} & _keys(last):
            shutil.copyfile(last, new)
        with duckdb.connect() as con:
            con.execute(f"attach {quoted(str(new))} as trade (row_group_size {ROW_GROUP})")
            con.execute("use trade")
            _replace_years(con, wanted)
            _describe(con, release, references)
            con.execute(macros)
        new.rename(target)
    link = folder(home) / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    link.rename(folder(home) / "current.duckdb")
    return target


def _keys(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as con:
        return {made_of for (made_of,) in con.execute("select key from increment").fetchall()}


def _replace_years(con: duckdb.DuckDBPyConnection, wanted: list[Increment]) -> None:
    con.execute("create table if not exists increment (year integer, key varchar)")
    held = dict(con.execute("select year, key from increment").fetchall())
    gone = [year for year, made_of in held.items() if made_of not in {i.key for i in wanted}]
    fresh = [i for i in wanted if held.get(i.year) != i.key]
    for table in bulk.AGGREGATES:
        if held and gone:
            con.execute(f"delete from {table} where year in ({', '.join(map(str, gone))})")
        if not fresh:
            continue
        files = ", ".join(quoted(str(i.files[table])) for i in fresh)
        rows = f"from read_parquet([{files}], hive_partitioning = false)"
        con.execute(f"insert into {table} {rows}" if held else f"create table {table} as {rows}")
    con.execute("delete from increment")
    con.executemany("insert into increment values (?, ?)", [[i.year, i.key] for i in wanted])


def _describe(con: duckdb.DuckDBPyConnection, release: Release, references: dict[str, pd.DataFrame]) -> None:
    """Names, rules and the members that are the evidence; comments as everywhere."""
    for name, frame in references.items():
        con.register("landing", frame)
        con.execute(f"create or replace table {name} as select * from landing")
        con.unregister("landing")
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
            con.execute(f"comment on column {name}.{c.name} is {quoted(c.description + (f' [{c.unit}]' if c.unit else ''))}")


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
