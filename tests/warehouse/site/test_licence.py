"""Test that a site contains nothing in bulk whose terms do not allow it, says so, and that the rest is whole."""

import json
import shutil
import zipfile
from pathlib import Path

import duckdb
import pytest

from schemas import registry
from schemas.table import citations
from warehouse.build import audit, database
from warehouse.connect import connect
from warehouse.release import digests
from warehouse.site import licence

CLOSED = {"un_comtrade", "imf_dots", "gacc_press", "un_sc_vetoes"}  # some of those whose terms do not allow it
OPEN = {"cepii_baci", "dyad_exercises", "voeten_assembly_votes", "world_bank_wdi"}


def counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    tables = [*registry.RAW, *(name for name in registry.MODELED if not name.startswith("charts."))]
    return {table: con.execute(f"select count(*) from {table}").fetchone()[0] for table in tables}


@pytest.fixture
def own(built: Path, tmp_path: Path):
    """Yield a writing connection to a copy of the warehouse, in which every source is open."""
    shutil.copyfile(built, tmp_path / "warehouse.duckdb")
    with database.connect(tmp_path / "warehouse.duckdb") as con:
        con.execute("update catalog.source set is_bulk_allowed = true")
        yield con


def test_no_row_of_a_closed_source_is_published(published: Path) -> None:
    with connect(published) as con:
        closed = {source["source"] for source in licence.left_out(con)}
        assert closed >= CLOSED and not closed & OPEN
        for table in {*registry.RAW, "raw.snapshot_file"} - {"raw.documents"}:
            assert {source for (source,) in con.execute(f"select distinct source from {table}").fetchall()} & closed == set(), table
        for table, model in registry.MODELED.items():
            for column in citations(model) if table.startswith("core.") and table != "core.evidence" else ():
                ids = f"select unnest([{column}]) from {table}".replace("[evidence]", "evidence")
                sources = {row[0].split("/")[0] for row in con.execute(ids).fetchall()}
                assert sources & closed == set(), table
        assert con.execute("select count(*) from core.assembly_vote").fetchone()[0] > 6000, "open sources stay"
        assert con.execute("select row_count from catalog.tables where schema = 'core' and \"table\" = 'veto'").fetchall() == [(0,)]


def test_the_datasets_are_the_home_s_and_each_row_s_evidence_resolves(published: Path, built: Path) -> None:
    with connect(published) as con:
        rules = [a for a in audit.load() if a.name.endswith("_evidence_resolves")]
        assert len(rules) > 20 and [o.line() for o in (audit.outcome(con, rule) for rule in rules) if o.row_count] == []
    tables, original = (digests.of_tables(path) for path in (published / "warehouse.duckdb", built))
    same = {name for name in tables if tables[name] == original[name]}
    assert same >= {name for name in original if name.startswith("charts.")} | {"raw.documents", "catalog.source"}
    for file in (built.parent / "charts").iterdir():
        assert (published / "charts" / file.name).read_bytes() == file.read_bytes()


def test_pages_of_cited_lines_are_those_of_open_sources(published: Path, built: Path) -> None:
    ours, original = ({path.name: path.read_bytes() for path in (folder / "evidence").iterdir()} for folder in (published, built.parent))
    assert ours.items() < original.items()
    left_out = {name.split("-")[1] for name in original.keys() - ours.keys()}
    assert left_out >= CLOSED and {name.split("-")[1] for name in ours} >= OPEN
    with zipfile.ZipFile(next(published.glob("*.zip"))) as archive:
        assert {name.split("/")[-1] for name in archive.namelist() if "/evidence/" in name} == ours.keys()
        readme = next(name for name in archive.namelist() if name.endswith("README.txt"))
        assert "without those whose terms do not allow" in archive.read(readme).decode()


def test_the_site_says_what_it_leaves_out(site: Path, published: Path, built: Path) -> None:
    left_out = json.loads((published / "manifest.json").read_text("utf-8"))["left_out"]
    index, page = (site / "index.html").read_text("utf-8"), (published / "index.html").read_text("utf-8")
    assert all(source["licence"] in index and source["title"] in index.replace("&#39;", "'") for source in left_out)
    assert "This site leaves out the files" in page and "International Monetary Fund;" in page
    assert "leaves out the rows" in (site / "llms.txt").read_text("utf-8")
    assert "This site leaves out the files" not in (built.parent / "index.html").read_text("utf-8"), "a home has all"


def test_terms_alone_decide(own) -> None:
    before = counts(own)
    licence.remove_closed(own)
    assert counts(own) == before, "every source is open"
    own.execute("drop table closed; update catalog.source set is_bulk_allowed = false where source = 'cepii_baci'")
    licence.remove_closed(own)
    changed = {table for table, count in counts(own).items() if count < before[table]}
    assert changed == {
        "raw.trade_by_product", "raw.energy_volume", "core.trade_by_product", "core.energy_volume", "core.derived_energy_share",
        "core.evidence",
    }  # fmt: skip
