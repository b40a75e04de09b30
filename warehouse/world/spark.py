"""Run the aggregates' SQL on Apache Spark: the same SQL files, translated, over the same Parquet layout.

Put the translation and the session here; a model belongs in `warehouse/models/bulk`, every later step in `aggregates`.
This module needs the extra `spark` and Java 17. `DYAD_SPARK` is a Spark Connect address (sc://host:15002); without it the session is local.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from schemas import render
from schemas.errors import Unusable
from schemas.sql import quoted
from schemas.world import AGGREGATES
from warehouse import models
from warehouse.models import Model

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# constructs that both engines accept but interpret differently
DIFFERENT = {
    exp.Pivot: "PIVOT",
    exp.Qualify: "QUALIFY",
    exp.PercentileCont: "quantiles",
    exp.DayOfWeek: "the day of the week",
    exp.Interval: "date arithmetic",
    exp.Star: "a star, which may carry helper columns",
    exp.Slice: "slices",
    exp.ArrayAgg: "lists",
    exp.Bracket: "lists",
    exp.Unnest: "unnest",
    exp.Explode: "unnest",
    exp.Lateral: "lateral joins",
    exp.Div: "division, of integers or by zero",
    exp.Anonymous: "functions sqlglot does not know",
}


def translate(model: Model) -> str:
    """Return the model's SELECT in Spark's dialect, its tables as temporary views without a schema.

    Raises:
        Unusable: the SQL uses a construct that the two engines interpret differently.
    """
    tree = sqlglot.parse_one(model.sql, read="duckdb")
    for construct, label in DIFFERENT.items():
        if any(not (isinstance(node, exp.Star) and isinstance(node.parent, exp.Count)) for node in tree.find_all(construct)):
            raise Unusable(f"{model.name}: {label}: DuckDB and Spark interpret it differently; write it another way in the SQL file")
    for select in tree.find_all(exp.Select):
        aliases = {e.alias for e in select.expressions if isinstance(e, exp.Alias) and not _reads_its_name(e)}
        scope = (c for part in select.expressions for c in part.find_all(exp.Column) if not c.table)
        if reused := aliases & {c.name for c in scope if c.find_ancestor(exp.Select) is select}:
            raise Unusable(
                f"{model.name}: {', '.join(sorted(reused))}: a SELECT uses its own alias, which Spark reads as a column; "
                "rename the alias in the SQL file"
            )
    for table in tree.find_all(exp.Table):
        if table.db == "bulk":
            table.set("db", None)
    return tree.sql(dialect="spark", comments=False)


def _reads_its_name(alias: exp.Alias) -> bool:
    return any(c.name == alias.alias for c in alias.find_all(exp.Column))


def session() -> "SparkSession":
    """Return a Spark session at `DYAD_SPARK`, or a local one.

    Raises:
        Unusable: the extra is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Unusable("pyspark is not installed: run `.venv/bin/pip install 'pyspark>=4,<5'`; Spark also needs Java 17") from None
    if remote := os.environ.get("DYAD_SPARK"):
        return SparkSession.builder.remote(remote).getOrCreate()
    quiet = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "8"}
    builder = (
        SparkSession.builder.master("local[*]")
        .appName("dyad")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
    )
    for name, value in quiet.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def run(target: Path, files: Sequence[str], references: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Compute the tables from these landed files; return, for each, SQL that reads its model columns from `target`.

    Spark's workers read the landed files and write into the home, so on a cluster the home must lie on shared storage.
    """
    spark = session()
    try:
        _run(spark, files, references, target)
    finally:
        spark.stop()
    queries = {}
    for name, model in AGGREGATES.items():
        columns = ", ".join(c.name if c.name != "year" else "year::smallint as year" for c in render.columns(model))
        queries[name] = f"select {columns} from read_parquet({quoted(f'{target}/{name}/*/*.parquet')}, hive_partitioning = true)"
    return queries


def _run(spark: "SparkSession", files: Sequence[str], references: dict[str, list[dict[str, Any]]], target: Path) -> None:
    for name, rows in references.items():
        spark.createDataFrame(rows).createOrReplaceTempView(name)
    spark.read.parquet(*files).createOrReplaceTempView("hs6")
    for model in models.layer("bulk"):
        name = model.table
        spark.sql(translate(model)).write.mode("overwrite").partitionBy("year").parquet(f"{target}/{name}")
        spark.read.parquet(f"{target}/{name}").createOrReplaceTempView(name)
