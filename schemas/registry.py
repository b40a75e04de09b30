"""List every table of the warehouse by its full name, with the class that declares it."""

from schemas import catalog, charts, core, raw, render
from schemas.table import Table


def _tables(schema: str, base: type[Table]) -> dict[str, type[Table]]:
    return {f"{schema}.{render.table_name(model)}": model for model in base.__subclasses__()}


RAW = _tables("raw", raw.RawTable)
MODELED = _tables("core", core.CoreTable) | _tables("charts", charts.ChartTable)
CATALOG = _tables("catalog", catalog.CatalogTable) | _tables("raw", catalog.BookkeepingTable)


def ddl(table: str) -> str:
    """Return the statements that create and comment a table that describes the release."""
    model = CATALOG[table]
    return render.ddl(table, render.columns(model), render.title(model).removesuffix("."))


def comments(view: str) -> str:
    """Return the statements that comment a view that describes the release."""
    model = CATALOG[view]
    return render.comments("VIEW", view, render.columns(model), render.title(model).removesuffix("."))
