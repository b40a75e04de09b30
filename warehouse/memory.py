"""Compute the memory limit of DuckDB."""

import os
import re
from pathlib import Path

from schemas.errors import Unusable

CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_limit() -> str:
    """Return `DYAD_MEMORY_LIMIT` (such as `2GB`) if it is set, else half of the memory of the machine or, if smaller, of the container.

    Raises:
        Unusable: the variable is not a size.
    """
    text = os.environ.get("DYAD_MEMORY_LIMIT", "")
    if text:
        if not re.fullmatch(r"\d+(\.\d+)?\s?[KMGT]i?B", text):
            raise Unusable(f"DYAD_MEMORY_LIMIT is {text!r}: write a size with its unit, for example 2GB")
        return text
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in map(Path, CGROUP_LIMITS):
        if path.exists() and (limit := path.read_text("utf-8").strip()).isdigit():
            sizes.append(int(limit))
    return f"{min(sizes) // 2 // 2**20}MiB"
