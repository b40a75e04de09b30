"""Define the Dagster assets: publishers, raw, models, release and the world's trade."""
