"""Time whole commands and print a Markdown table of seconds and ratios: `make bench`.

A command is measured with all its processes, from start to exit. Rounds are interleaved, and ratios compare medians of one run, since
machines are noisy. Put here what is only measured, not a limit that fails a build.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple
from unittest.mock import patch

import duckdb
from playwright.sync_api import Browser, sync_playwright

from pipelines import assistant, bounded
from pipelines.cli.refresh import UNCHANGED
from tests.pipelines.test_assistant import CALLS
from tests.support import publishers

ROUNDS = 3
BIN = Path(sys.executable).parent
IMPORTS: list[str | Path] = [sys.executable, "-c", "import dagster, duckdb, pandas, pandera"]
REFRESH: list[str | Path] = [BIN / "dyad", "refresh"]
UNSYNCED: list[str | Path] = [
    sys.executable,
    "-c",
    "import sys, warehouse.release.publish as p; p.sync = lambda path: None; sys.argv = ['dyad', 'refresh']; from pipelines.cli.main import run; run()",
]
PAIRS = ["CHN-RUS", "CHN-USA", "IND-RUS", "FRA-GBR", "DEU-FRA"]
# agreement in every session, of a pair and of all pairs, each with its aim in CPU ms
QUESTIONS = {"select year, assembly_identical_pct from dyad('FRA', 'DEU')": 50, "from views.dyad_session": 2000}


class Times(NamedTuple):
    """Seconds of a command: wall clock, and CPU of all its processes."""

    wall: float
    cpu: float


def timed(command: list[str | Path], home: str, **more: str) -> Times:
    """Run a command in a home, and return its times from start to exit."""
    environment = os.environ | {"DYAD_HOME": home, "DAGSTER_HOME": f"{home}/dagster"} | more
    started, used = time.perf_counter(), _cpu_of_children()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, UNCHANGED), done.stderr
    return Times(time.perf_counter() - started, _cpu_of_children() - used)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def page_times(browser: Browser, page: Path) -> tuple[float, float]:
    """Open a release's page in Chromium, and return the seconds until it is painted, and those in which it then blocks input.

    Blocking is the part of each task beyond 50 ms, until every chart is laid out, on a phone four times as slow. Tasks are measured in
    processor time, which other processes do not lengthen.
    """
    tab = browser.new_page()
    browser.start_tracing(page=tab, categories=["toplevel", "devtools.timeline", "loading", "blink.user_timing", "__metadata"])
    tab.goto(page.as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    laid_out = "[...document.querySelectorAll('.chart')].every((chart) => chart.style.contentVisibility === 'visible')"
    while not tab.evaluate(laid_out):  # the page's policy forbids what Playwright's own wait evaluates
        tab.wait_for_timeout(50)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    painted = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    tab.close()
    paint = next(e for e in events if e["name"] == "firstContentfulPaint")
    after = [e for e in events if (e["pid"], e["tid"]) == (paint["pid"], paint["tid"]) and e["ts"] >= paint["ts"]]
    tasks = [e.get("tdur", 0) / 1e6 for e in after if e["name"].endswith("RunTask")]
    return painted, sum(max(0.0, 4 * task - 0.05) for task in tasks)


def median_ms(ask: Callable[[], object]) -> float:
    """Return the median CPU time of a call in milliseconds."""
    spent = []
    for _ in range(9):
        started = time.process_time()
        ask()
        spent.append(time.process_time() - started)
    return 1000 * median(spent)


def tool_ms(folder: Path) -> dict[str, float]:
    """Return the median CPU time of each tool of an assistant on a release in milliseconds."""
    with patch.dict(os.environ, DYAD_HOME=str(folder.parent)):
        tools = {name: partial(getattr(assistant, name), **asked) for name, asked in CALLS.items() if name != "query"}
        tools["query"] = partial(bounded._rows, CALLS["query"]["sql"], folder.resolve(), CALLS["query"]["limit"])  # in a process of its own
        return {name: median_ms(tool) for name, tool in tools.items()}


def measure(times: dict[str, list[Times]], page: list[tuple[float, float]]) -> None:
    """Run every command once."""
    with tempfile.TemporaryDirectory() as home:
        times["imports"].append(timed(IMPORTS, home))
        times["refresh"].append(timed(REFRESH, home))
        times["unchanged"].append(timed(REFRESH, home))
        times["another day"].append(timed([*REFRESH, "--as-of", "2026-06-30"], home))
    with tempfile.TemporaryDirectory() as home:
        times["unsynced"].append(timed(UNSYNCED, home))
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
            page.append(page_times(browser, Path(home) / "current" / "index.html"))
    with tempfile.TemporaryDirectory() as home:
        times["pairs"].append(timed([*REFRESH, *(word for pair in PAIRS for word in ("--dyad", pair))], home))
    with tempfile.TemporaryDirectory() as home, publishers.Publishers() as world:
        for name in ("fetched", "live"):  # the first fetches, the second finds nothing new
            times[name].append(timed([*REFRESH, "--live"], home, **world.environment()))


def row(what: str, of: list[Times], base: list[Times], aim: str, command: str) -> str:
    """Return a line of the table, with the ratios of medians to a base."""
    wall, cpu, base_wall, base_cpu = (median(column) for both in (of, base) for column in zip(*both, strict=True))
    return f"| {what} | {wall:.2f} | {cpu:.2f} | {wall / base_wall:.2f} | {cpu / base_cpu:.2f} | {aim} | `{command}` |"


def main() -> None:
    """Measure every command in each round, and print the table."""
    times: dict[str, list[Times]] = defaultdict(list)
    page: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as home:
        timed(REFRESH, home)  # compiles what was never imported; no other process of this one was as large before
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        with duckdb.connect(f"{home}/current/warehouse.duckdb", read_only=True) as con:
            answers = {question: median_ms(lambda asked=question: con.sql(asked).to_arrow_table()) for question in QUESTIONS}
        tools = tool_ms(Path(home) / "current")
    for _ in range(ROUNDS):
        measure(times, page)
    bare, first = times["imports"], times["refresh"]
    print("| command | wall s | CPU s | wall ratio | CPU ratio | aim, wall | reproduce |")
    print("|---|---|---|---|---|---|---|")
    print(row("imports", bare, bare, "", 'python -c "import dagster, duckdb, pandas, pandera"'))
    print(row("first refresh, empty home", first, bare, "6", "dyad refresh"))
    print(row("nothing changed", times["unchanged"], bare, "0.5", "dyad refresh"))
    print(row("another day in the same home", times["another day"], bare, "4.5", "dyad refresh --as-of 2026-06-30"))
    print(row("five pairs, to one", times["pairs"], first, "", f"dyad refresh --dyad {' --dyad '.join(PAIRS)}"))
    print(row("no file synced, to a first refresh", times["unsynced"], first, "", "in a process whose `publish.sync` does nothing"))
    print(row("nothing new at the publishers, to a first refresh", times["live"], first, "", "dyad refresh --live"))
    painted, blocked = (median(of) for of in zip(*page, strict=True))
    print(
        f"\nThe largest process of a first refresh took {peak:.0f} MB (aim 450). The page is painted after {painted:.2f} s, and then blocks"
    )
    print(f"input for {blocked:.2f} s on a phone four times as slow (aim 0.2).")
    for question, spent in answers.items():
        print(f"`{question}` takes {spent:.0f} CPU ms (aim {QUESTIONS[question]:,}).")
    slowest = max(tools, key=tools.__getitem__)
    print(f"The slowest tool of an assistant is `{slowest}`, with {tools[slowest]:.0f} CPU ms (aim 200).")


if __name__ == "__main__":
    main()
