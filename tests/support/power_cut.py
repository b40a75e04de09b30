"""Find names that a power cut could take from a home, or leave to files without their bytes."""

import os
from pathlib import Path
from typing import Any

import pytest

from warehouse.home import TEMP


class Recorder:
    """The paths that this process has synced, and what is wrong with the names that it has given below `home`."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Record every sync, rename and new folder from here on."""
        self.home, self.synced, self.unsynced, self.names = home, set[Path](), list[str](), dict[Path, Path]()
        self._call = {name: getattr(os, name) for name in ("fsync", "rename", "mkdir")}
        for name in self._call:
            monkeypatch.setattr(os, name, getattr(self, f"_{name}"))

    def lost(self) -> list[str]:
        """Return what was renamed before it was synced, and names whose folder was not synced afterwards."""
        names = [f"{name}: folder not synced" for name in self.names if name.exists() and not name.is_relative_to(self.home / TEMP)]
        return self.unsynced + names

    def _fsync(self, handle: int) -> None:
        self._call["fsync"](handle)
        path = Path(f"/proc/self/fd/{handle}").readlink()
        self.synced.add(path)
        self.names = {name: folder for name, folder in self.names.items() if folder != path}

    def _rename(self, source: Any, target: Any) -> None:
        renamed = [path for path in (Path(source), *Path(source).rglob("*")) if not path.is_symlink()]
        self.unsynced += [f"{path}: renamed before it was synced" for path in renamed if path not in self.synced]
        self._call["rename"](source, target)
        self._name(Path(target))

    def _mkdir(self, path: Any, *how: Any, **more: Any) -> None:
        self._call["mkdir"](path, *how, **more)
        self._name(Path(path))

    def _name(self, path: Path) -> None:
        if path.is_relative_to(self.home):
            self.names[path] = path.parent
