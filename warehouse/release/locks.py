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
    """Lock the home for one refresh; the lock ends with its process.

    Raises:
        Unusable: another refresh has the lock; the message names its process and start.
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
    """Lock the releases while `current`, a release or a pin changes; a second caller waits.

    This lock is short, so a rollback does not wait for a refresh, and it excludes a prune, so a rollback chooses no release being removed.
    """
    folder = home / RELEASES
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
