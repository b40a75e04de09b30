"""Write the world's trade as a source of a release: the rows of its dyads, in the layout of every other source.

The trade datasets read this source like any other; it is last in the order of precedence. Each document is a member of the landed archive
and gives its SHA-256, so that evidence leads to the publisher's bytes.

`<home>/bulk/baci/sources/<hash of its inputs>` appears by one rename, and is written again if it is deleted.
"""

import calendar
import csv
import datetime as dt
import hashlib
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import yaml

from schemas.errors import Refused
from sources import disk, snapshot
from warehouse.home import TRADE
from warehouse.world import trade_file

SOURCE = "cepii_baci_world"
FOLDER = "sources"  # beside the trade files
BUILDING = ".new"
CURATED = snapshot.BUNDLED / "dyad_reference" / "snapshot" / "trade_basis.csv"
DOCUMENTS = [
    "document", "publisher", "title", "url", "is_primary", "via", "via_url", "published_on", "published_precision", "read_on", "note",
]  # fmt: skip
URL = "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37"


def sources(path: Path | None, dyads: Sequence[str]) -> list[snapshot.Source]:
    """Return the world's trade for these dyads as a list of one source; an empty list if `path` is None.

    Args:
        path: the trade file in its home, from `trade_file.current` or `trade_file.named`.
        dyads: the pairs whose rows to write.

    Raises:
        Refused: the source is damaged.
    """
    if path is None:
        return []
    folder = folder_of(path, dyads)
    if not folder.exists():
        _write(path, folder, sorted(set(dyads)))
    try:
        return snapshot.sources(folder)
    except Refused:
        raise Refused(f"{folder}: damaged; delete it, and the next refresh writes it again") from None


def folder_of(path: Path, dyads: Sequence[str]) -> Path:
    """Return the folder of the source, named by all that its files depend on: the trade file, the dyads, the order of series and this code."""
    inputs = [path.name, *sorted(set(dyads)), CURATED.read_text("utf-8"), Path(__file__).read_text("utf-8")]
    return path.with_name(FOLDER) / hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:16]


def prune(home: Path, keep: Collection[Path]) -> None:
    """Remove the folders that are not in `keep`, each by one rename before any of its files is deleted."""
    folder = trade_file.folder(home) / FOLDER
    for unused in set(folder.glob("*/")) - set(keep):
        unused.rename(_empty_building(folder))
    shutil.rmtree(folder.with_suffix(BUILDING), ignore_errors=True)


def link(path: Path | None, folder: Path, as_of: dt.date) -> None:
    """Link the trade file into `folder`, which is two levels below the home, if its edition was public on `as_of`."""
    if path is None:
        return
    home = path.parents[2]
    with duckdb.connect(str(path), read_only=True) as con:
        [(release, read_on)] = con.execute("select max(release), max(read_on) from member").fetchall()
    if _published(release, read_on) <= as_of:
        (folder / TRADE).symlink_to(Path("..", "..", path.relative_to(home)))


def _write(path: Path, folder: Path, dyads: list[str]) -> None:
    """Write the source's complete folder elsewhere, then rename it into place."""
    building = _empty_building(folder.parent)
    with duckdb.connect(str(path), read_only=True) as con:
        _write_files(con, building / SOURCE, dyads)
    for written in (*building.rglob("*"), building):
        disk.sync(written)
    disk.make_folder(folder.parent)
    building.rename(folder)
    disk.sync(folder.parent)


def _empty_building(folder: Path) -> Path:
    """Return an empty folder beside the sources, where no reader looks; remove what a killed run left in it."""
    building = folder.with_suffix(BUILDING)
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    return building


def _write_files(con: duckdb.DuckDBPyConnection, folder: Path, dyads: list[str]) -> None:
    files = folder / "snapshot"
    files.mkdir(parents=True)
    members = con.execute("select year, release, member, snapshot_sha256, read_on from member order by year").fetchall()
    for kind, header, rows in _tables(con, members, dyads):
        with (files / f"{kind}.csv").open("w", encoding="utf-8", newline="") as text:
            csv.writer(text, lineterminator="\n").writerows([header, *rows])
    sums = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}" for p in sorted(files.glob("*.csv"))]
    (files / "SHA256SUMS").write_text("\n".join(sums) + "\n", "utf-8")
    first, last, release = members[0][0], members[-1][0], members[0][1]
    origin = {
        "producer": "CEPII",
        "title": f"BACI {release}, whole world",
        "description": "Reconciled trade of all economies by HS chapter and every partner's rank, from the landed archive; the rows of this release's dyads.",
        "url": URL,
        "citation": "Gaulier, G. and Zignago, S. (2010), BACI: International Trade Database at the Product-Level. CEPII Working Paper 2010-23.",
        "license": {
            "name": "Etalab Open Licence 2.0",
            "url": "https://www.etalab.gouv.fr/wp-content/uploads/2018/11/open-licence.pdf",
            "bulk": True,
        },
        "cadence_days": 365,
        "coverage": {
            "first": dt.date(first, 1, 1),
            "last": dt.date(last, 12, 31),
            "dyads": "any",
            "note": f"All economies and products, {first}-{last}; a flow that is absent was not reported by either side.",
        },
        "kind": "bulk",
    }
    (folder / "origin.yaml").write_text(yaml.safe_dump(origin, sort_keys=False, allow_unicode=True), "utf-8")


def _last_place() -> int:
    """Return the precedence after every other series."""
    with CURATED.open(encoding="utf-8", newline="") as text:
        return 1 + max(int(row["precedence"]) for row in csv.DictReader(text))


def _tables(
    con: duckdb.DuckDBPyConnection, members: list[tuple], dyads: list[str]
) -> Iterator[tuple[str, list[str], Sequence[Sequence[Any]]]]:
    """Yield (kind, header, rows) of each snapshot file; skip a kind without rows, since an empty file is refused."""
    basis = ["basis_source", "basis", "frequency", "precedence", "compiled_from", "title", "document", "note"]
    newest = f"y{members[-1][0]}"
    row = [SOURCE, "CEPII BACI (world)", "annual", _last_place(), "both", "Trade reconciled from both sides' reports", newest]
    yield "trade_basis", basis, [[*row, "the headline only for pairs and years that no other series covers"]]
    products, ranks = [], []
    for dyad in dyads:
        a, b = dyad.split("-")
        products += con.execute(
            "select year, exporter, importer, hs_chapter, value_usd, quantity_tonnes, 'y' || year, null from dyad_composition($a, $b) "
            "where product_group is not null",
            {"a": a, "b": b},
        ).fetchall()
        ranks += con.execute(
            "select year, country, partner, rule, trade_usd, total_trade_usd, rank, partner_count, 'y' || year, null from dyad_rank($a, $b)",
            {"a": a, "b": b},
        ).fetchall()
    header = ["year", "exporter_iso3", "importer_iso3", "hs_code", "value_usd", "quantity_tonnes", "document", "note"]
    if products:
        yield "trade_by_product", header, products
    header = ["year", "country", "partner", "rule", "trade_usd", "total_trade_usd", "rank", "partner_count", "document", "note"]
    if ranks:
        yield "partner_rank", header, ranks
    # small pairs have years without a flow, whose members no row cites
    cited = {newest, *(row[-2] for row in [*products, *ranks])}
    yield "documents", DOCUMENTS, [document for member in members if (document := _document(*member))[0] in cited]


def _document(year: int, release: str, member: str, sha256: str, read_on: dt.date) -> list:
    """Return a member as a row of `documents`."""
    return [
        f"y{year}",
        "CEPII",
        f"BACI {release}, {member}, sha256 {sha256}",
        URL,
        "true",
        None,
        None,
        _published(release, read_on),
        "month",
        read_on,
        "FOB; thousand USD in the file, plain USD here.",
    ]


def _published(release: str, read_on: dt.date) -> dt.date:
    """Return the last day of the month in the edition's name, or `read_on` if that is earlier."""
    [(year, month)] = [(int(year), int(month)) for year, month in re.findall(r"V(\d{4})(\d{2})", release)]
    return min(dt.date(year, month, calendar.monthrange(year, month)[1]), read_on)
