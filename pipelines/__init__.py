"""Define what runs, when, and in which order: Dagster's definitions and the command line `dyad`.

Put here everything that imports Dagster, not parsing, modeling or auditing (the other packages).
"""
