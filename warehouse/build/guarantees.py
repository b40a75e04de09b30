"""Generate the audits that every table needs from its schema class; an audit of certain tables is a file in `audits/`."""

from collections.abc import Callable, Iterator
from textwrap import dedent, indent
from typing import NamedTuple

from schemas import registry, render
from schemas.table import Table, citations, declared, first_day, period

COUNTRY_LISTS = ("raw.country.iso3", "raw.economy_group.code")


class Audit(NamedTuple):
    """A rule about `table` as SQL that returns offending rows; it runs once `layer` is built."""

    name: str
    layer: str
    table: str
    sentence: str
    sql: str


class Guarantee(NamedTuple):
    """A rule for every table: name, sentence, and a function from a table to its SQL (empty if the table declares nothing to check)."""

    name: str
    sentence: str
    sql: Callable[[str, type[Table]], str]


def generate() -> Iterator[Audit]:
    """Yield the audits of every raw, core and chart table."""
    for tables, guarantees in ((registry.RAW, OF_RAW), (registry.MODELED, OF_MODELED)):
        for table, model in tables.items():
            for guarantee in guarantees:
                if sql := guarantee.sql(table, model):
                    schema, name = table.split(".")
                    layer = "claims" if name == "claims" else schema  # charts.claims is filled after the other chart tables
                    yield Audit(f"{schema}__{name}_{guarantee.name}", layer, table, guarantee.sentence, sql)
    yield _country_codes_known()


def _columns(model: type[Table]) -> dict[str, render.Column]:
    return {c.name: c for c in render.columns(model)}


def _unlisted(table: str, column: str, lists: tuple[str, ...]) -> str:
    """Return SQL for the values of a column (items, if they are joined by `;`) that are in none of the columns `lists`."""
    allowed = " union all ".join(f"select {name.rsplit('.', 1)[1]} from {name.rsplit('.', 1)[0]}" for name in lists)
    return (
        "select u.at, u.column_name, u.value\n"
        f"from (select file || ':' || line as at, '{column}' as column_name, unnest(string_split({column}, ';')) as value from {table}) as u\n"
        f"where u.value not in ({allowed})"
    )


def _within_coverage(table: str, model: type[Table]) -> str:
    column = period(model)
    if not column:
        return ""
    return f"""select r.file || ':' || r.line as at, r.{column}, s.coverage_first, s.coverage_last
from {table} as r
join catalog.source as s on s.source = r.source  -- one: its key
where year({first_day(model, column)}) not between year(s.coverage_first) and year(s.coverage_last)"""


def _references_resolve(table: str, model: type[Table]) -> str:
    fields = model.to_schema().columns
    return "\nunion all\n".join(
        _unlisted(table, name, (field.metadata["listed_in"],)) for name, field in fields.items() if field.metadata["listed_in"]
    )


def _spells_apart(table: str, model: type[Table]) -> str:
    spells = declared(model).spells
    if not spells:
        return ""
    return f"""select b.file || ':' || b.line as at, b.{spells.first}, 'line ' || a.line as overlaps_with, a.{spells.end}
from {table} as a
join {table} as b
    on {" and ".join(f"b.{column} = a.{column}" for column in spells.per)} and b.evidence_id <> a.evidence_id
    and coalesce(a.{spells.first}, date '0001-01-01') <= coalesce(b.{spells.first}, date '0001-01-01')
    and coalesce(a.{spells.end}, date '9999-12-31') {">=" if spells.includes_end else ">"} coalesce(b.{spells.first}, date '0001-01-01')"""


def _evidence_resolves(table: str, model: type[Table]) -> str:
    if table == "core.evidence":
        return ""
    columns = _columns(model)
    cited = "\n    union all\n    ".join(
        f"select {render.row_key(model)} as at, unnest(if(len({c}) > 0, {c}, ['none'])) as evidence_id from {table}"
        if columns[c].sql_type.endswith("[]")
        else f"select {render.row_key(model)} as at, coalesce({c}, 'none') as evidence_id from {table}"
        for c in citations(model)
    )
    return f"""with
cited as (
    {cited}
)
select c.at, c.evidence_id
from cited as c
anti join core.evidence as e on e.evidence_id = c.evidence_id"""


def _known_by_the_day(table: str, model: type[Table]) -> str:
    column = declared(model).known_from
    if not isinstance(column, str):
        return ""
    as_of = "(select p.value::date from catalog.parameter as p where p.name = 'as_of')"
    return f"select {render.row_key(model)} as at, {column}, {as_of} as as_of\nfrom {table}\nwhere {first_day(model, column)} > {as_of}"


def _not_empty(table: str, model: type[Table]) -> str:
    expected = declared(model).expected
    if not expected:
        return ""
    return f"""with
expected as (
{indent(dedent(expected).strip(), "    ")}
)
select dyad as at, count(*) as documented_rows, 0 as row_count
from expected
where dyad not in (select dyad from {table})
group by dyad"""


def _aggregates_are_no_economies(table: str, model: type[Table]) -> str:
    if "is_aggregate" not in _columns(model):
        return ""
    return f"""select {render.row_key(model)} as at, partner_iso3, is_aggregate
from {table}
where is_aggregate = (partner_iso3 in (select iso3 from raw.country))"""


def _country_codes_known() -> Audit:
    used = [
        _unlisted(table, name, COUNTRY_LISTS)
        for table, model in registry.RAW.items()
        for name, field in model.to_schema().columns.items()
        if field.metadata["is_country"] and f"{table}.{name}" not in COUNTRY_LISTS
    ]
    sentence = "every country code in the raw tables is listed in raw.country or raw.economy_group"
    return Audit("raw__country_codes_known", "raw", "raw.country", sentence, "\nunion all\n".join(used))


OF_RAW = (
    Guarantee("within_coverage", "every row lies in the years that its source covers", _within_coverage),
    Guarantee("references_resolve", "every reference is listed in the table that it refers to", _references_resolve),
    Guarantee("spells_apart", "no two spells of one country (in raw.membership, of one country and bloc) overlap in time", _spells_apart),
)
OF_MODELED = (
    Guarantee("evidence_resolves", "every row has evidence, and every evidence id resolves in core.evidence", _evidence_resolves),
    Guarantee("known_by_the_day", "no row became known after the release's day", _known_by_the_day),
    Guarantee(
        "aggregates_are_no_economies",
        "every partner is an economy of raw.country or marked as an aggregate, and none is both",
        _aggregates_are_no_economies,
    ),
    Guarantee("not_empty", "every dyad of the release with data in the table's sources has rows", _not_empty),
)
