"""Open a release in Datasette, from the SQLite file that warehouse/README.md writes: `make clients` installs Datasette."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.search(r"^```python\n(import pathlib, sqlite3\n.*?)^```$", (ROOT / "warehouse" / "README.md").read_text("utf-8"), re.M | re.S)

pytestmark = pytest.mark.clients
Ask = Callable[[str], str]


@pytest.fixture(scope="module")
def sqlite(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the SQLite file that the lines of the README write."""
    folder = tmp_path_factory.mktemp("datasette")
    (folder / "data").mkdir()
    (folder / "data" / "current").symlink_to(built.parent.resolve())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(BLOCK[1], {"pd": pd})  # noqa: S102  the README's own lines
    return folder / "dyad.sqlite"


@pytest.fixture
def ask(programs: Path, sqlite: Path) -> Ask:
    """Return a function that returns Datasette's answer to a request, without a server."""

    def get(address: str) -> str:
        done = subprocess.run([programs / "datasette", sqlite, "--get", address], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return get


def test_every_dataset_is_a_table_with_its_rows(ask: Ask, built: Path) -> None:
    tables = {table["name"]: table["count"] for table in json.loads(ask("/dyad.json"))["tables"]}
    files = sorted((built.parent / "charts").glob("*.parquet"))
    assert tables == {file.stem: len(pd.read_parquet(file)) for file in files} and len(tables) > 8


def test_rows_are_filtered_and_shown(ask: Ask) -> None:
    where = "dyad=CHN-RUS&period_start=2023-01-01&frequency=annual&is_headline=1&exporter=CHN"
    [row] = json.loads(ask(f"/dyad/bilateral_trade.json?{where}&_shape=array"))
    assert round(row["value_usd"] / 1e9, 1) == 111.1
    assert "UN Comtrade" in ask(f"/dyad/bilateral_trade?{where}")
