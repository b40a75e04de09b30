"""Test that columns for people and JSON for programs print every value that a query returns."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from pipelines.cli import printing
from pipelines.cli.ask import _print_evidence
from pipelines.cli.printing import invoked, print_json, print_table


def test_a_table_is_one_line_a_row_in_aligned_columns(capsys) -> None:
    print_table(
        ["year", "value", "value"], [(2023, 240.01, None), (2024, 1e12, "two\nlines"), (2025, [dt.date(2025, 1, 1)], Decimal("1.50"))]
    )
    assert capsys.readouterr().out.splitlines() == [
        "year          value      value",
        "2023         240.01       NULL",
        "2024  1000000000000 two\\nlines",
        '2025 ["2025-01-01"]       1.50',
    ]


@pytest.mark.parametrize(
    ("run_as", "on_path", "command"),
    [
        (".venv/bin/dyad", None, ".venv/bin/dyad"),
        (".venv/bin/dyad", "/usr/bin/dyad", "dyad"),
        ("/usr/lib/pytest/__main__.py", None, "dyad"),
    ],
)
def test_the_next_command_can_be_typed(run_as: str, on_path: str | None, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing.sys, "argv", [run_as])
    monkeypatch.setattr(printing.shutil, "which", lambda _: on_path)
    assert invoked() == command


def test_a_table_without_rows_shows_its_columns(capsys) -> None:
    print_table(["a", "b"], [])
    assert capsys.readouterr().out == "a b\n"


def test_json_has_no_value_that_json_cannot_write(capsys) -> None:
    print_json({dt.date(2024, 1, 1): [float("nan"), Decimal("Infinity"), Decimal("1.5"), dt.time(1), None, object]})
    assert json.loads(capsys.readouterr().out) == {"2024-01-01": [None, None, 1.5, "01:00:00", None, str(object)]}


def test_evidence_of_an_earlier_versions_release_is_printed(capsys) -> None:
    names = ("evidence_id", "publisher", "title", "url", "published_on", "read_on", "licence", "locator", "snapshot_sha256")
    _print_evidence({name: f"<{name}>" for name in names} | {"lines": []})
    shown = capsys.readouterr().out
    assert [name for name in names if f"<{name}>" not in shown] == []
