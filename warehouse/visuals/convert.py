"""Turn specifications into pictures, in separate processes.

vl-convert holds the interpreter's lock while it works, so in this process it would block every other thread.
"""

import contextlib
import functools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.util import Finalize
from pathlib import Path
from types import ModuleType
from typing import Any

import vl_convert

PROCESSES = 2
FONTS = Path(__file__).with_name("fonts.conf")  # names no folder that exists


def svg(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification as SVG, without a network.

    Raises:
        ValueError: the specification cannot be drawn; the message is vl-convert's.
        OSError: the drawing process ended, or cannot be started.
    """
    return _run(vl_convert.vegalite_to_svg, spec, allowed_base_urls=[])


def png(picture: str, scale: float) -> bytes:
    """Render an SVG as PNG, `scale` times its size.

    Raises:
        ValueError, OSError: as `svg`.
    """
    return _run(vl_convert.svg_to_png, picture, scale=scale)


def start() -> None:
    """Start the processes, which need seconds to load, so that they are ready when the first picture is drawn."""
    with contextlib.suppress(BrokenProcessPool):  # the first picture reports it
        for _ in range(PROCESSES):
            _pool(os.getpid()).submit(os.getpid)


def _run(work: Callable, *arguments: Any, **options: Any) -> Any:
    """Call a function of vl-convert in one of the processes, and wait for its result."""
    try:
        return _pool(os.getpid()).submit(work, *arguments, **options).result()
    except BrokenProcessPool:
        _pool.cache_clear()
        raise OSError("a process that draws charts was killed; is the memory full?") from None
    except (ValueError, RuntimeError) as error:  # vl-convert raises a RuntimeError for an invalid SVG
        raise ValueError(str(error)) from None


@functools.cache
def _pool(process: int) -> ProcessPoolExecutor:
    """Return the pool of this process; a fork has another id and so its own pool."""
    pool = ProcessPoolExecutor(PROCESSES, mp_context=_Spawn(), initializer=_begin)
    # a process that multiprocessing started, as Dagster does for each run, closes its queues before an executor ends its processes
    Finalize(None, pool.shutdown, exitpriority=100)
    return pool


class _Worker(SpawnProcess):
    """A process that does not import the main script, which may lack `if __name__ == "__main__"`, and that leaves interrupts to its parent."""

    starting = threading.Lock()

    def start(self) -> None:
        with self.starting:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                super().start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
                sys.modules["__main__"] = main


class _Spawn(SpawnContext):
    """A context that spawns processes: a fork of this process, which has threads, may wait forever for a lock."""

    Process = _Worker


def _begin() -> None:
    """Make this process exit with its parent, even if the parent is killed, and load Vega, which the first picture does.

    The process uses no font but vl-convert's own: a picture then does not depend on the machine's fonts, whose files vl-convert would
    open for every letter.
    """
    threading.Thread(target=_exit_after_parent, daemon=True).start()
    os.environ["FONTCONFIG_FILE"] = str(FONTS)
    vl_convert.vegalite_to_svg({"mark": "point"}, allowed_base_urls=[])


def _exit_after_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)
