"""Extraction: from what a model does while it reads answers of two poles to one direction a layer.

Each method is a strategy; `pilotage.extractions` is the entry-point group for others.
"""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.core.strategies import Entry, StrategyConfig, StrategyTable

States = NDArray[np.float32]
Pooling = Literal["mean", "last"]
_Pooled = Annotated[Pooling, Field(description="Which answer tokens are read: the mean over all, or the last.")]


class Extraction(Protocol):
    """Turns pooled states into directions."""

    pooling: Pooling

    def directions(self, positive: States, negative: States, *, paired: bool) -> States:
        """(L, H) directions towards the positive pole, each of length 1, or 0 where the poles do not differ.

        Args:
            positive: (n, L, H) outputs of each block, pooled over each answer's tokens.
            negative: (m, L, H), with m = n if paired.
            paired: whether equal rows answer the same prompt.
        """


class MeanDifferenceConfig(StrategyConfig, frozen=True):
    """Difference of the poles' means over the answers' tokens; the strongest per damage on small models."""

    kind: Literal["mean_difference"] = "mean_difference"
    pooling: _Pooled = "mean"


class LastTokenConfig(StrategyConfig, frozen=True):
    """Difference of the poles' means at the answers' last tokens; sees punctuation as much as meaning."""

    kind: Literal["last_token"] = "last_token"
    pooling: _Pooled = "last"


class PcaConfig(StrategyConfig, frozen=True):
    """First principal component of the differences within pairs."""

    kind: Literal["pca"] = "pca"
    pooling: _Pooled = "mean"


class LogisticProbeConfig(StrategyConfig, frozen=True):
    """Weights of a logistic regression that tells the poles apart."""

    kind: Literal["logistic_probe"] = "logistic_probe"
    pooling: _Pooled = "mean"
    penalty: float = Field(
        1.0, gt=0, description="Weight of the squared length of the weights; more comes nearer to the mean difference."
    )


class MeanDifference:
    """Contrastive activation addition (Rimsky et al. 2023, arXiv 2312.06681)."""

    def __init__(self, config: MeanDifferenceConfig | LastTokenConfig) -> None:
        self.pooling: Pooling = config.pooling

    def directions(self, positive: States, negative: States, *, paired: bool) -> States:
        """As `Extraction.directions`."""
        _check(positive, negative, paired)
        return _unit(positive.mean(axis=0, dtype=np.float64) - negative.mean(axis=0, dtype=np.float64))


class Pca:
    """Representation engineering's reading vector (Zou et al. 2023, arXiv 2310.01405).

    Differs: differences are not centred, since their mean is what is looked for.
    """

    def __init__(self, config: PcaConfig) -> None:
        self.pooling: Pooling = config.pooling

    def directions(self, positive: States, negative: States, *, paired: bool) -> States:
        """As `Extraction.directions`; without pairs, of all answers less their common mean."""
        _check(positive, negative, paired)
        towards = positive.mean(axis=0, dtype=np.float64) - negative.mean(axis=0, dtype=np.float64)
        both = np.concatenate([positive, negative]).astype(np.float64)
        spread = (positive - negative).astype(np.float64) if paired else both - both.mean(axis=0)
        first = np.stack([np.linalg.svd(layer, full_matrices=False)[2][0] for layer in spread.transpose(1, 0, 2)])
        sign = np.sign(np.einsum("lh,lh->l", first, towards))
        return _unit(first * sign[:, None])


class LogisticProbe:
    """The probe of Bo et al. 2025 (arXiv 2505.04260): l2-penalised logistic regression, a layer each."""

    def __init__(self, config: LogisticProbeConfig) -> None:
        self.pooling: Pooling = config.pooling
        self._penalty = config.penalty

    def directions(self, positive: States, negative: States, *, paired: bool) -> States:
        """As `Extraction.directions`."""
        _check(positive, negative, paired)
        rows = np.concatenate([positive, negative]).astype(np.float64).transpose(1, 0, 2)
        target = np.repeat([1.0, -1.0], [len(positive), len(negative)])
        return _unit(np.stack([probe(layer, target, penalty=self._penalty) for layer in rows]))


EXTRACTIONS: StrategyTable[Extraction] = StrategyTable(
    "extraction",
    "pilotage.extractions",
    {
        "mean_difference": Entry(MeanDifferenceConfig, MeanDifference),
        "last_token": Entry(LastTokenConfig, MeanDifference),
        "pca": Entry(PcaConfig, Pca),
        "logistic_probe": Entry(LogisticProbeConfig, LogisticProbe),
    },
)


def probe(rows: Array, target: Array, *, penalty: float, rounds: int = 50) -> Array:
    """(H,) weights w that minimise sum log(1 + exp(-t (w·x + b))) + penalty/2 |w|², by Newton in the rows' span.

    Args:
        rows: (n, H) states; their mean is taken off and their mean square set to 1, so that `penalty` means the same
            at every layer.
        target: (n,) 1 or -1.
        penalty: weight of the squared length, > 0.
        rounds: of Newton, at most; five or so do.
    """
    centred = rows - rows.mean(axis=0)
    size = float(np.sqrt((centred**2).sum(axis=1).mean()))
    if size == 0:
        return np.zeros(rows.shape[1])
    centred = centred / size
    kernel, n = centred @ centred.T, len(target)  # w = centred.T @ a
    unknown = np.zeros(n + 1)  # a, b
    for _ in range(rounds):
        margin = target * (kernel @ unknown[:n] + unknown[n])
        slack = 1 / (1 + np.exp(np.clip(margin, -500, 500)))  # sigmoid(-margin)
        weight = np.maximum(slack * (1 - slack), 1e-9)
        # Stationary in the span: penalty a = target * slack, sum(target * slack) = 0.
        residual = np.append(penalty * unknown[:n] - target * slack, (target * slack).sum())
        jacobian = np.block([
            [penalty * np.eye(n) + weight[:, None] * kernel, weight[:, None]],
            [-(weight @ kernel)[None, :], np.array([[-weight.sum()]])],
        ])  # fmt: skip
        step = np.linalg.solve(jacobian, residual)
        unknown = unknown - step
        if np.abs(step).max() < 1e-10:
            break
    return np.asarray(centred.T @ unknown[:n], dtype=np.float64)


def _unit(directions: Array) -> States:
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    return np.divide(directions, lengths, out=np.zeros_like(directions), where=lengths > 0).astype(np.float32)


def _check(positive: States, negative: States, paired: bool) -> None:
    if positive.ndim != 3 or positive.shape[1:] != negative.shape[1:] or not len(positive) or not len(negative):
        raise ShapeError(f"states must be (n, L, H) of both poles, got {positive.shape} and {negative.shape}")
    if paired and len(positive) != len(negative):
        raise ShapeError(f"{len(positive)} positive and {len(negative)} negative answers are no pairs")
