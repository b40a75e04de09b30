"""Close a connection whose request does not arrive completely in time; uvicorn itself has no such limit, even for one byte at a time."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 30.0


class Timely(H11Protocol):
    """uvicorn's protocol with a deadline for each request, from its first byte or the start of the connection to its last byte."""

    timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request."""
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; cancel the deadline once the request is whole."""
        self._begin()
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self.timer is None:
            self.timer = self.loop.call_later(SECONDS, self._close)

    def _end(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _close(self) -> None:
        if self.transport.get_protocol() is self:  # not upgraded to a WebSocket, which stays open
            self.transport.close()
