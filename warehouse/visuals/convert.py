"""Turn specifications into pictures and scripts, in processes beside this one.

vl-convert keeps the interpreter's lock while it works: in this process, no other thread would run meanwhile.
"""

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
from types import ModuleType
from typing import Any

import vl_convert

PROCESSES = 2


def svg(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification; nothing is fetched.

    Raises:
        ValueError: it cannot be drawn; the message is vl-convert's.
        OSError: the process that draws ended, or cannot be started.
    """
    return _run(vl_convert.vegalite_to_svg, spec, allowed_base_urls=[])


def png(picture: str, scale: float) -> bytes:
    """Paint an SVG as pixels, `scale` times its size.

    Raises:
        ValueError, OSError: as `svg`.
    """
    return _run(vl_convert.svg_to_png, picture, scale=scale)


def script(snippet: str) -> str:
    """Bundle Vega, Vega-Lite and Vega-Embed, and this snippet behind them, as one script.

    Raises:
        ValueError, OSError: as `svg`.
    """
    return _run(vl_convert.javascript_bundle, snippet)


def _run(work: Callable, *arguments: Any, **options: Any) -> Any:
    """Call a function of vl-convert in one of the processes, and wait for its result."""
    try:
        return _pool(os.getpid()).submit(work, *arguments, **options).result()
    except BrokenProcessPool:
        _pool.cache_clear()
        raise OSError("the process that draws ended; is the memory full?") from None
    except (ValueError, RuntimeError) as error:  # vl-convert raises a RuntimeError for a picture that is none
        raise ValueError(str(error)) from None


@functools.cache
def _pool(process: int) -> ProcessPoolExecutor:
    """Return the processes of this one, each started with the first work it gets; a fork, whose number is another, has its own."""
    return ProcessPoolExecutor(PROCESSES, mp_context=_Spawn(), initializer=_end_with_parent)


class _Worker(SpawnProcess):
    """Runs no main script again, which may lack a guard, and leaves interrupts to its parent."""

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
    """Starts each process anew: a fork of this one, which has threads, may wait forever for a lock."""

    Process = _Worker


def _end_with_parent() -> None:
    """End this process with the one that started it, even if that was killed."""
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _exit_after_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
