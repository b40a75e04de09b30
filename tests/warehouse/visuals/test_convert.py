"""The processes that draw: what cannot be drawn is told, and whoever asks next gets the picture of what they asked."""

import base64
import errno
import os
import subprocess

import pytest

from warehouse.visuals import convert

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="1"></svg>'


def width(number: int) -> int:
    """Ask for a picture of that width, past what other tests keep, and say how wide the one that came is."""
    pixels = base64.b64decode(convert._asked("png", PICTURE.format(number), 1))
    return int.from_bytes(pixels[16:20], "big")  # the header of a PNG


@pytest.fixture(autouse=True)
def own_processes():
    """Processes of this test alone."""
    convert._places.cache_clear()
    yield
    places = convert._places(os.getpid())
    for process in filter(None, [places.get() for _ in range(convert.PROCESSES)]):
        process.stdin.close()
        assert process.wait(60) == 0
        process.stdout.close()
    convert._places.cache_clear()


def test_what_cannot_be_drawn_is_told_and_the_next_is_drawn(capfd):
    for work in (("png", "no svg", 1), ("svg", {"mark": "nothing"}), ("svg", {"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "bar"})):
        with pytest.raises(ValueError, match=r"."):
            convert._asked(*work)
        assert width(7) == 7
    assert "Traceback" not in capfd.readouterr().err


def test_a_process_that_ended_is_replaced():
    assert width(7) == 7
    process = convert._places(os.getpid()).queue[-1]
    process.kill()
    process.wait()
    with pytest.raises(OSError, match="ended with -9; is the memory full"):
        width(8)
    assert width(9) == 9


def test_half_an_answer_is_none(monkeypatch):
    half = lambda: subprocess.Popen(["sh", "-c", 'read x; printf \'{"said": "iVB\''], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(convert, "_started", half)
        with pytest.raises(OSError, match="the process that draws ended"):
            width(7)
    assert width(8) == 8


class Interrupted:
    """The answers of a process, in front of somebody who presses Ctrl-C."""

    def __init__(self, answers):
        self.close = answers.close

    def readline(self):
        raise KeyboardInterrupt


def test_an_interrupt_does_not_hand_the_next_somebody_elses_picture():
    assert width(7) == 7
    process = convert._places(os.getpid()).queue[-1]
    process.stdout = Interrupted(process.stdout)
    with pytest.raises(KeyboardInterrupt):
        width(8)
    assert process.returncode == -9 and width(9) == 9


def test_a_process_that_cannot_be_started_says_why(monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", refuse)
        with pytest.raises(OSError, match="Resource temporarily unavailable"):
            width(7)
    assert width(8) == 8
