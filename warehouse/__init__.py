"""The warehouse: DuckDB files, the SQL that models them, audits, releases, and the analysts' read-only door.

Belongs here: everything that knows DuckDB's files. Does not belong here: Dagster, or fetching.
"""
