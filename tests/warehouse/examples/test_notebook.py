"""Run the notebook from top to bottom on the current release, and check that it ends with a chart of its figures."""

import ast
from pathlib import Path

from warehouse.examples import notebook


def test_notebook_ends_with_a_chart(home: Path) -> None:
    _, defined = notebook.app.run()
    trade = defined["trade"]
    assert {"CHN", "RUS"} == set(trade["exporter"]) and trade["year"].is_monotonic_increasing
    drawn = defined["chart"].to_dict()
    assert len(next(iter(drawn["datasets"].values()))) == len(trade) > 60
    assert drawn["encoding"]["y"]["field"] == "bn_usd"


def test_notebook_takes_ten_lines() -> None:
    cells = [n for n in ast.parse(Path(notebook.__file__).read_text("utf-8")).body if isinstance(n, ast.FunctionDef)]
    lines = [s.end_lineno - s.lineno + 1 for cell in cells for s in cell.body if not isinstance(s, ast.Return)]
    assert sum(lines) <= 10
