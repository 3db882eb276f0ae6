"""A lock that is given in the order of asking, so that a busy loop cannot keep others out."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """`with turns:` waits for its turn; not re-entrant."""

    def __init__(self) -> None:
        self._lock, self._held = threading.Lock(), False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if not self._held:
                self._held = True
                return
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        gate.acquire()  # opened by whoever leaves, who hands the turn over

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
