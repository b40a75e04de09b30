"""Define what runs, when and after what, and how it is shown: Dagster definitions and the command line.

Put here everything that knows Dagster, not parsing, modeling or auditing (the other packages).
"""
