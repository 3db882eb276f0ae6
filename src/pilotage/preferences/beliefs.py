"""Gaussian beliefs about utility: what a mixture is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from pilotage.core.shapes import Array
from pilotage.elicitation import THRESHOLD, TIE
from pilotage.preferences.kernels import Probes, UtilityPrior
from pilotage.preferences.likelihood import Latents
from pilotage.preferences.propagation import Gaussian

THRESHOLD_SHARE = 0.5  # prior sd of "just acceptable", as a share of the sharpness, about the anchor's utility
TIE_MEAN, TIE_SD = -1.0, 1.0  # of log nu: of two equally good, one in six is called a tie
DRIFT_SD = 1.0  # of how much stricter or milder one round's stars are, in noise units
JITTER = 1e-9  # of the squared sharpness: keeps Cholesky exact enough with samples at one place
STEP = 1e-4  # of the differences that slopes are taken from, where a belief has no formula for them


class Belief(ABC):
    """A Gaussian belief about utility, absolute: only differences mean something."""

    sharpness: float

    @abstractmethod
    def mean_cov(self, u: Array) -> tuple[Array, Array]:
        """(n,) means and (n, n) covariance at (n, d) points."""

    def moments(self, probes: Probes) -> tuple[Array, Array]:
        """The same at probes without slopes, which several beliefs may share."""
        return self.mean_cov(probes.u)

    @abstractmethod
    def explain(self, u: Array) -> Array:
        """(n_judgements, n) how much each judgement raised the mean at (n, d) points; they sum to all that was."""

    @abstractmethod
    def ideal(self) -> tuple[Array, Array]:
        """(d,) mean and (d, d) covariance of the ideal point."""

    def latent_moments(self, latents: Latents) -> tuple[Array, Array]:
        """Means and covariance of all `latents`; those of the scalars are the prior's here, slopes are differences."""
        probes, n = latents.probes, len(latents.samples)
        shift = STEP * probes.along
        mean, cov = self.mean_cov(np.vstack([probes.u, probes.at + shift, probes.at - shift]))
        half = np.eye(len(probes.at)) / (2 * STEP)
        forms = block_diag(np.eye(n), np.hstack([half, -half]))
        centres, variances = scalar_moments(tuple(latents.scalars), self.sharpness)
        return np.concatenate([forms @ mean, centres]), block_diag(forms @ cov @ forms.T, np.diag(variances))


def scalar_moments(names: Sequence[str], sharpness: float) -> tuple[Array, Array]:
    """(n,) prior means and (n,) variances of a session's scalars."""
    known = {THRESHOLD: (0.0, THRESHOLD_SHARE * sharpness), TIE: (TIE_MEAN, TIE_SD)}
    moments = np.array([known.get(name, (0.0, DRIFT_SD)) for name in names]).reshape(-1, 2)
    return moments[:, 0], moments[:, 1] ** 2


def latent_prior(prior: UtilityPrior, latents: Latents, *, seed_noise: float) -> tuple[Array, Array]:
    """(n,) means and (n, n) covariance of all `latents`; two samples of one place differ by `seed_noise` (an sd)."""
    probes, n = latents.probes, len(latents.samples)
    values = prior.probe_covariance(probes, probes)
    values[np.arange(n), np.arange(n)] += seed_noise**2 + JITTER * prior.sharpness**2
    centres, variances = scalar_moments(tuple(latents.scalars), prior.sharpness)
    return np.concatenate([prior.probe_mean(probes), centres]), block_diag(values, np.diag(variances))


@dataclass(frozen=True, slots=True)
class GPBelief(Belief):
    """One Gaussian process given the answers.

    Attributes:
        prior: of utility.
        latents: what the answers spoke of.
        shares: (n_judgements, n_latents) the weights of `gaussian`, by the judgement that they come from.
        gaussian: what the answers changed.
    """

    prior: UtilityPrior
    latents: Latents
    shares: Array
    gaussian: Gaussian

    @property
    def sharpness(self) -> float:  # type: ignore[override]
        """Of the prior."""
        return self.prior.sharpness

    def mean_cov(self, u: Array) -> tuple[Array, Array]:
        """Predictive moments at new renders' places, seed noise excluded."""
        return self.moments(Probes.of(u))

    def moments(self, probes: Probes) -> tuple[Array, Array]:
        """As `mean_cov`."""
        cross = self._cross(probes)
        fallen = self.gaussian.root @ cross
        return (
            self.prior.mean(probes.u) + cross.T @ self.gaussian.weights,
            self.prior.probe_covariance(probes, probes) - fallen.T @ fallen,
        )

    def explain(self, u: Array) -> Array:
        """Exact: the posterior mean is a weighted sum of covariances with what was judged."""
        return self.shares @ self._cross(Probes.of(u))

    def ideal(self) -> tuple[Array, Array]:
        """Of the ideal point of the bowl, which is jointly Gaussian with what was judged."""
        prior, probes = self.prior, self.latents.probes
        cross = np.zeros((self.latents.size, len(prior.centre)))
        judged = np.vstack([probes.u, probes.along])
        cross[: len(judged)] = prior.sharpness * judged * prior.spread**2
        fallen = self.gaussian.root @ cross
        return prior.centre + cross.T @ self.gaussian.weights, np.diag(prior.spread**2) - fallen.T @ fallen

    def latent_moments(self, latents: Latents) -> tuple[Array, Array]:
        """Exact, slopes and scalars included."""
        centres, variances = scalar_moments(tuple(latents.scalars), self.sharpness)
        mean = np.concatenate([self.prior.probe_mean(latents.probes), centres])
        cov = block_diag(self.prior.probe_covariance(latents.probes, latents.probes), np.diag(variances))
        cross = np.zeros((self.latents.size, latents.size))
        known = self._cross(latents.probes)
        cross[:, : known.shape[1]] = known
        for (name, row), variance in zip(latents.scalars.items(), variances, strict=True):
            if name in self.latents.scalars:
                cross[self.latents.scalars[name], row] = variance
        fallen = self.gaussian.root @ cross
        return mean + cross.T @ self.gaussian.weights, cov - fallen.T @ fallen

    def _cross(self, probes: Probes) -> Array:
        """(n_latents, n) prior covariance of the latents with values and slopes elsewhere; of the scalars, none."""
        known = self.prior.probe_covariance(self.latents.probes, probes)
        none = len(self.latents.scalars)
        return np.vstack([known, np.zeros((none, known.shape[1]))]) if none else known
