"""The method that tells the poles apart: logistic regression, a layer each."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.core.strategies import StrategyConfig
from pilotage.labs.language.states import Pooled, Pooling, States, check_states, unit


class LogisticProbeConfig(StrategyConfig, frozen=True):
    """Weights of a logistic regression that tells the poles apart."""

    kind: Literal["logistic_probe"] = "logistic_probe"
    pooling: Pooled = "mean"
    penalty: float = Field(
        1.0, gt=0, description="Weight of the squared length of the weights; more comes nearer to the mean difference."
    )


class LogisticProbe:
    """The probe of Bo et al. 2025 (arXiv 2505.04260): l2-penalised logistic regression, a layer each."""

    def __init__(self, config: LogisticProbeConfig) -> None:
        self.pooling: Pooling = config.pooling
        self._penalty = config.penalty

    def directions(self, positive: States, negative: States, *, paired: bool) -> States:
        """As `Extraction.directions`."""
        check_states(positive, negative, paired)
        rows = np.concatenate([positive, negative]).astype(np.float64).transpose(1, 0, 2)
        target = np.repeat([1.0, -1.0], [len(positive), len(negative)])
        return unit(np.stack([probe(layer, target, penalty=self._penalty) for layer in rows]))


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
