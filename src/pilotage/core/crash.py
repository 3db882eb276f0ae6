"""Crash points: named places where a test may end this process as a power cut would. In normal use they do nothing."""

from __future__ import annotations

import os

CRASHED = 137
_at, _, _times = os.environ.get("PILOTAGE_CRASH_AT", "").partition(":")
_left = int(_times or 1)


def crash_point(name: str) -> None:
    """End the process at once if `PILOTAGE_CRASH_AT` is `name`, or at the n-th time if it is `name:n`."""
    global _left  # noqa: PLW0603  (a process dies once)
    if name == _at:
        _left -= 1
        if _left <= 0:
            os._exit(CRASHED)
