"""Connections that keep the server waiting are ended: a head that never ends, a refused body that never stops."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE_S = 15.0


class Patient(H11Protocol):
    """uvicorn's protocol, which by itself waits for ever for the end of a request's head."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Take what uvicorn gives a connection, and look after it."""
        super().__init__(*given, **named)
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
