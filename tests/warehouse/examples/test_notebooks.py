"""Run every notebook from top to bottom on the current release, and check that it ends with a chart or table of the figures it queried."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from warehouse.examples import notebooks

NAMES = sorted(path.stem for path in Path(notebooks.__file__).parent.glob("*.py") if path.stem != "__init__")
FRAMES = {"claims": "verdicts", "dependence": "shares", "together": "years", "trade": "trade"}  # name of the drawn frame, by notebook


def module(name: str):
    return import_module(f"warehouse.examples.notebooks.{name}")


@pytest.mark.parametrize("name", FRAMES)
def test_a_notebook_ends_with_a_chart_of_its_figures(name: str, home: Path) -> None:
    _, defined = module(name).app.run()
    frame, drawn = defined[FRAMES[name]], defined["chart"].to_dict()
    assert len(frame) > 20
    assert {len(rows) for rows in drawn["datasets"].values()} == {len(frame)}


def test_a_notebook_leads_from_a_figure_to_its_documents(home: Path) -> None:
    _, defined = module("evidence").app.run()
    assert len(defined["figure"]) == 1
    assert len(defined["documents"]) == len(defined["figure"]["evidence"][0]) and defined["documents"]["title"].notna().all()


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_takes_twelve_lines(name: str) -> None:
    assert name in {*FRAMES, "evidence"}
    cells = [n for n in ast.parse(Path(module(name).__file__).read_text("utf-8")).body if isinstance(n, ast.FunctionDef)]
    lines = [s.end_lineno - s.lineno + 1 for cell in cells for s in cell.body if not isinstance(s, ast.Return)]
    assert sum(lines) <= 12
