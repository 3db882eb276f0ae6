"""The numbers that judge a picture model, each from arrays alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

Array = NDArray[np.float32]
Pictures = NDArray[np.uint8]
__all__ = ["decibels", "monotone", "ranks"]


def ranks(features: Array, references: Array, truth: Sequence[int]) -> NDArray[np.intp]:
    """(n,) how many references are nearer to each picture than the true one: 0 is first.

    Args:
        features: (n, k).
        references: (m, k).
        truth: (n,) rows of `references`.
    """
    similar = features @ references.T
    own = similar[np.arange(len(truth)), list(truth)]
    return (similar > own[:, None]).sum(1)


def decibels(pictures: Pictures, others: Pictures) -> float:
    """The mean over pictures of the peak signal-to-noise ratio."""
    error = np.square(pictures.astype(float) - others.astype(float)).reshape(len(pictures), -1).mean(1)
    return float(np.mean(10 * np.log10(255**2 / np.maximum(error, 1e-3))))


def monotone(measured: Sequence[float]) -> float:
    """Spearman's correlation of a measurement with the steps along a direction; 0 where nothing moves."""
    if np.ptp(measured) < 1e-6:
        return 0.0
    return float(spearmanr(np.arange(len(measured)), measured).statistic)
