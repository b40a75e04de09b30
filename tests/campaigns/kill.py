"""Kill refreshes or fail their calls, and check that every release stays whole: `.venv/bin/python -m tests.campaigns.kill --kills 200`.

Put ways to interrupt a run and the checks afterwards here, not faulty input. tests/pipelines/test_crash.py runs a small part of this.

A run is a forked process. An audit hook kills it, or raises an error in it, at its nth call that writes, renames, removes or syncs
a file; or the process is killed at a random moment, also inside DuckDB and Dagster.
"""

import argparse
import datetime as dt
import errno
import faulthandler
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from schemas.errors import Refused, Unusable
from sources.live import answers
from warehouse import connect
from warehouse.build import database
from warehouse.build.clock import Clock
from warehouse.build.database import BUILT
from warehouse.home import MANIFEST
from warehouse.release import identity, locks, manifest, publish, retention, verify
from warehouse.release.compact import compact

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT)
CHANGES = {
    "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.truncate", "os.utime",
    "fcntl.flock", "shutil.rmtree", "shutil.copytree", "shutil.copyfile", "subprocess.Popen", "fsync",
}  # fmt: skip
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORK = multiprocessing.get_context("fork")
PATIENCE = 1800  # seconds; a busy machine may give a refresh a twentieth of a core
OPEN_SECONDS = 60  # for which one reader keeps its connection open
EVERYTHING = "select md5(string_agg(c::varchar, ' ' order by c::varchar)) from charts.claims c"


def is_change(event: str, arguments: tuple) -> bool:
    """Return true if an audit event of Python is a call that changes files."""
    if event == "open":
        return isinstance(arguments[2], int) and bool(arguments[2] & WRITES) and not str(arguments[0]).startswith("/dev/")
    return event in CHANGES


def at_nth(n: int, act: Callable[[], None], again: bool = False) -> list[int]:
    """Call `act` at this process's nth change of a file, and at all later ones if `again`; return a list with the count so far."""
    count, real = [0], os.fsync

    def hook(event: str, arguments: tuple) -> None:
        if is_change(event, arguments):
            count[0] += 1
            if count[0] == n or (again and count[0] > n):
                act()

    def fsync(handle: int) -> None:
        sys.audit("fsync", handle)
        real(handle)

    os.fsync = fsync
    sys.addaudithook(hook)
    return count


def die() -> None:
    """Kill this process without flushing or closing anything."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail(number: int) -> Callable[[], None]:
    """Return a function that raises an OSError with this errno."""

    def raising() -> None:
        raise OSError(number, os.strerror(number), "a file")

    return raising


def child(work: Callable[[], object], killed_after: float = PATIENCE) -> int:
    """Run `work` in a forked process and return its exit code: 0 done, 1 an OSError or an error of this project, 2 another error."""

    def run() -> None:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 1)
        os.dup2(devnull, 2)
        stacks = (Path(os.environ["DYAD_HOME"]) / "hangs.txt").open("w")  # open until the process ends
        faulthandler.register(signal.SIGUSR1, stacks, all_threads=True)
        try:
            work()
        except (OSError, Refused, Unusable):
            os._exit(1)
        except BaseException:
            (Path(os.environ["DYAD_HOME"]) / "unexpected.txt").write_text(traceback.format_exc(), "utf-8")
            os._exit(2)
        os._exit(0)

    process = FORK.Process(target=run)
    process.start()
    process.join(killed_after)
    if killed_after >= PATIENCE and process.exitcode is None:
        os.kill(process.pid, signal.SIGUSR1)  # it writes the stack of each thread to hangs.txt
        process.join(5)
    hangs = process.exitcode is None and killed_after >= PATIENCE
    process.kill()
    process.join()
    assert not hangs, "the run hangs:\n" + (Path(os.environ["DYAD_HOME"]) / "hangs.txt").read_text("utf-8")
    return process.exitcode


def small_release(home: Path, day: str) -> str:
    """Publish a release of one table with the file operations of a refresh (lock, build, publish, prune), and return its id."""
    clock = Clock(dt.date.fromisoformat(day), ("AAA-BBB",))
    with locks.refresh_lock(home):
        about = identity.describe(home, [], clock)
        folder = publish.begin(home, f"run-{os.getpid()}")
        with database.begin(folder / BUILT) as con:
            con.execute("create schema charts")
            con.execute("create table charts.claims as select ?::date as day, range as n from range(2000)", [day])
            compact(con, folder / "warehouse.duckdb")
        (folder / BUILT).unlink()
        (folder / "charts").mkdir()
        (folder / "charts" / "claims.csv").write_text(day * 5000)
        publish.publish(home, folder, about, [])
        publish.set_current(home, about["release"])
        retention.prune(home)
    return about["release"]


def not_whole(home: Path) -> list[str]:
    """Return the problems of a home: releases that differ from their manifest, a `current` that does not open, damaged answers."""
    problems = [line for folder in sorted((home / "releases").glob("*")) for line in verify.damage(folder)]
    try:
        with duckdb.connect(str((home / "current").resolve(strict=True) / "warehouse.duckdb"), read_only=True) as con:
            con.execute("select count(*) from charts.claims").fetchone()
    except (OSError, duckdb.Error) as error:
        problems.append(f"current: {error}")
    return problems + (answers.verify(home) if (home / "snapshots").exists() else [])


def unexpected(home: Path) -> str:
    """Return the traceback of an unexpected error of a forked run; empty if there was none."""
    file = home / "unexpected.txt"
    return file.read_text("utf-8") if file.exists() else ""


def leftovers(home: Path) -> list[str]:
    """Return the paths in a home that no finished run may leave."""
    paths = [*home.glob("building"), *home.glob("current.*"), *home.glob("trash"), *answers.incoming(home).glob("*")]
    return [str(path) for path in paths]


@contextmanager
def readers(home: Path, count: int, pause: float = 0.0) -> Iterator[Callable[[], list[str]]]:
    """Start readers that query in a loop, one of which keeps its connection open; yield a function that stops them and returns errors."""
    stop, queue, parent = FORK.Event(), FORK.Queue(), os.getpid()

    def read(stays_open: bool) -> None:
        reads = 0
        while not stop.is_set() and os.getppid() == parent:
            began = time.monotonic()
            try:
                with connect.connect() as con:
                    digests = {con.execute(EVERYTHING).fetchone()}
                    while stays_open and not stop.wait(0.05) and time.monotonic() - began < OPEN_SECONDS:
                        digests.add(con.execute(EVERYTHING).fetchone())
                    assert len(digests) == 1, f"mixed: {digests}"
                manifest.releases(home)
                reads += 1
                stop.wait(pause)
            except BaseException as error:
                queue.put(f"a reader saw {type(error).__name__}: {error}")
        queue.put(reads)

    os.environ["DYAD_HOME"] = str(home)
    processes = [FORK.Process(target=read, args=(n == 0,)) for n in range(count)]
    for process in processes:
        process.start()

    def errors() -> list[str]:
        stop.set()
        messages, stopped = [], 0
        while stopped < count:
            item = queue.get(timeout=PATIENCE)
            stopped += isinstance(item, int)
            messages += [item] if isinstance(item, str) else []
            errors.reads += item if isinstance(item, int) else 0
        return messages

    errors.reads = 0
    try:
        yield errors
    finally:
        stop.set()
        for process in processes:
            process.join(PATIENCE)


def changes_of(home: Path, work: Callable[[], object]) -> int:
    """Return the number of calls that change files while `work` runs in a process of its own."""
    total = FORK.Value("i", 0)

    def counted() -> None:
        count = at_nth(0, die)
        work()
        total.value = count[0]

    assert child(counted) == 0, unexpected(home)
    return total.value


def everywhere(home: Path, ways: list[tuple[str, Callable[[], None], bool]]) -> Counter:
    """Interrupt small releases at each of their calls in each of these ways; return the number of interruptions by way.

    Raises:
        AssertionError: the home is not whole, or a run ended in an unexpected way; the message names the call.
    """
    os.environ["DYAD_HOME"] = str(home)
    retention.NEWEST = 2
    days = (f"{dt.date(2000, 1, 1) + dt.timedelta(days=n)}" for n in range(100_000))
    for _ in range(4):  # so that every later one prunes
        small_release(home, next(days))
    day = next(days)
    calls = changes_of(home, lambda: small_release(home, day))
    interruptions: Counter = Counter()
    for name, act, again in ways:
        for n in range(1, calls + 1):
            day = next(days)

            def work(n=n, day=day, act=act, again=again) -> None:
                at_nth(n, act, again)
                small_release(home, day)

            code = child(work)
            where = f"{name} at call {n} of {calls}"
            assert code == -signal.SIGKILL if act is die else code in (0, 1), f"{where}: exit {code}"
            assert not (problems := not_whole(home)), f"{where}: {problems}"
            interruptions[name] += 1
            if n % 3 == 0:  # not after each, so that leftovers accumulate
                assert child(lambda day=day: small_release(home, day)) == 0, f"{where}: the next run fails"
                assert not (files := leftovers(home)), f"{where}: {files}"
    return interruptions


def sites(home: Path, folder: Path, step: int, seed: int) -> int:
    """Kill publishes of a home's one release as a site, and continue each; return the number of kills.

    Two kills fall at random calls while the release is copied, the others at every `step`th call after that, when the files that name it
    are replaced.

    Raises:
        AssertionError: a killed site names a release that it lacks, or the next publish does not complete it.
    """
    from warehouse.site.publish import publish as to_site

    def run(site: Path) -> None:
        list(to_site(home, site, "https://data.example.org/dyad/"))

    def copied(site: Path) -> Path:
        """Return the folder of a new site that has the release, but no file that names it."""
        shutil.copytree(folder / "whole" / "releases", site / "releases", copy_function=os.link)
        shutil.copyfile(folder / "whole" / "site.json", site / "site.json")
        return site

    def killed(site: Path, n: int) -> None:
        assert child(lambda: (at_nth(n, die), run(site))) == -signal.SIGKILL, f"call {n}: {unexpected(home)}"
        assert not (problems := torn(site)), f"killed at call {n}: {problems}"

    calls = changes_of(home, lambda: run(folder / "whole"))
    named = copied(folder / "named")
    naming = changes_of(home, lambda: run(named))
    for n in random.Random(seed).sample(range(1, calls - naming), 2):  # noqa: S311
        killed(folder / "copying", n)
    run(folder / "copying")
    assert not (files := differing(folder / "whole", folder / "copying")), files
    for n in range(1, naming + 1, step):
        site = copied(folder / f"naming-{n}")
        killed(site, n)
        run(site)
        assert not (files := differing(folder / "whole", site)), f"killed at call {n}: {files}"
    return 2 + len(range(1, naming + 1, step))


def torn(site: Path) -> list[str]:
    """Return the releases of a site that differ from their manifest, and the releases that its files name and it lacks."""
    problems = [line for folder in (site / "releases").glob("*") for line in verify.damage(folder)]
    for name in ("latest.json", "index.html", "feed.xml", "llms.txt", "dcat.jsonld"):
        text = (site / name).read_text("utf-8") if (site / name).exists() else ""
        named = set(re.findall(r"releases/([^/\s\"]+)/", text))
        problems += [f"{name} names {release}" for release in named if not (site / "releases" / release / MANIFEST).exists()]
    return problems


def differing(whole: Path, site: Path) -> list[str]:
    """Return the files that two sites do not have in common, except databases, whose bytes may differ, and the manifests with their digests."""
    files = {path.relative_to(side).as_posix() for side in (whole, site) for path in side.rglob("*") if path.is_file()}
    return [
        name for name in sorted(files)
        if not ((whole / name).exists() and (site / name).exists())
        or (not name.endswith(("warehouse.duckdb", MANIFEST)) and (whole / name).read_bytes() != (site / name).read_bytes())
    ]  # fmt: skip


def phase(home: Path) -> str:
    """Return the phase in which a refresh was killed, by its leftovers."""
    (folder, *_) = [*(home / "building").glob("*/"), None]
    if folder is None:
        return "fetch and parse" if any(answers.incoming(home).glob("*")) else "before the build, or after the publish"
    if (folder / MANIFEST).exists() or ((folder / "claims.md").exists() and not (folder / BUILT).exists()):
        return "publish"
    if (folder / "claims.md").exists():
        return "export"
    return "pictures" if (folder / "charts").exists() else "build and audit"


def refreshes(home: Path, kills: int, seed: int, pause: float = 0.5) -> Counter:
    """Kill real refreshes while eight readers read, alternately at a random moment and at a random call; return the kills by phase.

    Half of the refreshes ask every publisher first, simulated on this machine.

    Raises:
        AssertionError: the home is not whole, a reader saw an error, or a run ended in an unexpected way.
    """
    from tests.support import publishers

    with publishers.Publishers() as world:
        os.environ.update(world.environment())
        return _refreshes(home, kills, seed, pause)


def _refreshes(home: Path, kills: int, seed: int, pause: float) -> Counter:
    from pipelines import definitions, settings
    from pipelines import launch as run
    from schemas import registry
    from sources.live import clock

    clock.sleep = lambda seconds: None  # simulated publishers need no pauses between requests
    definitions.defs()  # import Dagster once, not in each forked run

    os.environ.update(DYAD_HOME=str(home), DAGSTER_HOME=str(home / "dagster"))
    retention.NEWEST = 2
    accepted = [name.removeprefix("charts.") for name in registry.MODELED if name.startswith("charts.")]
    rng = random.Random(seed)  # noqa: S311
    first = dt.date(2024, 12, 12)

    def asks(number: int) -> bool:
        return number % 4 < 2

    def refresh(number: int) -> None:
        live = [settings.EVERYONE] if asks(number) else []
        run.refresh(as_of=f"{first + dt.timedelta(days=number)}", accept_revisions=accepted, live=live)

    started = time.perf_counter()
    calls = {is_live: changes_of(home, lambda number=number: refresh(number)) for number, is_live in ((0, True), (2, False))}
    usual = (time.perf_counter() - started) / 2
    print(f"a refresh takes {usual:.1f} s and changes files {calls[False]} times, one that asks {calls[True]} times", flush=True)
    phases: Counter = Counter()
    number = 2
    with readers(home, 8, pause) as errors:
        while sum(phases.values()) - phases["it had ended"] < kills:
            number += 1
            if number % 2:
                code = child(lambda number=number: refresh(number), killed_after=rng.uniform(0, usual))
            else:
                n = rng.randint(1, calls[asks(number)])
                code = child(lambda number=number, n=n: (at_nth(n, die), refresh(number)))
            assert code in (0, -signal.SIGKILL), f"refresh {number}: exit {code}: {(home / 'unexpected.txt').read_text()}"
            assert not (problems := not_whole(home)), f"after refresh {number} ({phase(home)}): {problems}"
            phases[phase(home) if code else "it had ended"] += 1
            print(f"{number}: {phase(home) if code else 'it had ended'}", flush=True)
        assert child(lambda: refresh(number + 1)) == 0, "the next refresh fails"
        messages = errors()
    assert not messages, messages[:5]
    assert not (problems := not_whole(home) + leftovers(home)), problems
    assert not (running := _active_runs(home)), f"Dagster still waits for {running}"
    print(f"{errors.reads} reads without an error", flush=True)
    return phases


def _active_runs(home: Path) -> list[str]:
    import sqlite3

    with sqlite3.connect(home / "dagster" / "history" / "runs.db") as con:
        return [run for (run,) in con.execute("select run_id from runs where status in ('STARTING', 'STARTED', 'CANCELING')")]


def main() -> None:
    """Interrupt a small release at every call in every way, then kill real refreshes, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills of real refreshes, besides those at every call of a publish")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    ways = [("SIGKILL", die, False)]
    ways += [(f"{errno.errorcode[e]} {'from there on' if again else 'once'}", fail(e), again) for e in ERRORS for again in (False, True)]
    with TemporaryDirectory() as home:
        figures = dict(everywhere(Path(home), ways))
    print(json.dumps(figures), flush=True)
    with TemporaryDirectory() as home:
        figures |= refreshes(Path(home), options.kills, options.seed)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
