"""Test that exported files equal the tables in every format, and are harmless in the programs that open them."""

import csv
import datetime as dt
import hashlib
import html
import io
import json
import os
import re
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import registry, render
from schemas.errors import Refused
from warehouse import export, models
from warehouse.connect import connect
from warehouse.export import dataset, formats, lines, package

RELEASE = {"release": "2026-11-23-0123456789ab", "as_of": "2026-11-23", "dyads": ["CHN-RUS"]}
NAMES = [table.removeprefix("charts.") for table in dataset.tables()]


@pytest.fixture(scope="module")
def out(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the export of the built release, claims.md beside it."""
    folder = tmp_path_factory.mktemp("export")
    with connect(built.parent) as con:
        lines.write(con, folder)
        export.write(con, folder, RELEASE)
    shutil.copy(built.parent / "claims.md", folder)
    return folder


@pytest.fixture
def own(built: Path, tmp_path: Path):
    """Yield a writing connection to a copy of the warehouse, to put odd rows into."""
    shutil.copyfile(built, tmp_path / "own.duckdb")
    with duckdb.connect(str(tmp_path / "own.duckdb")) as con:
        yield con


def metadata(folder: Path, name: str) -> dict:
    return json.loads((folder / "charts" / f"{name}.metadata.json").read_text("utf-8"))


def test_every_chapter_of_a_dataset_has_a_keyword() -> None:
    assert {model.header["chapter"] for model in models.layer("charts")} <= package.SUBJECTS.keys()


def test_claims_are_reviews_that_fact_check_tools_read(out: Path, built: Path) -> None:
    """The properties that schema.org's ClaimReview needs, and the verdict of the day beside each claim."""
    document = json.loads((out / "charts" / "claims.jsonld").read_text("utf-8"))
    assert document["@context"] == "https://schema.org/"
    with connect(built.parent) as con:
        claims = con.execute("select text || '-' || claim_id, claim, verdict_today from charts.claims order by 1").fetchall()
    reviews = [(r["url"].split("#")[1], r["claimReviewed"], r["reviewRating"]["alternateName"]) for r in document["@graph"]]
    assert reviews == claims
    for review in document["@graph"]:
        assert review["@type"] == "ClaimReview" and review["author"]["@type"] == "Organization"
        assert dt.date.fromisoformat(review["datePublished"]) > dt.date.fromisoformat(review["itemReviewed"]["datePublished"])
        assert review["itemReviewed"]["@type"] == "Claim" and review["itemReviewed"]["author"]["name"]
        assert review["itemReviewed"]["appearance"]["url"].startswith("https://")
        assert review["reviewRating"]["@type"] == "Rating"


def from_csv(content: bytes, columns: list[dict]) -> list[dict]:
    """Read a CSV by the rules the archive's README gives."""
    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    assert header == [c["name"] for c in columns]
    return [{c["name"]: value(cell, c) for cell, c in zip(row, columns, strict=True)} for row in rows]


def text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and formats.FORMULA.match(cell) else cell


def value(cell: str, column: dict):
    if cell == "":
        return [] if column["type"] == "VARCHAR[]" and column["required"] else None
    return {
        "VARCHAR": text, "BIGINT": int, "DOUBLE": float, "BOOLEAN": {"true": True, "false": False}.get, "DATE": dt.date.fromisoformat,
        "VARCHAR[]": lambda joined: [text(item) for item in joined.split(";")],
    }[column["type"]](cell)  # fmt: skip


def from_json(content: bytes, columns: list[dict]) -> list[dict]:
    days = {c["name"] for c in columns if c["type"] == "DATE"}
    return [{k: dt.date.fromisoformat(v) if k in days and v else v for k, v in row.items()} for row in json.loads(content)]


@pytest.mark.parametrize("name", NAMES)
def test_every_format_equals_the_table(name: str, out: Path, built: Path) -> None:
    m = metadata(out, name)
    files = {suffix: (out / "charts" / f"{name}.{suffix}").read_bytes() for suffix in ("parquet", "csv", "json")}
    with connect(built.parent) as con:
        answer = con.execute(f"select * from charts.{name} order by {', '.join(m['primary_key'])}")
        names = [column for column, *_ in answer.description]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    assert rows and rows == pq.read_table(io.BytesIO(files["parquet"])).to_pylist()
    assert rows == from_csv(files["csv"], m["columns"])
    assert rows == from_json(files["json"], m["columns"])


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test asserts a time
words = st.text(min_size=1)
COLUMNS = {
    "words": ("VARCHAR", st.none() | words),
    "whole": ("BIGINT", st.none() | st.integers(-(2**63), 2**63 - 1)),
    "number": ("DOUBLE", st.none() | st.floats(allow_nan=False, allow_infinity=False)),
    "flag": ("BOOLEAN", st.none() | st.booleans()),
    "day": ("DATE", st.none() | st.dates()),
    "items": ("VARCHAR[]", st.none() | st.lists(words.filter(lambda item: ";" not in item), min_size=1)),
}


def built_from(rows: list[dict]) -> dataset.Dataset:
    described = [{"name": n, "type": t, "required": False, "unit": None, "description": n} for n, (t, _) in COLUMNS.items()]
    schema = pa.schema([(n, formats.ARROW[t]) for n, (t, _) in COLUMNS.items()])
    return dataset.Dataset(pa.Table.from_pylist(rows, schema), {"dataset": "example", "columns": described})


@untimed
@given(st.lists(st.fixed_dictionaries({name: strategy for name, (_, strategy) in COLUMNS.items()}), max_size=5))
def test_any_rows_survive_every_format(rows: list[dict]) -> None:
    data = built_from(rows)
    described = data.metadata["columns"]
    assert pq.read_table(io.BytesIO(formats.parquet(data))).to_pylist() == rows
    assert from_csv(formats.as_csv(data), described) == rows
    assert from_json(formats.rows_json(data), described) == rows


@untimed
@given(st.sampled_from(["", " ", "'", "\n", "x"]), st.sampled_from(list("=+-@\t\r\n\x00＝＋－＠")) | words, words)
def test_no_cell_of_text_is_a_formula(blank: str, start: str, rest: str) -> None:
    cell = blank + start + rest
    data = built_from(
        [{name: None for name in COLUMNS} | {"words": cell, "items": [cell.replace(";", ",")] * 2, "number": -1.5, "whole": -2}]
    )
    _, row = csv.reader(io.StringIO(formats.as_csv(data).decode(), newline=""))
    for written in [row[0], *row[5].split(";")]:
        assert not re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\x00-\x1f\x7f-\x9f]", written)
    assert row[1:3] == ["-2", "-1.5"], "numbers stay numbers"
    assert text(row[0]) == cell


def test_a_list_that_cannot_be_joined_is_refused() -> None:
    with pytest.raises(Refused, match=r"charts\.example: a list has the item 'a;b'"):
        formats.as_csv(built_from([{name: None for name in COLUMNS} | {"items": ["a;b"]}]))


def test_a_number_that_is_not_finite_is_refused(own) -> None:
    own.execute("update charts.bilateral_trade set change_pct = 'inf'::double where basis = 'CEPII BACI'")
    with pytest.raises(Refused, match=r"charts\.bilateral_trade: column change_pct .* not finite .*CEPII BACI"):
        dataset.read(own, "charts.bilateral_trade", RELEASE)


def test_hostile_names_change_nothing_but_their_cell(own, tmp_path: Path) -> None:
    name = """=HYPERLINK("x"),<script>alert('1')</script>\r\n"""
    own.execute("update charts.naval_drills set name = ?", [name])
    export.write(own, tmp_path, RELEASE)
    columns = metadata(tmp_path, "naval_drills")["columns"]
    content = (tmp_path / "charts" / "naval_drills.csv").read_bytes()
    assert {row["name"] for row in from_csv(content, columns)} == {name}
    assert b",\"'=HYPERLINK(" in content
    assert {row["name"] for row in json.loads((tmp_path / "charts" / "naval_drills.json").read_text("utf-8"))} == {name}
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])


@pytest.mark.parametrize("name", NAMES)
def test_metadata_answers_what_a_reader_asks(name: str, out: Path, built: Path) -> None:
    m = metadata(out, name)
    for field in ("title", "description", "unit", "counting_rule", "how_to_read", "not_shown", "citation"):
        assert m[field].strip(), field
    assert all(c["description"] for c in m["columns"])
    assert m["coverage"]["rows"] == m["coverage"]["dyads"]["CHN-RUS"] and m["coverage"]["note"] is None
    assert m["coverage"]["first"] <= m["coverage"]["last"]
    assert m["files"] == sorted(path.name for path in (out / "charts").glob(f"{name}.*"))
    with connect(built.parent) as con:
        cited = con.execute(f"select count(distinct id) from (select unnest(evidence) as id from charts.{name})").fetchone()
    assert (sum(origin["figures"] for origin in m["origins"]),) == cited
    assert all(origin["citation"] and origin["licence"] and origin["url"] for origin in m["origins"])
    assert len(m["description_key"]) == 4 and all(m[field] in " ".join(m["description_key"]) for field in ("counting_rule", "how_to_read"))


def test_who_drew_the_land_of_a_map_is_cited_everywhere(out: Path) -> None:
    maps = {"naval_drills", "bloc_membership"}
    drawn = {name: [o["figures"] for o in metadata(out, name)["origins"] if o["source"] == "naturalearth_land"] for name in NAMES}
    assert drawn == {name: [0] if name in maps else [] for name in NAMES}, "cited by the maps alone, and no figure is counted from it"
    resources = json.loads((out / "datapackage.json").read_text("utf-8"))["resources"]
    catalog = json.loads((out / "catalog.jsonld").read_text("utf-8"))["dataset"]
    assert {r["name"] for r in resources if any("Natural Earth" in s["citation"] for s in r["sources"])} == maps
    assert {d["alternateName"] for d in catalog if any("Natural Earth" in cited for cited in d["citation"])} == maps


@pytest.mark.parametrize("name", NAMES)
def test_processing_leads_down_to_snapshots(name: str, out: Path) -> None:
    m = metadata(out, name)
    listed = [step["table"] for step in m["processing"]]
    assert len(listed) == len(set(listed))
    assert {read for step in m["processing"] for read in step["reads"]} <= set(listed)
    assert all(step["sql"] for step in m["processing"] if step["table"].split(".")[0] in ("core", "charts", "claims"))
    files = {file["file"]: file["sha256"] for step in m["processing"] for file in step.get("files", [])}
    cited = {origin["source"] for origin in m["origins"]}
    assert cited <= {file.split("/")[1] for file in files}
    root = Path(__file__).parents[3]
    assert all(hashlib.sha256((root / file).read_bytes()).hexdigest() == sha256 for file, sha256 in files.items())


def test_a_flipped_bit_in_a_page_of_parquet_is_found(out: Path, tmp_path: Path) -> None:
    body = bytearray((out / "charts" / "bilateral_trade.parquet").read_bytes())
    column = pq.ParquetFile(out / "charts" / "bilateral_trade.parquet").metadata.row_group(0).column(0)
    body[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    (tmp_path / "flipped.parquet").write_bytes(body)
    with pytest.raises(OSError, match="CRC checksum"):
        pq.read_table(tmp_path / "flipped.parquet", page_checksum_verification=True)


def test_parquet_says_what_it_holds(out: Path) -> None:
    schema = pq.read_schema(out / "charts" / "trade_dependence.parquet")
    described = {key.decode(): content.decode() for key, content in schema.metadata.items()}
    assert described["release"] == RELEASE["release"]
    assert described["title"] == "Weight of each state in the other's trade"
    assert "ASEAN" in described["counting_rule"]
    assert json.loads(described["primary_key"]) == ["dyad", "year", "country", "rule", "is_mirror"]
    assert {origin["source"] for origin in json.loads(described["origins"])} >= {"imf_dots", "gacc_country_table"}
    columns = {c.name: c for c in render.columns(registry.MODELED["charts.trade_dependence"])}
    assert schema.field("share_pct").metadata == {b"description": columns["share_pct"].description.encode(), b"unit": b"%"}
    assert not schema.field("trade_usd").nullable and schema.field("rank").nullable and schema.field("share_pct").nullable


def test_data_package_is_valid_and_its_rows_fit_their_types(out: Path) -> None:
    package = Package(str(out / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["title", "message"])
    drill = next(row for row in package.get_resource("naval_drills").read_rows() if row["exercise_id"] == "joint-sea-2017-i")
    assert (drill["seas"], drill["start_date"], drill["latitude"]) == (["Baltic Sea"], dt.date(2017, 7, 21), Decimal("55.2"))


@pytest.mark.parametrize("damage", [lambda b: b.replace(b",2017,", b",soon,"), lambda b: b + b.splitlines(keepends=True)[-1]])
def test_data_package_finds_damage(damage, out: Path, tmp_path: Path) -> None:
    shutil.copytree(out, tmp_path / "copy")
    path = tmp_path / "copy" / "charts" / "naval_drills.csv"
    path.write_bytes(damage(path.read_bytes()))
    assert not Package(str(tmp_path / "copy" / "datapackage.json")).validate().valid


def test_every_stated_size_and_digest_is_the_files(out: Path) -> None:
    resources = json.loads((out / "datapackage.json").read_text("utf-8"))["resources"]
    stated = {f["path"]: (f["bytes"], f["hash"].removeprefix("sha256:")) for r in resources for f in [r, *r["alternates"]]}
    downloads = [d for s in json.loads((out / "catalog.jsonld").read_text("utf-8"))["dataset"] for d in s["distribution"]]
    assert {d["contentUrl"] for d in downloads} == {f"charts/{name}.{suffix}" for name in NAMES for suffix in ("csv", "parquet", "json")}
    assert set(stated) < {d["contentUrl"] for d in downloads}
    stated |= {d["contentUrl"]: (int(d["contentSize"].removesuffix(" B")), d["sha256"]) for d in downloads}
    for path, size_and_digest in stated.items():
        content = (out / path).read_bytes()
        assert size_and_digest == (len(content), hashlib.sha256(content).hexdigest())


def test_catalog_names_what_search_engines_ask_for(out: Path) -> None:
    catalog = json.loads((out / "catalog.jsonld").read_text("utf-8"))
    assert (catalog["@context"], catalog["@type"]) == ("https://schema.org/", "DataCatalog")
    assert [described["alternateName"] for described in catalog["dataset"]] == NAMES
    for described in catalog["dataset"]:
        assert described["@type"] == "Dataset" and 50 <= len(described["description"]) <= 5000
        assert described["license"] and described["citation"] and described["creator"] and described["temporalCoverage"]


def test_repetition_gives_equal_bytes(out: Path, built: Path, tmp_path: Path) -> None:
    with connect(built.parent) as con:
        written = export.write(con, tmp_path, RELEASE)
    assert len([path for path in written if path.parent.name != "evidence"]) == 4 * len(NAMES) + 3
    assert [path.name for path in written if path.read_bytes() != (out / path.relative_to(tmp_path)).read_bytes()] == []


def test_dataset_without_rows_is_exported_and_says_so(own, tmp_path: Path) -> None:
    own.execute("delete from charts.naval_drills")
    export.write(own, tmp_path, RELEASE)
    m = metadata(tmp_path, "naval_drills")
    assert m["coverage"] == {
        "first": None, "last": None, "rows": 0, "dyads": {"CHN-RUS": 0}, "note": "Outside coverage, hence no rows: CHN-RUS.",
    }  # fmt: skip
    assert m["origins"] == []
    charts = tmp_path / "charts"
    assert from_csv((charts / "naval_drills.csv").read_bytes(), m["columns"]) == []
    assert json.loads((charts / "naval_drills.json").read_text("utf-8")) == []
    assert pq.read_table(charts / "naval_drills.parquet").num_rows == 0
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])
    with zipfile.ZipFile(export.bundle(tmp_path, RELEASE)) as archive:
        assert "Outside coverage" in archive.read(f"dyad-{RELEASE['release']}/README.txt").decode()


def test_every_cited_line_is_on_the_page_of_its_file(out: Path, built: Path) -> None:
    with connect(built.parent) as con:
        cited = con.execute(
            "select distinct file, snapshot_sha256, first_line, last_line from core.evidence "
            "where evidence_id in (select unnest(evidence) from charts.naval_drills union all select unnest(evidence) from charts.trade_dependence)"
        ).fetchall()
        name = con.execute("select name from raw.exercise where line = 2").fetchone()[0]
    pages = {lines.address(file, sha256): (file, sha256) for file, sha256, *_ in cited}
    texts = {page: (out / page).read_text("utf-8") for page in pages}
    for file, sha256, first, last in cited:
        text = texts[lines.address(file, sha256)]
        assert f'id="L{first}"' in text and f'id="L{last}"' in text and sha256 in text, (file, first)
    [exercises] = [text for page, text in texts.items() if "dyad_exercises" in page]
    assert f"<td>{html.escape(name)}</td>" in exercises


def test_hostile_words_stay_text_on_the_page_of_lines(own, tmp_path: Path) -> None:
    own.execute("update raw.exercise set name = '<script>alert(1)</script>'")
    written = lines.write(own, tmp_path)
    assert not [path for path in written if "<script" in path.read_text("utf-8")]


def test_archive_equals_the_files(out: Path, tmp_path: Path) -> None:
    shutil.copytree(out, tmp_path / "copy")
    (tmp_path / "copy" / "charts" / "naval_drills.svg").write_text("<svg/>")
    archive = export.bundle(tmp_path / "copy", RELEASE)
    once = archive.read_bytes()
    os.utime(tmp_path / "copy" / "claims.md", (0, 0))
    (tmp_path / "copy" / "claims.md").chmod(0o600)
    assert export.bundle(tmp_path / "copy", RELEASE).read_bytes() == once
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert {(entry.date_time, entry.external_attr >> 16) for entry in opened.infolist()} == {((1980, 1, 1, 0, 0, 0), 0o644)}
        members = {name.removeprefix(f"dyad-{RELEASE['release']}/"): opened.read(name) for name in opened.namelist()}
    readme = members.pop("README.txt").decode()
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file() and path != archive]
    assert members == {path.relative_to(tmp_path / "copy").as_posix(): path.read_bytes() for path in files}
    assert all(name in readme for name in NAMES) and "World Bank" in readme and RELEASE["release"] in readme
