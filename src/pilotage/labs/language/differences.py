"""Methods that look at the difference between the poles: means, and what differences have in common."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pilotage.core.strategies import StrategyConfig
from pilotage.labs.language.states import Pooled, Pooling, States, check_states, unit


class MeanDifferenceConfig(StrategyConfig, frozen=True):
    """Difference of the poles' means over the answers' tokens; the strongest per damage on small models."""

    kind: Literal["mean_difference"] = "mean_difference"
    pooling: Pooled = "mean"


class LastTokenConfig(StrategyConfig, frozen=True):
    """Difference of the poles' means at the answers' last tokens; sees punctuation as much as meaning."""

    kind: Literal["last_token"] = "last_token"
    pooling: Pooled = "last"


class PcaConfig(StrategyConfig, frozen=True):
    """First principal component of the differences within pairs."""

    kind: Literal["pca"] = "pca"
    pooling: Pooled = "mean"


class MeanDifference:
    """Contrastive activation addition (Rimsky et al. 2023, arXiv 2312.06681)."""

    def __init__(self, config: MeanDifferenceConfig | LastTokenConfig) -> None:
        self.pooling: Pooling = config.pooling

    def directions(self, positive: States, negative: States, *, paired: bool) -> States:
        """As `Extraction.directions`."""
        check_states(positive, negative, paired)
        return unit(positive.mean(axis=0, dtype=np.float64) - negative.mean(axis=0, dtype=np.float64))


class Pca:
    """Representation engineering's reading vector (Zou et al. 2023, arXiv 2310.01405).

    Differs: differences are not centred, since their mean is what is looked for.
    """

    def __init__(self, config: PcaConfig) -> None:
        self.pooling: Pooling = config.pooling

    def directions(self, positive: States, negative: States, *, paired: bool) -> States:
        """As `Extraction.directions`; without pairs, of all answers less their common mean."""
        check_states(positive, negative, paired)
        towards = positive.mean(axis=0, dtype=np.float64) - negative.mean(axis=0, dtype=np.float64)
        both = np.concatenate([positive, negative]).astype(np.float64)
        spread = (positive - negative).astype(np.float64) if paired else both - both.mean(axis=0)
        first = np.stack([np.linalg.svd(layer, full_matrices=False)[2][0] for layer in spread.transpose(1, 0, 2)])
        sign = np.sign(np.einsum("lh,lh->l", first, towards))
        return unit(first * sign[:, None])
