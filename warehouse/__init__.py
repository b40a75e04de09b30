"""Keep the warehouse: DuckDB files, the SQL that models them, audits, releases, and read-only connections for analysts.

Put here everything that opens DuckDB's files, not Dagster (`pipelines`) or fetching (`sources`).
"""
