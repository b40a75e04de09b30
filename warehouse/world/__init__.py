"""Land, validate and aggregate the trade of all states: archives of a quarter of a billion rows, answered for any pair.

Put here what needs DuckDB at that size. Dagster belongs in `pipelines`, the curated sources in `warehouse.build`.
"""
