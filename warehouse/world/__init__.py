"""Trade of all states: archives of a quarter of a billion rows, landed as Parquet, validated, aggregated, answered for any pair.

Belongs here: what needs DuckDB at that size. Does not belong here: Dagster, or the curated sources (`warehouse.build.layers`).
"""
