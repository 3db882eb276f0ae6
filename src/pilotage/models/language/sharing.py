"""Many answers after few prompts: each prompt is read once, unsteered, however often it is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch  # noqa: TID253  (imported when a model is loaded)
from numpy.typing import NDArray
from torch import Tensor  # noqa: TID253

from pilotage.models.language.cells import Cells, empty_rows, joined
from pilotage.models.language.loading import Loaded
from pilotage.models.language.parts import in_parts
from pilotage.models.language.passes import forward, stacked
from pilotage.models.language.prefill import read_in_bites

Ids = tuple[int, ...]
Shift = Mapping[int, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a prompt, and what moves the states that predict it."""

    prompt: Ids
    answer: Ids
    shift: Shift


def shareable(answers: Sequence[Answer]) -> bool:
    """Whether reading prompts apart saves anything: some prompt comes again, and none is a single token."""
    prompts = [one.prompt for one in answers]
    return len(set(prompts)) < len(prompts) and min(map(len, prompts)) > 1


def read_answers(loaded: Loaded, answers: Sequence[Answer], batch: int) -> Iterator[tuple[int, Tensor]]:
    """(number of the answer, (T, V) log-probabilities that predict its tokens): equal answers to a prompt in a row."""
    rank = {prompt: number for number, prompt in enumerate(dict.fromkeys(one.prompt for one in answers))}
    order = sorted(range(len(answers)), key=lambda index: (rank[answers[index].prompt], answers[index].answer))
    ordered = [answers[index] for index in order]
    memory: dict[Ids, Cells] = {}

    def read(places: range) -> Tensor:
        part = ordered[places.start : places.stop]
        wanted = list(dict.fromkeys(one.prompt for one in part))
        for prompt in set(memory) - set(wanted):
            del memory[prompt]
        for prompt in wanted:
            memory[prompt] = memory.get(prompt) or _remembered(loaded, prompt)
        return forward(
            loaded, [one.prompt[-1:] + one.answer[:-1] for one in part],
            cells=joined([memory[prompt] for prompt in wanted]).rows([wanted.index(one.prompt) for one in part]),
            moves=stacked(loaded, [one.shift for one in part]), keep=max(len(one.answer) for one in part),
        )  # fmt: skip

    for places, logits in in_parts([len(one.prompt) + len(one.answer) for one in ordered], batch, read):
        for place, row in zip(places, logits, strict=True):
            yield order[place], torch.log_softmax(row[-len(ordered[place].answer) :], dim=1)


def _remembered(loaded: Loaded, prompt: Ids) -> Cells:
    """What is remembered of all but the last token of a prompt, which predicts the answer's first."""
    cells = empty_rows(1, loaded.device)
    read_in_bites(loaded, [prompt[:-1]], cells)
    return cells
