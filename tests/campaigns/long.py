"""Refresh many times in one process and print what grows: `.venv/bin/python -m tests.campaigns.long --refreshes 500`.

Put measurements of a long-lived process and its home here, not ten simulated years of small releases (`pipelines/test_crash.py`) or
kills (`campaigns.kill`).

Each refresh is a complete one of the next day: it lands, audits, draws, exports, publishes and prunes.
"""

import argparse
import datetime as dt
import gc
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median


def resources(home: Path) -> dict[str, int]:
    """Return open files, threads and megabytes of this process, and releases, files and megabytes of the home."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    files = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        "open files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "MB": int(status["VmRSS"].split()[0]) // 1024,
        "releases": len(list((home / "releases").glob("*/manifest.json"))),
        "files": len(files),
        "MB of the home": sum(path.stat().st_size for path in files) >> 20,
    }


def main() -> None:
    """Refresh, and print a row of the table after each tenth of the refreshes; the times are medians since the row before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--refreshes", type=int, default=500)
    count = parser.parse_args().refreshes
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ.update(DYAD_HOME=folder, DAGSTER_HOME=f"{folder}/dagster")
        from pipelines import launch
        from sources import snapshot

        last = snapshot.read_until(snapshot.sources())
        seconds: list[float] = []
        for n in range(1, count + 1):
            started = time.monotonic()
            launch.refresh(as_of=str(last - dt.timedelta(days=count - n)))
            seconds.append(time.monotonic() - started)
            gc.collect()  # so that the row counts only live objects
            if n % max(count // 10, 1) == 0:
                row = {"refreshes": n, "seconds": round(median(seconds), 1), **resources(home)}
                if n == max(count // 10, 1):
                    print("| " + " | ".join(row) + " |\n|" + "---|" * len(row))
                print("| " + " | ".join(map(str, row.values())) + " |", flush=True)
                seconds.clear()


if __name__ == "__main__":
    sys.exit(main())
