"""Print what a first refresh spends its CPU time on: `make profile`.

The refresh runs in this process. Another thread looks every few milliseconds at what the main thread is doing, and adds the CPU time
that the main thread used since to the innermost function of `WORK` that is running.
"""

import atexit
import os
import resource
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[2]
INTERVAL = 0.003  # seconds
# the start of a function's place, `file:name` below the project or the installed packages, and the kind of its work
WORK = {
    "<frozen importlib._bootstrap>:_find_and_load": "imports",
    "pipelines/definitions.py:": "definitions of the assets",
    "dagster/_core/storage/": "Dagster: run history",
    "dagster/": "Dagster: the rest",
    "sources/snapshot.py:": "reading CSV",
    "pandera/": "Pandera",
    "warehouse/check.py:": "rules of the tables",
    "warehouse/build/land.py:": "landing",
    "warehouse/build/layers.py:": "SQL models on the release's day",
    "warehouse/build/audit.py:": "audits",
    "warehouse/build/claims.py:": "claims",
    "warehouse/build/as_of.py:": "deleting what was not yet known",
    "warehouse/visuals/": "composing visuals",
    "warehouse/export/": "files of the datasets, archive, cited lines",
    "warehouse/page/": "page",
    "warehouse/release/publish.py:": "hashing and syncing",
    "warehouse/release/code.py:": "digesting the code",
    "warehouse/release/": "catalogue, changes, claims as text",
}


class Sampler(threading.Thread):
    """Count the CPU seconds of the main thread by kind of work until `stop`."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        super().__init__(daemon=True)
        self.seconds: Counter[str] = Counter()
        self._main = threading.main_thread().ident or 0
        self._clock = time.pthread_getcpuclockid(self._main)
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look at the main thread at intervals."""
        used = time.clock_gettime(self._clock)
        while not self._stopped.wait(INTERVAL):
            now = time.clock_gettime(self._clock)
            self.seconds[kind_of_work(sys._current_frames().get(self._main))] += now - used
            used = now

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self.join()


def kind_of_work(frame: FrameType | None) -> str:
    """Return the kind of work of the innermost frame that has one."""
    while frame:
        place = f"{frame.f_code.co_filename}:{frame.f_code.co_name}"
        place = place.rpartition("/site-packages/")[2].removeprefix(f"{ROOT}/")
        kind = next((kind for start, kind in WORK.items() if place.startswith(start)), None)
        if kind:
            return kind
        frame = frame.f_back
    return "the rest"


def report(sampler: Sampler) -> None:
    """Print a Markdown table of the CPU seconds of each kind of work, most first."""
    print("| work | CPU s |\n|---|---|")
    for kind, seconds in sampler.seconds.most_common():
        print(f"| {kind} | {seconds:.2f} |")
    others = time.process_time() - sum(sampler.seconds.values())
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"| other threads: the models on the text's day, the copy of the database, and this sampler | {others:.2f} |")
    print(f"| processes that draw pictures | {children.ru_utime + children.ru_stime:.2f} |")


def main() -> None:
    """Run a refresh in an empty home, and report when its processes have ended."""
    sampler = Sampler()
    atexit.register(report, sampler)  # before multiprocessing registers the end of its processes, so that it runs after that
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"DYAD_HOME": home, "DAGSTER_HOME": f"{home}/dagster"}
        sampler.start()
        from pipelines.cli.main import main as dyad  # not at the top: its import is part of a refresh

        dyad(["refresh"], standalone_mode=False)
        sampler.stop()


if __name__ == "__main__":
    main()
