"""Upstream products, one folder each, and what they share.

Belongs here: `snapshot` (reading and proving the bytes), and a folder per product with `origin.yaml` and its snapshot.
Does not belong here: Dagster, DuckDB, or any judgement about which publisher is right.
"""
