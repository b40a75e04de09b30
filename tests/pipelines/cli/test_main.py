"""Test that a command imports only the libraries it needs, and that its process ends with its own exit code."""

import errno
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli.main import Commands, main
from schemas.errors import Refused
from tests.support.imports import imported

DYAD = Path(sys.executable).parent / "dyad"


@pytest.mark.parametrize("arguments", ["--help", "--version", "refresh --help", "sql --help", "mcp --help", "ingest --help"])
def test_help_imports_no_library(arguments: str, tmp_path: Path) -> None:
    assert imported(tmp_path, *arguments.split()) == set()


IMPORTED = {
    ("snapshots",): set(),
    ("refresh",): {"duckdb", "yaml"},  # of unchanged inputs
    ("verify",): {"duckdb"},
    ("sql", "from charts.claims"): {"duckdb"},
    ("sql", "select 1 as a", "--json"): {"duckdb"},
    ("claims",): {"duckdb"},
    ("releases",): {"duckdb"},
    ("path",): {"duckdb"},
    ("top", "--by", "agreement"): {"duckdb"},
    ("trace", "security_council_vetoes", "CHN-RUS", "S/2007/14"): {"duckdb"},
    ("doctor", "--json"): {"duckdb", "yaml"},
    ("status",): {"duckdb", "yaml"},
}


@pytest.mark.parametrize("arguments", IMPORTED, ids=" ".join)
def test_a_command_imports_only_what_it_needs(arguments: tuple[str, ...], home: Path) -> None:
    assert imported(home, *arguments) == IMPORTED[arguments]


@pytest.mark.parametrize("arguments", ["claims", "trace bilateral_trade x", "top --by agreement", "panel panel.csv"])
def test_a_release_of_another_version_is_reported_in_one_line(arguments: str, built: Path, tmp_path: Path, monkeypatch) -> None:
    """It lacks columns, tables and views that this version reads."""
    (tmp_path / "current").mkdir()
    shutil.copyfile(built, tmp_path / "current" / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "current" / "warehouse.duckdb")) as con:
        con.execute(
            "alter table charts.claims drop column reason; drop view views.coverage; drop view views.assembly_vote; drop table catalog.tables"
        )
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    done = CliRunner().invoke(main, arguments.split())
    assert done.exit_code == 2 and done.output.count("\n") == 1
    assert done.output.startswith("dyad: ") and "another version of the project probably built the file: build it anew" in done.output


def test_the_version_is_one_line() -> None:
    done = subprocess.run([DYAD, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("dyad 0.") and done.stdout.count("\n") == 1


def test_an_output_that_cannot_be_written_is_one_line_and_its_own_exit_code(home: Path) -> None:
    for words in ("releases --json", "--help"):
        done = subprocess.run(
            f"{DYAD} {words} > /dev/full", shell=True, env=os.environ | {"DYAD_HOME": str(home)}, capture_output=True, text=True
        )
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "No space left on device" in done.stderr


def test_a_reader_who_leaves_is_no_error(home: Path) -> None:
    for words, ending in itertools.product(("releases --json", "--help"), ("| true", ">&-")):
        done = subprocess.run(
            f"{DYAD} {words} {ending}", shell=True, env=os.environ | {"DYAD_HOME": str(home)}, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "pipe",
    [
        "sql --csv 'from core.trade_flow' | head -1",
        "sql 'from core.trade_flow' | true",
        "releases | true",
        "trace claims claim_id=C07 | true",
    ],
)
def test_a_verb_ends_like_other_programs_if_its_reader_leaves_early(pipe: str, home: Path) -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{DYAD} {pipe}"], env=os.environ | {"DYAD_HOME": str(home)}, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")
    assert "head" not in pipe or done.stdout.startswith("source,basis,")


@pytest.mark.parametrize(("verb", "publishes"), [("refresh", True), ("rebuild", True), ("verify", False), ("ingest", False)])
def test_a_refusal_of_a_verb_that_publishes_reports_that_nothing_was_published(verb: str, publishes: bool) -> None:
    def refuse() -> None:
        raise Refused("a.csv:2: wrong")

    result = CliRunner().invoke(Commands(commands=[click.Command(verb, callback=refuse)]), [verb])
    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, "refused: a.csv:2: wrong")
    assert ("nothing was published; the current release is untouched" in result.stderr) == publishes


@pytest.mark.parametrize("kind", ["EROFS", "EACCES"])
def test_a_place_that_cannot_be_written_is_named(kind: str) -> None:
    def refuse() -> None:
        number = getattr(errno, kind)
        raise OSError(number, os.strerror(number), "/srv/dyad/lock")

    result = CliRunner().invoke(Commands(commands=[click.Command("pin", callback=refuse)]), ["pin"])
    assert result.exit_code == 2 and re.fullmatch(
        r"dyad: /srv/dyad/lock cannot be opened or written \(.+\): make it writable, or name another home in DYAD_HOME\n", result.stderr
    )


def test_an_interrupt_within_a_query_is_reported_as_any_other() -> None:
    def query() -> None:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        duckdb.connect(config={"threads": 1}).sql("select sum(a.range * b.range) from range(1000000) a, range(1000000) b").fetchall()

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = CliRunner().invoke(Commands(commands=[click.Command("claims", callback=query)]), ["claims"])
    finally:
        signal.signal(signal.SIGINT, handler)
    assert (result.exit_code, result.stderr.split("\n")[1:]) == (
        130,
        ["dyad: interrupted; every published release is whole: run the command again", ""],
    )


INTERRUPTED_IMPORT = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, *_):
        if name == sys.argv[-1]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from pipelines.cli.start import run
run()
"""


@pytest.mark.parametrize(
    ("module", "code", "lines"),
    [("click", -signal.SIGINT, []), ("duckdb", 130, ["dyad: interrupted; every published release is whole: run the command again"])],
)
def test_an_interrupt_during_an_import_prints_no_traceback(module: str, code: int, lines: list[str], home: Path) -> None:
    command = [sys.executable, "-c", INTERRUPTED_IMPORT, "trace", module]
    for handler in (signal.default_int_handler, signal.SIG_IGN):  # as in a terminal, and as a shell starts a process in the background
        done = subprocess.run(
            command, env=os.environ | {"DYAD_HOME": str(home)}, capture_output=True, text=True,
            preexec_fn=lambda handler=handler: signal.signal(signal.SIGINT, handler),
        )  # fmt: skip
        if handler is signal.SIG_IGN:
            assert done.returncode == 2 and "no dataset" in done.stderr
        else:
            assert (done.returncode, done.stderr.splitlines()[1:]) == (code, lines)
