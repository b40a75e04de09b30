"""List every table of the warehouse by its full name, with the class that declares it."""

import pandera.pandas as pa

from schemas import charts, core, raw, render

RAW: dict[str, type[pa.DataFrameModel]] = {f"raw.{kind}": model for kind, model in raw.KINDS.items()}
MODELED: dict[str, type[pa.DataFrameModel]] = {
    f"{schema}.{render.table_name(model)}": model
    for schema, base in (("core", core.CoreTable), ("charts", charts.ChartTable))
    for model in base.__subclasses__()
}
