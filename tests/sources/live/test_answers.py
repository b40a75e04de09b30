"""Test the store of answers: append-only, crash-safe, verified by hash."""

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Refused
from sources.connector import Request
from sources.live import answers, http
from sources.live.restore import stored_files

ASK = Request("growth", "https://host/data", {"x": "1"}, kind="economy_indicator")


def answer(home: Path, data: bytes, at: str = "2026-11-24T06:00:00+00:00") -> http.Answer:
    answers.incoming(home).mkdir(parents=True, exist_ok=True)
    path = answers.incoming(home) / "body"
    path.write_bytes(data)
    return http.Answer(200, {"etag": '"1"'}, path, hashlib.sha256(data).hexdigest(), len(data), at, "https://host/data?x=1")


def damage(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(b"[9]")


def test_a_row_says_what_was_asked_and_what_came(tmp_path):
    row = answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    (read,) = answers.manifest(tmp_path)
    assert read == row and read.request == ASK and read.url == "https://host/data?x=1" and read.day == "2026-11-24"
    assert answers.body(tmp_path, read) == b"[1]" and answers.latest(tmp_path, "wdi") == {"growth": row}


def test_equal_bytes_are_stored_once(tmp_path):
    for _ in range(2):
        answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    assert len(list(tmp_path.glob("snapshots/objects/*/*"))) == 1 and list(answers.incoming(tmp_path).glob("*")) == []


def test_a_damaged_object_is_replaced_by_the_same_answer(tmp_path):
    row = answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    damage(answers.path(tmp_path, row.sha256))
    answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    assert answers.verify(tmp_path) == [] and answers.path(tmp_path, row.sha256).stat().st_mode & 0o222 == 0


def test_objects_are_read_only(tmp_path):
    row = answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    assert answers.path(tmp_path, row.sha256).stat().st_mode & 0o222 == 0


def test_a_torn_last_line_was_never_written(tmp_path):
    answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    file = tmp_path / "snapshots/manifest.jsonl"
    whole = file.read_bytes()
    for cut in (1, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole + whole[:cut])
        assert len(list(answers.manifest(tmp_path))) == 1
    answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[2]"), 1)
    assert [answers.body(tmp_path, row) for row in answers.manifest(tmp_path)] == [b"[1]", b"[2]"]


def test_a_damaged_line_is_refused_with_its_number(tmp_path):
    answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    file = tmp_path / "snapshots/manifest.jsonl"
    file.write_bytes(b"{}\n" + file.read_bytes())
    with pytest.raises(Refused, match=r"manifest.jsonl:1: damaged"):
        list(answers.manifest(tmp_path))


@pytest.mark.parametrize(
    "odd",
    [
        {"bytes": "1"},
        {"fetched_at": None},
        {"fetched_at": "yesterday"},
        {"sha256": 1},
        {"request": []},
        {"request": {"name": "growth"}},
        {"more": 1},
    ],
)
def test_a_line_of_other_types_is_refused_with_its_number(tmp_path, odd):
    answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    file = tmp_path / "snapshots/manifest.jsonl"
    file.write_text(json.dumps(json.loads(file.read_text()) | odd) + "\n")
    with pytest.raises(Refused, match=r"manifest.jsonl:1: damaged"):
        list(answers.manifest(tmp_path))


def test_verify_reports_a_damaged_manifest_and_goes_on_to_the_bytes(tmp_path):
    row = answers.put(tmp_path, "wdi", ASK, answer(tmp_path, b"[1]"), 1)
    (tmp_path / "snapshots/manifest.jsonl").write_bytes(b"{}\n")
    damage(answers.path(tmp_path, row.sha256))
    manifest, body = answers.verify(tmp_path)
    assert "manifest.jsonl:1: damaged" in manifest and "damaged, its sha256 is" in body


def test_the_newest_refused_answers_of_each_question_are_kept(tmp_path):
    for day in range(9):
        for ask in (ASK, ASK._replace(name="growth-of-two")):
            answers.reject(tmp_path, "wdi", ask, answer(tmp_path, b"error of day %d" % day))
    aside = sorted(path.read_bytes() for path in tmp_path.glob("snapshots/rejected/*"))
    assert aside == sorted(2 * [b"error of day %d" % day for day in range(9 - answers.ASIDE, 9)])


def test_verify_finds_what_is_missing_and_what_is_damaged(tmp_path):
    one, two, _ = (answers.put(tmp_path, "wdi", ASK, answer(tmp_path, data), 1) for data in (b"[1]", b"[2]", b"[3]"))
    assert answers.verify(tmp_path) == []
    answers.path(tmp_path, one.sha256).unlink()
    damaged = answers.path(tmp_path, two.sha256)
    damage(damaged)
    missing, wrong = answers.verify(tmp_path)
    assert "missing; wdi growth of 2026-11-24" in missing and f"{damaged}: damaged" in wrong
    with pytest.raises(Refused, match="missing or damaged .wdi growth"):
        answers.body(tmp_path, two)


def test_a_live_file_is_verified_before_a_rebuild_reads_it(tmp_path):
    name = "live/wdi/2026-11-24/documents.csv"
    listed = {name: answers.keep_bytes(tmp_path, b"id\n1\n")}
    assert [file.name for file in stored_files(tmp_path, "wdi", listed)] == [name]
    for spoil in (damage, Path.unlink):
        spoil(answers.path(tmp_path, listed[name]))
        with pytest.raises(Refused, match=f"missing or damaged, {name} cannot be rebuilt: restore it from a backup"):
            list(stored_files(tmp_path, "wdi", listed))


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("ab"), st.binary(min_size=1, max_size=2)), max_size=30))
def test_as_of_any_day_the_vintages_say_what_the_last_answer_said(fetches):
    start = dt.date(2026, 1, 1)
    fetches = sorted(fetches, key=lambda f: f[0])
    rows = [
        answers.Row("s", Request(name, "u"), "u", 200, {}, f"{start + dt.timedelta(days=day)}T06:00:00+00:00", data.hex(), 1, 1)
        for day, name, data in fetches
    ]
    days = answers.vintages(iter(rows))
    for as_of in (str(start + dt.timedelta(days=n)) for n in range(10)):
        expected = {row.request.name: row.sha256 for row in rows if row.day <= as_of}
        found = {row.request.name: row.sha256 for day, dated in days.items() if day <= as_of for row in dated}
        assert found == expected
    for name in "ab":
        digests = [row.sha256 for dated in days.values() for row in dated if row.request.name == name]
        assert all(a != b for a, b in zip(digests, digests[1:], strict=False)), "a vintage differs from the one before"
