"""Declare every table as a Pandera class, and derive validation, DDL, comments and guarantees from the classes.

Put columns, keys, checks and the errors that people read here; reading and writing data belongs in `sources` and `warehouse`.
"""

import warnings

# pandera imports pyspark.pandas if the extra `spark` is installed; nothing here uses it
warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
