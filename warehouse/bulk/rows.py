"""The landed six-digit rows for a reader who may open no file: the view `world.core.trade_flow`.

Belongs here: a file system of just the landed files, to which nothing can be written, and the view on it. Does not belong here:
opening a release (`warehouse.connect`).

DuckDB lets whoever may read a folder write to it, so the folder it is given is this one. A table of the rows would weigh what
the files weigh once more, gigabytes, for every release.
"""

import datetime as dt
import os
import threading
from pathlib import Path
from typing import Any

import duckdb
from fsspec import AbstractFileSystem

from schemas.sql import quoted
from warehouse import models

SCHEME = "landed"
VIEW = models.FOLDER / "bulk" / "views" / "trade_flow.sql"
# columns as landed; the condition that joins the year meets the error whatever is asked for
GONE = (
    "select error({})::smallint as year, 0::smallint as exporter_code, 0::smallint as importer_code, '' as product_code, "
    "0::decimal(18, 3) as value_thousand_usd, 0::decimal(18, 3) as quantity_tonnes"
)


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
    con.execute("attach ':memory:' as world; create schema world.core")
    _open(con, home)
    model = models.load(VIEW, "core")
    con.execute(f"create view world.{model.name} as {model.sql}")
    described = dict(model.header)
    con.execute(f"comment on view world.{model.name} is {quoted(described.pop('view'))}")
    for column, text in described.items():
        con.execute(f"comment on column world.{model.name}.{column} is {quoted(text)}")
    con.execute(f"set allowed_directories = ['{SCHEME}://']")


def _open(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """The landed rows as `world.main.landed`; an error in words, where another ingest took the place of those that this release rests on."""
    try:
        files = {name: home / name for (name,) in con.execute("select file from trade.member order by year").fetchall()}
        con.register_filesystem(Landed(files))
        names = ", ".join(quoted(f"{SCHEME}://{name}") for name in files)
        con.execute(f"create view world.main.landed as from read_parquet([{names}], hive_partitioning = false)")
    except (duckdb.Error, OSError):  # the world's trade may also be of a version that did not name its files
        [release] = con.execute("select max(release) from trade.member").fetchone()
        said = f"the six-digit rows that this release rests on are not whole: ingest the archive of {release} again"
        con.execute(f"create view world.main.landed as {GONE.format(quoted(said))}")
