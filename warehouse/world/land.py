"""Land one member of an archive as a validated Parquet file."""

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.compile.rules import ModelRules
from schemas.sql import quoted
from sources import disk
from warehouse.world import archive, file_format, member_rules, validate_member
from warehouse.world.engine import is_too_small
from warehouse.world.progress import LandedMember

# the fastest of DuckDB's encodings
PARQUET = "format parquet, parquet_version v2, compression zstd, compression_level 1"


def land(con: duckdb.DuckDBPyConnection, temp: Path, folder: Path, rules: ModelRules, member: archive.Member) -> LandedMember:
    """Unpack, validate and store a member in the edition's `folder`; `rules` are the archive's, with their lists loaded.

    Raises:
        Refused: a row breaks a rule; the message gives member, line, column and rule.
    """
    year = int(file_format.parse_name(member.name).year)
    rules = member_rules.of_year(rules, year)
    with con.cursor() as cursor, archive.unpacked(member, temp) as (path, sha256):
        part = temp / f"{hashlib.sha256(member.name.encode()).hexdigest()}.parquet"  # by name, since two members may have the same bytes
        if error := _convert(cursor, member.name, path, part):
            raise validate_member.unreadable(cursor, rules, member.name, path, error)
        valid = validate_member.validate(cursor, rules, member.name, part)
        if not valid.is_ordered:
            part = _sort(cursor, part, rules.key)
        file = f"year={year}/{sha256[:16]}.parquet"
        target = folder / file
        disk.make_folder(target.parent)
        disk.sync(part)
        part.rename(target)
        disk.sync(target.parent)
    digest = disk.sha256(target)
    return LandedMember(member.name, member.identity, sha256, valid.rows, year, valid.total, [file], valid.reported, [digest])


def _convert(con: duckdb.DuckDBPyConnection, name: str, path: Path, part: Path) -> Exception | None:
    """Write the member's rows to `part`; return the error if cells or lines do not match the declaration."""
    try:
        with file_format.cells(name, path) as cells:
            con.register("read", cells)
            con.execute(f"copy ({file_format.typed('read')}) to {quoted(str(part))} ({PARQUET})")
    except (duckdb.Error, pa.ArrowInvalid) as error:
        if is_too_small(error):
            raise
        return error
    return None


def _sort(con: duckdb.DuckDBPyConnection, part: Path, key: list[str]) -> Path:
    """Replace the file by one sorted by the key; return its path."""
    ordered = part.with_suffix(".sorted")
    con.execute(f"copy (from {quoted(str(part))} order by {', '.join(key)}) to {quoted(str(ordered))} ({PARQUET})")
    part.unlink()
    return ordered
