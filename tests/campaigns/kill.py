"""Kill refreshes, fail their system calls, and see that nothing torn is ever published: `.venv/bin/python -m tests.campaigns.kill --kills 200`.

Belongs here: the ways to interrupt a run, and what must hold afterwards; tests/pipelines/test_crash.py runs a small part of it.
Does not belong here: faults of the input.

A run is a forked process that an audit hook ends, or gives an error, at the nth call that writes, renames, removes or syncs a
file below the home; or that is killed at a random moment, inside DuckDB and Dagster too.
"""

import argparse
import datetime as dt
import errno
import faulthandler
import json
import multiprocessing
import os
import random
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
from warehouse.build.clock import Clock
from warehouse.home import MANIFEST
from warehouse.release import identity, locks, manifest, publish, retention, verify
from warehouse.release.compact import BUILT

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT)
CHANGES = {
    "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.truncate", "os.utime",
    "fcntl.flock", "shutil.rmtree", "shutil.copytree", "shutil.copyfile", "subprocess.Popen", "fsync",
}  # fmt: skip
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORK = multiprocessing.get_context("fork")
PATIENCE = 1800  # seconds; a busy machine may give a refresh a twentieth of a core
HOLDS = 60  # seconds that one reader keeps its connection
EVERYTHING = "select md5(string_agg(c::varchar, ' ' order by c::varchar)) from charts.claims c"


def is_change(event: str, arguments: tuple) -> bool:
    """A call that changes files: every one of these goes through here, whoever makes it in Python."""
    if event == "open":
        return isinstance(arguments[2], int) and bool(arguments[2] & WRITES) and not str(arguments[0]).startswith("/dev/")
    return event in CHANGES


def at_nth(n: int, act: Callable[[], None], again: bool = False) -> list[int]:
    """Let this process `act` at its nth change of a file, and at all later ones if `again`; the count so far in a list."""
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
    """As power cuts a process off: nothing is flushed, nothing is closed."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail(number: int) -> Callable[[], None]:
    """The call fails with this errno."""

    def raising() -> None:
        raise OSError(number, os.strerror(number), "a file")

    return raising


def child(work: Callable[[], object], killed_after: float = PATIENCE) -> int:
    """The exit code of a forked process that does this: 0 done, 1 an OSError or the product's own error, 2 another one."""

    def run() -> None:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
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
        os.kill(process.pid, signal.SIGUSR1)  # it writes down where each of its threads is
        process.join(5)
    hangs = process.exitcode is None and killed_after >= PATIENCE
    process.kill()
    process.join()
    assert not hangs, "the run hangs:\n" + (Path(os.environ["DYAD_HOME"]) / "hangs.txt").read_text("utf-8")
    return process.exitcode


def small_release(home: Path, day: str) -> str:
    """What a refresh does with files, on a warehouse of one table: lock, build, publish, prune; the release's id."""
    clock = Clock(dt.date.fromisoformat(day), ("AAA-BBB",))
    with locks.refresh_lock(home):
        about = identity.describe(home, [], clock)
        folder = publish.begin(home, f"run-{os.getpid()}")
        with duckdb.connect(str(folder / "warehouse.duckdb"), config={"threads": 1}) as con:
            con.execute("create schema charts")
            con.execute("create table charts.claims as select ?::date as day, range as n from range(2000)", [day])
        (folder / "charts").mkdir()
        (folder / "charts" / "claims.csv").write_text(day * 5000)
        publish.publish(home, folder, about, [])
        retention.prune(home)
    return about["release"]


def not_whole(home: Path) -> list[str]:
    """What is wrong with a home at any moment: a release that is not as its manifest says, a `current` that does not open."""
    problems = [line for folder in sorted((home / "releases").glob("*")) for line in verify.damage(folder)]
    try:
        with duckdb.connect(str((home / "current").resolve(strict=True) / "warehouse.duckdb"), read_only=True) as con:
            con.execute("select count(*) from charts.claims").fetchone()
    except (OSError, duckdb.Error) as error:
        problems.append(f"current: {error}")
    return problems + (answers.verify(home) if (home / "snapshots").exists() else [])


def unexpected(home: Path) -> str:
    """The traceback of an error that no person should see, if any."""
    file = home / "unexpected.txt"
    return file.read_text("utf-8") if file.exists() else ""


def leftovers(home: Path) -> list[str]:
    """What no finished run may leave."""
    dead = [*home.glob("building"), *home.glob("current.*"), *home.glob("trash"), *answers.incoming(home).glob("*")]
    return [str(path) for path in dead]


@contextmanager
def readers(home: Path, count: int, pause: float = 0.0) -> Iterator[Callable[[], list[str]]]:
    """Readers in a loop, one of which holds its connection; gives a function that stops them and tells their errors."""
    stop, told, parent = FORK.Event(), FORK.Queue(), os.getpid()

    def read(holds: bool) -> None:
        reads = 0
        while not stop.is_set() and os.getppid() == parent:
            began = time.monotonic()
            try:
                with connect.connect() as con:
                    said = {con.execute(EVERYTHING).fetchone()}
                    while holds and not stop.wait(0.05) and time.monotonic() - began < HOLDS:
                        said.add(con.execute(EVERYTHING).fetchone())
                    assert len(said) == 1, f"mixed: {said}"
                manifest.releases(home)
                reads += 1
                stop.wait(pause)
            except BaseException as error:
                told.put(f"a reader saw {type(error).__name__}: {error}")
        told.put(reads)

    os.environ["DYAD_HOME"] = str(home)
    processes = [FORK.Process(target=read, args=(n == 0,)) for n in range(count)]
    for process in processes:
        process.start()

    def errors() -> list[str]:
        stop.set()
        said, done = [], 0
        while done < count:
            item = told.get(timeout=PATIENCE)
            done += isinstance(item, int)
            said += [item] if isinstance(item, str) else []
            errors.reads += item if isinstance(item, int) else 0
        return said

    errors.reads = 0
    try:
        yield errors
    finally:
        stop.set()
        for process in processes:
            process.join(PATIENCE)


def changes_of(home: Path, day: str) -> int:
    """How many calls of a small release change files."""
    counted = FORK.Value("i", 0)

    def work() -> None:
        count = at_nth(0, die)
        small_release(home, day)
        counted.value = count[0]

    assert child(work) == 0
    return counted.value


def everywhere(home: Path, ways: list[tuple[str, Callable[[], None], bool]]) -> Counter:
    """Interrupt small releases at each of their calls in each of these ways; how many of each were survived.

    Raises:
        AssertionError: something that must hold did not; the message says where.
    """
    os.environ["DYAD_HOME"] = str(home)
    retention.NEWEST = 2
    days = (f"{dt.date(2000, 1, 1) + dt.timedelta(days=n)}" for n in range(100_000))
    for _ in range(4):  # so that every later one prunes
        small_release(home, next(days))
    calls = changes_of(home, next(days))
    survived: Counter = Counter()
    for name, act, again in ways:
        for n in range(1, calls + 1):
            day = next(days)

            def work(n=n, day=day, act=act, again=again) -> None:
                at_nth(n, act, again)
                small_release(home, day)

            code = child(work)
            where = f"{name} at call {n} of {calls}"
            assert code == -signal.SIGKILL if act is die else code in (0, 1), f"{where}: exit {code}"
            assert not (wrong := not_whole(home)), f"{where}: {wrong}"
            survived[name] += 1
            if n % 3 == 0:  # not after each: the dead pile up
                assert child(lambda day=day: small_release(home, day)) == 0, f"{where}: the next run fails"
                assert not (left := leftovers(home)), f"{where}: {left}"
    return survived


def phase(home: Path) -> str:
    """Where a killed refresh was, by what it left."""
    (folder, *_) = [*(home / "building").glob("*/"), None]
    if folder is None:
        return "fetch and parse" if any(answers.incoming(home).glob("*")) else "before the build, or after the publish"
    if (folder / MANIFEST).exists() or (folder / BUILT).exists():
        return "publish"
    if (folder / "claims.md").exists():
        return "export"
    return "pictures" if (folder / "charts").exists() else "build and audit"


def refreshes(home: Path, kills: int, seed: int, pause: float = 0.5) -> Counter:
    """Kill so many real refreshes, by turns at a random moment and at a random call, while eight readers read; kills by phase.

    Half of them ask every publisher first, played on this machine.

    Raises:
        AssertionError: something that must hold did not.
    """
    from tests.support import publishers

    with publishers.Publishers() as world:
        os.environ.update(world.environment())
        return _refreshes(home, kills, seed, pause)


def _refreshes(home: Path, kills: int, seed: int, pause: float) -> Counter:
    from pipelines import definitions, settings
    from pipelines import launch as run
    from schemas import registry
    from sources.live import http

    http.sleep = lambda seconds: None  # the budgets of real publishers
    definitions.defs()  # once here: each forked run would import Dagster and the drawing anew

    os.environ.update(DYAD_HOME=str(home), DAGSTER_HOME=str(home / "dagster"))
    retention.NEWEST = 2
    accepted = [name.removeprefix("charts.") for name in registry.MODELED if name.startswith("charts.")]
    moments = random.Random(seed)  # noqa: S311
    first = dt.date(2024, 12, 12)

    def asks(number: int) -> bool:
        return number % 4 < 2

    def refresh(number: int) -> None:
        asked = [settings.EVERYONE] if asks(number) else []
        run.refresh(as_of=f"{first + dt.timedelta(days=number)}", accept_revisions=accepted, live=asked)

    def counting(number: int) -> int:
        counted = FORK.Value("i", 0)

        def work() -> None:
            count = at_nth(0, die)
            refresh(number)
            counted.value = count[0]

        assert child(work) == 0, unexpected(home)
        return counted.value

    started = time.perf_counter()
    calls = {is_live: counting(number) for number, is_live in ((0, True), (2, False))}
    usual = (time.perf_counter() - started) / 2
    print(f"a refresh takes {usual:.1f} s and changes files {calls[False]} times, one that asks {calls[True]} times", flush=True)
    phases: Counter = Counter()
    number = 2
    with readers(home, 8, pause) as errors:
        while sum(phases.values()) - phases["it had ended"] < kills:
            number += 1
            if number % 2:
                code = child(lambda number=number: refresh(number), killed_after=moments.uniform(0, usual))
            else:
                n = moments.randint(1, calls[asks(number)])
                code = child(lambda number=number, n=n: (at_nth(n, die), refresh(number)))
            assert code in (0, -signal.SIGKILL), f"refresh {number}: exit {code}: {(home / 'unexpected.txt').read_text()}"
            assert not (wrong := not_whole(home)), f"after refresh {number} ({phase(home)}): {wrong}"
            phases[phase(home) if code else "it had ended"] += 1
            print(f"{number}: {phase(home) if code else 'it had ended'}", flush=True)
        assert child(lambda: refresh(number + 1)) == 0, "the next refresh fails"
        saw = errors()
    assert not saw, saw[:5]
    assert not (wrong := not_whole(home) + leftovers(home)), wrong
    assert not (running := _at_work(home)), f"Dagster still waits for {running}"
    print(f"{errors.reads} reads without an error", flush=True)
    return phases


def _at_work(home: Path) -> list[str]:
    import sqlite3

    with sqlite3.connect(home / "dagster" / "history" / "runs.db") as con:
        return [run for (run,) in con.execute("select run_id from runs where status in ('STARTING', 'STARTED', 'CANCELING')")]


def main() -> None:
    """Every call of a publish once in every way, then as many kills of real refreshes as wished."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200, help="kills of real refreshes, besides those at every call of a publish")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    ways = [("SIGKILL", die, False)]
    ways += [(f"{errno.errorcode[e]} {'from there on' if again else 'once'}", fail(e), again) for e in ERRORS for again in (False, True)]
    with TemporaryDirectory() as home:
        figures = dict(everywhere(Path(home), ways))
    print(json.dumps(figures), flush=True)
    with TemporaryDirectory() as home:
        figures |= refreshes(Path(home), chosen.kills, chosen.seed)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
