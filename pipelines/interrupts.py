"""Keep Ctrl-C from being lost or logged: an interrupt may meet a callback of the garbage collector, or the closing of a connection.

Python drops every exception raised in such a callback, even one that a signal raises. SQLAlchemy logs one that is raised while it closes
a connection with its traceback, and raises it again.
"""

import _thread
import logging
import os
import signal
import sys
import time

RAISED = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")  # by name, since Dagster takes seconds to import
WAIT = 0.05  # seconds, in which the callback ends


def is_news(record: logging.LogRecord) -> bool:
    """Return False for a log record of an interrupt: who logs it raises it again."""
    return not (record.exc_info and record.exc_info[0] and record.exc_info[0].__name__ in RAISED)


def resend(dropped: "sys.UnraisableHookArgs") -> None:
    """Send the interrupt again if its exception was dropped; report any other exception as Python does."""
    if dropped.exc_type.__name__ in RAISED:
        # later, since an exception within this function would be dropped as well; `threading` would wait here until its thread runs
        _thread.start_new_thread(_interrupt, ())
    else:
        sys.__unraisablehook__(dropped)


def _interrupt() -> None:
    time.sleep(WAIT)
    os.kill(os.getpid(), signal.SIGINT)
