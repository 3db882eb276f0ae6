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
        try:
            gate.acquire()  # opened by whoever leaves, who hands the turn over
        except BaseException:  # interrupted: who waits no more must not be handed the turn, nor keep it
            with self._lock:
                if gate in self._waiting:
                    self._waiting.remove(gate)
                else:
                    self._hand_over()
            raise

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._held = False
