"""Connections that keep the server waiting are ended: a head that never ends, a refused body that never stops."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.auto import AutoHTTPProtocol

PATIENCE_S = 15.0


class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # which of two, uvicorn finds at run time
    """uvicorn's protocol, which by itself waits for ever for the end of a request's head."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take the connection, and look after it."""
        super().connection_made(transport)
        self.loop.call_later(PATIENCE_S, self._look, None)

    def _look(self, before: object) -> None:
        """End the connection if no request is under way, and none came since the last look."""
        cycle = self.cycle
        idle = cycle is None or cycle.response_complete
        if self.transport.is_closing():
            return
        if idle and cycle is before:
            self.transport.close()
        else:
            self.loop.call_later(PATIENCE_S, self._look, cycle if idle else None)
