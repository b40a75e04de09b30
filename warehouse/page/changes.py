"""Format the changes since the followed release as sentences with values, the most severe first."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from warehouse.page import words
from warehouse.release import changelog, diff

LISTED = 20  # changes per group that are listed one by one
CHANGES_SHOWN = 100  # further changes that the collapsed section lists


def read(
    con: duckdb.DuckDBPyConnection, dyad: str, texts: Mapping[str, Mapping[str, str]], units: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return the changes of a pair: counts; verdicts, headline figures and new rows in groups; the rest for a collapsed section.

    Args:
        con: a connection to the built warehouse.
        dyad: the pair.
        texts: the rows of each dataset in words, by key as `catalog.change` writes it.
        units: the unit of each column, by dataset.
    """
    is_kept = con.execute("select 1 from duckdb_tables() where schema_name = 'catalog' and table_name = 'change'").fetchall()
    every = [diff.Change(*row) for row in con.execute("from catalog.change").fetchall()] if is_kept else []
    changes = [change for change in every if change.tier == "scope" or change.key.split(" ")[0] in (dyad, "")]
    groups = {heading: [c for c in changes if c.tier == tier] for tier, heading in diff.TIERS.items() if tier != "other"}
    added = [c for c in changes if c.tier == "other" and c.change == "added"]
    groups |= {f"New rows of {dataset}": [c for c in added if c.dataset == dataset] for dataset in dict.fromkeys(c.dataset for c in added)}
    others = [c for c in changes if c.tier == "other" and c.change != "added"]
    rest = [c for group in groups.values() for c in group[LISTED:]] + others

    def entries(some: Sequence[diff.Change]) -> list[dict[str, str]]:
        return [{"dataset": c.dataset, "text": sentence(c, texts.get(c.dataset, {}), units.get(c.dataset, {}))} for c in some]

    return {
        "kinds": diff.KINDS, "counts": diff.counted(changes), "rest": entries(rest[:CHANGES_SHOWN]), "rest_count": len(rest),
        "groups": [
            {"heading": heading, "count": len(group), "changes": entries(group[:LISTED])} for heading, group in groups.items() if group
        ],
    }  # fmt: skip


def sentence(change: diff.Change, texts: Mapping[str, str], units: Mapping[str, str]) -> str:
    """Write a change as a sentence: the row in words, and its value before and after."""
    if change.tier == "scope":
        return f"{changelog.about(change)}."
    row = texts.get(change.key, change.key).rstrip(".")
    if change.change == "added":
        return f"New: {row}."
    if change.change == "removed":
        value = f" ({figure(change.before, units.get(change.column or '', ''))})" if change.before else ""
        return f"Removed: {change.key.replace(' ', ', ')}{value}."
    name = (change.column or "").replace("_", " ").removesuffix(" usd").removesuffix(" pct")
    unit = units.get(change.column or "", "")
    return f"{row}: {name} is {figure(change.after, unit)}; it was {figure(change.before, unit)}."


def figure(value: str | None, unit: str) -> str:
    """Format a value of `catalog.change`, which is text, in its unit."""
    try:
        number = float(value or "")
    except ValueError:
        return value or "not known"
    if unit == "year":
        return str(value)
    return words.value_text(int(number) if number.is_integer() and unit != "USD" else number, unit, {})
