"""Time whole commands and print a table of seconds and ratios: `make bench`.

Ratios compare times of the same run, since machines are noisy. Put here what is only measured, not a limit that fails a build.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from pipelines.cli.refresh import UNCHANGED
from tests.support import publishers

ROUNDS = 3
BIN = Path(sys.executable).parent
UNSYNCED = [
    sys.executable,
    "-c",
    "import sys, warehouse.release.publish as p; p.sync = lambda path: None; sys.argv = ['dyad', 'refresh']; from pipelines.cli.main import run; run()",
]
IMPORTS = [sys.executable, "-c", "import dagster, duckdb, pandas, pandera"]


def seconds(command: list[str | Path], home: str, **more: str) -> float:
    """Run a command in a home, and return its wall-clock seconds from start to exit."""
    environment = os.environ | {"DYAD_HOME": home, "DAGSTER_HOME": f"{home}/dagster"} | more
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, UNCHANGED), done.stderr
    return time.perf_counter() - started


def page_times(browser: Browser, page: Path) -> tuple[float, float]:
    """Open a release's page in Chromium, and return the seconds until it is painted, and those in which it then blocks input.

    Blocking is the part of each task beyond 50 ms, until every chart is laid out, on a phone four times as slow. Tasks are measured in
    processor time, which other processes do not lengthen.
    """
    tab = browser.new_page()
    browser.start_tracing(page=tab, categories=["toplevel", "devtools.timeline", "loading", "blink.user_timing", "__metadata"])
    tab.goto(page.as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    tab.wait_for_function("[...document.querySelectorAll('.chart')].every((chart) => chart.style.contentVisibility === 'visible')")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    painted = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    tab.close()
    paint = next(e for e in events if e["name"] == "firstContentfulPaint")
    after = [e for e in events if (e["pid"], e["tid"]) == (paint["pid"], paint["tid"]) and e["ts"] >= paint["ts"]]
    tasks = [e.get("tdur", 0) / 1e6 for e in after if e["name"].endswith("RunTask")]
    return painted, sum(max(0.0, 4 * task - 0.05) for task in tasks)


def main() -> None:
    """Measure in interleaved rounds, so that a slow minute slows every command, and print the table."""
    bare, refresh, again, unsynced, live, page = [], [], [], [], [], []
    peak = 0.0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            bare.append(seconds(IMPORTS, home))
            refresh.append(seconds([BIN / "dyad", "refresh"], home))
            # of the first refresh: the system returns the maximum of all children, later including a browser
            peak = peak or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            again.append(seconds([BIN / "dyad", "refresh"], home))
        with tempfile.TemporaryDirectory() as home:
            unsynced.append(seconds(UNSYNCED, home))
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
                page.append(page_times(browser, Path(home) / "current" / "index.html"))
        with tempfile.TemporaryDirectory() as home, publishers.Publishers() as world:
            for times in ([], live):  # the first fetches, the second finds nothing new
                times.append(seconds([BIN / "dyad", "refresh", "--live"], home, **world.environment()))
    print(f"imports            {median(bare):6.2f} s   1.00")
    print(f"dyad refresh       {median(refresh):6.2f} s   {median(refresh) / median(bare):.2f}   peak {peak:.0f} MB")
    print(f"  nothing changed  {median(again):6.2f} s   {median(again) / median(bare):.2f}")
    print(f"  the same, live   {median(live):6.2f} s   {median(live) / median(refresh):.2f} of a refresh of the bundled figures")
    print(f"  its file syncs   {median(refresh) - median(unsynced):6.2f} s   {median(refresh) / median(unsynced):.2f} of one without")
    painted, blocked = (median(times) for times in zip(*page, strict=True))
    print(f"page painted       {painted:6.2f} s   {painted / median(bare):.2f}")
    print(f"  then blocked     {blocked:6.2f} s   aim 0.2, on a phone four times as slow")


if __name__ == "__main__":
    main()
