"""Hash files, flush files and folders to the disk, and recognize files that operating systems leave behind."""

import hashlib
import os
from pathlib import Path, PurePosixPath


def is_litter(name: str) -> bool:
    """Return True for the name of a file that an operating system or an office program leaves beside a person's files."""
    path = PurePosixPath(name)
    return path.name.startswith((".", "~$")) or path.name.lower() in ("desktop.ini", "thumbs.db") or "__MACOSX" in path.parts


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Flush a file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and the missing ones above it, and flush their names to the disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)
