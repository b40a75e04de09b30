"""Test the lock of a home: who waits, who is refused, and what its file says."""

import fcntl
import threading
from pathlib import Path

import pytest

from schemas.errors import Unusable
from warehouse.release import locks
from warehouse.release.locks import refresh_lock


def test_a_test_of_the_lock_refuses_no_refresh(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        threading.Timer(0.1, file.close).start()
        with refresh_lock(tmp_path):
            pass


def test_the_lock_names_its_holder_until_the_holder_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0)
    with (
        refresh_lock(tmp_path),
        pytest.raises(Unusable, match="another command is changing .* .process [0-9]+ since "),
        refresh_lock(tmp_path),
    ):
        pass
    assert (tmp_path / "lock").read_bytes() == b""
