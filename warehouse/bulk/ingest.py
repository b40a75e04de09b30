"""Land a bulk archive in the snapshot store: members validated one by one, the manifest written last.

Belongs here: from a member's bytes to its Parquet file, resuming, and the whole's plausibility. Does not belong here:
containers (`archive`), the columns' rules (`schemas.bulk`), what the figures add up to (`model`).

    <home>/snapshots/bulk/<source>/<release>/year=1995/<first 16 of sha256>.parquet, manifest.json

Readers go by the manifest, so a release is whole or absent and another ingest never disturbs it. A member is read
by one thread, and one member more than there are cores is worked on, so that none is idle while another waits for the disk
(10 million rows on two cores: 2.0 s against 2.2).
"""

import csv
import datetime as dt
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import duckdb
import pyarrow as pa
from pyarrow import csv as arrow_csv

from schemas import bulk, compiler
from schemas.compiler import Compiled
from schemas.errors import Refused, Unusable
from schemas.render import quoted
from schemas.validate import Finding
from sources import snapshot
from warehouse.bulk import archive
from warehouse.bulk.check import check
from warehouse.bulk.engine import connect, is_too_small

# written by the fastest of DuckDB's encodings (measured at 10 million rows: 3.5 s of CPU, level 3 of version 1 takes 5.1)
PARQUET = "format parquet, parquet_version v2, compression zstd, compression_level 1"
HUNDREDFOLD = 100
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


class Landed(NamedTuple):
    """A member that lies in the store: its bytes' digest, its rows by year's file, its total, and what was reported, not refused."""

    name: str
    identity: str
    sha256: str
    rows: int
    year: int | None
    total: float
    files: list[str]
    reported: list[str]


class Codes(NamedTuple):
    """The publisher's code lists: (code, name, ISO alpha-3) of economies, (code, description) of products where they come along."""

    countries: list[tuple[int, str, str]]
    products: list[tuple[str, str]]

    def digest(self) -> str:
        """What tells these lists from corrected ones."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:8]


class Release(NamedTuple):
    """A landed release: its folder, the members by name, and the day it was read."""

    source: str
    name: str
    folder: Path
    members: list[Landed]
    codes: Codes
    read_on: str

    def files(self, years: Sequence[int] | None = None) -> list[str]:
        """Paths of the Parquet files of these years, or of all."""
        return [str(self.folder / f) for m in self.members for f in m.files if years is None or int(f[5:9]) in years]


def store(home: Path, source: str) -> Path:
    """Where a bulk source's releases lie."""
    return home / "snapshots" / "bulk" / source


def releases(home: Path, source: str) -> list[Release]:
    """The landed releases, oldest first."""
    return [load(path.parent, source) for path in sorted(store(home, source).glob("*/manifest.json"), key=lambda p: p.stat().st_mtime)]


def load(folder: Path, source: str) -> Release:
    """A landed release by its manifest.

    Raises:
        Refused: the manifest is damaged.
    """
    file = folder / "manifest.json"
    try:
        manifest = json.loads(file.read_text("utf-8"))
        codes = Codes([tuple(c) for c in manifest["countries"]], [tuple(p) for p in manifest["products"]])
        return Release(source, manifest["release"], folder, [Landed(**m) for m in manifest["members"]], codes, manifest["read_on"])
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{file}: damaged; delete {folder} and ingest its archive again") from None


def ingest(path: Path, home: Path, source: str = "baci", say: Callable[[str], None] = lambda line: None) -> Release:
    """Validate and land every member of `path`; members landed before, by an ingest that was interrupted or an older one, are kept.

    Raises:
        Refused: a member is damaged or breaks a rule; what other members and releases landed stays.
        Unusable: `path` is no archive of this source, or memory or disk are too small.
    """
    made = FORMATS[source]
    listed = archive.members(path)
    data = [(m, found) for m in listed if (found := re.fullmatch(made.member, Path(m.name).name, re.IGNORECASE))]
    if not data:
        raise Unusable(f"{path}: no member of {source} in it; their names look like {made.member}")
    name = _release(path, data)
    folder = store(home, source) / name
    folder.mkdir(parents=True, exist_ok=True)
    with connect(home) as (con, temp):
        codes = _codes(listed, temp) if source == "baci" else _comtrade_codes()
        earlier = releases(home, source)
        standing = next((r for r in earlier if r.folder == folder), None)
        judged_by = codes.digest()  # a corrected list judges every member anew
        wanted = [m._replace(identity=f"{m.identity}-{judged_by}") for m, _ in data]
        landed = _land_all(con, temp, folder, source, codes, wanted, standing.members if standing else [], say)
        if standing and (standing.members, standing.codes) == (landed, codes):
            release = standing
        else:
            release = Release(source, name, folder, landed, codes, dt.date.today().isoformat())
        _plausible(release, earlier)
        _keys_apart(con, release)
    _write_manifest(release)
    return release


def _release(path: Path, data: list[tuple[archive.Member, re.Match]]) -> str:
    """Name of the release the members belong to; one member a year, of years the release can know."""
    years: dict[str, str] = {}
    for member, found in data:
        parts = found.groupdict()
        if not parts:
            continue
        if parts["year"] in years:
            raise Refused(f"{path.name}: {years[parts['year']]} and {member.name} both hold {parts['year']}: every key would stand twice")
        if parts["year"] > parts["release"][1:5]:
            raise Refused(f"{path.name}: {member.name}: the year {parts['year']} is outside the release {parts['release']}")
        years[parts["year"]] = member.name
    names = {f"{f['revision']}_{f['release']}" for _, f in data if f.groupdict()}
    if len(names) > 1:
        raise Refused(f"{path.name}: members of several releases, {' and '.join(sorted(names))}: give one release at a time")
    return names.pop() if names else re.sub(r"[^\w.-]", "_", path.name.split(".")[0])


def _codes(listed: list[archive.Member], temp: Path) -> Codes:
    """Both code lists, whichever generation of headers they have."""
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
                int(r["country_code"]),
                r.get("country_name") or r["country_name_abbreviation"],
                r.get("country_iso3") or r.get("iso_3digit_alpha", ""),
            )
            for r in lists["country_codes"]
        ]
        return Codes(countries, [(r["code"].zfill(6), r["description"]) for r in lists["product_codes"]])
    except (KeyError, ValueError) as error:
        raise Refused(f"{listed[0].archive.name}: a code list has another header than CEPII's: {error}") from None


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
    [file] = [f for s in snapshot.sources() for f in s.files if (s.name, f.kind) == ("dyad_reference", "country_code")]
    listed = snapshot.read(file).query("system == 'comtrade'").fillna("")
    return Codes([(int(r.code), r.note, r.iso3) for r in listed.itertuples()], [])


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _land_all(
    con: duckdb.DuckDBPyConnection,
    temp: Path,
    folder: Path,
    source: str,
    codes: Codes,
    data: list[archive.Member],
    standing: list[Landed],
    say: Callable[[str], None],
) -> list[Landed]:
    """Every member landed, several at a time; progress is kept, so that the next attempt starts at the member where this one stopped.

    Members of the release that stand from before and are not in `data` stay, so that a year can be added by a folder of its own.

    Raises:
        Refused: with every member that is wrong; the others are landed and need not be read again.
    """
    log = folder / "progress.jsonl"
    known = [m for m in _progress(log) if all((folder / file).exists() for file in m.files)]
    _write_progress(log, known)  # without a line that was cut short, which the next one would go on
    before = {(m.name, m.identity): m for m in [*known, *standing]}
    waiting = [m for m in data if (m.name, m.identity) not in before]
    names = {Path(m.name).name for m in data}
    others = [m for m in standing if Path(m.name).name not in names]
    refused: list[str] = []
    done, size, started = 0, sum(m.size for m in waiting), monotonic()
    threads = con.execute("select current_setting('threads')").fetchone()[0]
    landed = [before[m.name, m.identity] for m in data if (m.name, m.identity) in before]
    if landed or others:
        say(f"{len(landed)} of {len(data)} members were landed before" + (f"; {len(others)} others stay" if others else ""))
    with ThreadPoolExecutor(threads + 1) as pool, log.open("a", encoding="utf-8") as file:
        jobs = [(m, pool.submit(_land, con, temp, folder, source, codes, m)) for m in waiting]
        try:
            for member, job in jobs:
                try:
                    landed.append(job.result())
                except Refused as error:
                    refused.append(str(error))
                    continue
                print(json.dumps(landed[-1]._asdict()), file=file, flush=True)
                done += member.size
                left = (monotonic() - started) * (size - done) / done
                say(f"{member.name}: {landed[-1].rows:,} rows; {done / size:.0%}, about {left:.0f} s to go")
        finally:
            for _, job in jobs:
                job.cancel()
    if refused:
        raise Refused("\n".join(refused))
    return sorted([*landed, *others])


def _land(con: duckdb.DuckDBPyConnection, temp: Path, folder: Path, source: str, codes: Codes, member: archive.Member) -> Landed:
    """One member: bytes to validated Parquet.

    Raises:
        Refused: with the member, the line, the column and the rule.
    """
    made = FORMATS[source]
    found = re.fullmatch(made.member, Path(member.name).name, re.IGNORECASE).groupdict()
    year = int(found["year"]) if "year" in found else None
    rules = bulk.member(source, year, [c for c, *_ in codes.countries], [p for p, _ in codes.products])
    with con.cursor() as cursor, archive.unpacked(member, temp) as (path, sha256):
        part = temp / f"{hashlib.sha256(member.name.encode()).hexdigest()}.parquet"  # two members may be of the same bytes
        try:
            with _cells(made, member.name, path) as cells:
                cursor.register("read", cells)
                cursor.execute(f"copy ({_figures(made)}) to {quoted(str(part))} ({PARQUET})")
        except (duckdb.Error, pa.ArrowInvalid) as error:
            if is_too_small(error):
                raise
            raise _unreadable(cursor, made, rules, member.name, path, error) from None
        relation = f"read_parquet({quoted(str(part))}, file_row_number = true)"
        checked = check(cursor, rules, relation, "file_row_number", ordered=True, measures=[f"sum({made.total})", "list(distinct year)"])
        lines = [f._replace(first=[(row + 2, value) for row, value in f.first]) for f in checked.findings]
        if lines and made.keep != "true":
            # what only the first pass finds still counts, by its place among the rows kept
            lines = _by_line(cursor, made, rules, member.name, path) or lines
        if wrong := [f for f in lines if not bulk.is_reported(f.column, f.rule)]:
            raise Refused("\n".join(_say(f, member.name) for f in wrong))
        if not checked.rows:
            raise Refused(f"{member.name}: no rows; download it again")
        total, years = checked.measures
        files = _store(cursor, part, folder, sha256, sorted(years), rules, checked.is_ordered)
    return Landed(member.name, member.identity, sha256, checked.rows, year, float(total), files, [_say(f, member.name) for f in lines])


def _say(finding: Finding, name: str) -> str:
    if bulk.is_unknown_code(finding.column, finding.rule):
        finding = finding._replace(rule="a code that the publisher's list holds")
    return finding.line(name)


def _header(made: Format, name: str, path: Path) -> tuple[str, list[str]]:
    with path.open("rb") as file:
        line = file.readline(1 << 16).decode("utf-8-sig", "replace").rstrip("\r\n")
    delimiter = _delimiter(line)
    columns = [c.strip().strip('"') for c in line.split(delimiter)]
    if missing := [c for c in made.columns if c not in columns]:
        raise Refused(f"{name}:1: column {', '.join(missing)}: the column is required; the header is {line[:200]!r}")
    return delimiter, columns


def _cells(made: Format, name: str, path: Path) -> arrow_csv.CSVStreamingReader:
    """The member's cells in blocks, as the declared kinds.

    Arrow reads them, which takes a quarter less than DuckDB's reader (10 million rows to Parquet: 2.2 s of CPU against 2.9),
    and refuses a code with a fraction, where DuckDB makes 4 of 4.4 without a word. The system's allocator gives
    back what Arrow's own keeps: 60 MB less at the peak.
    """
    delimiter, columns = _header(made, name, path)
    return arrow_csv.open_csv(
        path,
        arrow_csv.ReadOptions(use_threads=False, block_size=archive.BLOCK, column_names=columns, skip_rows=1),
        arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(
            column_types={c: CELLS.get(kind, pa.float64()) for c, kind in made.columns.items()},
            include_columns=list(made.columns),
            null_values=["", *(UNKNOWN if made.unknown else [])],
            strings_can_be_null=True,
        ),
        pa.system_memory_pool(),
    )


def _figures(made: Format) -> str:
    selected = ", ".join(f'cast({column} as {made.columns[column]}) as "{declared}"' for declared, column in made.select.items())
    return f"select {selected} from read where {made.keep}"


def _text(made: Format, name: str, path: Path) -> str:
    delimiter, columns = _header(made, name, path)
    types = ", ".join(f"{quoted(c)}: 'VARCHAR'" for c in columns)
    return (
        f"read_csv({quoted(str(path))}, auto_detect = false, header = true, delim = {quoted(delimiter)}, quote = '\"', "
        f"columns = {{{types}}}, nullstr = '')"
    )


def _by_line(cursor: duckdb.DuckDBPyConnection, made: Format, rules: Compiled, name: str, path: Path) -> list[Finding]:
    """What is wrong with a member, by the lines of its file: read as text, held to the same rules."""
    text = {c: c if kind == "VARCHAR" else f"trim({c})" for c, kind in made.columns.items()}
    text |= {c: f"nullif(trim({c}), 'NA')" for c in made.unknown}
    selected = ", ".join(f"{text[column]} as {declared}" for declared, column in made.select.items())
    numbered = f"select row_number() over () + 1 as line, * from {_text(made, name, path)}"
    cursor.execute(f"create or replace temp table cells as select line, {selected} from ({numbered}) where {made.keep}")
    return check(cursor, rules, "cells", "line").findings


def _unreadable(cursor: duckdb.DuckDBPyConnection, made: Format, rules: Compiled, name: str, path: Path, error: Exception) -> Refused:
    """Why a member's cells do not have the declared types, or its lines not the header's columns."""
    try:
        findings = [f for f in _by_line(cursor, made, rules, name, path) if not bulk.is_reported(f.column, f.rule)]
    except duckdb.Error as structure:
        if is_too_small(structure):
            raise
        findings, error = [], structure
    said = str(error)
    line = re.search(r"Line: (\d+)", said)
    plain = f"{name}:{line[1] if line else 1}: {said.splitlines()[0]}; download it again"
    return Refused("\n".join(_say(f, name) for f in findings) or plain)


def _store(
    cursor: duckdb.DuckDBPyConnection, part: Path, folder: Path, sha256: str, years: list[int], rules: Compiled, is_ordered: bool
) -> list[str]:
    """Move the checked file to its year, sorted if it is not; a member of several years becomes a file for each."""
    files = []
    for year in years:
        name = f"year={year}/{sha256[:16]}.parquet"
        (folder / name).parent.mkdir(exist_ok=True)
        if not is_ordered or len(years) > 1:
            piece = part.with_suffix(f".{year}")
            cursor.execute(
                f"copy (from {quoted(str(part))} where year = {year} order by {', '.join(rules.keys[0][1])}) "
                f"to {quoted(str(piece))} ({PARQUET})"
            )
        else:
            piece = part
        piece.rename(folder / name)
        files.append(name)
    part.unlink(missing_ok=True)
    return files


def _plausible(release: Release, earlier: Sequence[Release]) -> None:
    """A total a hundred times what stood for the year or file before, or the total of the year before, is in another unit.

    Raises:
        Refused: with the member; with both years, where nothing that stood before says which of them is wrong.
    """
    last = {m.year or m.name: m.total for r in earlier for m in r.members}
    for m in release.members:
        _comparable(release, m.total, last.get(m.year or m.name), "what was landed before", m)
    dated = [m for m in release.members if m.year]
    for before, m in itertools.pairwise(dated):
        _comparable(release, m.total, before.total, before.name, m, *([] if before.year in last else [before]))


def _comparable(release: Release, total: float, standard: float | None, what: str, *wrong: Landed) -> None:
    if standard and not 1 / HUNDREDFOLD < total / standard < HUNDREDFOLD:
        _forget(release.folder, *wrong)
        raise Refused(
            f"{wrong[0].name}: the trade in it is {total / standard:,.4g} times that of {what}: "
            f"is {'it' if len(wrong) == 1 else 'one of them'} in another unit? Give the publisher's file as it is"
        )


def _keys_apart(con: duckdb.DuckDBPyConnection, release: Release) -> None:
    """No key may stand in two members: looked for in years that several members hold.

    Raises:
        Refused: with both members.
    """
    made = bulk.COMPILED[release.source]
    files = [(f, m) for m in release.members for f in m.files]
    for year in sorted({f.split("/")[0] for f, _ in files}):
        holding = [(str(release.folder / f), m) for f, m in files if f.startswith(year + "/")]
        if len(holding) < 2:
            continue
        relation = f"read_parquet([{', '.join(quoted(f) for f, _ in holding)}], filename = true)"
        types = {name: kind for name, kind, *_ in con.execute(f"describe select * from {relation}").fetchall()}
        key = made.keys[0][1]
        if con.execute(compiler.has_duplicates(made, key, relation, types)).fetchone()[0]:
            rows = con.execute(compiler.duplicates(made, key, relation, types, "filename")).fetchall()
            names = sorted({m.name for f, m in holding if f in {r[0] for r in rows}})
            shown = ", ".join(f"{c} {v}" for c, v in zip(key, rows[0][1:], strict=True))
            _forget(release.folder, *(m for _, m in holding if m.name in names))
            raise Refused(f"{' and '.join(names)}: the key is unique across members, found {shown} in both")


def _forget(folder: Path, *wrong: Landed) -> None:
    """Take refused members out of the progress, so that the next attempt reads them again."""
    log = folder / "progress.jsonl"
    _write_progress(log, [m for m in _progress(log) if m.name not in {w.name for w in wrong}])


def _progress(log: Path) -> list[Landed]:
    """The members that an interrupted ingest landed; a line that a kill cut short is none."""
    lines = log.read_text("utf-8", "replace").splitlines(keepends=True) if log.exists() else []
    return [Landed(**json.loads(line)) for line in lines if line.endswith("\n")]


def _write_progress(log: Path, members: Sequence[Landed]) -> None:
    new = log.with_suffix(".new")
    new.write_text("".join(json.dumps(m._asdict()) + "\n" for m in members), "utf-8")
    new.rename(log)


def _write_manifest(release: Release) -> None:
    """The manifest, by one rename; then files that no manifest names are removed."""
    manifest = {
        "release": release.name, "source": release.source, "read_on": release.read_on, "rows": sum(m.rows for m in release.members),
        "members": [m._asdict() for m in release.members], "countries": release.codes.countries, "products": release.codes.products,
    }  # fmt: skip
    new = release.folder / "manifest.new"
    new.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    new.rename(release.folder / "manifest.json")
    (release.folder / "progress.jsonl").unlink(missing_ok=True)
    named = {f for m in release.members for f in m.files}
    for path in release.folder.glob("year=*/*.parquet"):
        if str(path.relative_to(release.folder)) not in named:
            path.unlink()
