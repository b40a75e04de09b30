"""Read and fetch upstream products, one folder each.

Put here a product's origin, snapshot and connector, and the code that they share, not Dagster, DuckDB or a preference among publishers.
"""
