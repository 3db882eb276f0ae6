"""Progress and cancellation: parameters of long work, never callbacks into a higher room."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from pilotage.core.errors import JobCancelledError
from pilotage.core.media import Media


@dataclass(frozen=True, slots=True)
class Step:
    """Where long work stands: `phase`, `done` of `total` steps of it, and what can be seen already.

    Attributes:
        phase: loading, encoding, reading, believing, proposing, generating, halving (memory was short: `done` of
            `total` pictures are made at a time from here on), saving or comparing.
        previews: (row, picture) pairs; rows count within all that is being generated.
    """

    phase: str
    done: int = 0
    total: int = 0
    previews: tuple[tuple[int, Media], ...] = ()


class Progress(Protocol):
    """Receives each step as it happens; must return quickly."""

    def __call__(self, step: Step, /) -> None:
        """Take note of `step`."""


def silent(step: Step, /) -> None:
    """The progress of work that nobody watches."""


class CancelToken:
    """Set by whoever wants the work to stop, asked by the work between steps. Safe across threads."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `JobCancelledError` if somebody asked."""
        if self._event.is_set():
            raise JobCancelledError("cancelled", hint="Start it again when you want it.")
