"""Open the trade file: the aggregates of all years, with macros that return the trade of any pair of economies.

`<home>/bulk/baci/trade-<key>.duckdb` is immutable and named by the hash of its inputs; `current.duckdb` links to the newest, and
`trade-<key>.sha256` has the digest of its bytes, as `sha256sum` writes it.
"""

from pathlib import Path

import duckdb

from schemas.errors import Cause, Problem, Unusable
from schemas.sql import quoted
from sources import disk
from warehouse.connect import SANDBOX
from warehouse.home import WORLD_TRADE
from warehouse.memory import memory_limit


def folder(home: Path) -> Path:
    """Return the folder of the trade files."""
    return home / WORLD_TRADE


def current(home: Path) -> Path | None:
    """Return the newest trade file; None if no edition was ingested."""
    link = folder(home) / "current.duckdb"
    return link.resolve() if link.exists() else None


def set_current(path: Path) -> None:
    """Link `current.duckdb` to a trade file, by one rename."""
    link = path.with_name("current.new")
    link.unlink(missing_ok=True)
    link.symlink_to(path.name)
    link.rename(path.with_name("current.duckdb"))
    disk.sync(path.parent)


def publish(new: Path, target: Path) -> None:
    """Write the digest of a closed trade file, then rename the file to `target`.

    Raises:
        Unusable: the file has a write-ahead log, so that it is incomplete.
    """
    log = Path(f"{new}.wal")
    if log.exists():
        raise Unusable(f"{log}: was not written into the trade file; run `dyad ingest baci <archive>` again")
    digest = target.with_suffix(".sha256")
    digest.write_text(f"{disk.sha256(new)}  {target.name}\n", "utf-8")
    for path in (new, digest):
        disk.sync(path)
    new.rename(target)
    disk.sync(target.parent)


def damage(home: Path) -> list[Problem]:
    """Return a line for every trade file whose bytes differ from its digest."""
    found = ((file, problem(file)) for file in sorted(folder(home).glob("trade-*.duckdb")))
    return [f"{file}: {cause}; delete it and run `dyad ingest baci <archive>` again" for file, cause in found if cause]


def problem(path: Path) -> Cause:
    """Return what is wrong with a trade file; empty if its bytes match its digest."""
    digest = path.with_suffix(".sha256")
    if not digest.exists():
        return "built without a digest"
    return "" if digest.read_bytes().split()[:1] == [disk.sha256(path).encode()] else "damaged"


def named(home: Path, name: str | None) -> Path | None:
    """Return the trade file of that name; None if `name` is None.

    Raises:
        Unusable: the file is missing.
    """
    if name is None:
        return None
    if not (folder(home) / name).exists():
        raise Unusable(f"{folder(home) / name} is missing, and the release needs it: restore it from a backup or ingest its archive again")
    return folder(home) / name


def landed_files(path: Path) -> list[str]:
    """Return the landed files that a trade file was built from, as paths in the home.

    Raises:
        duckdb.Error: the trade file is damaged, or of a version that does not list them.
    """
    with duckdb.connect(str(path), read_only=True) as con:
        return [file for (file,) in con.execute("select file from member").fetchall()]


def connect(home: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the newest trade file: `from dyad_trade('FRA', 'DEU')`.

    Raises:
        Unusable: no edition was ingested.
    """
    path = current(home)
    if path is None:
        raise Unusable(f"no world trade in {home}: run `dyad ingest baci <archive>` first, which lands CEPII's BACI")
    con = duckdb.connect(str(path), read_only=True)
    con.execute(f"set memory_limit = {quoted(memory_limit())}")
    con.execute(SANDBOX)
    return con
