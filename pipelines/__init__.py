"""What runs, when, after what, and how it is shown: Dagster definitions and the command line.

Belongs here: everything that knows Dagster. Does not belong here: parsing, modeling, judging (the other packages).
"""
