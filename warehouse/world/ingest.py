"""Land a BACI archive in `<home>/snapshots/bulk/`: validate members in parallel, then write the manifest."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import duckdb

from schemas.errors import Refused, Unusable
from sources import disk
from sources.live import clock
from warehouse.world import archive, code_lists, editions, file_format, member_rules, plausibility, progress
from warehouse.world.editions import CodeLists, Edition
from warehouse.world.engine import connect
from warehouse.world.land import land
from warehouse.world.progress import LandedMember


def ingest(path: Path, home: Path, report: Callable[[str], None] = lambda line: None) -> Edition:
    """Validate and land every member of `path`; keep members that an interrupted or older ingest landed.

    `report` gets a line of progress for each member.

    Raises:
        Refused: a member is damaged, breaks a rule or has an implausible total; other landed members and editions stay.
        Unusable: `path` is not an archive of BACI, or memory or disk ran out.
    """
    archive_members = archive.members(path)
    data = [m for m in archive_members if file_format.has_rows(m.name)]
    if not data:
        raise Unusable(
            f"{path}: no file name matches BACI's pattern, such as BACI_HS92_Y2023_V202601.csv; give the archive as the publisher ships it"
        )
    name = _edition_name(path, data)
    folder = editions.store(home) / name
    disk.make_folder(folder)
    with connect(home) as (con, temp):
        codes = code_lists.read(archive_members, temp)
        earlier = editions.landed(home)
        same_edition = next((e for e in earlier if e.folder == folder), None)
        members = _land_all(con, temp, folder, codes, data, same_edition.members if same_edition else [], report)
        is_unchanged = same_edition is not None and (same_edition.members, same_edition.codes) == (members, codes)
        edition = same_edition if same_edition and is_unchanged else Edition(name, folder, members, codes, clock.now().date().isoformat())
        plausibility.check_totals(edition, earlier)
    editions.write_manifest(edition)
    return edition


def _edition_name(path: Path, data: Sequence[archive.Member]) -> str:
    """Return the name of the edition that the members belong to, such as HS92_V202601.

    Raises:
        Refused: two members have the same year, a year is later than the edition, or there are several editions.
    """
    years: dict[str, str] = {}
    names = set()
    for member in data:
        revision, year, edition = file_format.parse_name(member.name)
        if year in years:
            raise Refused(
                f"{path.name}: {years[year]} and {member.name} both have the year {year}: every key would appear twice; give one of them"
            )
        if year > edition[1:5]:
            raise Refused(
                f"{path.name}: {member.name}: the year {year} is later than the edition {edition}; correct the name, or download the archive again"
            )
        years[year] = member.name
        names.add(f"{revision}_{edition}")
    if len(names) > 1:
        raise Refused(f"{path.name}: members of several editions, {' and '.join(sorted(names))}: give one edition at a time")
    return names.pop()


def _land_all(
    con: duckdb.DuckDBPyConnection,
    temp: Path,
    folder: Path,
    codes: CodeLists,
    data: Sequence[archive.Member],
    existing: Sequence[LandedMember],
    report: Callable[[str], None],
) -> list[LandedMember]:
    """Return every member of the edition by year; land those that were not landed before with the same code lists.

    Years that are not in `data` stay, so that a folder with one year can be added.
    """
    candidates = [m._replace(identity=f"{m.identity}-{codes.digest()}") for m in data]
    landed = {(m.name, m.identity): m for m in [*progress.resume(folder), *existing] if m.digests}
    members = [landed[m.name, m.identity] for m in candidates if (m.name, m.identity) in landed]
    waiting = [m for m in candidates if (m.name, m.identity) not in landed]
    years = {int(file_format.parse_name(m.name).year) for m in data}
    others = [m for m in existing if m.year not in years]
    if members or others:
        report(f"{len(members)} of {len(data)} members were landed before" + (f"; {len(others)} others stay" if others else ""))
    if waiting:
        members += _land_in_parallel(con, temp, folder, codes, waiting, report)
    return sorted([*members, *others], key=lambda m: m.year)


def _land_in_parallel(
    con: duckdb.DuckDBPyConnection,
    temp: Path,
    folder: Path,
    codes: CodeLists,
    waiting: Sequence[archive.Member],
    report: Callable[[str], None],
) -> list[LandedMember]:
    """Land members in parallel; record each once it is landed.

    Raises:
        Refused: with the errors of every refused member; the others stay landed, and the next ingest skips them.
    """
    rules = member_rules.of_archive(codes)
    [(threads,)] = con.execute("select current_setting('threads')").fetchall()
    members, refused = [], []
    done, size, started = 0, sum(m.size for m in waiting), monotonic()
    with ThreadPoolExecutor(threads + 1) as pool:  # one more worker than cores, so that no core waits for the disk
        jobs = [(m, pool.submit(land, con, temp, folder, rules, m)) for m in waiting]
        try:
            for member, job in jobs:
                try:
                    members.append(job.result())
                except Refused as error:
                    refused.append(str(error))
                    continue
                progress.add(folder, members[-1])
                done += member.size
                left = (monotonic() - started) * (size - done) / done
                report(f"{member.name}: {members[-1].rows:,} rows; {done / size:.0%}, about {left:.0f} s to go")
        finally:
            for _, job in jobs:
                job.cancel()
    if refused:
        raise Refused("\n".join(dict.fromkeys(refused)))
    return members
