"""Run Dagster's daemon for a home, once the home has no other: two web servers may share a home, two daemons may not."""

import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.history_files import dagster_home
from schemas.errors import Unusable

WORKSPACE = Path(__file__).with_name("workspace.yaml")
LOCK = "daemon.lock"


@contextmanager
def no_daemon(dagster_home: Path) -> Iterator[None]:
    """Keep daemons from starting.

    Raises:
        Unusable: a daemon that uses this run history is running.
    """
    with (dagster_home / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable(
                f"a daemon of Dagster uses the run history in {dagster_home}: stop `make ui`, `make serve` or the service that started it"
            ) from None
        yield


def main() -> None:
    """Wait for the lock, then become Dagster's daemon, which keeps the lock until its process ends.

    Raises:
        SystemExit: the run history cannot be used.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a process that only waits ends without a message
    file = (dagster_home() / LOCK).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(file, fcntl.LOCK_EX)
        from pipelines import instance  # not at the top: Dagster is imported again below

        try:
            instance.main()  # the other daemon's orphaned runs would block the queue
        except Unusable as error:
            sys.exit(f"dyad: {error}")
    os.set_inheritable(file.fileno(), True)
    # the daemon loads the code anew every minute, of which Dagster would warn each time
    daemon = [sys.executable, "-m", "dagster._daemon", "run", "--code-server-log-level", "error", "--workspace", str(WORKSPACE)]
    os.execv(sys.executable, daemon)  # noqa: S606 -- our own


if __name__ == "__main__":
    main()
