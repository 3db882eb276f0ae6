"""A posterior that is a mixture of Gaussian processes, one per hyperparameter setting, by their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cholesky, eigh
from scipy.special import ndtri

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array, require_matrix
from pilotage.elicitation import Judgement
from pilotage.preferences.base import Posterior
from pilotage.preferences.beliefs import Belief
from pilotage.preferences.kernels import Probes
from pilotage.preferences.likelihood import Choices, Latents, choices_of, latents_of
from pilotage.spaces import Region

N_CHOICE_DRAWS = 512
N_REGRET_DRAWS = 256
N_REGRET_POOL = 192
NEW = -1  # the place in the log of what has not been said yet: its drift is nobody's
_GAUSS_HERMITE = np.polynomial.hermite_e.hermegauss(24)


@dataclass(frozen=True, slots=True)
class MixturePosterior(Posterior):
    """Beliefs weighted by their evidence and seen from the incumbent's place.

    Attributes:
        region: where utility is defined.
        reference: (d,) the incumbent's place, or the anchor.
        beliefs: one per hyperparameter setting, most likely first.
        weights: (n_beliefs,) their posterior probabilities, summing to 1.
        lapse: share of choices in which any option is as likely.
        foresight: as `Posterior.foresight`.
    """

    region: Region
    reference: Array
    beliefs: tuple[Belief, ...]
    weights: Array
    lapse: float = 0.0
    foresight: float | None = None

    def mean_cov(self, u: Array) -> tuple[Array, Array]:
        """Moments of the mixture: within-belief covariance plus that of the beliefs' means."""
        points = require_matrix("u", u, self.region.dim)
        probes = self._probes(points)
        parts = [self._relative(belief, probes) for belief in self.beliefs]
        return _mixed(self.weights, [mean for mean, _ in parts], [cov for _, cov in parts])

    def draw(self, u: Array, n: int, *, rng: np.random.Generator) -> Array:
        """Stratified over the beliefs, so that few draws already stand for the whole mixture."""
        points = require_matrix("u", u, self.region.dim)
        strata = (np.arange(n) + rng.random(n)) / max(n, 1)
        which = np.searchsorted(np.cumsum(self.weights)[:-1], strata, side="right")
        rows, probes = np.empty((n, len(points))), self._probes(points)
        for index in np.unique(which):
            mean, cov = self._relative(self.beliefs[index], probes)
            mine = which == index
            rows[mine] = mean + rng.standard_normal((int(mine.sum()), len(points))) @ _root(cov).T
        return rows[rng.permutation(n)]

    def p_best(self, u: Array) -> Array:
        """Mean softmax over fixed quasi-random draws: choice noise is the logit model's own."""
        points = require_matrix("u", u, self.region.dim)
        if len(points) == 0:
            raise ShapeError("p_best needs at least one point", field="u")
        total, probes = np.zeros(len(points)), self._probes(points)
        for weight, belief in zip(self.weights, self.beliefs, strict=True):
            mean, cov = self._relative(belief, probes)
            utility = mean + _normals(len(points), N_CHOICE_DRAWS) @ _root(cov).T
            odds = np.exp(utility - utility.max(axis=1, keepdims=True))
            total += weight * (odds / odds.sum(axis=1, keepdims=True)).mean(axis=0)
        return self._slipping(total / total.sum(), len(points))

    def p_beats_incumbent(self, u: Array) -> Array:
        """Mean logistic of the utility, by 24-point Gauss-Hermite quadrature in each belief."""
        points = require_matrix("u", u, self.region.dim)
        nodes, masses = _GAUSS_HERMITE
        total, probes = np.zeros(len(points)), self._probes(points)
        for weight, belief in zip(self.weights, self.beliefs, strict=True):
            mean, cov = self._relative(belief, probes)
            utility = mean[:, None] + np.sqrt(np.diag(cov))[:, None] * nodes
            total += weight * (1.0 / (1.0 + np.exp(-np.clip(utility, -700, 700)))) @ masses
        return self._slipping(total / masses.sum(), 2)

    def p_event(self, judgement: Judgement) -> float:
        """Mean over fixed quasi-random draws of the product of the answer's stages, slips included."""
        latents = latents_of([judgement], self.region.dim, first=NEW)
        choices = choices_of([judgement], latents, first=NEW)
        if len(choices.winners) == 0:
            return 1.0
        return float(sum(w * self._p(b, latents, choices) for w, b in zip(self.weights, self.beliefs, strict=True)))

    def _p(self, belief: Belief, latents: Latents, choices: Choices) -> float:
        mean, cov = belief.latent_moments(latents)
        x = mean + _normals(latents.size, N_CHOICE_DRAWS) @ _root(0.5 * (cov + cov.T)).T
        return float(self._slipping(np.exp(choices.log_p(x)), choices.options).prod(axis=1).mean())

    def explain(self, u: Array) -> Array:
        """Weighted over the beliefs as they are weighted now."""
        points = require_matrix("u", u, self.region.dim)
        parts = [belief.explain(np.vstack([points, self.reference])) for belief in self.beliefs]
        raised = np.tensordot(self.weights, parts, axes=1)
        return np.asarray(raised[:, :-1] - raised[:, -1:])

    def ideal(self) -> tuple[Array, Array]:
        """Moments of the mixture of the beliefs' ideal points."""
        parts = [belief.ideal() for belief in self.beliefs]
        return _mixed(self.weights, [mean for mean, _ in parts], [cov for _, cov in parts])

    def _slipping(self, p: Array, options: int | Array | NDArray[np.intp]) -> Array:
        """Probabilities of options when a share of the choices are slips."""
        return np.asarray((1.0 - self.lapse) * p + self.lapse / options)

    def expected_regret(self) -> float:
        """Mean over fixed draws of the best utility on a fixed pool of the region and around the incumbent."""
        rng = np.random.default_rng(0)
        wide = self.region.sobol(N_REGRET_POOL, rng=rng)
        near = self.reference + 0.25 * self.region.sobol(N_REGRET_POOL, rng=rng)
        pool = np.vstack([wide, self.region.clip(near)])
        return float(np.maximum(self.draw(pool, N_REGRET_DRAWS, rng=rng).max(axis=1), 0.0).mean())

    def _probes(self, u: Array) -> Probes:
        """(n, d) places, and last the reference."""
        return Probes.of(np.vstack([u, self.reference]))

    def _relative(self, belief: Belief, probes: Probes) -> tuple[Array, Array]:
        """One belief's moments at all probes but the last, less the utility there; exactly 0 at that place."""
        mean, cov = belief.moments(probes)
        shared = cov[:-1, -1]
        moved = cov[:-1, :-1] - (shared[:, None] + shared - cov[-1, -1])
        away = (probes.u[:-1] != probes.u[-1]).any(axis=1)
        moved.flat[:: len(moved) + 1] = np.maximum(moved.diagonal(), 0.0)
        if away.all():
            return mean[:-1] - mean[-1], moved
        return np.where(away, mean[:-1] - mean[-1], 0.0), np.where(away[:, None] & away, moved, 0.0)


def _mixed(weights: Array, means: Sequence[Array], covs: Sequence[Array]) -> tuple[Array, Array]:
    """Moments of a mixture of Gaussians."""
    stacked = np.array(means)
    mean = weights @ stacked
    between = (stacked - mean).T @ (weights[:, None] * (stacked - mean))
    return mean, np.tensordot(weights, covs, axes=1) + between


def _root(cov: Array) -> Array:
    """(n, n) R with R R' = cov to 1e-5 of the largest sd; where cov is 0, so is R."""
    variances, raised = cov.diagonal(), cov.copy()
    known = variances <= 0.0
    raised.flat[:: len(cov) + 1] += np.where(known, 1.0, 1e-10 * float(variances.max(initial=1e-30)))
    try:
        root = cholesky(raised, lower=True, check_finite=False)
    except LinAlgError:  # rounding left it indefinite: slower, always works
        values, vectors = eigh(cov, check_finite=False)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.where(known[:, None], 0.0, root) if known.any() else root


@cache
def _normals(dim: int, n: int) -> Array:
    """(n, dim) the same quasi-random normals each time."""
    from scipy.stats import qmc  # noqa: PLC0415  (half a second that a door need not pay)

    cube = qmc.Sobol(dim, rng=np.random.default_rng(0)).random_base2(int(np.log2(n)))
    return ndtri(np.clip(cube, 1e-12, 1 - 1e-12))
