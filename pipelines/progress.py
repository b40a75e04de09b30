"""Log what the steps report, one line each, on standard error."""

import logging

import dagster as dg


@dg.logger(None, description="What the steps report, one line each, on standard error; the full log is in the run history")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    """Return a logger that prints the steps' own messages, without Dagster's events."""
    started: set[str | None] = set()

    def is_step_message(record: logging.LogRecord) -> bool:
        meta = getattr(record, "dagster_meta", {})
        record.line, event, step = meta.get("orig_message"), meta.get("dagster_event"), meta.get("step_key")
        if event and event.is_step_start:
            started.add(step)
        # a skipped step never starts: Dagster logs the reason itself
        return record.levelno == logging.INFO and event is None and step in started

    # Dagster would warn of each check that a step skips if the inputs are unchanged
    logging.getLogger("dagster._core.execution.plan.active").setLevel(logging.ERROR)
    handler = logging.StreamHandler()
    handler.addFilter(is_step_message)
    handler.setFormatter(logging.Formatter("%(line)s"))
    logger = logging.Logger("dyad", logging.DEBUG)  # Dagster logs the start of a step at DEBUG
    logger.addHandler(handler)
    return logger
