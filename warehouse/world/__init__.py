"""Land, validate and aggregate the trade of all states, a quarter of a billion rows, and answer queries for any pair.

Put code for data of that size here, not Dagster (`pipelines`) or the curated sources (`warehouse.build`).
"""
