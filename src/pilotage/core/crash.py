"""Crash points: named places where a test may end this process as a power cut would. In normal use they do nothing."""

from __future__ import annotations

import os

CRASHED = 137
_armed: list[str] = []  # the name of the point, as often as it is to be passed; the last time is the end


def arm(at: str) -> None:
    """Die at the point of this name, or at `name:n` the n-th time; an empty name is none."""
    name, _, times = at.partition(":")
    _armed[:] = [name] * int(times or 1) if name else []


def crash_point(name: str) -> None:
    """End the process at once, if `PILOTAGE_CRASH_AT` names this point."""
    if name in _armed:
        _armed.pop()
        if not _armed:
            os._exit(CRASHED)


arm(os.environ.get("PILOTAGE_CRASH_AT", ""))
