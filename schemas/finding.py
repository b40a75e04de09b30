"""Describe the rows that break a rule in one line.

Evaluating rules belongs in `validate` and `warehouse.check`; import nothing heavy here.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from schemas.errors import Cause

FIRST = 10


class Finding(NamedTuple):
    """A broken rule, the number of rows that break it, and the first ten of them as (row, value).

    For a rule about whole rows, `column` lists every column that the rule reads, and a value maps these columns to their values.
    """

    column: str
    rule: str
    row_count: int
    first: list[tuple[Any, Any]]

    def with_row_names(self, name: Callable[[Any], Any]) -> "Finding":
        """Return the finding with each row replaced by its name, which `name` returns."""
        return self._replace(first=[(None if row is None else name(row), value) for row, value in self.first])

    def line(self, where: str) -> Cause:
        """Return one line for a person: place, row, column, rule and the first value that breaks it."""
        row, value = self.first[0] if self.first else (None, None)
        place = f"{where}:{row}" if row is not None else where
        more = f" (and {self.row_count - 1} more)" if self.row_count > 1 else ""
        pairs = [f"{name} {value[name]!r}" for name in value] if isinstance(value, dict) else [] if value is None else [repr(value)]
        column = "" if isinstance(value, dict) else f"column {self.column}: "
        values = f", found {', '.join(pairs)}" if pairs else ""
        return " ".join(f'{place}: {column}breaks the rule "{self.rule}"{values}{more}'.split())
