"""Compute the memory limit of DuckDB, and check that the limit on address space allows drawing charts."""

import os
import re
import resource
from pathlib import Path

from schemas.errors import Unusable

CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
DRAWING = 70 * 10**9  # bytes of address space: V8, which draws the charts, reserves twice 32 GiB but uses 0.1 GB of memory


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


def check_addresses() -> None:
    """Check the limit on address space (`ulimit -v`): if it is too small, the processes that draw charts end without an error message.

    Raises:
        Unusable: it is too small.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < DRAWING:
        raise Unusable(
            f"this process may use {limit / 1e9:.1f} GB of address space, but drawing charts reserves {DRAWING / 1e9:.0f} GB, most of which is "
            "never used as memory: run `ulimit -v unlimited` first, and limit memory by a container if you must"
        )
