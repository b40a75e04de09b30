"""Open a release and a published site with the programs of readers, each a process of its own: `make clients`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from warehouse.site.publish import publish

pytestmark = pytest.mark.clients
ROOT = Path(__file__).parents[2]
QUERIES = sorted((ROOT / "warehouse" / "examples" / "queries").glob("*.sql"))
SHAPES = ROOT / "tests" / "support" / "dcat_ap.ttl"
Run = Callable[..., str]

POLARS = "import sys, polars; print(*[polars.read_parquet(file).height for file in sys.argv[1:]])"
EVERYTHING = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
views = con.sql("select format('\\"{}\\".{}', schema_name, view_name) from duckdb_views() where not internal").fetchall()
for relation in [name for (name,) in views] + ["dyad('FRA', 'DEU')", "dyad_trade('CHN', 'RUS')"]:
    con.execute(f"from {relation} limit 1").fetchall()
[(macros,)] = con.sql("select list_sort(list(function_name)) from duckdb_functions() where not internal").fetchall()
print(len(views), *macros)
"""
FEED = """
import json, sys, feedparser
feed = feedparser.parse(sys.argv[1])
assert not feed.bozo and feed.version == "atom10", feed.get("bozo_exception")
print(json.dumps([[entry.id, entry.link, entry.updated, entry.content[0].value] for entry in feed.entries]))
"""


@pytest.fixture(scope="module")
def run(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that runs a program of the readers' environment and returns what it prints."""
    own = {"HOME": str(tmp_path_factory.mktemp("clients")), "PATH": os.environ["PATH"]}  # downloads are cached there

    def call(program: str, *arguments: object) -> str:
        done = subprocess.run([programs / program, *map(str, arguments)], env=own, capture_output=True, text=True)
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout

    return call


@pytest.fixture(scope="module")
def served(home: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Publish the shared home below a folder that a file server serves on this machine; yield the site's address."""
    root = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        port = server.stdout.readline().split(" port ")[1].split()[0]
        url = f"http://127.0.0.1:{port}/below/here/"
        list(publish(home, root / "below" / "here", url))
        yield url
        server.terminate()


def current(home: Path) -> Path:
    return (home / "current").resolve()


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_duckdb_runs_every_question(query: Path, run: Run, home: Path) -> None:
    assert run("duckdb", "-readonly", current(home) / "warehouse.duckdb", "-csv", "-f", query).strip()


def test_duckdb_runs_every_view_and_macro(run: Run, home: Path) -> None:
    """The macro `dyad` runs `covers`, a view that it reads `council_seats`; core.revision is computed by `last_digit`."""
    views, *macros = run("python", "-c", EVERYTHING, current(home) / "warehouse.duckdb").split()
    assert int(views) > 30 and macros == ["council_seats", "covers", "dyad", "dyad_trade", "last_digit"]


def test_polars_reads_every_file(run: Run, home: Path) -> None:
    files = sorted((current(home) / "charts").glob("*.parquet"))
    described = [json.loads(file.with_suffix(".metadata.json").read_text("utf-8")) for file in files]
    assert [int(rows) for rows in run("python", "-c", POLARS, *files).split()] == [m["coverage"]["rows"] for m in described]


def test_a_feed_reader_reads_the_feed(run: Run, served: str, home: Path) -> None:
    entries = json.loads(run("python", "-c", FEED, f"{served}feed.xml"))
    assert {entry[0] for entry in entries} == {f"{served}releases/{path.name}/" for path in (home / "releases").iterdir()}
    assert all(link.startswith(served) and updated and "<li>" in content for _, link, updated, content in entries)


def test_croissant_validates_without_warnings(run: Run, served: str) -> None:
    program = "import sys, mlcroissant; print(mlcroissant.Dataset(sys.argv[1]).metadata.issues.report())"
    assert run("python", "-c", program, f"{served}croissant.json").strip() == ""


def test_croissant_yields_every_row(run: Run, served: str, home: Path) -> None:
    program = "import sys, mlcroissant; d = mlcroissant.Dataset(sys.argv[1]); print(*[sum(1 for _ in d.records(n)) for n in sys.argv[2:]])"
    described = [json.loads(file.read_text("utf-8")) for file in sorted((current(home) / "charts").glob("*.metadata.json"))]
    counts = run("python", "-c", program, f"{served}croissant.json", *[m["dataset"] for m in described])
    assert [int(rows) for rows in counts.split()] == [m["coverage"]["rows"] for m in described]


def test_dcat_conforms_to_the_profile_of_data_portals(run: Run, served: str, tmp_path: Path) -> None:
    graph = run("rdfpipe", "-i", "json-ld", "-o", "nt", f"{served}dcat.jsonld")
    (tmp_path / "whole.nt").write_text(graph, "utf-8")
    (tmp_path / "lacking.nt").write_text("\n".join(line for line in graph.splitlines() if "accessURL" not in line), "utf-8")
    assert "Conforms: True" in run("pyshacl", "--shacl", SHAPES, tmp_path / "whole.nt")
    with pytest.raises(AssertionError, match="accessURL"):
        run("pyshacl", "--shacl", SHAPES, tmp_path / "lacking.nt")
