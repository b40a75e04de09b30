"""Test `dyad sql`: what it reads, how it prints, and a session typed at its prompt."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pexpect
import pytest

from pipelines.cli import results
from pipelines.cli.printing import Limits, print_csv, print_table
from pipelines.cli.prompt import is_complete

DYAD = Path(sys.executable).parent / "dyad"
README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("select 1", False), ("select 1;", True), ("select ';", False), ("select ';';", True), ("select 1; -- done", True),
        ("-- only a comment;", False), (".tables", True), ("exit", True), ("", True), ("select 1\nfrom x", False),
    ],
)  # fmt: skip
def test_enter_ends_a_whole_statement_alone(text: str, complete: bool) -> None:
    assert is_complete(text) == complete


def test_ctrl_c_stops_a_query_on_several_threads(capsys) -> None:
    """The main thread would not see the signal until its task has ended."""
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with duckdb.connect(config={"threads": 2}) as con, pytest.raises(KeyboardInterrupt):
        results.answer(con, "select 7 as n; select sum(a.range * b.range) from range(1000000) a, range(1000000) b", "table", Limits())
    assert capsys.readouterr().out == "n\n7\n"


def test_a_limited_table_counts_what_it_leaves_out(capsys) -> None:
    print_table(["a", "b", "c"], [(row, "x" * 90, "y" * 30) for row in range(9)], Limits(2, 50))
    assert capsys.readouterr().out.splitlines() == [
        "a" + "b".rjust(41) + " …",
        "0 " + "x" * 39 + "… …",
        "1 " + "x" * 39 + "… …",
        "(first 2 rows, 2 of 3 columns)",
    ]


def test_a_table_within_its_limits_is_whole(capsys) -> None:
    print_table(["a", "b"], [(1, 2), (3, 4)], Limits(2, 3))
    assert capsys.readouterr().out == "a b\n1 2\n3 4\n"


def test_csv_can_be_read_back(capsys) -> None:
    print_csv(["a", "b"], [(None, ["x", "y"]), (True, 'say "no", please')])
    assert capsys.readouterr().out == 'a,b\r\n,x;y\r\ntrue,"say ""no"", please"\r\n'


def test_a_query_comes_from_a_file_or_standard_input(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "query.sql"
    file.write_text("-- a comment; and more\nset variable n = 2;\nselect getvariable('n')\n  as n;", "utf-8")
    for words, typed in ((["-f", file, "--json"], ""), (["-", "--json"], file.read_text()), (["--json"], file.read_text())):
        done = subprocess.run([DYAD, "sql", *words], input=typed, env=os.environ, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == [{"n": 2}]


@pytest.mark.parametrize(
    ("words", "typed", "message"),
    [
        (["select 1", "-f", "{file}"], b"", "give one of them"),
        (["-f", "{file}"], b"", "is not valid UTF-8: save it as UTF-8"),
        (["-"], b"\xff", "is not valid UTF-8: save it as UTF-8"),
        (["select 1", "--csv", "--json"], b"", "choose one"),
        (["--cvs", "select 1"], b"", "no option --cvs: `dyad sql --help` lists the options"),
        (["select", "1"], b"", 'give one, in quotes, such as dyad sql "from charts.claims"'),
        (["select 1; select 2", "--csv"], b"", "2 statements of the query return rows, and csv prints one result: send one at a time"),
        ([], b"", "has no statements: write one"),
    ],
)
def test_a_wrong_use_is_one_line(words: list[str], typed: bytes, message: str, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "query.sql"
    file.write_bytes(b"\xff")
    done = subprocess.run([DYAD, "sql", *(word.format(file=file) for word in words)], input=typed, env=os.environ, capture_output=True)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1) and message in done.stderr.decode()


@pytest.fixture
def typist(home: Path) -> Iterator[pexpect.spawn]:
    """Start `dyad sql` in a terminal of 40 lines and 120 columns."""
    env = os.environ | {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "PAGER": "cat"}
    child = pexpect.spawn(str(DYAD), ["sql"], env=env, dimensions=(40, 120), encoding="utf-8", timeout=60)
    child.expect("Ctrl-D ends.*dyad>")
    yield child
    child.close(force=True)


def answer(typist: pexpect.spawn, typed: str, expected: str) -> None:
    typist.send(typed)
    typist.expect(expected)
    typist.expect(r"dyad>.*\x1b\[\?25h")  # the next prompt is drawn


def test_a_session_at_the_prompt(typist: pexpect.spawn, home: Path) -> None:
    [query] = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    answer(typist, query.strip().replace("\n", "\r") + "\r", "2023 +CHN +RUS ")
    answer(typist, "show tables;\r", "trade_composition")
    answer(typist, ".tables\r", "annual_trade")
    answer(typist, ".schema claims\r", "claim_id +VARCHAR")
    answer(typist, ".schema nothing\r", "no table nothing: write .schema")
    answer(typist, ".help\r", "clear the statement")
    answer(typist, "from core.trade_flow;\r", r"first 40 rows, \d+ of \d+ columns")
    answer(typist, ".mode csv\r", "csv")
    answer(typist, "select 1 as a, [1, 2] as b;\r", "1,1;2")
    answer(typist, ".mode nothing\r", "no mode nothing")
    answer(typist, "select nothing;\r", "not found")
    assert "show tables;" in (home / "sql_history").read_text()


def test_ctrl_c_clears_the_statement_and_stops_a_query(typist: pexpect.spawn) -> None:
    typist.send("select 1\rfoo")
    typist.expect("foo")
    typist.sendintr()
    answer(typist, "select 6 * 7 as n;\r", r"\n42\r")
    typist.send("select 40 + 3 as n; select count(*) from range(100000000) as a, range(1000000) as b where a.range * b.range % 7 = 3;\r")
    typist.expect(r"\n43\r")  # the second statement runs
    typist.sendintr()
    answer(typist, "", "(?i)interrupted")
    typist.send("exit\r")
    typist.expect(pexpect.EOF)
    typist.close()
    assert typist.exitstatus == 0


def test_names_are_completed(typist: pexpect.spawn) -> None:
    typist.send("select count(*) > 0 as found from security_c\t")
    typist.expect("ouncil_vetoes")
    answer(typist, ";\r", "True")
