"""Start the command `dyad`."""

import logging
import signal
import sys


def run() -> None:
    """Import the verbs and run the command; an interrupt during the import ends the process, since there is nothing to clean up."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:  # a shell makes background processes ignore SIGINT
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from pipelines import interrupts
    from pipelines.cli import main

    signal.signal(signal.SIGINT, handler)
    sys.unraisablehook = interrupts.resend
    if logging.lastResort:  # prints what is logged where no handler is set
        logging.lastResort.addFilter(interrupts.is_news)
    main.run()
