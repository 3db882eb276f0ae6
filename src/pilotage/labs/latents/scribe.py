"""Writing beside a training: acts done one after the other in a thread, so that no step waits for a disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

AHEAD = 2  # acts that may wait: a disk slower than the training slows it, and fills no memory
Act = Callable[[], None]


class Scribe:
    """Does what it is asked, in that order. After an act that failed it does none that follow."""

    def __init__(self) -> None:
        self._acts: queue.Queue[Act | None] = queue.Queue(AHEAD)
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="scribe", daemon=True)
        self._thread.start()

    def later(self, act: Act) -> None:
        """Have something done; returns before it is, unless too much waits.

        Raises:
            BaseException: what an earlier act raised.
        """
        self._tell()
        self._acts.put(act)

    def settle(self) -> None:
        """Wait until all is done.

        Raises:
            BaseException: what an act raised.
        """
        self._acts.join()
        self._tell()

    def close(self) -> None:
        """End the thread, once it has done what waits."""
        self._acts.put(None)
        self._thread.join()

    def _tell(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _work(self) -> None:
        while (act := self._acts.get()) is not None:
            try:
                if self._fault is None:
                    act()
            except BaseException as fault:  # whoever asked is in another thread
                self._fault = fault
            finally:
                self._acts.task_done()
