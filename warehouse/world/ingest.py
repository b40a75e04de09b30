"""Land a bulk archive in the snapshot store: members validated one by one, the manifest written last.

Belongs here: from a member's bytes to its Parquet file, resuming, and the whole's plausibility. Does not belong here:
containers (`archive`), columns (`formats`), what is wrong with a row (`judge`), what the figures add up to (`model`).

    <home>/snapshots/bulk/<source>/<release>/year=1995/<first 16 of sha256>.parquet, manifest.json

Readers go by the manifest, so a release is whole or absent and another ingest never disturbs it. A member is read
by one thread, and one member more than there are cores is worked on, so that none is idle while another waits for the disk
(10 million rows on two cores: 2.0 s against 2.2).
"""

import contextlib
import datetime as dt
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import duckdb
import pyarrow as pa

from schemas.compile.rules import Compiled
from schemas.errors import Refused, Unusable
from schemas.sql import quoted
from warehouse.world import archive, formats, validate_member
from warehouse.world.engine import connect, is_too_small
from warehouse.world.formats import FORMATS, Codes, Format
from warehouse.world.validate_member import Judged

# written by the fastest of DuckDB's encodings (measured at 10 million rows: 3.5 s of CPU, level 3 of version 1 takes 5.1)
PARQUET = "format parquet, parquet_version v2, compression zstd, compression_level 1"
HUNDREDFOLD = 100


class Landed(NamedTuple):
    """A member that lies in the store: its bytes' digest, its rows by year's file, its total, what was reported, and the files' digests."""

    name: str
    identity: str
    sha256: str
    rows: int
    year: int | None
    total: float
    files: list[str]
    reported: list[str]
    digests: list[str] = []


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


def damage(home: Path) -> list[str]:
    """Every damaged manifest, and every landed file that is missing or not as it was landed, one line each."""
    said: list[str] = []
    for source, folder in _folders(home):
        try:
            said += _odd_files(load(folder, source))
        except Refused as error:
            said.append(str(error))
    return said


def _folders(home: Path) -> Iterator[tuple[str, Path]]:
    """Source and folder of every landed release."""
    for source in FORMATS:
        for manifest in sorted(store(home, source).glob("*/manifest.json")):
            yield source, manifest.parent


def _odd_files(release: Release) -> Iterator[str]:
    for member in release.members:
        for file, digest in itertools.zip_longest(member.files, member.digests):
            path = release.folder / file
            if odd := _odd(path, digest):
                yield f"{path}: {odd}; delete {release.folder} and ingest its archive again"


def _odd(path: Path, digest: str | None) -> str:
    if not path.exists():
        return "missing"
    if not digest:
        return "landed without a digest"
    return "" if archive.digest(path) == digest else "damaged"


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
        codes = formats.codes(source, listed, temp)
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
    before = {(m.name, m.identity): m for m in [*known, *standing] if m.digests}
    waiting = [m for m in data if (m.name, m.identity) not in before]
    names = {Path(m.name).name for m in data}
    others = [m for m in standing if Path(m.name).name not in names]
    refused: list[str] = []
    done, size, started = 0, sum(m.size for m in waiting), monotonic()
    threads = con.execute("select current_setting('threads')").fetchone()[0]
    landed = [before[m.name, m.identity] for m in data if (m.name, m.identity) in before]
    if landed or others:
        say(f"{len(landed)} of {len(data)} members were landed before" + (f"; {len(others)} others stay" if others else ""))
    if not waiting:
        return sorted([*landed, *others])
    held = validate_member.held_to(con, source, codes)
    with ThreadPoolExecutor(threads + 1) as pool, log.open("a", encoding="utf-8") as file:
        jobs = [(m, pool.submit(_land, con, temp, folder, source, held, m)) for m in waiting]
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
        raise Refused("\n".join(dict.fromkeys(refused)))
    return sorted([*landed, *others])


def _land(con: duckdb.DuckDBPyConnection, temp: Path, folder: Path, source: str, held: Compiled, member: archive.Member) -> Landed:
    """One member: bytes to validated Parquet.

    Raises:
        Refused: with the member, the line, the column and the rule.
    """
    made = FORMATS[source]
    found = re.fullmatch(made.member, Path(member.name).name, re.IGNORECASE).groupdict()
    year = int(found["year"]) if "year" in found else None
    with con.cursor() as cursor, archive.unpacked(member, temp) as (path, sha256):
        part = temp / f"{hashlib.sha256(member.name.encode()).hexdigest()}.parquet"  # two members may be of the same bytes
        error = _copy(cursor, made, member.name, path, part)
        if error:
            raise validate_member.unreadable(cursor, made, held, year, member.name, path, error)
        judged = validate_member.judged(cursor, made, held, year, member.name, path, part)
        files = _store(cursor, part, folder, sha256, judged)
        digests = [archive.digest(folder / file) for file in files]
    return Landed(member.name, member.identity, sha256, judged.rows, year, judged.total, files, judged.reported, digests)


def _copy(cursor: duckdb.DuckDBPyConnection, made: Format, name: str, path: Path, part: Path) -> Exception | None:
    """Write the member's rows to `part`; the error, where cells or lines are not as declared."""
    try:
        with formats.cells(made, name, path) as cells:
            cursor.register("read", cells)
            cursor.execute(f"copy ({formats.figures(made, 'read')}) to {quoted(str(part))} ({PARQUET})")
    except (duckdb.Error, pa.ArrowInvalid) as error:
        if is_too_small(error):
            raise
        return error
    return None


def _store(cursor: duckdb.DuckDBPyConnection, part: Path, folder: Path, sha256: str, judged: Judged) -> list[str]:
    """Move the checked file to its year, sorted if it is not; a member of several years becomes a file for each."""
    files = []
    for year in judged.years:
        name = f"year={year}/{sha256[:16]}.parquet"
        (folder / name).parent.mkdir(exist_ok=True)
        if not judged.is_ordered or len(judged.years) > 1:
            piece = part.with_suffix(f".{year}")
            cursor.execute(
                f"copy (from {quoted(str(part))} where year = {year} order by {', '.join(judged.key)}) to {quoted(str(piece))} ({PARQUET})"
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
    files = [(f, m) for m in release.members for f in m.files]
    for year in sorted({f.split("/")[0] for f, _ in files}):
        holding = [(release.folder / f, m) for f, m in files if f.startswith(year + "/")]
        if len(holding) < 2:
            continue
        twice, shown = validate_member.in_several(con, release.source, [file for file, _ in holding])
        if twice:
            wrong = sorted(m for file, m in holding if file in twice)
            _forget(release.folder, *wrong)
            raise Refused(f"{' and '.join(m.name for m in wrong)}: the key is unique across members, found {shown} in both")


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
    """The manifest, by one rename; what an ingest before landed in the place of a member stays, as releases may rest on it (`prune`)."""
    manifest = {
        "release": release.name, "source": release.source, "read_on": release.read_on, "rows": sum(m.rows for m in release.members),
        "members": [m._asdict() for m in release.members], "countries": release.codes.countries, "products": release.codes.products,
    }  # fmt: skip
    new = release.folder / "manifest.new"
    new.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    new.rename(release.folder / "manifest.json")
    (release.folder / "progress.jsonl").unlink(missing_ok=True)


def prune(home: Path, kept: Collection[str]) -> None:
    """Remove landed files that neither a manifest names nor `kept`, paths in the home; where it is damaged or an ingest is to be gone on with, none."""
    for source, folder in _folders(home):
        if (folder / "progress.jsonl").exists():
            continue
        with contextlib.suppress(Refused):  # `dyad doctor` names it
            named = {*map(Path, load(folder, source).files()), *(home / name for name in kept)}
            for path in set(folder.glob("year=*/*.parquet")) - named:
                path.unlink()
