"""Reads conversations whose answers are given: activations, and how likely each token is, steered or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch  # noqa: TID253  (imported when a model is loaded)
from numpy.typing import NDArray
from torch import Tensor  # noqa: TID253

from pilotage.models.language.directions import Direction, shifts
from pilotage.models.language.loading import Loaded
from pilotage.models.language.passes import forward, from_columns, stacked
from pilotage.models.language.prompts import exchange_ids
from pilotage.models.language.requests import Exchange, Positions
from pilotage.models.language.sharing import Answer, Ids, read_answers, shareable

Floats = NDArray[np.float32]


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
    begin: int  # number of the first one among all exchanges

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
    for part in _parts(loaded, exchanges, batch):
        counts = torch.tensor(part.answers, device=loaded.device)
        columns = torch.arange(part.width, device=loaded.device)
        weights = (columns >= part.width - counts[:, None]).float() / counts[:, None]
        rows = slice(part.begin, part.begin + len(part.ids))

        def pool(layer: int, hidden: Tensor, rows: slice = rows, weights: Tensor = weights) -> None:
            pooled = hidden[:, -1].float() if pooling == "last" else (hidden.float() * weights[:, :, None]).sum(1)
            found[rows, layer] = pooled.cpu().numpy()

        forward(loaded, part.ids, reader=pool)
    return found


def read_norms(loaded: Loaded, exchanges: Sequence[Exchange], batch: int) -> Floats:
    """(L,) median over all tokens of all answers of the length of each block's output."""
    lengths: list[list[Floats]] = [[] for _ in range(loaded.layers)]
    for part in _parts(loaded, exchanges, batch):

        def measure(layer: int, hidden: Tensor, part: _Read = part) -> None:
            norms = hidden.float().norm(dim=2).cpu().numpy()
            lengths[layer] += [row[-count:] for row, count in zip(norms, part.answers, strict=True)]

        forward(loaded, part.ids, reader=measure)
    return np.array([np.median(np.concatenate(layer)) for layer in lengths], dtype=np.float32)


def read_log_probs(
    loaded: Loaded, exchanges: Sequence[Exchange], steering: Steering | None, batch: int
) -> list[Floats]:
    """(T_i,) log-probability of each token of each answer."""
    unmoved = Steering([{}] * len(exchanges), {})
    if shared := _shared(loaded, exchanges, steering or unmoved):
        told = {index: row.gather(1, _column(row, shared[index].answer))[:, 0].cpu().numpy()
                for index, row in read_answers(loaded, shared, batch)}  # fmt: skip
        return [told[index] for index in range(len(shared))]
    found: list[Floats] = []
    for part in _parts(loaded, exchanges, batch):
        logits = forward(loaded, part.ids, moves=_moves(loaded, part, steering), keep=part.keep)
        for row, ids, count in zip(logits, part.ids, part.answers, strict=True):
            found.append(_predicting(row, count).gather(1, _column(row, ids[-count:]))[:, 0].cpu().numpy())
    return found


def read_divergences(loaded: Loaded, exchanges: Sequence[Exchange], steering: Steering, batch: int) -> list[Floats]:
    """(T_i,) KL(unsteered || steered) between the distributions of each token of each answer."""
    if shared := _shared(loaded, exchanges, steering):
        return _shared_divergences(loaded, shared, batch)
    found: list[Floats] = []
    for part in _parts(loaded, exchanges, batch):
        plain = forward(loaded, part.ids, keep=part.keep)
        moved = forward(loaded, part.ids, moves=_moves(loaded, part, steering), keep=part.keep)
        for before, after, count in zip(plain, moved, part.answers, strict=True):
            p, q = _predicting(before, count), _predicting(after, count)
            found.append((p.exp() * (p - q)).sum(1).cpu().numpy())
    return found


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


def _parts(loaded: Loaded, exchanges: Sequence[Exchange], batch: int) -> Iterator[_Read]:
    """All exchanges, `batch` at a time; all are checked before the first is read."""
    pairs = [exchange_ids(loaded, exchange, f"exchanges.{index}") for index, exchange in enumerate(exchanges)]
    for begin in range(0, len(pairs), batch):
        some = pairs[begin : begin + batch]
        yield _Read([prompt + answer for prompt, answer in some], [len(answer) for _, answer in some], begin)


def _moves(loaded: Loaded, part: _Read, steering: Steering | None) -> dict[int, Tensor]:
    """(B, T, H) by layer: from the token that predicts the first one of the answer, or from the first of all."""
    if steering is None:
        return {}
    pushes = steering.pushes[part.begin : part.begin + len(part.ids)]
    moves = stacked(loaded, [shifts(one, steering.directions) for one in pushes])
    sizes = [len(ids) for ids in part.ids] if steering.positions == "all" else [n + 1 for n in part.answers]
    return from_columns(moves, [part.width - size for size in sizes], 0, part.width)


def _predicting(logits: Tensor, count: int) -> Tensor:
    """(count, V) log-probabilities at the columns that predict the last `count` tokens."""
    return torch.log_softmax(logits[-count - 1 : -1], dim=1)
