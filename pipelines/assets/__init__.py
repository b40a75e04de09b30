"""The Dagster assets: publishers, raw, models, release and the world's trade.

Belongs here: specs and thin steps. Does not belong here: logic.
"""
