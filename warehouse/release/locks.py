"""Lock a home: one refresh at a time, and one change of `current`, releases or pins at a time."""

import contextlib
import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import Unusable
from warehouse.home import LOCK, RELEASES


@contextlib.contextmanager
def refresh_lock(home: Path) -> Iterator[None]:
    """Hold the home for one refresh; the lock ends with its process.

    Raises:
        Unusable: another refresh holds it; the message says which process and since when.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / LOCK
    with path.open("a+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = path.read_text("utf-8") or "it is just starting"
            raise Unusable(f"another refresh is at work in {home} ({holder}); to wait for its end: flock {path} true") from None
        file.truncate(0)
        file.write(f"process {os.getpid()} since {dt.datetime.now().astimezone().isoformat(timespec='seconds')}".encode())
        yield


@contextlib.contextmanager
def release_lock(home: Path) -> Iterator[None]:
    """Hold the releases for the moments in which `current` moves or a release or a pin comes or goes; a second caller waits.

    A rollback need not wait for a refresh then, and cannot choose a release that a prune is removing.
    """
    folder = home / RELEASES
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
