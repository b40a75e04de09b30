"""Test `dyad mcp` as a client of the protocol sees it: a real process, answers with evidence, hostile queries, one-line errors."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from pipelines import bounded
from tests.test_least_power import POWERS

DYAD = Path(sys.executable).parent / "dyad"
Ask = Callable[..., CallToolResult]


@pytest.fixture(scope="module")
def own_home(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home of one link, `current`, which a test may point to another release."""
    folder = tmp_path_factory.mktemp("assistant")
    (folder / "current").symlink_to((home / "current").resolve())
    return folder


@pytest.fixture(scope="module")
def ask(own_home: Path) -> Iterator[Ask]:
    """Start `dyad mcp`, and yield a function that calls a tool; at the end, nothing was written to standard error."""
    server = StdioServerParameters(command=str(DYAD), args=["mcp"], env=os.environ | {"DYAD_HOME": str(own_home)})
    log = own_home / "errors"
    with (
        log.open("w") as errors,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(stdio_client(server, errlog=errors))) as client,
    ):
        assert {tool.name for tool in portal.call(client.list_tools).tools} == {*CALLS}
        yield lambda name, **arguments: portal.call(partial(client.call_tool, name, arguments))
    assert log.read_text() == ""


def answered(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


def refused(result: CallToolResult) -> str:
    """Return the line of an error."""
    assert result.is_error and len(result.content) == 1
    text = result.content[0].text
    assert "\n" not in text and "Traceback" not in text
    return text


CALLS: dict[str, dict[str, Any]] = {
    "datasets": {},
    "describe": {"table": "trade_dependence"},
    "query": {"sql": "from charts.security_council_vetoes", "limit": 5},
    "trace": {"dataset": "trade_dependence", "key": ["CHN-RUS", 2023, "CHN", "A"]},
    "claims": {"ids": ["c07"]},
    "changes": {},
}


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_names_its_release_and_its_evidence(name: str, ask: Ask, own_home: Path) -> None:
    answer = answered(ask(name, **CALLS[name]))
    assert answer["release"] == (own_home / "current").resolve().name
    ids = answer["evidence_ids"]
    listed = ", ".join(f"'{text}'" for text in ids)
    found = answered(ask("query", sql=f"select count(*) from core.evidence where evidence_id in ({listed})"))
    assert found["result"]["rows"] == [[len(ids)]] and ids


def test_the_tools_lead_from_a_dataset_to_a_line(ask: Ask) -> None:
    [votes] = [row for row in answered(ask("datasets"))["result"] if row["dataset"] == "security_council_vetoes"]
    table = answered(ask("describe", table="security_council_vetoes"))["result"]
    assert table["key"] == votes["key"] and {row["column"] for row in table["columns"]} == set(votes["example"])
    assert ("veto_type", "joint") in {(row["column"], row["value"]) for row in table["values"]}
    chain = answered(ask("trace", dataset="security_council_vetoes", key=[votes["example"][column] for column in votes["key"]]))["result"]
    assert {evidence["evidence_id"] for evidence in chain["evidence"]} == set(votes["example"]["evidence"])
    assert any(evidence["lines"] for evidence in chain["evidence"])
    block = answered(ask("trace", **CALLS["trace"]))["result"]["evidence"]
    assert {len(evidence["lines"]) + evidence["more_lines"] for evidence in block} == {1, 221, 235}
    assert max(len(evidence["lines"]) for evidence in block) == 5


def test_claims_and_changes_are_those_of_the_verbs(ask: Ask, own_home: Path, home: Path) -> None:
    [claim] = answered(ask("claims", ids=["C07"]))["result"]
    assert claim["verdict"] == "holds under a named rule" and claim["evidence"]
    changes = answered(ask("changes", limit=1000))["result"]
    assert changes["follows"].startswith("2024-12-12-")
    assert (changes["changes"][0]["tier"], changes["changes"][0]["column"]) == ("scope", "day")
    assert "no claim C99: choose one of C01" in refused(ask("claims", ids=["C99"]))


def test_rows_beyond_the_cap_are_announced(ask: Ask) -> None:
    first = answered(ask("query", sql="from range(1000000000000) as rows(n)", limit=3))
    assert first["result"] == {"columns": ["n"], "rows": [[0], [1], [2]]}
    assert any(note.startswith("only the first 3 rows are here") for note in first["notes"])
    whole = answered(ask("query", sql="select evidence from charts.claims limit 3", limit=3))
    assert (len(whole["result"]["rows"]), whole["notes"]) == (3, [])
    assert len(answered(ask("changes", limit=2))["result"]["changes"]) == 2


def test_rows_without_evidence_are_announced(ask: Ask) -> None:
    assert any("select the column `evidence` too" in note for note in answered(ask("query", sql="select 42"))["notes"])
    invented = answered(ask("query", sql="select 'a/b@00000000:1' as evidence"))
    assert invented["evidence_ids"] == [] and invented["notes"]


def test_a_year_of_any_pair_comes_with_its_evidence(ask: Ask) -> None:
    """Nothing was vetoed in 1959: the whole list says so, and the lines of the Assembly's session give the rest."""
    answer = answered(ask("query", sql="select assembly_votes, joint_vetoes, evidence from dyad('FRA', 'GBR') where year = 1959"))
    [[votes, vetoes, evidence]] = answer["result"]["rows"]
    assert (votes, vetoes, answer["notes"]) == (46, 0, [])
    assert sorted(evidence) == answer["evidence_ids"]
    assert {name.split("/")[0] for name in evidence} == {"un_sc_vetoes", "voeten_assembly_votes"}


def test_a_query_is_stopped_at_the_time_limit(ask: Ask) -> None:
    """Also one that DuckDB does not interrupt: a single call that would take minutes."""
    started = time.monotonic()
    message = refused(ask("query", sql="select levenshtein(repeat('a', 200000), repeat('b', 200000))"))
    assert "stopped after 5 seconds" in message and time.monotonic() - started < bounded.SECONDS + 15
    assert answered(ask("query", sql="select 42"))["result"]["rows"] == [[42]]


def test_hostile_queries_are_refused_and_change_nothing(ask: Ask, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = own_home / "current" / "warehouse.duckdb"
    before = release.read_bytes()
    for query in POWERS.values():
        assert refused(ask("query", sql=query.format(folder=tmp_path, release=release)))
    assert list(tmp_path.iterdir()) == [] and release.read_bytes() == before and not release.with_name(f"{release.name}.wal").exists()
    assert answered(ask("query", sql="select 42"))["result"]["rows"] == [[42]]


@pytest.mark.parametrize(
    ("name", "arguments", "part"),
    [
        ("query", {"sql": "select nothing from charts.claims"}, 'Referenced column "nothing" not found'),
        ("query", {"sql": "select 1; select 2"}, "send one at a time"),
        ("query", {"sql": ""}, "the query has no statements"),
        ("query", {"sql": f"select {'(' * 9000}1{')' * 9000}"}, "Max expression depth limit"),
        ("query", {"sql": "select repeat('x', 2000000)"}, "2,000,006 characters, more than 1,000,000"),
        ("query", {"sql": "select 1", "limit": 0}, "limit: Input should be greater than or equal to 1"),
        ("query", {}, "sql: Field required"),
        ("query", {"sql": "select 1", "lmit": 5}, "query: unknown argument 'lmit'; it takes sql, limit"),
        ("datasets", {"schema": "core"}, "datasets: unknown argument 'schema'; it takes no arguments"),
        ("describe", {"table": "passwords"}, "no table passwords: choose one of assembly_agreement"),
        ("describe", {"table": "claims'; drop table charts.claims"}, "no table claims'; drop"),
        ("trace", {"dataset": "trade_dependence", "key": []}, "trade_dependence has the key dyad year country rule is_mirror"),
        ("trace", {"dataset": "claims", "key": ["' or 1=1 --"]}, "no row ' or 1=1 -- in claims"),
        ("delete", {}, "Unknown tool: delete"),
    ],
)
def test_an_error_is_one_line(name: str, arguments: dict[str, Any], part: str, ask: Ask) -> None:
    assert part in refused(ask(name, **arguments))


def test_each_call_reads_the_release_that_is_current_then(ask: Ask, own_home: Path, article: Path) -> None:
    link, newest = own_home / "current", (own_home / "current").resolve()
    days = "select value from catalog.parameter where name = 'as_of'"
    for release in (article.parent, newest):
        link.unlink()
        link.symlink_to(release)
        answer = answered(ask("query", sql=days))
        assert (answer["release"], answer["result"]["rows"]) == (release.name, [[release.name[:10]]])
    link.unlink()
    assert "run `dyad refresh` first" in refused(ask("datasets"))
    link.symlink_to(newest)
    assert answered(ask("claims"))["release"] == newest.name


def test_without_the_sdk_a_line_says_how_to_install_it() -> None:
    program = "import sys; sys.modules['mcp'] = None; from pipelines.cli.main import main; main(['mcp'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1) and "run `pip install 'mcp>=2,<3'`" in done.stderr
