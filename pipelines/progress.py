"""Log what the steps report, one line each, on standard error."""

import logging
from pathlib import Path

import dagster as dg

DAGSTER = Path(dg.__file__).parent


@dg.logger(None, description="What the steps report, one line each, on standard error; the full log is in the run history")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    """Return a logger that prints the steps' own messages, without Dagster's events."""

    def is_step_message(record: logging.LogRecord) -> bool:
        meta = getattr(record, "dagster_meta", {})
        record.line = meta.get("orig_message")
        is_dagsters = DAGSTER in Path(record.pathname).parents  # such as why it skips a step
        return record.levelno == logging.INFO and meta.get("dagster_event") is None and not is_dagsters

    handler = logging.StreamHandler()
    handler.addFilter(is_step_message)
    handler.setFormatter(logging.Formatter("%(line)s"))
    logger = logging.Logger("dyad", logging.INFO)
    logger.addHandler(handler)
    return logger
