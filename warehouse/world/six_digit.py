"""The landed six-digit rows for a reader who may open no file: the view `world.core.trade_flow`.

Belongs here: a file system of just the landed files, to which nothing can be written, and the view on it. Does not belong here:
opening a release (`warehouse.connect`).

DuckDB lets whoever may read a file write to it, so the files it is given are these, by their exact names. A table of the rows
would weigh what the files weigh once more, gigabytes, for every release.
"""

import datetime as dt
import os
import re
import threading
from pathlib import Path
from typing import Any

import duckdb
from fsspec import AbstractFileSystem

from schemas.sql import quoted
from warehouse import models
from warehouse.build import views
from warehouse.world.engine import memory_limit

# no letters: DuckDB compares a scheme without regard to case, fsspec with it, and what fsspec does not know is a path on the disk
SCHEME = "6+6"
VIEW = models.FOLDER / "bulk" / "views" / "trade_flow.sql"
FILE = r"snapshots/bulk/baci/[\w.-]+/year=\d{4}/[0-9a-f]{16}\.parquet"
LANDED = {
    "year": "smallint", "exporter_code": "smallint", "importer_code": "smallint", "product_code": "varchar",
    "value_thousand_usd": "decimal(18, 3)", "quantity_tonnes": "decimal(18, 3)",
}  # fmt: skip


class Landed(AbstractFileSystem):
    """These files by their names, to be read."""

    protocol = SCHEME
    cachable = False

    def __init__(self, files: dict[str, Path]):
        """`files` gives each name its place; all must be there."""
        super().__init__()
        self.files = files
        self.stats = {name: path.stat() for name, path in files.items()}

    def _open(self, path: str, mode: str = "rb", **_: Any) -> "Reader":
        if mode != "rb":
            raise PermissionError("the landed files are there to be read")
        return Reader(self.files[path])

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Name and size."""
        name = self._strip_protocol(path)
        if name not in self.files:
            raise FileNotFoundError(name)
        return {"name": name, "size": self.stats[name].st_size, "type": "file"}

    def modified(self, path: str) -> dt.datetime:
        """When the file was landed."""
        return dt.datetime.fromtimestamp(self.stats[self._strip_protocol(path)].st_mtime, dt.UTC)

    def glob(self, path: str, **_: Any) -> list[str]:
        """The file of that name alone."""
        name = self._strip_protocol(path)
        return [name] if name in self.files else []


class Reader:
    """An open file that each thread reads from a place of its own: DuckDB's threads share it, and seek and read in two steps."""

    def __init__(self, path: Path):
        """Open it."""
        self._handle: int | None = None
        self._at = threading.local()
        self._handle = os.open(path, os.O_RDONLY)

    def seek(self, position: int) -> None:
        """Where this thread reads next."""
        self._at.position = position

    def tell(self) -> int:
        """Where this thread reads next."""
        return getattr(self._at, "position", 0)

    def read(self, size: int) -> bytes:
        """The next bytes."""
        data = os.pread(self._handle, size, self.tell())
        self.seek(self.tell() + len(data))
        return data

    def close(self) -> None:
        """Close it; at most once."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None

    def __del__(self) -> None:
        """DuckDB lets go of a file without closing it."""
        self.close()


def show(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Give a connection to a release, its world's trade attached as `trade`, the view and the files behind it, before it is locked."""
    con.execute(f"set memory_limit = {quoted(memory_limit())}")
    con.execute("attach ':memory:' as world; create schema world.core")
    _open(con, home)
    view = models.load(VIEW, "core")
    views.make(con, view, f"world.{view.name}")


def _open(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """The landed rows as `world.main.landed`; an error in words, where they are not those that this release rests on."""
    columns = "from duckdb_columns() semi join duckdb_tables() using (database_name, schema_name, table_name)"
    if con.execute(f"{columns} where database_name = 'trade' and table_name = 'member' and column_name = 'file'").fetchone():
        members = con.execute("select file, row_count, member from trade.member order by year").fetchall()
        odd = _odd(con, home, members)
    else:
        odd = "the six-digit rows of this release are not named in it: `dyad refresh` makes one that names them"
    if odd:
        columns = ", ".join(f"error({quoted(odd)})::{kind} as {name}" for name, kind in LANDED.items())
        con.execute(f"create view world.main.landed as select {columns}")
        return
    listed = f"[{', '.join(quoted(f'{SCHEME}://{file}') for file, *_ in members)}]"
    con.execute(f"create view world.main.landed as from read_parquet({listed}, hive_partitioning = false)")
    con.execute(f"set allowed_paths = {listed}")


def _odd(con: duckdb.DuckDBPyConnection, home: Path, members: list[tuple[str, int, str]]) -> str:
    """What is wrong with the landed files (file, rows, member), if anything is; where nothing is, they are registered."""
    if odd := [file for file, *_ in members if not re.fullmatch(FILE, file)] or not members:
        return f"trade.member is damaged, it names {odd}: `dyad refresh` after another ingest makes it anew"
    for file, _, member in members:
        if not (home / file).exists():
            return f"the six-digit rows of {member} are gone, {home / file}: restore the file, or ingest the archive again and refresh"
    con.register_filesystem(Landed({file: home / file for file, *_ in members}))
    for file, rows, member in members:
        try:
            found = con.execute("select num_rows from parquet_file_metadata(?)", [f"{SCHEME}://{file}"]).fetchone()
        except (duckdb.Error, OSError):
            found = None
        if found != (rows,):
            return f"the six-digit rows of {member} are damaged, {home / file}: `dyad doctor` says what to do"
    return ""
