"""Reads conversations whose answers are given: activations, and how likely each token is, steered or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch  # noqa: TID253  (imported when a model is loaded)
from numpy.typing import NDArray
from torch import Tensor  # noqa: TID253

from pilotage.models.language.directions import Direction, shifts
from pilotage.models.language.loading import Loaded
from pilotage.models.language.parts import in_parts
from pilotage.models.language.passes import forward, from_columns, stacked
from pilotage.models.language.prompts import exchange_ids
from pilotage.models.language.requests import Exchange, Positions
from pilotage.models.language.sharing import Answer, Ids, read_answers, shareable

Floats = NDArray[np.float32]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Steering:
    """Pushes for each of several exchanges, the directions they go along, and where they act."""

    pushes: Sequence[Mapping[str, float]]
    directions: Mapping[str, Direction]
    positions: Positions = "answer"


@dataclass(frozen=True, slots=True)
class _Read:
    """Some exchanges as rows of tokens that end together."""

    ids: Sequence[Sequence[int]]
    answers: Sequence[int]  # tokens of each answer, the last ones of its row
    rows: slice  # their places among all exchanges

    @property
    def width(self) -> int:
        return max(map(len, self.ids))

    @property
    def keep(self) -> int:
        """Columns that predict a token of some answer, and the last one."""
        return max(self.answers) + 1


def read_activations(loaded: Loaded, exchanges: Sequence[Exchange], pooling: str, batch: int) -> Floats:
    """(N, L, H) the output of each block, `mean` over the tokens of each answer or at its `last` one."""
    found = np.empty((len(exchanges), loaded.layers, loaded.hidden), dtype=np.float32)

    def read(part: _Read) -> None:
        counts = torch.tensor(part.answers, device=loaded.device)
        columns = torch.arange(part.width, device=loaded.device)
        weights = (columns >= part.width - counts[:, None]).float() / counts[:, None]

        def pool(layer: int, hidden: Tensor) -> None:
            pooled = hidden[:, -1].float() if pooling == "last" else (hidden.float() * weights[:, :, None]).sum(1)
            found[part.rows, layer] = pooled.cpu().numpy()

        forward(loaded, part.ids, reader=pool)

    _each(loaded, exchanges, batch, read)
    return found


def read_norms(loaded: Loaded, exchanges: Sequence[Exchange], batch: int) -> Floats:
    """(L,) median over all tokens of all answers of the length of each block's output."""

    def read(part: _Read) -> list[Floats]:
        lengths: list[Floats] = []

        def measure(_layer: int, hidden: Tensor) -> None:
            norms = hidden.float().norm(dim=2).cpu().numpy()
            lengths.append(np.concatenate([row[-count:] for row, count in zip(norms, part.answers, strict=True)]))

        forward(loaded, part.ids, reader=measure)
        return lengths

    parts = _each(loaded, exchanges, batch, read)
    return np.array([np.median(np.concatenate(layer)) for layer in zip(*parts, strict=True)], dtype=np.float32)


def read_log_probs(
    loaded: Loaded, exchanges: Sequence[Exchange], steering: Steering | None, batch: int
) -> list[Floats]:
    """(T_i,) log-probability of each token of each answer."""
    unmoved = Steering([{}] * len(exchanges), {})
    if shared := _shared(loaded, exchanges, steering or unmoved):
        told = {index: row.gather(1, _column(row, shared[index].answer))[:, 0].cpu().numpy()
                for index, row in read_answers(loaded, shared, batch)}  # fmt: skip
        return [told[index] for index in range(len(shared))]

    def read(part: _Read) -> list[Floats]:
        logits = forward(loaded, part.ids, moves=_moves(loaded, part, steering), keep=part.keep)
        return [
            _predicting(row, count).gather(1, _column(row, ids[-count:]))[:, 0].cpu().numpy()
            for row, ids, count in zip(logits, part.ids, part.answers, strict=True)
        ]

    return [found for part in _each(loaded, exchanges, batch, read) for found in part]


def read_divergences(loaded: Loaded, exchanges: Sequence[Exchange], steering: Steering, batch: int) -> list[Floats]:
    """(T_i,) KL(unsteered || steered) between the distributions of each token of each answer."""
    if shared := _shared(loaded, exchanges, steering):
        return _shared_divergences(loaded, shared, batch)

    def read(part: _Read) -> list[Floats]:
        plain = forward(loaded, part.ids, keep=part.keep)
        moved = forward(loaded, part.ids, moves=_moves(loaded, part, steering), keep=part.keep)
        pairs = (
            (_predicting(before, count), _predicting(after, count))
            for before, after, count in zip(plain, moved, part.answers, strict=True)
        )
        return [(p.exp() * (p - q)).sum(1).cpu().numpy() for p, q in pairs]

    return [found for part in _each(loaded, exchanges, batch, read) for found in part]


def _shared(loaded: Loaded, exchanges: Sequence[Exchange], steering: Steering) -> list[Answer]:
    """The exchanges as answers to prompts that are each read once; none if that saves nothing or prompts are moved."""
    if steering.positions == "all" or loaded.slides:  # a window counts columns, also those that only pad
        return []
    pairs = [exchange_ids(loaded, exchange, f"exchanges.{index}") for index, exchange in enumerate(exchanges)]
    moved = [shifts(one, steering.directions) for one in steering.pushes]
    together = [Answer(*pair, shift) for pair, shift in zip(pairs, moved, strict=True)]
    return together if shareable(together) else []


def _shared_divergences(loaded: Loaded, answers: Sequence[Answer], batch: int) -> list[Floats]:
    """Unmoved answers are read before moved ones, once each; equal ones come in a row, so one is kept at a time."""
    unmoved = list(dict.fromkeys((one.prompt, one.answer) for one in answers))
    plain: dict[tuple[Ids, Ids], Tensor] = {}
    found: dict[int, Floats] = {}
    for index, row in read_answers(loaded, [*(Answer(*pair, {}) for pair in unmoved), *answers], batch):
        if index < len(unmoved):
            plain = {unmoved[index]: row}
        else:
            moved = answers[index - len(unmoved)]
            p = plain[moved.prompt, moved.answer]
            found[index - len(unmoved)] = (p.exp() * (p - row)).sum(1).cpu().numpy()
    return [found[index] for index in range(len(answers))]


def _column(row: Tensor, ids: Sequence[int]) -> Tensor:
    return torch.tensor(ids, device=row.device)[:, None]


def _each(loaded: Loaded, exchanges: Sequence[Exchange], batch: int, read: Callable[[_Read], T]) -> list[T]:
    """What is read of all exchanges, a part at a time; all are checked before the first is read."""
    pairs = [exchange_ids(loaded, exchange, f"exchanges.{index}") for index, exchange in enumerate(exchanges)]

    def read_part(places: range) -> T:
        some = pairs[places.start : places.stop]
        ids, answers = [prompt + answer for prompt, answer in some], [len(answer) for _, answer in some]
        return read(_Read(ids, answers, slice(places.start, places.stop)))

    sizes = [len(prompt) + len(answer) for prompt, answer in pairs]
    return [found for _, found in in_parts(sizes, batch, read_part)]


def _moves(loaded: Loaded, part: _Read, steering: Steering | None) -> dict[int, Tensor]:
    """(B, T, H) by layer: from the token that predicts the first one of the answer, or from the first of all."""
    if steering is None:
        return {}
    moves = stacked(loaded, [shifts(one, steering.directions) for one in steering.pushes[part.rows]])
    sizes = [len(ids) for ids in part.ids] if steering.positions == "all" else [n + 1 for n in part.answers]
    return from_columns(moves, [part.width - size for size in sizes], 0, part.width)


def _predicting(logits: Tensor, count: int) -> Tensor:
    """(count, V) log-probabilities at the columns that predict the last `count` tokens."""
    return torch.log_softmax(logits[-count - 1 : -1], dim=1)
