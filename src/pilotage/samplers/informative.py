"""The set whose comparison is expected to tell most about the person: to learn, not to show something better."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.special import entr

from pilotage.core.shapes import Array
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.pool import unseen
from pilotage.samplers.reasons import proposals


class InformativeConfig(SamplerConfig, frozen=True):
    """The comparison that tells most about you, all of it new: for few, well spent answers, such as about texts."""

    kind: Literal["informative"] = "informative"
    n_pool: int = Field(48, ge=16, le=512, description="Places that are compared with each other, over the space.")
    n_draws: int = Field(384, ge=16, le=2048, description="Plausible judges that compare them.")
    lapse: float = Field(0.05, ge=0, lt=0.5, description="Share of choices that are slips.")


class InformativeSampler(Sampler):
    """Greedy mutual information between the choice and the belief; the best so far is not shown beside them."""

    beside_best: ClassVar[bool] = False

    def __init__(self, config: InformativeConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """The set in the order of its picks; the state tells the nats that its comparison is expected to give.

        A single place is the one that tells most beside the best so far.
        """
        config = self.config
        fresh = view.region.sobol(max(config.n_pool, 4 * n), rng=rng)
        pool = unseen(view, fresh) if n > 1 else np.vstack([view.centre, unseen(view, fresh)])
        draws = view.posterior.draw(pool, config.n_draws, rng=rng)
        begun = [] if n > 1 else [0]
        picks, told = most_informative(draws, n + len(begun), lapse=config.lapse, begun=begun)
        places = pool[picks[len(begun) :]]
        return proposals(view, places, roles=("question",) * n, state={"information": told})


def most_informative(draws: Array, n: int, *, lapse: float, begun: list[int] | None = None) -> tuple[list[int], float]:
    """`n` columns whose comparison tells most about which row is true, and how much that is, in nats.

    Args:
        draws: (n_draws, n_pool) plausible utilities.
        n: how many, from 2; beyond two, each next is the one that adds most.
        lapse: share of choices that are slips.
        begun: a column that is one of them, if that is settled.

    Source: Houlsby et al. 2011, Bayesian Active Learning for Classification and Preference Learning (arXiv 1112.5745).
    """
    picks, best = list(begun or ()), 0.0
    if not picks:
        gaps = draws[:, :, None] - draws[:, None, :]
        p = _slipping(1.0 / (1.0 + np.exp(-np.clip(gaps, -700, 700)))[..., None], 2, lapse)[..., 0]
        told = entr(p.mean(axis=0)) + entr(1 - p.mean(axis=0)) - (entr(p) + entr(1 - p)).mean(axis=0)
        first, second = np.unravel_index(int(np.triu(told, 1).argmax()), told.shape)
        picks, best = [int(first), int(second)], float(told[first, second])
    while len(picks) < n:
        gains = [-np.inf if k in picks else _told(draws[:, [*picks, k]], lapse) for k in range(draws.shape[1])]
        picks.append(int(np.argmax(gains)))
        best = float(max(gains))
    return picks, best


def _told(utility: Array, lapse: float) -> float:
    odds = np.exp(utility - utility.max(axis=1, keepdims=True))
    p = _slipping(odds / odds.sum(axis=1, keepdims=True), utility.shape[1], lapse)
    return float(entr(p.mean(axis=0)).sum() - entr(p).sum(axis=1).mean())


def _slipping(p: Array, options: int, lapse: float) -> Array:
    return np.asarray((1.0 - lapse) * p + lapse / options)
