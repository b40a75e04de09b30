"""Fill the column `qualifications`: what limits or casts doubt on a row, from its own columns and from the figures it cites.

The columns that qualify a row are declared in `schemas/fields.py`; a row that cites a figure also gets the figure's qualifications.
"""

from schemas import render
from schemas.table import Table, citations, qualifiers


def own(model: type[Table]) -> str:
    """Return SQL for the list of qualifications that a row's own columns state."""
    rules = ", ".join(qualifiers(model))
    return f"list_filter([{rules}], lambda q: q is not null)" if rules else "[]::varchar[]"


def inherited(ids: str, figures: str) -> str:
    """Return SQL for the list of qualifications of the rows of `figures` whose evidence ids are in the list `ids`."""
    return f"""coalesce((
    select list_sort(list_distinct(flatten(list(f.qualifications))))
    from (select unnest({ids}) as evidence_id) as c
    join {figures} as f on f.evidence_id = c.evidence_id  -- one: its key
    where len(f.qualifications) > 0
), [])"""


def with_qualifications(model: type[Table], sql: str, figures: str) -> str:
    """Return a SELECT with the column `qualifications` added: the row's own and those of the cited rows of `figures`."""
    [cited, *_] = citations(model)
    is_list = next(c.sql_type for c in render.columns(model) if c.name == cited).endswith("[]")
    theirs = inherited(f"m.{cited}" if is_list else f"[m.{cited}]", figures)
    return f"""select m.*, list_sort(list_distinct(list_concat({own(model)}, {theirs}))) as qualifications
from ({sql}
) as m"""
