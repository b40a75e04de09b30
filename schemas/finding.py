"""What a rule found: how many rows broke it, and the first of them.

Belongs here: a finding and its one line, whoever looked. Does not belong here: looking (`validate`, `warehouse.world.validate_member`), or what
to do about it; nothing heavy to import.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

FIRST = 10


class Finding(NamedTuple):
    """One rule that did not hold: how many rows broke it, and the first ten as (row, value).

    A rule about whole rows names every column it reads in `column`, and its value is a mapping of them.
    """

    column: str
    rule: str
    count: int
    first: list[tuple[Any, Any]]

    def named(self, name: Callable[[Any], Any]) -> "Finding":
        """The same, its rows called what `name` makes of them."""
        return self._replace(first=[(None if row is None else name(row), value) for row, value in self.first])

    def line(self, where: str) -> str:
        """One readable line: where, which row, column, rule and value."""
        row, value = self.first[0] if self.first else (None, None)
        place = f"{where}:{row}" if row is not None else where
        more = f" (and {self.count - 1} more)" if self.count > 1 else ""
        pairs = [f"{name} {value[name]!r}" for name in value] if isinstance(value, dict) else [] if value is None else [repr(value)]
        which = "" if isinstance(value, dict) else f"column {self.column}: "
        shown = f", found {', '.join(pairs)}" if pairs else ""
        return " ".join(f"{place}: {which}must satisfy {self.rule}{shown}{more}".split())
