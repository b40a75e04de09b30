"""Compute the memory limit of DuckDB, and check the limit on addresses under which charts are drawn."""

import os
import re
import resource
from pathlib import Path

from schemas.errors import Unusable

CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
DRAWING = 70 * 10**9  # bytes of addresses: V8, which draws the charts, reserves twice 32 GiB of them, and uses 0.1 GB of memory


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
    """Check the limit on addresses (`ulimit -v`): under a smaller one the processes that draw charts end without a line of their own.

    Raises:
        Unusable: it is too small.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < DRAWING:
        raise Unusable(
            f"this process may use {limit / 1e9:.1f} GB of addresses, but drawing charts reserves {DRAWING / 1e9:.0f} GB of them, most of it "
            "without memory behind it: run `ulimit -v unlimited` first, and bound memory by a container if you have to"
        )
