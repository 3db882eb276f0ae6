"""An answer as it grows: tokens become text that can be shown, and stop strings end it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_UNFINISHED = "\ufffd"  # what a tokenizer gives for the first bytes of a character


class Transcript:
    """Text of the tokens so far. What might be the beginning of a stop string is held back until it is settled."""

    def __init__(self, tokenizer: Any, stops: Sequence[str] = (), *, lead: str = "") -> None:
        """Begin with nothing; `lead` is taken off the front of the answer."""
        self._tokenizer, self._stops, self._lead = tokenizer, tuple(stops), lead
        self._ids: list[int] = []
        self._from, self._read = 0, 0  # decoded again: a token's text may depend on the one before
        self._held = ""
        self.text, self.stopped = "", False

    def add(self, token: int) -> str:
        """Take a token; the text that it settles."""
        self._ids.append(token)
        return self._shown(self._decoded(), last=False)

    def end(self) -> str:
        """No token follows; the text that was still held back."""
        return "" if self.stopped else self._shown(self._decoded(last=True), last=True)

    def _decoded(self, *, last: bool = False) -> str:
        before = self._decode(self._ids[self._from : self._read])
        after = self._decode(self._ids[self._from :])
        if after.endswith(_UNFINISHED) and not last:
            return ""
        self._from, self._read = self._read, len(self._ids)
        return after[len(before) :]

    def _decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _shown(self, new: str, *, last: bool) -> str:
        if not self.text and not self._held and new:
            new = new.removeprefix(self._lead)
        held = self._held + new
        ends = [at for at in (held.find(stop) for stop in self._stops) if at >= 0]
        self.stopped = bool(ends)
        settled = min(ends) if ends else len(held) if last else len(held) - self._doubtful(held)
        shown, self._held = held[:settled], held[settled:]
        self.text += shown
        return shown

    def _doubtful(self, held: str) -> int:
        """Length of the longest end of `held` that begins a stop string."""
        longest = max((len(stop) - 1 for stop in self._stops), default=0)
        sizes = range(min(longest, len(held)), 0, -1)
        return next((size for size in sizes if any(stop.startswith(held[-size:]) for stop in self._stops)), 0)
