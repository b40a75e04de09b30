"""Compute the digests in a manifest: of every file of a release, and of the content of every table in its database.

Equal inputs give equal tables, but not the same bytes of the database file. A rebuild must therefore reproduce each table's content; the
digest of the database file only reveals damage.
"""

import hashlib
from pathlib import Path

import duckdb

from schemas.sql import identifier
from sources import disk
from warehouse.home import MANIFEST

TABLES = """
    select
        t.schema_name,
        t.table_name,
        string_agg(c.column_name || ' ' || c.data_type, ', ' order by c.column_index) as columns
    from duckdb_tables() as t join duckdb_columns() as c using (table_oid)
    where t.database_name = current_database() and c.database_name = current_database()
    group by all
    order by all
"""


def of_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a release except its manifest, by path; for a link, the SHA-256 of its target's name."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / MANIFEST)
    return {path.relative_to(folder).as_posix(): _of_file(path) for path in files}


def _of_file(path: Path) -> str:
    return hashlib.sha256(str(path.readlink()).encode()).hexdigest() if path.is_symlink() else disk.sha256(path)


def of_tables(database: Path) -> dict[str, str]:
    """Return the digest of the columns, types and rows of every table of a closed database, by `schema.table`; row order does not count."""
    with duckdb.connect(str(database), read_only=True) as con:
        return {f"{schema}.{table}": _of_table(con, schema, table, columns) for schema, table, columns in con.execute(TABLES).fetchall()}


def _of_table(con: duckdb.DuckDBPyConnection, schema: str, table: str, columns: str) -> str:
    [(rows, sum_of_hashes)] = con.execute(
        f"select count(*), sum(hash(r)::hugeint) from {identifier(schema)}.{identifier(table)} as r"
    ).fetchall()
    return hashlib.sha256(f"{columns}; {rows} rows; {sum_of_hashes}".encode()).hexdigest()
