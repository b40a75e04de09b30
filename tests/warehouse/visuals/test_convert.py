"""Test the processes that draw: errors are readable, a process that ended is replaced, and none outlives its parent."""

import errno
import multiprocessing
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from warehouse.visuals import convert

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="1"></svg>'
# a script without a guard that counts how often it runs, starts every process of its pool, prints them and goes on drawing: a signal
# that arrives while a process starts would be reported by that process too
SCRIPT = """
import os, sys, vl_convert
print("main runs", flush=True)
from warehouse.visuals import convert
pool = convert._pool(os.getpid())
for drawing in [pool.submit(vl_convert.svg_to_png, sys.argv[1]) for _ in range(convert.PROCESSES)]:
    drawing.result()
print(*pool._processes, flush=True)
while True:
    convert._run(vl_convert.svg_to_png, sys.argv[1])
"""


def width(number: int) -> int:
    """Ask for a picture of that width, past those that other tests keep, and return the width of the picture that came."""
    pixels = convert._run(convert.vl_convert.svg_to_png, PICTURE.format(number))
    return int.from_bytes(pixels[16:20], "big")  # the header of a PNG


@pytest.fixture(autouse=True)
def own_processes():
    """Yield processes of this test alone."""
    convert._pool.cache_clear()
    yield
    convert._pool(os.getpid()).shutdown()
    convert._pool.cache_clear()


def processes() -> list[int]:
    return list(convert._pool(os.getpid())._processes)


def ends(process: int) -> bool:
    """Wait until a process has ended, at most a minute."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    with os.fdopen(handle):
        return bool(select.select([handle], [], [], 60)[0])


def test_no_font_of_the_machine_is_used():
    def drawn(family):
        text = f'<text y="20" font-size="20" font-family="{family}">Figures 1234</text>'
        return convert.png(f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="30">{text}</svg>', 1)

    assert drawn("DejaVu Sans") == drawn("no font"), "a browser's packages install DejaVu"
    assert len({drawn("no font"), drawn("Liberation Sans"), convert.png(PICTURE.format(200), 1)}) == 3


def test_a_picture_that_cannot_be_drawn_is_an_error_and_the_next_is_drawn(capfd):
    works = (
        (convert.vl_convert.svg_to_png, ["no svg"], {}),
        (convert.vl_convert.vegalite_to_svg, [{"mark": "nothing"}], {}),
        (convert.vl_convert.vegalite_to_svg, [{"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "bar"}], {"allowed_base_urls": []}),
    )
    for work, arguments, options in works:
        with pytest.raises(ValueError, match=r"."):
            convert._run(work, *arguments, **options)
        assert width(7) == 7
    assert "Traceback" not in capfd.readouterr().err


def test_a_process_that_ended_is_replaced(capfd):
    assert width(7) == 7
    for process in processes():
        os.kill(process, signal.SIGKILL)
        assert ends(process)
    with pytest.raises(OSError, match="a process that draws charts was killed; is the memory full") as error:
        width(8)
    assert error.value.__suppress_context__
    assert width(9) == 9
    assert "Traceback" not in capfd.readouterr().err


def test_an_interrupt_does_not_hand_the_next_somebody_elses_picture(monkeypatch):
    assert width(7) == 7
    with monkeypatch.context() as patch:
        patch.setattr("concurrent.futures._base.Future.result", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            width(8)
    assert width(9) == 9


def test_a_process_that_cannot_be_started_is_an_error_with_its_cause(monkeypatch):
    def refuse(*_):
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    main = sys.modules["__main__"]
    with monkeypatch.context() as patch:
        patch.setattr(SpawnProcess, "start", refuse)
        with pytest.raises(OSError, match="Resource temporarily unavailable"):
            width(7)
    assert sys.modules["__main__"] is main
    assert width(8) == 8


@pytest.fixture(params=["file", "-c", "stdin"])
def started(request, tmp_path):
    """Yield a drawing script without a guard, in a session of its own, and its processes."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = {"file": [script], "-c": ["-c", SCRIPT], "stdin": ["-"]}[request.param]
    run = subprocess.Popen(
        [sys.executable, *command, PICTURE.format(7)],
        env=os.environ | {"PYTHONPATH": str(Path(convert.__file__).parents[2])},
        stdin=script.open(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert run.stdout.readline() == "main runs\n"
    workers = [int(number) for number in run.stdout.readline().split()]
    assert len(workers) == convert.PROCESSES, "the script ran once, and its processes did not run it again"
    yield run, workers
    with suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)  # with processes that should have ended and have not
    run.communicate()


def test_processes_end_with_a_parent_that_was_killed(started):
    run, workers = started
    run.kill()
    assert run.wait(60) == -signal.SIGKILL
    assert all(map(ends, workers))


def test_a_process_of_multiprocessing_that_drew_ends(drawn_anew):
    """Dagster launches each run in such a process."""
    drawing = multiprocessing.get_context("spawn").Process(target=convert.png, args=(PICTURE.format(7), 1))
    drawing.start()
    drawing.join(60)
    try:
        assert drawing.exitcode == 0
    finally:
        drawing.kill()


def test_an_interrupt_is_for_the_parent_alone(started):
    run, workers = started
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode != 0 and "main runs" not in out
    assert err.count("Traceback") == 1 and err.rstrip().endswith("KeyboardInterrupt")
    assert all(map(ends, workers))
