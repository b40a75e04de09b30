"""Open a release for analysts, read-only and without access to other files; a refresh never waits for a reader."""

import contextlib
import json
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from schemas.day import is_iso_date
from schemas.errors import Unusable
from schemas.sql import quoted
from warehouse.home import MANIFEST, RELEASES, TRADE, current_release, home, no_current
from warehouse.memory import memory_limit

if TYPE_CHECKING:
    import pandas as pd

# Even without external access, DuckDB 2.0 lets a query write to the temporary folder, and to an attached file by COPY or a second ATTACH.
# Attached files stay readable when the file system is disabled.
SANDBOX = "set temp_directory = ''; set enable_external_access = false; set disabled_filesystems = 'LocalFileSystem'"
Connection = duckdb.DuckDBPyConnection
WAY_OUT = "run `dyad doctor` to find the cause, or `dyad rollback <id>` to return to another release"


def release(name: str | None = None) -> Path:
    """Return the folder of the release of this name (see `existing`), or of the current one.

    Raises:
        Unusable: no release is current, or no release has this name.
    """
    return _current(home()) if name is None else existing(home(), name)


def _current(folder: Path) -> Path:
    if problem := no_current(folder):
        raise Unusable(problem)
    return current_release(folder)


def existing(folder: Path, name: str) -> Path:
    """Return the folder of a release of the home `folder`.

    `name` is the release's id, the start of its id or of the part after the day, a day (the last published release of it), `current`, or
    `previous`, which is the release that the current one follows.

    Raises:
        Unusable: no release has this name, or several have; or no release is current.
    """
    folders = {path.parent.name: path.parent for path in (folder / RELEASES).glob(f"*/{MANIFEST}")}
    if name in folders:
        return folders[name]
    if name in ("current", "previous"):
        return existing(folder, _relative(folder, name, folders))
    if named := [path for release, path in folders.items() if name and (release.startswith(name) or release[11:].startswith(name))]:
        if len(named) == 1 or is_iso_date(name):
            return max(named, key=lambda path: (path / MANIFEST).stat().st_mtime)
        raise Unusable(f"{len(named)} releases begin with {name}, such as {named[0].name} and {named[1].name}: write more of the id")
    raise Unusable(f"no release {name} in {folder}: choose one that `dyad releases` lists")


def _relative(folder: Path, name: str, releases: Container[str]) -> str:
    """Return the id of the current release, or of the one that it follows."""
    current = _current(folder)
    release = current.name if name == "current" else _follows(current / MANIFEST)
    if release not in releases:
        raise Unusable(f"there is no {name} release in {folder}: choose one that `dyad releases` lists")
    return release


def _follows(manifest: Path) -> str:
    try:
        return str(json.loads(manifest.read_text("utf-8"))["follows"])
    except (ValueError, RecursionError, TypeError, KeyError):
        raise Unusable(f"{manifest}: damaged; {WAY_OUT}") from None


def has_world(con: duckdb.DuckDBPyConnection) -> bool:
    """Return True if the connection has a trade file, as the database `trade`."""
    [(found,)] = con.execute("select count(*) > 0 from duckdb_databases() where database_name = 'trade'").fetchall()
    return bool(found)


def connect(folder: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to a release (default: the current one) that cannot read or write other files.

    If the release links to a trade file, the macros of that file return rows for any pair: `from dyad_trade('FRA', 'DEU')`.

    Raises:
        Unusable: nothing is published, or the release is damaged or locked.
    """
    target = folder or release()
    while True:
        try:
            return _open(target)
        except Unusable:
            if folder is not None or (newest := release()) == target:
                raise
            target = newest  # the earlier current release was pruned meanwhile


def _open(folder: Path) -> duckdb.DuckDBPyConnection:
    # an instance in memory that attaches the release: connections to one file share an instance, whose settings can be locked only once
    con = duckdb.connect()
    databases = ["warehouse", "trade"] if (folder / TRADE).exists() else ["warehouse"]
    for name in databases:
        file = folder / f"{name}.duckdb"
        try:
            con.execute(f"attach {quoted(str(file))} as {name} (read_only)")
        except duckdb.Error as error:
            con.close()
            if "Conflicting lock" in str(error):  # DuckDB names the program and its process
                holder = str(error).partition("held in ")[2].partition(". ")[0] or "another program"
                raise Unusable(f"{file} is open for writing in {holder}: close it there, or open it read-only") from None
            raise Unusable(f"{file} is missing or damaged ({str(error).splitlines()[0]}); {WAY_OUT}") from None
    if "trade" in databases:
        con.execute(f"set memory_limit = {quoted(memory_limit())}")
    con.execute(f"use warehouse; set search_path = {quoted(','.join(['warehouse.charts', *reversed(databases)]))}")
    con.execute(SANDBOX)
    con.execute("set lock_configuration = true")
    return con


def query(sql: str, folder: Path | None = None) -> "pd.DataFrame":
    """Run one query and return the result as a frame.

    Raises:
        Unusable: the SQL is wrong, with DuckDB's message, or not one statement.
    """
    with answer(sql, folder) as result:
        return result.df()


def table(sql: str, folder: Path | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names of the columns, and the rows as Python values (`list`, `date`, None for NULL).

    Raises:
        Unusable: as `query`.
    """
    with answer(sql, folder) as result:
        return [name for name, *_ in result.description], result.fetchall()


def records(sql: str, folder: Path | None = None) -> list[dict[str, Any]]:
    """Return the rows as dictionaries by column name.

    Raises:
        Unusable: as `query`; or two columns have one name.
    """
    names, rows = table(sql, folder)
    if duplicates := {name for name in names if names.count(name) > 1}:
        raise Unusable(f"more than one column is named {min(duplicates)}: rename one with `as`")
    return [dict(zip(names, row, strict=True)) for row in rows]


def as_records(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the rows of a result, whose columns have different names, as dictionaries by column name."""
    names = [name for name, *_ in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@contextlib.contextmanager
def answer(sql: str, folder: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Run one query on a connection of its own, and yield the result.

    Raises:
        Unusable: as `query`.
    """
    with as_unusable(), connect(folder) as con:
        statements = parsed(con, sql)
        if len(statements) != 1:
            raise Unusable(f"the query has {len(statements)} statements: send one at a time")
        yield con.execute(statements[0])


def parsed(con: duckdb.DuckDBPyConnection, sql: str) -> list[duckdb.Statement]:
    """Return the statements of a text.

    Raises:
        Unusable: the text has none, or is not valid UTF-8.
    """
    try:
        sql.encode("utf-8")
    except UnicodeEncodeError:
        raise Unusable("the query is not valid UTF-8: save or type it as UTF-8") from None
    statements = con.extract_statements(sql)
    if not statements:
        raise Unusable('the query has no statements: write one, such as "from charts.claims"')
    return statements


def has_rows(statement: duckdb.Statement) -> bool:
    """Return True if a statement returns rows (a query), False if it returns none (such as SET)."""
    return duckdb.ExpectedResultType.QUERY_RESULT in statement.expected_result_type


@contextlib.contextmanager
def as_unusable() -> Iterator[None]:
    """Raise an error of DuckDB as `Unusable`, with DuckDB's message."""
    try:
        yield
    except duckdb.Error as error:
        raise Unusable(str(error).strip()) from error
