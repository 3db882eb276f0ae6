"""What several sessions tell of one person's taste, put together: how alike they are is estimated with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array
from pilotage.core.threads import one_blas_thread
from pilotage.elicitation import Judgement
from pilotage.preferences.laplace_gp import LaplaceGP, LaplaceGPConfig
from pilotage.spaces import Region

SHARES = np.linspace(0.02, 0.98, 25)
OTHER_MOOD = 0.2  # how often a session may be after something quite else, however alike those before were


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one session's answers alone say of its ideal a: `exp(pull a - precision a^2 / 2)` on each axis.

    Attributes:
        pull: (d,) precision times the place pointed at, per unit coordinate.
        precision: (d,) >= 0; 0 where nothing was said.
    """

    pull: Array
    precision: Array


@dataclass(frozen=True, slots=True)
class Pooled:
    """Where the next session's ideal is expected, in unit coordinates.

    Attributes:
        mean: (d,).
        sd: (d,) of that ideal, not of its mean.
        agreement: how alike the sessions are: 1 if they share one ideal, 0 if each has its own; 0.5 if unknown.
    """

    mean: Array
    sd: Array
    agreement: float


def no_opinion(region: Region) -> float:
    """The sd, on each axis, of an ideal of which nothing is known: the preference model's own prior."""
    reach = LaplaceGPConfig().ideal_distance
    return float(reach / np.sqrt(region.dim if region.shape == "ball" else 3.0))


def evidence_of(region: Region, judgements: Sequence[Judgement]) -> Evidence:
    """What `judgements` say of the ideal, without what was believed before them.

    The model is the default one for every session, so that none hands on what it had been told by another.
    """
    with one_blas_thread():  # the same digits wherever it is computed
        mean, covariance = LaplaceGP(LaplaceGPConfig()).fold(region, judgements).ideal()
    before, after = 1.0 / no_opinion(region) ** 2, 1.0 / np.diag(covariance)
    said = after > before * (1.0 + 1e-6)
    return Evidence(np.where(said, mean * after, 0.0), np.where(said, after - before, 0.0))


def pooled(told: Sequence[Evidence], region: Region) -> Pooled:
    """The ideal of a further session, given what those before told.

    `mu ~ N(0, (1 - s) v)` is the person's taste and `a ~ N(mu, s v)` each session's ideal, so that without any
    evidence the ideal is N(0, v), as ever. The share s, one for all axes, is averaged over by its evidence: few
    sessions, or sessions that disagree, leave it large, and then no session, however sure, pulls far.

    Source: the normal hierarchical model (Gelman et al. 2013, Bayesian Data Analysis, section 5.4).
    Differs: the total variance is known; one session in five may be after something else, `OTHER_MOOD`.
    """
    v = no_opinion(region) ** 2
    parts = [_given(share, told, v, region.dim) for share in SHARES]
    logs = np.array([log for _, _, log in parts])
    weights = np.exp(logs - logs.max())
    weights = np.concatenate([(1.0 - OTHER_MOOD) * weights / weights.sum(), [OTHER_MOOD]])
    means = np.array([*(mean for mean, _, _ in parts), np.zeros(region.dim)])
    variances = np.array([*(variance for _, variance, _ in parts), np.full(region.dim, v)])
    mean = weights @ means
    spread = weights @ (variances + (means - mean) ** 2)
    return Pooled(mean, np.sqrt(spread), float(1.0 - weights[:-1] @ SHARES / weights[:-1].sum()))


def _given(share: float, told: Sequence[Evidence], v: float, dim: int) -> tuple[Array, Array, float]:
    """(d,) mean and (d,) variance of the next ideal, and the log evidence, if `share` of v is between sessions."""
    own, common = share * v, (1.0 - share) * v
    precision, pull = np.full(dim, 1.0 / common), np.zeros(dim)
    log = 0.0
    for one in told:
        heard = one.precision > 0.0
        damped = 1.0 / (1.0 + own * one.precision)  # a session tells of the taste through its own ideal
        precision = precision + one.precision * damped
        pull = pull + one.pull * damped
        away = one.pull[heard] ** 2 / one.precision[heard] * damped[heard]
        log += 0.5 * float((np.log(damped[heard]) - away).sum())
    mean = pull / precision
    log += 0.5 * float((mean * pull - np.log(precision * common)).sum())
    return mean, 1.0 / precision + own, log
