"""Write the data dictionary as web pages: a page per table and view, with allowed values, lineage and checks.

The tables come from `warehouse.release.dictionary`, as in DICTIONARY.md. Pages link to each other by relative addresses.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from schemas import registry, render
from schemas.table import Table
from schemas.values import meaning
from warehouse import models
from warehouse.build import audit, views
from warehouse.models import lineage
from warehouse.release import dictionary
from warehouse.site import style, template

FOLDER = "dictionary"
RULES = {
    "greater_than_or_equal_to": "at least {min_value}", "greater_than": "more than {min_value}", "less_than_or_equal_to": "at most {max_value}",
    "str_matches": "matches {pattern}", "str_startswith": "begins with {string}", "iso_date": "a calendar day, {form}",
}  # fmt: skip


def write(folder: Path, release: str) -> None:
    """Write the dictionary of this version of the project, which built the release, to `dictionary/` of the release's folder."""
    target = folder / FOLDER
    target.mkdir()
    sections = dictionary.sections()
    pages = {entry.name for entries in sections.values() for entry in entries}
    (target / "style.css").write_bytes(style())
    (target / "index.html").write_text(template("dictionary.html.j2").render(release=release, sections=sections), "utf-8")
    for entries in sections.values():
        for entry in entries:
            page = template("table.html.j2").render(release=release, entry=entry, pages=pages, **_about(entry))
            (target / f"{entry.name}.html").write_text(page, "utf-8")


def _about(entry: dictionary.Entry) -> dict[str, Any]:
    """Return the rules, allowed values, checks, lineage and SQL of a table."""
    model, declared = _models().get(entry.name), (registry.RAW | registry.MODELED).get(entry.name)
    return {
        "rules": dict(_rules(declared)) if declared else {},
        "meanings": {column.name: {value: meaning(column.name, value) for value in column.values} for column in entry.columns},
        "checks": [*_row_rules(declared), *(a.sentence for a in audit.load() if a.table == entry.name)] if declared else [],
        "computed_from": lineage.read().get(entry.name, {}),
        "reads": _reads(entry.name),
        "read_by": sorted(name for name in [*_models(), "charts.claims"] if entry.name in _reads(name)),
        "sql": model.sql if model else "",
    }


@cache
def _models() -> dict[str, models.Model]:
    return {m.name: m for m in [*models.layer("core"), *models.layer("charts"), *views.load()]}


@cache
def _reads(name: str) -> list[str]:
    """Return the tables that a table or view reads; for the claims, those that any of their queries reads."""
    if name == "charts.claims":
        return sorted({table for claim in models.claims() for table in claim.depends_on})
    return _models()[name].depends_on if name in _models() else []


def _rules(model: type[Table]) -> Iterator[tuple[str, str]]:
    """Yield each column that has rules beside its allowed values, with the rules in words."""
    for name, field in model.to_schema().columns.items():
        if rules := [RULES[check.name].format(**check.statistics) for check in field.checks if check.name in RULES]:
            yield name, ", ".join(rules)


def _row_rules(model: type[Table]) -> list[str]:
    """Return the rules about whole rows, among them the key."""
    return [f"the key is unique: {', '.join(render.key(model))}", *(str(check.name) for check in model.to_schema().checks)]
