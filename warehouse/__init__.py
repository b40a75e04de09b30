"""The warehouse: DuckDB files, the SQL that models them, audits, releases, and the analysts' read-only door.

Belongs here: everything that knows DuckDB's files. Does not belong here: Dagster, or fetching.
"""

import os

# DuckDB writes whatever its allocator hands it into the padding of compressed segments, so two equal builds differ in
# a few hundred bytes. Zeroed allocations make the file a function of its content (measured: 0 of 2.4 MB differ).
# The allocator reads this once, when the library loads, hence before any module imports duckdb.
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "zero:true")
