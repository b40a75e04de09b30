"""Lock a home: one refresh at a time, and one change of `current`, releases or pins at a time."""

import contextlib
import datetime as dt
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from schemas.errors import Unusable
from warehouse.home import LOCK, RELEASES

PATIENCE = 1.0  # seconds; `dyad status` takes the lock for an instant to test it


@contextlib.contextmanager
def refresh_lock(home: Path) -> Iterator[None]:
    """Lock the home for one refresh; the lock ends with its process.

    Raises:
        Unusable: another refresh has the lock; the message names its process and start.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / LOCK
    with path.open("a+b", buffering=0) as file:
        if not _lock(file):
            holder = path.read_text("utf-8") or "which has just started"
            raise Unusable(f"another command is changing {home} ({holder}); to wait until it ends: flock {path} true")
        file.truncate(0)
        file.write(f"process {os.getpid()} since {dt.datetime.now().astimezone().isoformat(timespec='seconds')}".encode())
        try:
            yield
        finally:
            file.truncate(0)  # so that no later message names this process


def _lock(file: IO[bytes]) -> bool:
    """Lock a file; return False if it stays locked by another process."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)


@contextlib.contextmanager
def release_lock(home: Path) -> Iterator[None]:
    """Lock the releases while `current`, a release or a pin changes; a second caller waits.

    It is held briefly, so that a rollback does not wait for a refresh. A prune takes it too, so that a rollback never selects a release
    that is being removed.
    """
    folder = home / RELEASES
    folder.mkdir(parents=True, exist_ok=True)
    with folder_lock(folder):
        yield


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Lock a folder; a second caller waits, and the lock ends with its process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
