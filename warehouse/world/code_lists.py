"""Read the lists of economies and products that come with a BACI archive."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from schemas.errors import Refused
from warehouse.world import archive
from warehouse.world.editions import CodeLists
from warehouse.world.file_format import delimiter, has_rows, parse_name


def read(members: Sequence[archive.Member], temp: Path) -> CodeLists:
    """Read both lists of an archive; older and newer editions name the columns differently.

    Raises:
        Refused: a list is missing or unreadable, or its name has another edition or HS revision than the members with trade.
    """
    countries, products = (_rows(_list(kind, members), temp) for kind in ("country_codes", "product_codes"))
    try:
        return CodeLists([_country(row) for row in countries], [(row["code"].zfill(6), row["description"]) for row in products])
    except (KeyError, ValueError) as error:
        raise Refused(f"{members[0].archive.name}: a code list has an unexpected structure: {error}; download it again") from None


def _country(row: dict[str, str]) -> tuple[int, str, str]:
    code = row["country_code"]
    if not re.fullmatch(r"[0-9]{1,3}", code.strip()):
        raise ValueError(f"country_code {code[:20]!r} is not a number of one to three digits")
    name = row.get("country_name") or row["country_name_abbreviation"]
    return int(code), name, row.get("country_iso3") or row.get("iso_3digit_alpha", "")


def _list(kind: str, members: Sequence[archive.Member]) -> archive.Member:
    """Return the member with a list; refuse one of another edition or HS revision, in which products have other codes."""
    lists = [m for m in members if kind in m.name]
    if not lists:
        raise Refused(f"{members[0].archive.name}: the list {kind}_… is missing; every edition has it: download the archive again")
    rows = next(m.name for m in members if has_rows(m.name))
    revision, _, edition = parse_name(rows)
    for stated in re.findall(r"HS\d\d|V\d{6}[a-z]?", lists[0].name, re.IGNORECASE):
        if stated.upper() not in (revision.upper(), edition.upper()):
            raise Refused(f"{lists[0].name} belongs to {stated}, but {rows} belongs to {revision} {edition}; download the archive again")
    return lists[0]


def _rows(member: archive.Member, temp: Path) -> list[dict[str, str]]:
    name = member.name
    with archive.unpacked(member, temp) as (file, _):
        body = file.read_bytes()
    try:
        lines = body.decode("utf-8-sig").splitlines()
        header, *rows = [row for row in csv.reader(lines, delimiter=delimiter(lines[0] if lines else "")) if row]
    except UnicodeDecodeError as error:
        raise Refused(f"{name}: byte {error.start} is not UTF-8; save the list as UTF-8") from None
    except (csv.Error, ValueError) as error:
        raise Refused(f"{name}: not readable as a list ({error}); download it again") from None
    return [dict(zip(header, row, strict=False)) for row in rows]
