"""The default preference model: a Laplace Gaussian process over all kinds of answers, hyperparameters averaged.

Source: Chu and Ghahramani 2005, Preference Learning with Gaussian Processes (pairs, probit).
Differs: softmax stages carry every kind of answer; the prior has an ideal point; the evidence weighs
    a grid of hyperparameters and all of them are kept, since its arg-max over-commits after few answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from pydantic import Field, PositiveFloat
from scipy.linalg import solve_triangular

from pilotage.core.shapes import Array
from pilotage.elicitation import THRESHOLD, TIE, Judgement, incumbent
from pilotage.preferences.base import PreferenceModel, PreferenceModelConfig
from pilotage.preferences.kernels import UtilityPrior
from pilotage.preferences.laplace import Mode, laplace_mode
from pilotage.preferences.likelihood import Choices, Latents, choices_of, latents_of
from pilotage.preferences.mixture import Belief, MixturePosterior
from pilotage.preferences.variational import variational
from pilotage.spaces import Region

MIN_WEIGHT = 0.02  # beliefs below this share cost time and move nothing
SHARPNESS_LOG_SD = 1.5  # of the prior over sharpness, natural log
THRESHOLD_SHARE = 0.5  # prior sd of "just acceptable", as a share of the sharpness, about the anchor's utility
TIE_MEAN, TIE_SD = -1.0, 1.0  # of log nu: of two equally good, one in six is called a tie
DRIFT_SD = 1.0  # of how much stricter or milder one round's stars are, in noise units
JITTER = 1e-9  # of the squared sharpness: keeps Cholesky exact enough with samples at one place


class LaplaceGPConfig(PreferenceModelConfig, frozen=True):
    """A smooth hill of liking, with how sure it is of every place.

    The grids are averaged over, not chosen from.
    """

    kind: Literal["laplace_gp"] = "laplace_gp"
    sharpness: tuple[PositiveFloat, ...] = Field(
        (8.0, 32.0, 128.0, 512.0),
        min_length=1,
        max_length=12,
        description="How decisive the judge may be: twice the utility lost at distance 1 from the ideal.",
    )
    typical_sharpness: float = Field(16.0, gt=0, description="Centre of the prior over sharpness.")
    remainders: tuple[tuple[PositiveFloat, PositiveFloat], ...] = Field(
        ((1.0, 0.03), (1.0, 0.3)),
        min_length=1,
        max_length=8,
        description="How preferences may leave a plain bowl: (over what distance, how far as a share of sharpness).",
    )
    ideal_distance: float = Field(
        0.8, gt=0, le=3, description="How far from the anchor a person's ideal typically lies, in unit coordinates."
    )
    anisotropy: float = Field(0.1, ge=0, le=2, description="How much more some directions may matter than others.")
    seed_noise: float = Field(
        0.1, gt=0, le=5, description="Utility sd between two samples of one place, in noise units."
    )


@dataclass(frozen=True, slots=True)
class GPBelief(Belief):
    """One Gaussian process given the answers: its prior, where samples lie, and the mode found."""

    prior: UtilityPrior
    u: Array
    mode: Mode

    def mean_cov(self, u: Array) -> tuple[Array, Array]:
        """Predictive moments at new renders' places, seed noise excluded."""
        cross = np.zeros((len(self.mode.white), len(u)))
        cross[: len(self.u)] = self.prior.covariance(self.u, u)  # the scalars' rows stay 0
        known = solve_triangular(self.mode.factor, cross, lower=True, check_finite=False)
        shrunk = solve_triangular(self.mode.curvature, known, lower=True, check_finite=False)
        cov = self.prior.covariance(u, u) - known.T @ known + shrunk.T @ shrunk
        return self.prior.mean(u) + known.T @ self.mode.white, cov


class LaplaceGP(PreferenceModel):
    """Laplace Gaussian process with an ideal-point trend; see `LaplaceGPConfig`."""

    def __init__(self, config: LaplaceGPConfig) -> None:
        self.config = config

    def fold(self, region: Region, judgements: Sequence[Judgement]) -> MixturePosterior:
        """The posterior after `judgements`, oldest first; with none, the prior."""
        latents = latents_of(judgements, region.dim)
        choices = choices_of(judgements, latents)
        best = incumbent(judgements)
        priors = self._priors(region)
        beliefs = [self._belief(prior, latents, choices) for prior in priors]
        scores = np.array([belief.mode.log_evidence for belief in beliefs]) + self._log_hyperprior(priors)
        weights, kept = _weigh(scores)
        reference = np.zeros(region.dim) if best is None else np.array(best.u, dtype=np.float64)
        return MixturePosterior(region, reference, tuple(beliefs[i] for i in kept), weights)

    def _priors(self, region: Region) -> list[UtilityPrior]:
        """One prior per point of the grid."""
        config = self.config
        reach = config.ideal_distance / (np.sqrt(region.dim) if region.shape == "ball" else 1.0)
        return [
            UtilityPrior(sharpness, lengthscale, roughness, reach, config.anisotropy)
            for sharpness, (lengthscale, roughness) in product(config.sharpness, config.remainders)
        ]

    def _log_hyperprior(self, priors: Sequence[UtilityPrior]) -> Array:
        """(n_priors,) log-normal in sharpness, flat in the rest, up to a constant."""
        away = np.log([prior.sharpness / self.config.typical_sharpness for prior in priors])
        return -0.5 * (away / SHARPNESS_LOG_SD) ** 2

    def _belief(self, prior: UtilityPrior, latents: Latents, choices: Choices) -> GPBelief:
        """The prior conditioned on the choices."""
        n = len(latents.u)
        scalars = {THRESHOLD: (0.0, THRESHOLD_SHARE * prior.sharpness), TIE: (TIE_MEAN, TIE_SD)}
        moments = [scalars.get(name, (0.0, DRIFT_SD)) for name in latents.scalars]
        mean = np.concatenate([prior.mean(latents.u), [centre for centre, _ in moments]])
        covariance = np.diag([0.0] * n + [sd**2 for _, sd in moments])
        covariance[:n, :n] = prior.covariance(latents.u, latents.u)
        noise = self.config.seed_noise**2 + JITTER * prior.sharpness**2
        covariance[np.diag_indices(n)] += noise
        return GPBelief(prior, latents.u, variational(choices, mean, laplace_mode(choices, mean, covariance)))


def _weigh(log_scores: Array) -> tuple[Array, list[int]]:
    """Shares of the beliefs worth keeping, most likely first, and their indices."""
    shares = np.exp(log_scores - log_scores.max())
    order = np.argsort(-shares, kind="stable")
    kept = [int(i) for i in order if shares[i] >= MIN_WEIGHT * shares.sum() or i == order[0]]
    return shares[kept] / shares[kept].sum(), kept
