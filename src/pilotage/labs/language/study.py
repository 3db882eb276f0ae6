"""A study: the model that axes are made for and measured on, and how it is steered meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.labs.language.prompts import CALIBRATION
from pilotage.labs.language.reading import Reader
from pilotage.models.language.requests import Direction, Exchange, Message, Positions, Sampling, TextRequest

if TYPE_CHECKING:
    from pilotage.models.language import LanguageModel


@dataclass(frozen=True, slots=True)
class Study:
    """What extraction, choice, calibration and evaluation have in common.

    Attributes:
        model: loaded.
        positions: which tokens are steered.
        tokens: length of the texts that are written, at most.
        seed: of their noise.
    """

    model: LanguageModel
    positions: Positions = "answer"
    tokens: int = 24
    seed: int = 0
    progress: Progress = silent
    cancel: CancelToken | None = None
    _everyday: dict[tuple[str, ...], tuple[Exchange, ...]] = field(default_factory=dict, compare=False, repr=False)

    def reader(self, directions: Mapping[str, Direction]) -> Reader:
        """The model, reading along these directions."""
        return Reader(self.model, directions, self.positions, self.cancel)

    def everyday(self, prompts: Sequence[str] = CALIBRATION) -> tuple[Exchange, ...]:
        """What the unsteered model answers to everyday prompts, word by likeliest word; written once."""
        key = tuple(prompts)
        if key not in self._everyday:
            asked = [(Message(role="user", content=prompt),) for prompt in key]
            sampling = Sampling(max_tokens=self.tokens, temperature=0)
            outputs = self.model.generate([TextRequest(messages=messages, sampling=sampling) for messages in asked])
            said = zip(asked, outputs, strict=True)
            self._everyday[key] = tuple(Exchange(messages, output.text) for messages, output in said if output.text)
        return self._everyday[key]

    def at(self, phase: str, done: int, total: int) -> None:
        """Say where the work stands, and stop if somebody asked.

        Raises:
            JobCancelledError: somebody did.
        """
        if self.cancel is not None:
            self.cancel.check()
        self.progress(Step(phase, done, total))
