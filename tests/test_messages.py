"""Test that MESSAGES.md matches the code, and that each message states what happened, where, and what to do."""

import re
from fnmatch import fnmatch
from pathlib import Path

from tests.messages import FILE, KINDS, collect, rendered
from tests.support.prose import unwanted

MESSAGES = collect()
PLACED_BY_THE_CALLER = (  # it puts the class, the file, or the source and its question before the message
    "schemas/table.py",
    "sources/live/drop_folder.py",
    "sources/live/http.py",
    "sources/reading/*.py",
    "sources/*/parse.py",
)
PLACE = re.compile(r"\{|`|--\w|\w/\w|\.\w+\b|[A-Z]+_[A-Z]+|\bthe (run|query)\b")
VERBS = """
    add ask begin cast check choose compare copy correct declare delete download drop fetch free give ingest install launch leave make move
    name open put raise remove rename request restore resume return run save see send set start stop try unpack use write
"""
ACTION = re.compile(
    rf"(^|[:;,.?] \(?|\b(and|or|then|first|it|to) )({'|'.join(VERBS.split())})\b"  # an order
    r"|`(dyad|make|pip|sha256sum) |chmod |flock "  # a command
    r"|\b(must|is one of|choose from|available|for example)\b",  # what is expected
    re.IGNORECASE,
)


def test_the_list_is_the_code_s() -> None:
    """After a change that is meant: `make docs`."""
    assert {m.kind for m in MESSAGES} == set(KINDS)
    assert FILE.read_text("utf-8") == rendered()


def test_a_message_names_its_place_and_what_to_do() -> None:
    acted_on = [m for m in MESSAGES if m.kind in ("refusal", "problem")]
    placed = [m for m in acted_on if PLACE.search(m.text) or any(fnmatch(m.file, files) for files in PLACED_BY_THE_CALLER)]
    assert [m for m in acted_on if m not in placed] == []
    assert [m for m in acted_on if not ACTION.search(m.text)] == []


def test_a_message_is_in_plain_words() -> None:
    assert [m for m in MESSAGES if unwanted(m.text) or m.text.rstrip().endswith(".")] == []


def test_a_statement_that_is_executed_is_no_message(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "a.py").write_text(
        "def check() -> Cause:\n    con.execute('detach before')\n    return 'no row: add one'\n", "utf-8"
    )
    assert [m.text for m in collect(tmp_path) if m.file == "warehouse/a.py"] == ["no row: add one"]
