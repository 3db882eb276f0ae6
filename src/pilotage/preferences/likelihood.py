"""The one likelihood of all answers: softmax choices over linear forms of a latent vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement, Latent, Slope, stages
from pilotage.preferences.kernels import Probes

SlopeOfSample = tuple[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Latents:
    """The names of the latent vector: a utility per sample, slopes of it, then the session's scalars that are used.

    Attributes:
        samples: sample -> row; a carried incumbent keeps its sample, hence its row.
        slopes: (sample, direction) -> row; these follow the samples'.
        scalars: name -> row; these follow the slopes'.
        probes: where the samples lie, and where and along what the slopes are.
    """

    samples: dict[str, int]
    slopes: dict[SlopeOfSample, int]
    scalars: dict[str, int]
    probes: Probes

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        return len(self.samples) + len(self.slopes) + len(self.scalars)

    def row(self, name: Latent, judgement: Judgement) -> int:
        """The row of what a stage of `judgement` calls `name`."""
        if isinstance(name, Slope):
            return self.slopes[judgement.sample_of(name.item).sample, name.direction]
        return self.samples[judgement.sample_of(name).sample] if name in judgement.shown else self.scalars[name]


@dataclass(frozen=True, slots=True)
class Choices:
    """All stages as arrays, padded to the widest: `log p = l_w - logsumexp(l)` with `l = A x + b`.

    Attributes:
        forms: (n_stages, width, n_latents) A, already divided by each stage's temperature.
        offsets: (n_stages, width) b, likewise; -inf marks padding.
        winners: (n_stages,) the chosen form of each stage.
        owners: (n_stages,) the judgement, by its place in the log, that each stage is of.
    """

    forms: Array
    offsets: Array
    winners: NDArray[np.intp]
    owners: NDArray[np.intp]

    @property
    def options(self) -> NDArray[np.intp]:
        """(n_stages,) how many options each choice had."""
        return np.asarray(np.isfinite(self.offsets).sum(axis=1))

    def log_p(self, x: Array) -> Array:
        """(m, n_stages) natural-log probability of each choice at (m, n) latent vectors; safe for gaps beyond 1e4."""
        logits = np.tensordot(x, self.forms, axes=(1, 2)) + self.offsets
        most = logits.max(axis=2)
        total = np.log(np.exp(logits - most[:, :, None]).sum(axis=2))
        return np.asarray(logits[:, np.arange(len(self.winners)), self.winners] - most - total)


def latents_of(judgements: Sequence[Judgement], dim: int, *, first: int = 0) -> Latents:
    """The latent vector of `judgements`, samples in the order of their first round.

    Args:
        judgements: oldest first.
        dim: of the region.
        first: the place in the log of the first of them.

    Raises:
        ShapeError: an item's coordinates, or a slope's direction, are not `dim` finite numbers.
    """
    samples: dict[str, int] = {}
    places: list[tuple[float, ...]] = []
    for item in (item for judgement in judgements for item in _by_distance(judgement, dim)):
        if item.sample not in samples:
            samples[item.sample] = len(places)
            places.append(item.u)
    slopes, scalars = _further(judgements, first)
    for _, direction in slopes:
        _require_numbers("a critique's direction", direction, dim)
    u = np.array(places, dtype=np.float64).reshape(-1, dim)
    probes = Probes(
        u,
        u[[samples[sample] for sample, _ in slopes]].reshape(-1, dim),
        np.array([direction for _, direction in slopes], dtype=np.float64).reshape(-1, dim),
    )
    rows = iter(range(len(samples), len(samples) + len(slopes) + len(scalars)))
    return Latents(samples, {key: next(rows) for key in slopes}, {name: next(rows) for name in scalars}, probes)


def choices_of(judgements: Sequence[Judgement], latents: Latents, *, first: int = 0) -> Choices:
    """The stages of every answer over `latents`, in order; `first` as in `latents_of`."""
    told = [(index, stage) for index, judgement in enumerate(judgements) for stage in stages(judgement, first + index)]
    width = max((len(stage.forms) for _, stage in told), default=1)
    forms = np.zeros((len(told), width, latents.size))
    offsets = np.full((len(told), width), -np.inf)
    winners = np.zeros(len(told), dtype=np.intp)
    for e, (index, stage) in enumerate(told):
        named = [[(latents.row(name, judgements[index]), w) for name, w in form.weights] for form in stage.forms]
        order = sorted(range(len(named)), key=lambda k: sorted(named[k]))  # no digit depends on the slots
        winners[e] = order.index(stage.winner)
        for k, i in enumerate(order):
            offsets[e, k] = stage.forms[i].offset / stage.temperature
            for row, weight in named[i]:
                forms[e, k, row] += weight / stage.temperature
    return Choices(forms, offsets, winners, np.array([index for index, _ in told], dtype=np.intp))


def _further(judgements: Sequence[Judgement], first: int) -> tuple[tuple[SlopeOfSample, ...], tuple[str, ...]]:
    """The slopes and the scalars that some stage speaks of, in the order of their first use."""
    slopes: dict[SlopeOfSample, None] = {}
    scalars: dict[str, None] = {}
    for index, judgement in enumerate(judgements):
        for form in (form for stage in stages(judgement, first + index) for form in stage.forms):
            for name, _ in form.weights:
                if isinstance(name, Slope):
                    slopes[judgement.sample_of(name.item).sample, name.direction] = None
                elif name not in judgement.shown:
                    scalars[name] = None
    return tuple(slopes), tuple(scalars)


def _by_distance(judgement: Judgement, dim: int) -> list[Item]:
    """The items from the anchor outwards: an order that neither slots nor a turned space change."""
    for item in judgement.items:
        _require_numbers(item.candidate, item.u, dim)
    return sorted(judgement.items, key=lambda item: (float(np.linalg.norm(item.u)), item.u))


def _require_numbers(name: str, values: Sequence[float], dim: int) -> None:
    if len(values) != dim or not np.isfinite(values).all():
        raise ShapeError(f"{name} is {values}, not {dim} finite numbers", field="items")
