"""Test bulk archives: landing, resuming, and refusals that leave other members intact."""

import datetime as dt
import hashlib
import json
import os
import subprocess
import zipfile
from pathlib import Path

import duckdb
import pytest

from schemas.errors import Refused, Unusable
from schemas.world import BACI_RULES, BETWEEN_STATES
from sources.live import clock
from tests.support import baci, power_cut
from warehouse.memory import memory_limit
from warehouse.world import editions, file_format, ingest
from warehouse.world.archive import members as archive_of
from warehouse.world.ingest import ingest as land_archive

YEARS = range(2019, 2023)
ROWS = 2000


def member(year: int) -> str:
    return f"BACI_HS92_Y{year}_V202601.csv"


@pytest.fixture
def folder(tmp_path) -> Path:
    return baci.write(tmp_path / "BACI_HS92_V202601", ROWS, YEARS)


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def rows(release, sql="select * from {} order by all"):
    return duckdb.sql(sql.format(f"read_parquet({release.files()})")).fetchall()


def edit(path: Path, change) -> None:
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", "utf-8")


def replace_cell(line: str, position: int, value: str) -> str:
    cells = line.split(",")
    return ",".join([*cells[:position], value, *cells[position + 1 :]])


@pytest.mark.parametrize("packed", [True, False])
def test_what_a_system_leaves_in_an_archive_is_no_member(packed, folder, tmp_path):
    for name in ("._country_codes_V202601.csv", ".DS_Store", "desktop.ini"):
        (folder / name).write_bytes(b"\xff")
    expected = sorted(p.name for p in folder.iterdir() if p.name[0] != "." and p.name != "desktop.ini")
    path = folder
    if packed:
        path = tmp_path / "again.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in folder.iterdir():
                archive.write(file, file.name)
            archive.writestr("__MACOSX/._country_codes_V202601.csv", b"\xff")
    assert [m.name for m in archive_of(path)] == expected


def test_what_lands_is_what_the_archive_says(folder, home):
    landed = land_archive(folder, home)
    expected = []
    for year in YEARS:
        for line in (folder / member(year)).read_text("utf-8").splitlines()[1:]:
            t, i, j, k, v, q = line.split(",")
            expected.append((int(t), int(i), int(j), k, float(v), None if q.strip() == "NA" else float(q)))
    found = [(*row[:4], float(row[4]), None if row[5] is None else float(row[5])) for row in rows(landed)]
    assert found == sorted(expected, key=lambda r: r[:4])
    assert any(k.startswith("0") for *_, k, _, _ in found) and any(q is None for *_, q in found)
    assert {f.split("/")[0] for m in landed.members for f in m.files} == {f"year={y}" for y in YEARS}


def test_digits_below_a_dollar_are_rounded_and_na_is_missing_on_either_side_of_blanks(folder, home):
    cells = {1: (4, "1.23456"), 2: (5, "NA   "), 3: (5, " " * 20 + "NA"), 4: (5, "0.0010000000474974513")}
    edit(folder / member(2020), lambda lines: [replace_cell(line, *cells[n]) if n in cells else line for n, line in enumerate(lines)])
    figures = "select value_thousand_usd::double, quantity_tonnes::double from {} where year = 2020"
    first, second, third, fourth = rows(land_archive(folder, home), figures)[:4]
    assert (first[0], second[1], third[1], fourth[1]) == (1.235, None, None, 0.001)


def test_a_zip_lands_what_its_folder_does(folder, home, tmp_path):
    zipped = baci.write(tmp_path / "BACI_HS92_V202601.zip", ROWS, YEARS)
    a, b = land_archive(folder, home), land_archive(zipped, tmp_path / "other")
    assert rows(a) == rows(b)
    assert [m.sha256 for m in a.members] == [m.sha256 for m in b.members]
    assert not any((tmp_path / "other" / "temp").iterdir())


def test_both_header_generations_delimiters_and_unsorted_rows_are_read(home, tmp_path):
    new = land_archive(baci.write(tmp_path / "new", ROWS, YEARS), home)
    old = baci.write(tmp_path / "old", ROWS, YEARS, delimiter=";", old=True)
    edit(old / member(2020), lambda lines: [lines[0], *reversed(lines[1:])])
    old = land_archive(old, tmp_path / "other")
    assert rows(new) == rows(old)
    assert rows(new, "select * from {}") == rows(old, "select * from {}")
    assert new.codes == old.codes


def test_a_landed_release_is_not_read_again(folder, home, monkeypatch):
    first = land_archive(folder, home)
    monkeypatch.setattr(ingest, "land", lambda *_: pytest.fail("read again"))
    assert land_archive(folder, home) == first


def test_an_interrupted_ingest_resumes_at_the_member(folder, home, monkeypatch):
    land, read = ingest.land, []

    def stops(*how):
        if how[-1].name == member(2021):
            raise KeyboardInterrupt
        return land(*how)

    def counts(*how):
        read.append(how[-1].name)
        return land(*how)

    monkeypatch.setattr(ingest, "land", stops)
    with pytest.raises(KeyboardInterrupt):
        land_archive(folder, home)
    assert editions.landed(home) == []
    with next(editions.store(home).glob("*/progress.jsonl")).open("a", encoding="utf-8") as log:
        log.write('{"name": "cut off')  # a kill in the middle of a line
    monkeypatch.setattr(ingest, "land", counts)
    whole = land_archive(folder, home)
    assert set(read) <= {member(2021), member(2022)} and member(2021) in read
    assert sum(m.rows for m in whole.members) == len(rows(whole)) == whole_rows(folder)


def test_a_landed_file_that_changed_or_is_gone_is_reported(folder, home):
    land_archive(folder, home)
    assert editions.damage(home) == []
    gone, changed = sorted(editions.store(home).glob("*/year=20[12]*/*.parquet"))[:2]
    gone.unlink()
    changed.write_bytes(changed.read_bytes()[:-1] + b"?")
    assert [line.split(";")[0] for line in editions.damage(home)] == [f"{gone}: missing", f"{changed}: damaged"]
    manifest = gone.parent.parent / "manifest.json"
    landed = json.loads(manifest.read_text("utf-8"))
    for member in landed["members"]:
        del member["digests"]
    manifest.write_text(json.dumps(landed), "utf-8")
    assert sum("landed without a digest" in line for line in editions.damage(home)) == len(YEARS) - 1
    land_archive(folder, home)
    assert editions.damage(home) == []
    manifest.write_text("{", "utf-8")
    assert [line.split(";")[0] for line in editions.damage(home)] == [f"{manifest}: damaged"]


def test_a_power_cut_takes_nothing_from_a_landed_edition(folder, home, monkeypatch):
    recorded = power_cut.Recorder(home, monkeypatch)
    landed = land_archive(folder, home)
    assert recorded.lost() == []
    assert {landed.folder / "progress.jsonl", landed.folder / "manifest.new"} < recorded.synced


def test_members_whose_files_are_gone_are_read_again(folder, home, monkeypatch):
    land = ingest.land
    monkeypatch.setattr(ingest, "land", lambda *how: land(*how) if how[-1].name < member(2021) else pytest.fail("stop"))
    with pytest.raises(pytest.fail.Exception):
        land_archive(folder, home)
    next(editions.store(home).glob("*/year=2019/*.parquet")).unlink()
    monkeypatch.setattr(ingest, "land", land)
    assert len(rows(land_archive(folder, home))) == whole_rows(folder)


def test_a_corrected_code_list_judges_every_member_again(folder, home):
    codes = folder / "country_codes_V202601.csv"
    edit(codes, lambda lines: [line for line in lines if not line.startswith("4,")])
    reported = [line for m in land_archive(folder, home).members for line in m.reported]
    assert any("found 4" in line for line in reported)
    edit(codes, lambda lines: [*lines, "4,Afghanistan,AF,AFG"])
    corrected = land_archive(folder, home)
    assert [line for m in corrected.members for line in m.reported] == [] and (4, "Afghanistan", "AFG") in corrected.codes.countries
    assert editions.landed(home) == [corrected]


@pytest.mark.parametrize(
    ("named", "other"),
    [
        ("product_codes_HS92_V202601.csv", "product_codes_HS22_V202601.csv"),
        ("country_codes_V202601.csv", "country_codes_V202401.csv"),
    ],
)
def test_a_code_list_of_another_edition_or_revision_is_refused(folder, home, named, other):
    (folder / named).rename(folder / other)
    with pytest.raises(Refused, match=f"{other} belongs to .* but BACI_HS92_Y20.* belongs to HS92 V202601; download the archive again"):
        land_archive(folder, home)


def test_a_code_list_that_is_no_utf8_is_refused_by_its_byte(folder, home):
    (folder / "country_codes_V202601.csv").write_bytes("country_code,country_name\n4,Curaçao\n".encode("latin-1"))
    with pytest.raises(Refused, match="country_codes_V202601.csv: byte 32 is not UTF-8"):
        land_archive(folder, home)


@pytest.mark.parametrize("code", ["4" * 50, "", "4.0", "-4", "AFG"])
def test_a_country_code_that_is_no_number_of_three_digits_is_refused(folder, home, code):
    edit(folder / "country_codes_V202601.csv", lambda lines: [*lines, f"{code},Nowhere,NW,NWH"])
    with pytest.raises(Refused, match="a code list has an unexpected structure: country_code"):
        land_archive(folder, home)


def test_years_that_another_folder_landed_stay(folder, home, tmp_path):
    whole, lines = land_archive(folder, home), []
    one = baci.write(tmp_path / "one", 500, range(2023, 2024))
    release = land_archive(one, home, report=lines.append)
    assert [m.year for m in release.members] == [*YEARS, 2023] and release.members[:4] == whole.members
    assert "4 others stay" in lines[0]


def test_what_the_dead_left_in_temp_is_removed(folder, home):
    gone = subprocess.Popen(["true"])
    gone.wait()
    for pid in (gone.pid, os.getppid()):
        (home / "temp" / f"bulk-{pid}").mkdir(parents=True)
    land_archive(folder, home)
    assert [path.name for path in (home / "temp").iterdir()] == [f"bulk-{os.getppid()}"]


def test_too_little_memory_is_no_fault_of_the_data(home, tmp_path, monkeypatch):
    monkeypatch.setenv("DYAD_MEMORY_LIMIT", "1MB")
    with pytest.raises(Unusable, match="the limit is 1MB: raise DYAD_MEMORY_LIMIT"):
        land_archive(baci.write(tmp_path / "BACI_HS92_V202601", 50_000, YEARS), home)


def whole_rows(folder: Path) -> int:
    return sum(len((folder / member(y)).read_text("utf-8").splitlines()) - 1 for y in YEARS)


def test_a_new_year_reads_only_its_member(folder, home, monkeypatch, tmp_path):
    land_archive(folder, home)
    (folder / member(2023)).write_bytes(baci.text(baci.year(2023, 500)))
    land, read = ingest.land, []
    monkeypatch.setattr(ingest, "land", lambda *how: (read.append(how[-1].name), land(*how))[1])
    assert len(land_archive(folder, home).members) == 5
    assert read == [member(2023)]


def five_digits(lines):
    return [*lines[:4], replace_cell(lines[4], 3, "10620"), *lines[5:]]


def other_year(lines):
    return [*lines[:4], replace_cell(lines[4], 0, "2031"), *lines[5:]]


def twice(lines):
    return [*lines[:4], lines[3], *lines[4:]]


def a_word(lines):
    return [*lines[:4], replace_cell(lines[4], 4, "many"), *lines[5:]]


def a_code_with_a_fraction(lines):
    return [*lines[:4], replace_cell(lines[4], 1, "4.4"), *lines[5:]]


def a_year_with_a_fraction(lines):
    return [*lines[:4], replace_cell(lines[4], 0, "2021.3"), *lines[5:]]


def a_code_of_five_digits(lines):
    return [*lines[:4], replace_cell(lines[4], 2, "40000"), *lines[5:]]


def no_number_before_na(lines):
    return [*lines[:4], replace_cell(lines[4], 5, "12NA"), *lines[5:]]


def a_product_unknown(lines):
    return [*lines[:4], replace_cell(lines[4], 3, "NA"), *lines[5:]]


def an_empty_line(lines):
    return [*lines[:4], "", *lines[4:]]


def a_cell_short(lines):
    return [*lines[:4], lines[4].rsplit(",", 1)[0], *lines[5:]]


def no_quantities(lines):
    return [line.rsplit(",", 1)[0] for line in lines]


def a_thousand_times(lines):
    return [lines[0], *(replace_cell(line, 4, str(float(line.split(",")[4]) * 1000)) for line in lines[1:])]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (five_digits, r"Y2021.*csv:5: column product_code: breaks the rule .str_matches\('\^\[0-9\]\{6\}\$'\)., found '10620'"),
        (other_year, r"Y2021.*csv:5: column year: breaks the rule .equal_to\(2021\)., found 2031"),
        (twice, r"Y2021.*csv:4: breaks the rule .the key is unique., found year 2021, exporter_code 4"),
        (a_word, r"Y2021.*csv:5: column value_thousand_usd: breaks the rule .the type is Float64., found 'many'"),
        (a_code_with_a_fraction, r"Y2021.*csv:5: column exporter_code: breaks the rule .the type is Int64., found '4.4'"),
        (a_year_with_a_fraction, r"Y2021.*csv:5: column year: breaks the rule .the type is Int64., found '2021.3'"),
        (a_code_of_five_digits, r"Y2021.*csv:5: column importer_code: breaks the rule .less_than_or_equal_to\(999\)., found '40000'"),
        (no_number_before_na, r"Y2021.*csv:5: column quantity_tonnes: breaks the rule .the type is Float64., found '12NA'"),
        (a_product_unknown, r"Y2021.*csv:5: column product_code: breaks the rule .a value is required."),
        (an_empty_line, r"Y2021.*csv:5: column year: breaks the rule .a value is required."),
        (a_cell_short, r"Y2021.*csv:5: "),
        (no_quantities, r"Y2021.*csv:1: column q: the column is required"),
        (a_thousand_times, r"Y2021.*: its total trade is .* times that of what was landed before: it is probably in another unit"),
    ],
)
def test_a_bad_member_is_refused_by_line_and_the_rest_is_kept(tmp_path, home, damage, message):
    before = land_archive(baci.write(tmp_path / "BACI_HS92_V202501", ROWS, YEARS, release="V202501"), home)
    kept = rows(before)
    folder = baci.write(tmp_path / "BACI_HS92_V202601", ROWS, YEARS)
    good = (folder / member(2021)).read_text("utf-8")
    edit(folder / member(2021), damage)
    with pytest.raises(Refused, match=message):
        land_archive(folder, home)
    assert editions.landed(home) == [before] and rows(before) == kept
    (folder / member(2021)).write_text(good, "utf-8")
    assert len(rows(land_archive(folder, home))) == whole_rows(folder)


@pytest.mark.parametrize(("cell", "rule"), [("4.5", "the type is Int64., found '4.5'"), ("", "a value is required.")])
def test_a_cell_that_cannot_be_read_is_not_called_missing_too(folder, home, cell, rule):
    edit(folder / member(2021), lambda lines: [*lines[:4], replace_cell(lines[4], 1, cell), *lines[5:]])
    with pytest.raises(Refused, match=rf"Y2021.*csv:5: column exporter_code: breaks the rule .{rule}; download it again\Z"):
        land_archive(folder, home)


def test_a_reissue_in_another_unit_does_not_replace_what_stands(folder, home):
    whole = land_archive(folder, home)
    for year in YEARS:
        edit(folder / member(year), a_thousand_times)
    with pytest.raises(Refused, match="it is probably in another unit"):
        land_archive(folder, home)
    assert editions.landed(home) == [whole] and len(rows(whole)) == whole_rows(folder)


def test_a_first_year_in_another_unit_is_not_held_against_the_next_alone(folder, home):
    good = (folder / member(2019)).read_text("utf-8")
    edit(folder / member(2019), a_thousand_times)
    with pytest.raises(Refused, match=r"Y2020.* times that of BACI_HS92_Y2019_V202601.csv: one of them is probably in another unit"):
        land_archive(folder, home)
    (folder / member(2019)).write_text(good, "utf-8")
    assert len(rows(land_archive(folder, home))) == whole_rows(folder)


def test_intra_national_flows_and_unknown_codes_are_reported_and_kept(folder, home):
    def change(lines):
        return [lines[0], "2021,4,4,011010,1.0,1.0", "2021,4,999,011010,1.0,1.0", "2021,4,999,999998,1.0,1.0", *lines[1:]]

    edit(folder / member(2021), change)
    landed = next(m for m in land_archive(folder, home).members if m.year == 2021)
    assert landed.reported == [
        f'{member(2021)}:3: column importer_code: breaks the rule "the publisher\'s list has the code", found 999 (and 1 more)',
        f"{member(2021)}:4: column product_code: breaks the rule \"the publisher's list has the code\", found '999998'",
        f'{member(2021)}:2: breaks the rule "{BETWEEN_STATES}", found exporter_code 4, importer_code 4',
    ]


def test_a_year_after_its_release_is_refused(folder, home):
    (folder / "BACI_HS92_Y2031_V202601.csv").write_text("t,i,j,k,v,q\n", "utf-8")
    with pytest.raises(Refused, match="the year 2031 is later than the edition V202601"):
        land_archive(folder, home)


def test_a_year_before_the_harmonized_system_is_refused(folder, home):
    edit(folder / member(2019), lambda lines: [lines[0], *(replace_cell(line, 0, "1950") for line in lines[1:])])
    (folder / member(2019)).rename(folder / member(1950))
    with pytest.raises(Refused, match=r"Y1950.*csv:2: column year: breaks the rule .greater_than_or_equal_to\(1988\)., found 1950"):
        land_archive(folder, home)


def test_a_year_in_two_members_is_refused(home, tmp_path):
    path = baci.write(tmp_path / "BACI_HS92_V202601.zip", ROWS, YEARS)
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr("copy/" + member(2021), zipped.read(member(2021)))
    with pytest.raises(Refused, match="both have the year 2021"):
        land_archive(path, home)


def damaged_zip(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def wrong_crc(path: Path) -> Path:
    with zipfile.ZipFile(path) as zipped:
        info = zipped.getinfo(member(2020))
        start = info.header_offset + 30 + len(info.filename) + 500
    data = bytearray(path.read_bytes())
    data[start] ^= 0xFF
    path.write_bytes(data)
    return path


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as zipped, zipped.open("BACI_HS92_Y2018_V202601.csv", "w") as file:
        for _ in range(300):
            file.write(bytes(1 << 20))
    return path


def lying_bomb(path: Path) -> Path:
    """Return an archive whose directory lists the member as small."""
    bomb(path)
    with zipfile.ZipFile(path) as zipped:
        size = zipped.getinfo("BACI_HS92_Y2018_V202601.csv").file_size
    data = path.read_bytes()
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (1 << 20).to_bytes(4, "little")))
    return path


def climbing(path: Path) -> Path:
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr("../../" + member(2018), "t,i,j,k,v,q\n")
    return path


def nameless(path: Path) -> Path:
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr(".", "t,i,j,k,v,q\n")
    return path


def another_method(path: Path) -> Path:
    """Return an archive whose directory lists a deflated member as packed by bzip2."""
    with zipfile.ZipFile(path) as zipped:
        info = zipped.getinfo(member(2020))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(info.filename.encode()))
    data[at + 10 : at + 12] = zipfile.ZIP_BZIP2.to_bytes(2, "little")
    path.write_bytes(data)
    return path


def no_utf8(path: Path) -> Path:
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr("é.txt", "x")
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xfe"))
    return path


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damaged_zip, "damaged archive"),
        (no_utf8, "damaged archive"),
        (wrong_crc, "Y2020.*is damaged"),
        (bomb, "Y2018.* would unpack to 0.3 GB"),
        (lying_bomb, "Y2018.*"),
        (climbing, "is not a file inside the archive"),
        (nameless, "member '.' is not a file inside the archive"),
        (another_method, "Y2020.* is compressed by method 12"),
    ],
)
def test_a_bad_archive_is_refused(home, tmp_path, damage, message):
    path = damage(baci.write(tmp_path / "BACI_HS92_V202601.zip", ROWS, YEARS))
    with pytest.raises(Refused, match=message):
        land_archive(path, home)
    assert editions.landed(home) == []
    assert not (tmp_path.parent / member(2018)).exists()


def test_no_archive_says_what_is_expected(home, tmp_path):
    with pytest.raises(Unusable, match="no such file"):
        land_archive(tmp_path / "nothing.zip", home)
    with pytest.raises(Unusable, match=r"x\.zip: File name too long; name an archive that can be read"):
        land_archive(tmp_path / ("x" * 300 + ".zip"), home)
    (tmp_path / "empty").mkdir()
    with pytest.raises(Unusable, match="no file name matches BACI's pattern"):
        land_archive(tmp_path / "empty", home)


def test_every_bad_member_is_named_at_once(folder, home):
    edit(folder / member(2020), five_digits)
    edit(folder / member(2021), a_word)
    with pytest.raises(Refused, match=r"(?s)Y2020.*'10620'.*Y2021.*'many'"):
        land_archive(folder, home)
    assert not any(path.stem.startswith("manifest") for path in home.rglob("*.json"))


def test_a_year_under_another_name_takes_the_place_of_the_one_before(folder, home):
    whole = land_archive(folder, home)
    (folder / member(2021)).rename(folder / member(2021).replace(".csv", ".CSV"))
    renamed = land_archive(folder, home)
    assert [m.year for m in renamed.members] == list(YEARS) and rows(renamed) == rows(whole)


def test_the_file_format_gives_the_columns_that_the_model_declares():
    assert [cell.name for cell in file_format.COLUMNS.values()] == [column.name for column in BACI_RULES.columns]


def test_memory_has_a_limit_that_can_be_reported(monkeypatch, tmp_path):
    monkeypatch.delenv("DYAD_MEMORY_LIMIT", raising=False)
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < int(memory_limit().removesuffix("MiB")) <= machine // 2 // 2**20
    (tmp_path / "memory.max").write_text(f"{2**30}\n")
    monkeypatch.setattr("warehouse.memory.CGROUP_LIMITS", [str(tmp_path / "memory.max")])
    assert memory_limit() == "512MiB"
    monkeypatch.setenv("DYAD_MEMORY_LIMIT", "3GB")
    assert memory_limit() == "3GB"
    monkeypatch.setenv("DYAD_MEMORY_LIMIT", "much")
    with pytest.raises(Unusable, match="DYAD_MEMORY_LIMIT"):
        memory_limit()


def test_an_edition_is_read_on_a_day_of_utc(folder, home, monkeypatch):
    """As every answer of a publisher is."""
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 2, 28, 23, 59, tzinfo=dt.UTC))
    assert land_archive(folder, home).read_on == "2026-02-28"


def test_progress_says_how_much_is_left(folder, home):
    lines = []
    land_archive(folder, home, report=lines.append)
    assert len(lines) == len(YEARS) and "100%, about 0 s to go" in lines[-1]


def test_the_manifest_names_every_member_and_its_bytes(folder, home):
    landed = land_archive(folder, home)
    manifest = json.loads((landed.folder / "manifest.json").read_text("utf-8"))
    assert {m["name"]: m["sha256"] for m in manifest["members"]} == {
        member(y): hashlib.sha256((folder / member(y)).read_bytes()).hexdigest() for y in YEARS
    }
