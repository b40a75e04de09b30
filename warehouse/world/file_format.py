"""Parse a member of a BACI archive: its file name, and its columns as typed columns of this project."""

import re
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pyarrow import csv as arrow_csv

from schemas.errors import Refused
from schemas.sql import quoted
from warehouse.world import archive

MEMBER = re.compile(r"BACI_(?P<revision>HS\d\d)_Y(?P<year>\d{4})_(?P<edition>V\d{6}[a-z]?)\.csv", re.IGNORECASE)


class MemberName(NamedTuple):
    """The parts of a member's name: HS revision, year and edition."""

    revision: str
    year: str
    edition: str


class Cell(NamedTuple):
    """The name and SQL type of a column in the landed file; values are rounded to whole dollars and kilograms."""

    name: str
    sql_type: str


COLUMNS = {
    "t": Cell("year", "SMALLINT"),
    "i": Cell("exporter_code", "SMALLINT"),
    "j": Cell("importer_code", "SMALLINT"),
    "k": Cell("product_code", "VARCHAR"),
    "v": Cell("value_thousand_usd", "DECIMAL(18,3)"),
    "q": Cell("quantity_tonnes", "DECIMAL(18,3)"),
}
# the types that Arrow reads: integers stay integers, so that a code with a fraction is refused
ARROW = {"SMALLINT": pa.int16(), "VARCHAR": pa.string(), "DECIMAL(18,3)": pa.float64()}
MISSING = ["", *(padded for blanks in range(24) for padded in (" " * blanks + "NA", "NA" + " " * blanks))]


def has_rows(name: str) -> bool:
    """Return True if a member of this name has rows of trade."""
    return MEMBER.fullmatch(Path(name).name) is not None


def parse_name(name: str) -> MemberName:
    """Parse the name of a member that has rows."""
    [parts] = MEMBER.findall(Path(name).name)
    return MemberName(*parts)


def delimiter(header: str) -> str:
    """Return the delimiter of a header: comma, semicolon or tab."""
    return max(",;\t", key=header.count)


def cells(name: str, path: Path) -> arrow_csv.CSVStreamingReader:
    """Return the member's cells in blocks, as the declared types.

    Arrow's reader is faster than DuckDB's, and refuses a code with a fraction, which DuckDB rounds silently. The system's allocator
    returns memory to the system, unlike Arrow's own.

    Raises:
        Refused: a column is missing.
    """
    between, columns = _header(name, path)
    return arrow_csv.open_csv(
        path,
        arrow_csv.ReadOptions(use_threads=False, block_size=archive.BLOCK, column_names=columns, skip_rows=1),
        arrow_csv.ParseOptions(delimiter=between, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(
            column_types={column: ARROW[cell.sql_type] for column, cell in COLUMNS.items()},
            include_columns=list(COLUMNS),
            null_values=MISSING,
            strings_can_be_null=True,
        ),
        pa.system_memory_pool(),
    )


def typed(relation: str) -> str:
    """Return SQL that selects the declared columns, typed, from the cells in `relation`."""
    return f"select {', '.join(f'cast({column} as {cell.sql_type}) as {cell.name}' for column, cell in COLUMNS.items())} from {relation}"


def as_text(name: str, path: Path) -> str:
    """Return SQL that selects the declared columns as text, with the `line` of each row in the file."""
    between, columns = _header(name, path)
    types = ", ".join(f"{quoted(c)}: 'VARCHAR'" for c in columns)
    rows = (
        f"read_csv({quoted(str(path))}, auto_detect = false, header = true, delim = {quoted(between)}, quote = '\"', "
        f"columns = {{{types}}}, nullstr = '')"
    )
    selected = ", ".join(f"{_text(column, cell)} as {cell.name}" for column, cell in COLUMNS.items())
    return f"select line, {selected} from (select row_number() over () + 1 as line, * from {rows})"


def _text(column: str, cell: Cell) -> str:
    if cell.sql_type == "VARCHAR":
        return column
    return f"nullif(trim({column}), 'NA')" if cell.name == "quantity_tonnes" else f"trim({column})"


def _header(name: str, path: Path) -> tuple[str, list[str]]:
    with path.open("rb") as file:
        line = file.readline(1 << 16).decode("utf-8-sig", "replace").rstrip("\r\n")
    between = delimiter(line)
    columns = [c.strip().strip('"') for c in line.split(between)]
    if missing := [c for c in COLUMNS if c not in columns]:
        raise Refused(
            f"{name}:1: column {', '.join(missing)}: the column is required; the header begins {line[:40]!r}: download the archive again"
        )
    return between, columns
