"""Test that an interrupt within a callback of the garbage collector still ends what runs."""

import signal
import sys
import time
import weakref
from types import FrameType

import dagster as dg
import pytest

from pipelines import interrupts


class Thing:
    """An object that a weak reference may refer to."""


@pytest.mark.parametrize("error", [KeyboardInterrupt, dg.DagsterExecutionInterruptedError])
def test_an_interrupt_in_a_callback_is_not_lost(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise error

    monkeypatch.setattr(sys, "unraisablehook", interrupts.resend)
    handler = signal.signal(signal.SIGINT, interrupt)
    try:
        thing = Thing()
        reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
        with pytest.raises(error):
            del thing
            time.sleep(1)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert reference() is None


def test_another_error_in_a_callback_is_printed_as_ever(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "unraisablehook", interrupts.resend)
    thing = Thing()
    reference = weakref.ref(thing, lambda _: 1 / 0)
    del thing
    assert reference() is None and "ZeroDivisionError" in capsys.readouterr().err
