"""Upstream products, one folder each, and what they share.

Belongs here: `snapshot` (reading and proving bytes), `http`, `store` and `live` (fetching and keeping them), and a folder per
product with `origin.yaml`, its snapshot and its connector.
Does not belong here: Dagster, DuckDB, or any judgement about which publisher is right.
"""
