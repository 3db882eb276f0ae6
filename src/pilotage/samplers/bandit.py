"""A contextual linear bandit: what an answer says of a picture, regressed on its place and the round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field
from scipy.linalg import cho_factor, cho_solve

from pilotage.core.shapes import Array
from pilotage.samplers.acquisition import optimistic_set, own_best
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.fallback import NO_CHOICE, steps_instead
from pilotage.samplers.feedback import scores
from pilotage.samplers.pool import everywhere
from pilotage.samplers.reasons import proposals

ROUNDS = 10.0  # one unit of the round's feature


class BanditConfig(SamplerConfig, frozen=True):
    """A straight-line guess at what each axis, and its square, is worth; no smooth hill behind it."""

    kind: Literal["bandit"] = "bandit"
    policy: Literal["thompson", "ucb"] = Field("thompson", description="Draw weights, or be optimistic about them.")
    width: float = Field(1.0, ge=0, le=5, description="How many sd to draw, or to hope, from the mean.")
    ridge: float = Field(1.0, gt=0, le=100, description="Prior precision of every weight.")
    noise: float = Field(0.5, gt=0, le=5, description="Sd of what an answer says of a picture.")
    n_pool: int = Field(512, ge=32, le=2048, description="Places scored per round, over the whole space.")


@dataclass(frozen=True, slots=True)
class LinearBelief:
    """Weights about N(mean, cov).

    Attributes:
        mean: (p,) expected weights.
        cov: (p, p) their covariance.
    """

    mean: Array
    cov: Array

    @classmethod
    def fit(cls, features: Array, rewards: Array, *, ridge: float, noise: float) -> LinearBelief:
        """Bayesian linear regression of (n,) `rewards` on (n, p) `features`, weights about N(0, I / ridge).

        Source: Bishop 2006, equations 3.53 and 3.54.
        """
        precision = ridge * np.eye(features.shape[1]) + features.T @ features / noise**2
        factor = cho_factor(precision)
        return cls(cho_solve(factor, features.T @ rewards / noise**2), cho_solve(factor, np.eye(features.shape[1])))


class BanditSampler(Sampler):
    """Linear Thompson sampling or UCB; the round is the context, as later rounds hold better pictures.

    Source: Agrawal and Goyal 2013 (arXiv 1209.3352); LinUCB, Li et al. 2010 (arXiv 1003.0146).
    Differs: the reward is the slope of the answer's log-likelihood at indifference, so that any answer has one.
    """

    def __init__(self, config: BanditConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """Each tells its expected reward and the sd; the state, how many rewards there were."""
        if view.incumbent is None:
            return steps_instead(view, n, because=NO_CHOICE, rng=rng)
        config = self.config
        belief, seen = self._belief(view)
        pool = everywhere(view, max(config.n_pool, 8 * n), rng=rng)
        known = context_features(pool, view.round)
        mean, cov = known @ belief.mean, known @ belief.cov @ known.T
        if config.policy == "ucb":
            picks, _ = optimistic_set(mean, cov, n, beta=config.width, noise=config.noise**2)
        else:
            root = np.linalg.cholesky(belief.cov)
            weights = belief.mean + config.width * rng.standard_normal((n, len(root))) @ root.T
            picks = own_best(weights @ known.T)
        sd = np.sqrt(np.diag(cov))
        facts = [{"reward": float(mean[i]), "reward_sd": float(sd[i]), "pool_size": len(pool)} for i in picks]
        role = "promising" if config.policy == "ucb" else "guess"
        state = {"policy": config.policy, "width": config.width, "rewards": seen, "context": {"round": view.round}}
        return proposals(view, pool[picks], roles=(role,) * n, state=state, facts=facts)

    def _belief(self, view: View) -> tuple[LinearBelief, int]:
        rows = [
            context_features(np.array([item.u for item in judgement.items]), turn)
            for turn, judgement in enumerate(view.history, start=1)
        ]
        rewards = np.concatenate([scores(judgement, index) for index, judgement in enumerate(view.history)])
        fit = LinearBelief.fit(np.vstack(rows), rewards, ridge=self.config.ridge, noise=self.config.noise)
        return fit, len(rewards)


def context_features(u: Array, round_: int) -> Array:
    """(n, 2 d + 2) features of (n, d) places shown in a round: 1, u, u squared, and the round."""
    n = len(u)
    return np.hstack([np.ones((n, 1)), u, u * u, np.full((n, 1), round_ / ROUNDS)])
