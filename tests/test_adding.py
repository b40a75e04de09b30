"""Add a source, a dataset and a claim to a copy of the project, as CONTRIBUTING.md describes; check that faulty ones are refused in one line."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.support.pictures import UNDRAWN

pytestmark = pytest.mark.campaign
ROOT = Path(__file__).parent.parent
MODEL = """-- grain: a year in which a state of the dyad vetoed
-- key: dyad, year
-- chapter: vote
-- title: Vetoes per year
-- row_text: {veto_count} votes vetoed in {year}
-- unit: vetoed votes
-- counting_rule: as in security_council_vetoes
-- how_to_read: one row for each year with a veto
-- not_shown: who vetoed
select dyad, year, count(*) as veto_count, list_sort(list_distinct(flatten(list(evidence)))) as evidence
from charts.security_council_vetoes
group by dyad, year
"""
CLASS = '''

class VetoesPerYear(ChartTable, key=("dyad", "year"), known_from="year", expected="select dyad from charts.security_council_vetoes"):
    """Vetoes of the dyad's states per year."""

    dyad: Text = column("dyad")
    year: Whole = column("year")
    veto_count: Whole = column("veto_count", unit="votes", description="Votes vetoed in the year")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")
'''
SOURCE = {
    "documents": "document,publisher,title,url,is_primary,via,via_url,published_on,published_precision,read_on,note\n"
    "trade-2019,Example customs,Trade in 2019,https://example.org/2019,true,,,2020-01-14,day,2026-11-01,\n",
    "trade_flow": "frequency,period,reporter_iso3,partner_iso3,flow,valuation,value,unit,is_estimate,is_partial,document,note\n"
    "annual,2019-01-01,CHN,RUS,export,FOB,49700000000,USD,false,false,trade-2019,\n",
}
TEXT = "title: A text\nauthor: A. Writer\npublisher: A magazine\npublished_on: 2020-06-01\nurl: https://example.org/text\n"
CLAIM = """-- dyad: CHN-RUS
-- section: Beginning
-- quote: seventeen joint vetoes
-- claim: Seventeen joint vetoes.
-- rule: Joint vetoes up to the day.
-- claimed: 17
-- searched: veto
select count(*)::varchar as value_found, if(count(*) = 17, 'holds', 'does not hold') as verdict, flatten(list(evidence)) as evidence
from charts.security_council_vetoes
where dyad = 'CHN-RUS' and veto_type = 'joint'
"""
# the model of a dataset again, in a copy of the release that has it
REBUILD = """
import sys
from pathlib import Path
from warehouse import models
from warehouse.build import audit, database, layers
from warehouse.build.clock import Clock
import datetime as dt
name = "charts.vetoes_per_year"
with database.connect(Path(sys.argv[1])) as con:
    con.execute(f"drop table {name}")
    layers.run_model(con, next(m for m in models.layer("charts") if m.name == name), Clock(dt.date(2026, 11, 23), ("CHN-RUS",)))
    print("\\n".join(o.line() for o in audit.run(con, "charts") if o.row_count and o.audit.table == name))
"""


class Checkout:
    """A copy of the project with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "checkout", folder / "home"

    def python(self, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(self.folder), "DYAD_HOME": str(self.home), "DAGSTER_HOME": str(self.home / "dagster")}
        return subprocess.run([sys.executable, "-c", code, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True)

    def dyad(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command; pictures are left blank, since no visual is added."""
        return self.python(UNDRAWN, *arguments)

    def replace(self, name: str, before: str, after: str) -> Callable[[], None]:
        """Replace text in a file; what is returned puts the file back."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")
        return lambda: path.write_text(text, "utf-8") and None

    def add_source(self, name: str) -> Path:
        folder = self.folder / "sources" / name
        (folder / "snapshot").mkdir(parents=True)
        shutil.copy(self.folder / "sources" / "gacc_press" / "origin.yaml", folder)
        sums = []
        for kind, text in SOURCE.items():
            (folder / "snapshot" / f"{kind}.csv").write_text(text, "utf-8")
            sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {kind}.csv\n")
        (folder / "snapshot" / "SHA256SUMS").write_text("".join(sums), "utf-8")
        return folder

    def add_dataset(self) -> None:
        (self.folder / "warehouse" / "models" / "charts" / "vetoes_per_year.sql").write_text(MODEL, "utf-8")
        with (self.folder / "schemas" / "charts.py").open("a", encoding="utf-8") as text:
            text.write(CLASS)

    def add_claim(self) -> None:
        folder = self.folder / "warehouse" / "models" / "claims" / "a_text"
        folder.mkdir()
        (folder / "text.yaml").write_text(TEXT, "utf-8")
        (folder / "c01_joint_vetoes.sql").write_text(CLAIM, "utf-8")


@pytest.fixture(scope="module")
def checkout(once: Callable[[str, Callable[[Path], object]], Path]) -> Checkout:
    """Return a copy with a source, a dataset and a text with one claim more, refreshed."""

    def refresh(folder: Path) -> None:
        copy = Checkout(folder)
        for package in ("pipelines", "sources", "warehouse", "schemas"):
            shutil.copytree(ROOT / package, copy.folder / package, ignore=shutil.ignore_patterns("__pycache__"))
        copy.add_source("example_customs")
        copy.add_dataset()
        copy.add_claim()
        refreshed = copy.dyad("refresh")
        assert refreshed.returncode == 0, refreshed.stderr

    return Checkout(once("adding", refresh))


def test_an_added_source_has_rows(checkout: Checkout) -> None:
    with duckdb.connect(checkout.home / "current" / "warehouse.duckdb", read_only=True) as con:
        assert con.execute("select count(*) from raw.example_customs__trade_flow").fetchone() == (1,)
        assert con.execute("select value_usd from charts.bilateral_trade where basis = 'example_customs, CHN-reported'").fetchone() == (
            49.7e9,
        )
        assert con.execute("select count(*) from catalog.source where source = 'example_customs'").fetchone() == (1,)
    assert "example_customs" in (checkout.home / "current" / "index.html").read_text("utf-8")


def test_an_added_source_has_checks_and_lineage(checkout: Checkout) -> None:
    """Its asset, checked for an answer, is upstream of the kinds that it gives."""
    done = checkout.python(
        "from pipelines.definitions import defs\n"
        "import dagster as dg\n"
        "node = defs().resolve_asset_graph().get(dg.AssetKey(['publisher', 'example_customs']))\n"
        "print(*sorted(c.name for c in node.check_keys), *sorted(c.to_user_string() for c in node.child_keys))\n"
    )
    assert done.stdout.split() == ["answered", "raw/documents", "raw/trade_flow"], done.stderr


def test_an_added_dataset_has_rows_a_description_evidence_and_files(checkout: Checkout) -> None:
    current = checkout.home / "current"
    with duckdb.connect(current / "warehouse.duckdb", read_only=True) as con:
        [(count,)] = con.execute("select count(*) from charts.vetoes_per_year").fetchall()
        assert count > 10
        entry = "select primary_key, row_count from catalog.tables where \"table\" = 'vetoes_per_year'"
        assert con.execute(entry).fetchone() == (["dyad", "year"], count)
        rows = "select count(distinct row_key) from views.row_evidence where dataset = 'vetoes_per_year'"
        assert con.execute(rows).fetchone() == (count,)
    assert (current / "charts" / "vetoes_per_year.csv").exists()
    assert '<article id="vetoes_per_year"' in (current / "index.html").read_text("utf-8")
    assert checkout.dyad("trace", "vetoes_per_year", "CHN-RUS", "2007").returncode == 0


def test_an_added_dataset_has_checks_and_is_documented(checkout: Checkout) -> None:
    """As assets of the graph, and in the files that `make docs` writes."""
    done = checkout.python(
        "from pipelines.definitions import defs\n"
        "import dagster as dg\n"
        "node = defs().resolve_asset_graph().get(dg.AssetKey(['charts', 'vetoes_per_year']))\n"
        "print(*sorted(c.name for c in node.check_keys), *(p.to_user_string() for p in node.parent_keys))\n"
        "from warehouse import models\n"
        "from warehouse.models import lineage\n"
        "from warehouse.release import dictionary\n"
        "[model] = [m for m in models.layer('charts') if m.name == 'charts.vetoes_per_year']\n"
        "print(lineage.of_model(model)['year'], '### `charts.vetoes_per_year`' in dictionary.markdown())\n"
    )
    assert done.stdout.splitlines() == [
        "schema vetoes_per_year_evidence_resolves vetoes_per_year_known_by_the_day vetoes_per_year_not_empty charts/security_council_vetoes",
        "['charts.security_council_vetoes.year'] True",
    ], done.stderr


def test_an_added_text_is_decided_for_its_own_day_and_shown(checkout: Checkout) -> None:
    """By 2020-06-01 both had vetoed eleven drafts together."""
    current = checkout.home / "current"
    with duckdb.connect(current / "warehouse.duckdb", read_only=True) as con:
        row = con.execute(
            "select value_found, verdict, article_day::varchar, value_today from charts.claims where text = 'a_text'"
        ).fetchone()
        assert row == ("11", "does not hold", "2020-06-01", "18")
    page = (current / "index.html").read_text("utf-8")
    assert '<a href="https://example.org/text" rel="noreferrer">A text</a>' in page and 'id="a_text-C01"' in page
    assert "A text (A magazine, 2020-06-01)" in checkout.dyad("claims").stdout
    [review] = [
        r for r in json.loads((current / "charts" / "claims.jsonld").read_text("utf-8"))["@graph"] if r["url"].endswith("#a_text-C01")
    ]
    assert review["itemReviewed"]["author"] == {"@type": "Person", "name": "A. Writer"}
    assert checkout.dyad("trace", "claims", "CHN-RUS", "a_text", "C01").returncode == 0


BAD_ROWS = [
    ("evidence", "list_sort(list_distinct(flatten(list(evidence))))", "['no_such/file@00000000:1']", "every evidence id resolves", "no_such/file"),
    ("without evidence", "list_sort(list_distinct(flatten(list(evidence))))", "[]::varchar[]", "every row has evidence", "none"),
    ("known later", "year, count(*)", "year + 100 as year, count(*)", "no row became known after the release's day", "2093"),
    ("empty", "group by dyad, year", "where false group by dyad, year", "every dyad of the release with data in the table's sources has rows", "CHN-RUS"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "sentence", "shown"), [pytest.param(*row[1:], id=row[0]) for row in BAD_ROWS])
def test_a_dataset_with_bad_rows_is_refused(checkout: Checkout, tmp_path: Path, before: str, after: str, sentence: str, shown: str) -> None:
    database = Path(shutil.copy(checkout.home / "current" / "warehouse.duckdb", tmp_path))
    database.chmod(0o644)
    restore = checkout.replace("warehouse/models/charts/vetoes_per_year.sql", before, after)
    done = checkout.python(REBUILD, str(database))
    restore()
    [line] = done.stdout.splitlines()
    assert sentence in line and shown in line and "vetoes_per_year" in line, done.stderr


BAD_DECLARATIONS = [
    ("no key", "schemas/charts.py", 'key=("dyad", "year"), ', "", "schemas.charts.VetoesPerYear: add the key"),
    ("no day", "schemas/charts.py", '"year"), known_from="year", ', '"year"), ', "add known_from"),
    ("no unit", "schemas/charts.py", 'unit="votes", description="Votes vetoed', 'description="Votes vetoed', "column veto_count is a number without a unit"),
    ("no description", "schemas/charts.py", ', description="Votes vetoed in the year"', "", "the column veto_count is not described"),
    ("no title", "warehouse/models/charts/vetoes_per_year.sql", "-- title: ", "-- headline: ", "lack `-- title: ...`"),
    ("no class", "schemas/charts.py", "class VetoesPerYear", "class VetoesPerMonth", "the SQL of VetoesPerMonth, is missing"),
    ("another key", "warehouse/models/charts/vetoes_per_year.sql", "-- key: dyad, year", "-- key: year", "its header gives key year"),
    ("no quotation", "warehouse/models/claims/a_text/c01_joint_vetoes.sql", "-- quote: ", "-- words: ", "lack `-- quote: ...`"),
    ("no address", "warehouse/models/claims/a_text/text.yaml", "url: ", "address: ", "claims/a_text/text.yaml: remove address"),
    ("no coverage", "sources/example_customs/origin.yaml", "coverage:", "covers:", "example_customs"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "message"), [pytest.param(*row[1:], id=row[0]) for row in BAD_DECLARATIONS])
def test_a_table_or_source_without_a_declaration_is_refused(checkout: Checkout, name: str, before: str, after: str, message: str) -> None:
    restore = checkout.replace(name, before, after)
    done = checkout.dyad("refresh")
    restore()
    assert done.returncode != 0
    [line, *_] = done.stderr.splitlines()
    assert message in line, done.stderr
    assert "Traceback" not in done.stderr
