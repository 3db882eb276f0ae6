"""A row of the batch: one request on its way, from its prompt to its output. No torch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from pilotage.core.seeds import stream
from pilotage.models.language.loading import Loaded
from pilotage.models.language.prompts import PLAIN_STOP, Prompt
from pilotage.models.language.requests import Finish, TextOutput, TextRequest
from pilotage.models.language.transcript import Transcript

OnText = Callable[[str], None]
OnEnd = Callable[[TextOutput], None]


class TextRow:
    """A request, its tokens so far, and its own chance; it lives on when it leaves a batch and comes back."""

    def __init__(
        self,
        loaded: Loaded,
        request: TextRequest,
        prompt: Prompt,
        shifts: Mapping[int, NDArray[np.float32]],
        *,
        on_text: OnText | None = None,
        on_end: OnEnd | None = None,
        seconds: float | None = None,
    ) -> None:
        self.prompt, self.shifts, self.sampling = prompt, shifts, request.sampling
        self.ids: list[int] = list(prompt.ids)
        self.steer_from = 0 if request.positions == "all" and shifts else len(prompt.ids) - 1
        self.stream = stream(request.sampling.seed, "tokens")
        self.output: TextOutput | None = None
        self.ended = threading.Event()
        self.unwanted = False  # set by whoever cancels, from any thread
        self._ends = loaded.ends
        self._room = request.sampling.max_tokens
        if loaded.context is not None:
            self._room = min(self._room, loaded.context - len(prompt.ids))
        stops = (*request.sampling.stop, *((PLAIN_STOP,) if prompt.plain else ()))
        self._transcript = Transcript(loaded.tokenizer, stops, lead=" " if prompt.plain else "")
        self._on_text, self._on_end = on_text, on_end
        self._seconds, self._until = seconds, None if seconds is None else time.monotonic() + seconds

    @property
    def drawn(self) -> int:
        """Tokens of the answer so far."""
        return len(self.ids) - len(self.prompt.ids)

    def take(self, token: int | None) -> None:
        """Add what was drawn; None if the model gave no numbers."""
        if token is None:
            self.finish("error", "the model gave no numbers for this row; try smaller pushes")
        elif token in self._ends:
            self.finish("stop")
        else:
            self.ids.append(token)
            self._tell(self._transcript.add(token))
            if self._transcript.stopped:
                self.finish("stop")
            elif self.drawn >= self._room:
                self.finish("length")

    def check(self) -> None:
        """End the row if nobody wants it any more, or its time is up."""
        if self.unwanted:
            self.finish("cancelled")
        elif self._until is not None and time.monotonic() > self._until:
            self.finish("length", f"the limit of {self._seconds:g} s was reached")

    def finish(self, finish: Finish, error: str = "") -> None:
        """End the row, once."""
        if self.output is None:
            self._tell(self._transcript.end())
            tokens, count = tuple(self.ids[len(self.prompt.ids) :]), len(self.prompt.ids)
            self.output = TextOutput(self._transcript.text, finish, error, tokens, count)
            self.ended.set()
            if self._on_end is not None:
                with suppress(Exception):  # as of `on_text`: a listener's fault must not cost the other rows
                    self._on_end(self.output)

    def _tell(self, text: str) -> None:
        """Hand on new text. Whoever listens and fails has gone, which must not cost the rows beside this one."""
        if text and self._on_text is not None:
            try:
                self._on_text(text)
            except Exception:  # a listener's fault may be of any kind
                self._on_text, self.unwanted = None, True
