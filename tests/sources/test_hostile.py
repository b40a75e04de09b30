"""Test that hostile bytes end in a refusal of their source, in time and memory proportional to their size."""

import csv
import random
import re
import resource
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import Refused, Unusable
from sources import snapshot
from sources.live import http
from sources.live.parsing import parse_answer
from sources.reading import table
from sources.reading.html import cells
from tests.support import hostile
from warehouse import models
from warehouse.connect import connect
from warehouse.release import trace

NAMES = [
    *hostile.CONNECTORS, "drop folder", "snapshot file", "source folder", "store manifest", "answer's outside", "key of a row", "command line",
]  # fmt: skip
CASES = 150  # at every entrance; the long campaign's are in tests/README.md

NESTED = b"[" * 100_000 + b"]" * 100_000
WIDE = b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n" + b"," * 999_999 + b"\n"
BOMBS = {
    "nested JSON": NESTED,
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a million columns": WIDE,
    "a million columns of one name": b"a," * 999_999 + b"a\n",
    "a cell of a megabyte": b'"' + b"x" * 1_000_000 + b'"\n1\n',
    "an open quote": b'a,b\n"' + b"x\n" * 500_000,
    "NUL bytes": b"\x00" * 1_000_000,
    "lone surrogates": b'["\\ud800"]',
    "surrogates in UTF-8": b"a\n\xed\xa0\x80\n",
    "a number of a thousand digits": b"[" + b"9" * 1000 + b"]",
    "a number of a million digits": b"[" + b"9" * 1_000_000 + b"]",
    "open tags": b"<td>" * 100_000,
    "an open declaration": b"<![" + b"x" * 100_000,
    "nothing": b"",
}


@pytest.fixture(scope="module")
def entrances(built: Path) -> Iterator[dict[str, tuple[hostile.Entrance, list[bytes]]]]:
    with connect(built.parent) as con:
        yield hostile.entrances(con)


def test_every_entrance_is_tried(entrances: dict) -> None:
    assert list(entrances) == NAMES


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**64))
def test_spoiled_bytes_are_served_or_refused(name: str, seed: int, entrances: dict) -> None:
    enter, honest = entrances[name]
    rng = random.Random(seed)  # noqa: S311  # Hypothesis shrinks the seed
    enter(hostile.spoiled(rng.choice(honest), rng))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=200))
def test_any_bytes_are_served_or_refused(name: str, body: bytes, entrances: dict) -> None:
    enter, _ = entrances[name]
    enter(body)


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_little_memory(bomb: str, entrances: dict, tmp_path: Path) -> None:
    """Every parser and reader; the memory that the process ever used grows by less than a frame of a million columns would."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for source, connector in hostile.CONNECTORS.items():
        request, _ = hostile.honest()[source]
        with pytest.raises(Refused) as caught:
            parse_answer(connector, request, BOMBS[bomb])
        assert len(str(caught.value)) < 2000 and "\n" not in str(caught.value)
    path = tmp_path / "exercise.csv"
    path.write_bytes(BOMBS[bomb])
    file = snapshot.SnapshotFile("s", "exercise", "s/snapshot/exercise.csv", path, "")
    if bomb not in ("a cell of a megabyte", "an open quote", "surrogates in UTF-8"):
        with pytest.raises(Refused):
            snapshot.read(file)
    hostile.dropped(BOMBS[bomb])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000  # KiB


@pytest.mark.parametrize("bomb", ["a cell of a megabyte", "surrogates in UTF-8"])
def test_a_cell_too_long_and_bytes_that_are_no_text_are_refused(bomb: str, tmp_path: Path) -> None:
    path = tmp_path / "exercise.csv"
    path.write_bytes(BOMBS[bomb])
    csv.field_size_limit(1 << 30)  # as another library in the process may do
    with pytest.raises(Refused, match="s/snapshot/exercise.csv: (not readable as CSV|byte 2 is not UTF-8)"):
        snapshot.read(snapshot.SnapshotFile("s", "exercise", "s/snapshot/exercise.csv", path, ""))


def test_an_archive_is_never_unpacked(tmp_path: Path) -> None:
    """A member that climbs out and a gigabyte in a megabyte are bytes like any others: kept, listed, not opened."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../escaped.csv", "x")
        archive.writestr("zeros.csv", bytes(100_000_000))
    assert path.stat().st_size < 1_000_000
    assert http.format_problem(path, "zip") == ""
    assert not (tmp_path.parent.parent / "escaped.csv").exists()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("value", ["1_000", "٣", "１", True, "0x10", "1e999", "nan", "Infinity", 10**400, None, [], "", "1,5"])
def test_what_only_python_takes_for_a_number_is_refused(value: object) -> None:
    with pytest.raises(Refused, match="^here: "):
        table.number(value, "here")


@pytest.mark.parametrize("field", ["refYear", "motCode"])
def test_an_infinite_year_or_code_is_refused(field: str) -> None:
    """JSON as Python reads it knows Infinity, which is no whole number."""
    request, body = hostile.honest()["un_comtrade"]
    spoiled = re.sub(rb'("%s": )[^,]+' % field.encode(), rb"\1Infinity", body)
    assert spoiled != body
    with pytest.raises(Refused, match=f"{field}: 'inf' is not a finite number"):
        parse_answer(hostile.CONNECTORS["un_comtrade"], request, spoiled)


@pytest.mark.parametrize("value", ["12", " 12 ", "-1.5e3", 12, 0.5])
def test_numbers_are_read(value: object) -> None:
    assert table.number(value, "here") == float(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["'; drop table charts.claims; --", "' or '1'='1", '"', "\x00", "\ud800", "%", "S/2007/14' --", "🂡" * 1000]
)
@pytest.mark.parametrize("place", range(3))
def test_a_key_is_never_read_as_sql(text: str, place: int, built: Path) -> None:
    words = ["security_council_vetoes", "CHN-RUS", "S/2007/14"]
    words[place] = text
    with connect(built.parent) as con:
        with pytest.raises(Unusable):
            trace.trace(con, words[0], words[1:])
        assert con.execute("select count(*) from charts.claims").fetchone() == (len(models.claims()),)


def test_identifiers_with_quotes_are_quoted() -> None:
    from schemas.render import Column, ddl
    from schemas.sql import quoted

    with duckdb.connect() as con:
        con.execute(ddl("t", [Column("a", "VARCHAR", True, "o'clock", "it's")], "'; drop table t; --"))
        assert con.execute("select comment from duckdb_tables()").fetchone() == ("'; drop table t; --",)
        assert con.execute(f"select {quoted(chr(39) * 3)}").fetchone() == ("'''",)


def test_pages_that_break_the_parser_are_refused() -> None:
    with pytest.raises(Refused, match="the page is truncated or damaged"):
        cells("<table><tr><td>x<![x[")


def test_a_formula_stays_text() -> None:
    """A cell that a spreadsheet would run is kept as it came, for the export to guard."""
    request, body = hostile.honest()["undl_sc_votes"]
    spoiled = body.replace(b"Agenda", b"=cmd|' /C calc'!A0")
    rows = parse_answer(hostile.CONNECTORS["undl_sc_votes"], request, spoiled).rows
    assert set(rows["agenda_item"]) == {"=cmd|' /C calc'!A0"}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("coverage", "all", "coverage"), ("license", "x", "license"), ("url", "[1]", "url"), ("cadence_days", "often", "cadence_days"),
     ("coverage", "{first: 2014-01-01, note: x}", "coverage.last"), ("license", "{name: [1], bulk: true}", "license.name"), ("license", "{name: x}", "license.bulk"),
     ("license", "{name: x, bulk: maybe}", "license.bulk")],
)  # fmt: skip
def test_a_field_of_another_kind_is_refused(key: str, value: str, message: str, tmp_path: Path):
    folder = tmp_path / "fcs_russia"
    shutil.copytree(snapshot.BUNDLED / "fcs_russia", folder)
    text = (folder / "origin.yaml").read_text("utf-8")
    (folder / "origin.yaml").write_text(re.sub(rf"(?ms)^{key}:.*?(?=^\S)", f"{key}: {value}\n", text + "end:\n"), "utf-8")
    with pytest.raises(Refused, match=f"fcs_russia/origin.yaml: {message}: wrong type"):
        snapshot.sources(tmp_path)


def test_a_stray_quote_and_a_cell_of_two_lines_are_refused_by_line(tmp_path: Path):
    """Neither may swallow the lines after it, nor move the numbers by which lines are cited."""
    for text, message in (
        ('a,b\n1,"x\n2,y\n3,z\n', "line 2|unexpected end"),
        ('a,b\n1,"x\ny"\n3,z\n', "line 2: a cell continues on the next line"),
    ):
        path = tmp_path / "t.csv"
        path.write_text(text, "utf-8")
        with pytest.raises(Refused, match=message):
            snapshot.read(snapshot.SnapshotFile("s", "t", "s/snapshot/t.csv", path, ""))
    with pytest.raises(Refused, match="unexpected end of data"):
        table.csv_rows(b'a,b\n1,"x\n2,y\n3,z\n', ["a", "b"])
