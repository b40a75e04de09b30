"""Keep Ctrl-C from being lost: Python drops every exception raised in a callback of the garbage collector, even one that a signal raises."""

import os
import signal
import sys
import threading

RAISED = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")  # by name, since Dagster takes seconds to import


def resend(dropped: "sys.UnraisableHookArgs") -> None:
    """Send the interrupt again if its exception was dropped; report any other exception as Python does."""
    if dropped.exc_type.__name__ in RAISED:
        # later, since an exception within this function would be dropped as well
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    else:
        sys.__unraisablehook__(dropped)
