"""A publisher's files as typed rows: which columns they have, how they are read, what they are called here; and its code lists.

Belongs here: the shape of the files. Does not belong here: containers (`archive`), or what is right (`schemas.world`, `judge`).
It stays quick to import: without pandas and Pandera, as all that lands a member of BACI does.
"""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pyarrow import csv as arrow_csv

from schemas.errors import Refused
from schemas.sql import quoted
from warehouse.world import archive

# how Arrow reads a kind of cell; any other is a number with a fraction
CELLS = {"SMALLINT": pa.int16(), "INTEGER": pa.int32(), "VARCHAR": pa.string()}
UNKNOWN = [padded for blanks in range(24) for padded in (" " * blanks + "NA", "NA" + " " * blanks)]


class Format(NamedTuple):
    """How a publisher's member becomes the declared columns.

    `member` finds data members by name and their year and release; `select` gives each declared column from the publisher's
    `columns`, whose SMALLINT are codes and years and whose decimals beyond the type's, below a dollar or a kilogram, are
    rounded; where there are `unknown` columns, NA before or behind blanks is a missing cell; `keep` says which rows are figures of
    their own; `total` is the measure whose size is compared with last time's.
    """

    member: str
    columns: dict[str, str]
    select: dict[str, str]
    unknown: set[str]
    keep: str
    total: str


class Codes(NamedTuple):
    """The publisher's code lists: (code, name, ISO alpha-3) of economies, (code, description) of products where they come along."""

    countries: list[tuple[int, str, str]]
    products: list[tuple[str, str]]

    def digest(self) -> str:
        """What tells these lists from corrected ones."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:8]


FORMATS = {
    "baci": Format(
        r"BACI_(?P<revision>HS\d\d)_Y(?P<year>\d{4})_(?P<release>V\d{6}[a-z]?)\.csv",
        {"t": "SMALLINT", "i": "SMALLINT", "j": "SMALLINT", "k": "VARCHAR", "v": "DECIMAL(18,3)", "q": "DECIMAL(18,3)"},
        {"year": "t", "exporter_code": "i", "importer_code": "j", "product_code": "k", "value_thousand_usd": "v", "quantity_tonnes": "q"},
        {"q"},
        "true",
        "value_thousand_usd",
    ),
    "comtrade-bulk": Format(
        r".*\.(txt|tsv|csv)(\.gz)?",
        {"refYear": "SMALLINT", "reporterCode": "SMALLINT", "flowCode": "VARCHAR", "partnerCode": "SMALLINT", "partner2Code": "SMALLINT",
         "cmdCode": "VARCHAR", "customsCode": "VARCHAR", "motCode": "INTEGER", "netWgt": "DOUBLE", "primaryValue": "DOUBLE"},
        {"year": "refYear", "reporter_code": "reporterCode", "flow": "flowCode", "partner_code": "partnerCode", "product_code": "cmdCode",
         "value_usd": "primaryValue", "net_weight_kg": "netWgt"},
        set(),
        # other rows break these totals down by second partner, customs procedure and transport: adding them counts twice
        "partner2Code = 0 and customsCode = 'C00' and motCode = 0",
        "value_usd",
    ),
}  # fmt: skip


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def cells(made: Format, name: str, path: Path) -> arrow_csv.CSVStreamingReader:
    """The member's cells in blocks, as the declared kinds.

    Arrow reads them, which takes a quarter less than DuckDB's reader (10 million rows to Parquet: 2.2 s of CPU against 2.9),
    and refuses a code with a fraction, where DuckDB makes 4 of 4.4 without a word. The system's allocator gives
    back what Arrow's own keeps: 60 MB less at the peak.

    Raises:
        Refused: a column is missing.
    """
    between, columns = _header(made, name, path)
    return arrow_csv.open_csv(
        path,
        arrow_csv.ReadOptions(use_threads=False, block_size=archive.BLOCK, column_names=columns, skip_rows=1),
        arrow_csv.ParseOptions(delimiter=between, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(
            column_types={c: CELLS.get(kind, pa.float64()) for c, kind in made.columns.items()},
            include_columns=list(made.columns),
            null_values=["", *(UNKNOWN if made.unknown else [])],
            strings_can_be_null=True,
        ),
        pa.system_memory_pool(),
    )


def figures(made: Format, relation: str) -> str:
    """The query of the declared columns from the cells in `relation`."""
    selected = ", ".join(f'cast({column} as {made.columns[column]}) as "{declared}"' for declared, column in made.select.items())
    return f"select {selected} from {relation} where {made.keep}"


def lines(made: Format, name: str, path: Path) -> str:
    """The query of the declared columns as text, whatever it says, each row with the `line` of the file it stands in."""
    between, columns = _header(made, name, path)
    types = ", ".join(f"{quoted(c)}: 'VARCHAR'" for c in columns)
    read = (
        f"read_csv({quoted(str(path))}, auto_detect = false, header = true, delim = {quoted(between)}, quote = '\"', "
        f"columns = {{{types}}}, nullstr = '')"
    )
    text = {c: c if kind == "VARCHAR" else f"trim({c})" for c, kind in made.columns.items()}
    text |= {c: f"nullif(trim({c}), 'NA')" for c in made.unknown}
    selected = ", ".join(f"{text[column]} as {declared}" for declared, column in made.select.items())
    return f"select line, {selected} from (select row_number() over () + 1 as line, * from {read}) where {made.keep}"


def _header(made: Format, name: str, path: Path) -> tuple[str, list[str]]:
    with path.open("rb") as file:
        line = file.readline(1 << 16).decode("utf-8-sig", "replace").rstrip("\r\n")
    between = _delimiter(line)
    columns = [c.strip().strip('"') for c in line.split(between)]
    if missing := [c for c in made.columns if c not in columns]:
        raise Refused(f"{name}:1: column {', '.join(missing)}: the column is required; the header is {line[:200]!r}")
    return between, columns


def codes(source: str, listed: list[archive.Member], temp: Path) -> Codes:
    """The code lists that judge this archive's rows.

    Raises:
        Refused: one is missing or not readable.
    """
    return _baci_codes(listed, temp) if source == "baci" else _comtrade_codes()


def _baci_codes(listed: list[archive.Member], temp: Path) -> Codes:
    """Both lists, whichever generation of headers they have."""
    lists = {}
    for kind in ("country_codes", "product_codes"):
        members = [m for m in listed if kind in m.name]
        if not members:
            raise Refused(f"{listed[0].archive.name}: the list {kind}_… is missing; it comes with every release")
        with archive.unpacked(members[0], temp) as (file, _):
            lists[kind] = _list(members[0].name, file.read_bytes())
    try:
        countries = [
            (
                _code(r["country_code"]),
                r.get("country_name") or r["country_name_abbreviation"],
                r.get("country_iso3") or r.get("iso_3digit_alpha", ""),
            )
            for r in lists["country_codes"]
        ]
        return Codes(countries, [(r["code"].zfill(6), r["description"]) for r in lists["product_codes"]])
    except (KeyError, ValueError) as error:
        raise Refused(f"{listed[0].archive.name}: a code list is not as CEPII writes it: {error}") from None


def _code(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text.strip()):
        raise ValueError(f"country_code {text[:20]!r} is no number of up to three digits")
    return int(text)


def _list(name: str, body: bytes) -> list[dict[str, str]]:
    try:
        lines = body.decode("utf-8-sig").splitlines()
        header, *rows = [row for row in csv.reader(lines, delimiter=_delimiter(lines[0] if lines else "")) if row]
    except UnicodeDecodeError as error:
        raise Refused(f"{name}: byte {error.start} is not UTF-8; save the list as UTF-8") from None
    except (csv.Error, ValueError) as error:
        raise Refused(f"{name}: not readable as a list ({error}); download it again") from None
    return [dict(zip(header, row, strict=False)) for row in rows]


def _comtrade_codes() -> Codes:
    """Comtrade's files come without lists; its economies are in the bundled crosswalk."""
    from sources import snapshot

    [file] = [f for s in snapshot.sources() for f in s.files if (s.name, f.kind) == ("dyad_reference", "country_code")]
    listed = snapshot.read(file).query("system == 'comtrade'").fillna("")
    return Codes([(int(r.code), r.note, r.iso3) for r in listed.itertuples()], [])
