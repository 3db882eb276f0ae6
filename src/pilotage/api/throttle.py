"""Throttle: work of minutes may be begun only so often by one client, so that none keeps the others waiting."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque

from fastapi import Depends, Request

from pilotage.core.errors import ThrottledError

STARTS, SECONDS = 12, 60.0
_CLIENTS = 1024  # that are remembered


class Throttle:
    """Counts the starts of each client within a window that slides."""

    def __init__(self, starts: int = STARTS, seconds: float = SECONDS) -> None:
        """Take how many starts are let through in how many seconds."""
        self._starts, self._seconds = starts, seconds
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, client: str) -> None:
        """Count a start.

        Raises:
            ThrottledError: there were as many as are let through.
        """
        now = time.monotonic()
        with self._lock:
            seen = self._seen.setdefault(client, deque())
            self._seen.move_to_end(client)
            while seen and seen[0] <= now - self._seconds:
                seen.popleft()
            if len(seen) >= self._starts:
                wait = round(seen[0] + self._seconds - now) + 1
                raise ThrottledError(f"{len(seen)} were begun within {self._seconds:.0f} seconds",
                                     hint=f"Try again in {wait} seconds.", seconds=wait)  # fmt: skip
            seen.append(now)
            if len(self._seen) > _CLIENTS:
                self._seen.popitem(last=False)


async def _throttled(request: Request) -> None:
    throttle: Throttle = request.app.state.throttle
    throttle.begin(request.client.host if request.client is not None else "")


THROTTLED = [Depends(_throttled)]
