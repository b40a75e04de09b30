"""Specifications to pictures and scripts, in processes beside this one.

Belongs here: vl-convert, and whom to ask for its work. Does not belong here: what is drawn (`visuals`), or the page.

vl-convert keeps the interpreter's lock while it works, for five of the eleven seconds of a first refresh (version 1.9: no other
thread ran meanwhile). `python -m warehouse.convert` answers a line of JSON with another until its input ends, as it does with
the life of whoever asks.
"""

import base64
import functools
import json
import os
import queue
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import vl_convert

PROCESSES = 2
NOTHING = {"mark": "point", "data": {"values": []}}


def svg(spec: dict[str, Any]) -> str:
    """A Vega-Lite specification as a picture; nothing is fetched.

    Raises:
        ValueError: it cannot be drawn; the message is vl-convert's.
        OSError: the process that draws ended, or cannot be started.
    """
    return _asked("svg", spec)


def png(picture: str, scale: float) -> bytes:
    """An SVG as pixels, `scale` times its size.

    Raises:
        ValueError, OSError: as `svg`.
    """
    return base64.b64decode(_asked("png", picture, scale))


def script(snippet: str) -> str:
    """Vega, Vega-Lite and Vega-Embed with this snippet behind them, as one script.

    Raises:
        ValueError, OSError: as `svg`.
    """
    return _asked("script", snippet)


WORK = {
    "svg": lambda spec: vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]),
    "png": lambda picture, scale: base64.b64encode(vl_convert.svg_to_png(picture, scale=scale)).decode("ascii"),
    "script": vl_convert.javascript_bundle,
}


def answer(asked: IO[bytes], said: IO[bytes]) -> None:
    """Do what each line asks for, until there is none."""
    for line in asked:
        work, *arguments = json.loads(line)
        try:
            result = {"said": WORK[work](*arguments)}
        except Exception as error:  # of no specification a ValueError, of no picture a RuntimeError
            result = {"error": str(error)}
        said.write(json.dumps(result).encode() + b"\n")
        said.flush()


def _asked(*work: Any) -> str:
    """What one of the processes answers; whoever asks while all are at work waits."""
    places = _places(os.getpid())
    process = places.get()
    try:
        process = process or _started()
        process.stdin.write(json.dumps(work).encode() + b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            raise BrokenPipeError
    except BaseException as error:
        # whoever comes next must not read what this one did not
        code, process = _ended(process), None
        if isinstance(error, BrokenPipeError):
            raise OSError(f"the process that draws ended with {code}; is the memory full?") from None
        raise
    finally:
        places.put(process)
    result = json.loads(line)
    if "error" in result:
        raise ValueError(result["error"])
    return result["said"]


@functools.cache
def _places(process: int) -> queue.LifoQueue:
    """The idle processes of this one, and None for each that is not started; a fork, whose number is another, has its own.

    The first is asked for its scripts well before there is anything to draw: all start then, half a second before the first picture.
    """
    places: queue.LifoQueue = queue.LifoQueue()
    for _ in range(PROCESSES):
        places.put(_started())
    return places


def _ended(process: subprocess.Popen | None) -> int | None:
    if process is None:
        return None
    process.kill()
    return process.wait()


def _started() -> subprocess.Popen:
    """A process in a session of its own: an interrupt is for the one that asks, which then ends its input."""
    command = [sys.executable, "-m", "warehouse.visuals.convert"]
    folder = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603


if __name__ == "__main__":
    WORK["svg"](NOTHING)  # the first picture takes a third of a second more than others
    try:
        answer(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)  # whoever asked is gone
