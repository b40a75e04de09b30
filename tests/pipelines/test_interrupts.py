"""Test that an interrupt within a callback of the garbage collector still ends what runs, and that none is logged."""

import logging
import signal
import sys
import time
import weakref
from types import FrameType

import dagster as dg
import pytest
import sqlalchemy

from pipelines import interrupts


class Thing:
    """An object that a weak reference may refer to."""


@pytest.mark.parametrize("error", [KeyboardInterrupt, dg.DagsterExecutionInterruptedError])
@pytest.mark.parametrize("wait", [interrupts.WAIT, 0])
def test_an_interrupt_in_a_callback_is_not_lost(error: type[BaseException], wait: float, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise error

    monkeypatch.setattr(sys, "unraisablehook", interrupts.resend)
    monkeypatch.setattr(interrupts, "WAIT", wait)
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


@pytest.mark.parametrize("error", [KeyboardInterrupt, dg.DagsterExecutionInterruptedError])
def test_an_interrupt_that_meets_the_closing_of_a_connection_is_raised_and_no_news(error, monkeypatch, caplog) -> None:
    def interrupted(connection: object) -> None:
        raise error

    engine = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.NullPool)
    monkeypatch.setattr(engine.dialect, "do_close", interrupted)
    with pytest.raises(error), engine.connect():
        pass
    assert len(caplog.records) == 1 and not interrupts.is_news(caplog.records[0])


def test_another_error_is_news(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("sqlalchemy.pool").exception("Exception closing connection")
    logging.getLogger("sqlalchemy.pool").error("without an exception")
    assert all(map(interrupts.is_news, caplog.records)) and len(caplog.records) == 2


def test_another_error_in_a_callback_is_printed_as_ever(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "unraisablehook", interrupts.resend)
    thing = Thing()
    reference = weakref.ref(thing, lambda _: 1 / 0)
    del thing
    assert reference() is None and "ZeroDivisionError" in capsys.readouterr().err
