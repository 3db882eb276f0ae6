"""The one likelihood of all answers: softmax choices over linear forms of a latent vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement, Latent, Slope, Stage, stages


@dataclass(frozen=True, slots=True)
class Latents:
    """The names of the latent vector: one utility per sample, then the session's scalars that are used.

    Attributes:
        samples: sample -> row; a carried incumbent keeps its sample, hence its row.
        u: (n_items, d) where each sample lies.
        scalars: the session's scalars in the order of their rows, which follow those of the samples.
    """

    samples: dict[str, int]
    u: Array
    scalars: tuple[str, ...]

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        return len(self.u) + len(self.scalars)


@dataclass(frozen=True, slots=True)
class Choices:
    """All stages as arrays, padded to the widest: `log p = l_w - logsumexp(l)` with `l = A x + b`.

    Attributes:
        forms: (n_stages, width, n_latents) A, already divided by each stage's temperature.
        offsets: (n_stages, width) b, likewise; -inf marks padding.
        winners: (n_stages,) the chosen form of each stage.
    """

    forms: Array
    offsets: Array
    winners: NDArray[np.intp]

    def log_likelihood(self, x: Array) -> float:
        """Natural-log probability of all choices at the latent vector `x`, <= 0; safe for gaps beyond 1e4."""
        logits = self.forms @ x + self.offsets
        return float(self._log_softmax(logits)[np.arange(len(logits)), self.winners].sum())

    def derivatives(self, x: Array) -> tuple[Array, Array]:
        """(n,) gradient and (n, n) negative Hessian of `log_likelihood`; the latter is positive semidefinite."""
        p = np.exp(self._log_softmax(self.forms @ x + self.offsets))
        chosen = np.zeros_like(p)
        chosen[np.arange(len(p)), self.winners] = 1.0
        flat = self.forms.reshape(p.size, len(x))
        expected = np.einsum("ek,ekn->en", p, self.forms)
        gradient = flat.T @ (chosen - p).ravel()
        return gradient, flat.T @ (p.ravel()[:, None] * flat) - expected.T @ expected

    @staticmethod
    def _log_softmax(logits: Array) -> Array:
        shifted = logits - logits.max(axis=1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def latents_of(judgements: Sequence[Judgement], dim: int) -> Latents:
    """The latent vector of `judgements`, samples in the order of their first round.

    Raises:
        ShapeError: an item's coordinates are not `dim` finite numbers.
    """
    for item in (item for judgement in judgements for item in judgement.items):
        if len(item.u) != dim or not np.isfinite(item.u).all():
            raise ShapeError(f"{item.candidate} lies at {item.u}, not at {dim} finite numbers", field="items")
    samples: dict[str, int] = {}
    places: list[tuple[float, ...]] = []
    for item in (item for judgement in judgements for item in _by_distance(judgement)):
        if item.sample not in samples:
            samples[item.sample] = len(places)
            places.append(item.u)
    return Latents(samples, np.array(places, dtype=np.float64).reshape(-1, dim), _scalars(judgements))


def choices_of(judgements: Sequence[Judgement], latents: Latents) -> Choices:
    """The stages of every answer over `latents`, in order."""
    named = [pair for index, judgement in enumerate(judgements) for pair in _named_stages(judgement, index, latents)]
    width = max((len(stage.forms) for stage, _ in named), default=1)
    forms = np.zeros((len(named), width, latents.size))
    offsets = np.full((len(named), width), -np.inf)
    winners = np.zeros(len(named), dtype=np.intp)
    for e, (stage, rows) in enumerate(named):
        order = _by_latent(stage, rows)
        winners[e] = order.index(stage.winner)
        for k, form in enumerate(stage.forms[i] for i in order):
            offsets[e, k] = form.offset / stage.temperature
            for name, weight in form.weights:
                forms[e, k, _row(rows, name)] += weight / stage.temperature
    return Choices(forms, offsets, winners)


def _scalars(judgements: Sequence[Judgement]) -> tuple[str, ...]:
    """The session's scalars that some stage speaks of, in the order of their first use."""
    names: dict[str, None] = {}
    for index, judgement in enumerate(judgements):
        for form in (form for stage in stages(judgement, index) for form in stage.forms):
            names |= dict.fromkeys(n for n, _ in form.weights if isinstance(n, str) and n not in judgement.shown)
    return tuple(names)


def _named_stages(judgement: Judgement, index: int, latents: Latents) -> list[tuple[Stage, dict[str, int]]]:
    """Each stage of one answer with the latent row of every name that it uses."""
    rows = {name: len(latents.u) + row for row, name in enumerate(latents.scalars)}
    rows |= {item.candidate: latents.samples[item.sample] for item in judgement.items}
    return [(stage, rows) for stage in stages(judgement, index)]


def _row(rows: dict[str, int], name: Latent) -> int:
    if isinstance(name, Slope):
        raise NotImplementedError("slopes of the utility are not latents yet")
    return rows[name]


def _by_distance(judgement: Judgement) -> list[Item]:
    """The items from the anchor outwards: an order that neither slots nor a turned space change."""
    return sorted(judgement.items, key=lambda item: (float(np.linalg.norm(item.u)), item.u))


def _by_latent(stage: Stage, rows: dict[str, int]) -> list[int]:
    """The stage's forms in the order of their latents, so that no digit depends on how an answer listed them.

    Averages over a stage's forms are sums over fixed nodes, whose error is not the same in every coordinate.
    """
    return sorted(range(len(stage.forms)), key=lambda k: sorted(_row(rows, n) for n, _ in stage.forms[k].weights))
