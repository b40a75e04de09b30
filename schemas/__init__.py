"""What every table means: Pandera models of raw, core and chart tables, and what follows from them.

Belongs here: column descriptions, keys, checks, the DDL and comments rendered from them, and the errors people read.
Does not belong here: reading or writing data.
"""

import warnings

# pandera imports pyspark.pandas where the extra `spark` is installed; nothing here uses it
warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
