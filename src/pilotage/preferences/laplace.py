"""Laplace approximation of a Gaussian prior times log-concave choices, by Newton in whitened space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky

from pilotage.core.shapes import Array
from pilotage.preferences.likelihood import Choices

MAX_STEPS = 40
TOLERANCE = 1e-8  # of the squared Newton decrement, in nats


@dataclass(frozen=True, slots=True)
class Mode:
    """The posterior `x = mean + L v`, v about N(v_hat, H^-1).

    Attributes:
        white: (n,) v_hat, the most probable whitened latents.
        factor: (n, n) lower L, the Cholesky factor of the prior covariance.
        curvature: (n, n) lower Cholesky factor of H, the negative Hessian in v.
        log_evidence: Laplace's estimate of the log-probability of all choices.
    """

    white: Array
    factor: Array
    curvature: Array
    log_evidence: float


def laplace_mode(choices: Choices, mean: Array, covariance: Array) -> Mode:
    """The mode and curvature of p(x | choices) under the prior N(mean, covariance).

    Args:
        choices: what was answered, over n latents.
        mean: (n,) prior mean.
        covariance: (n, n) prior covariance, positive definite.

    Source: Rasmussen and Williams 2006, algorithm 3.1, with v = L^-1 (x - mean) instead of W^1/2, so that
        the curvature need not be diagonal; step halving makes each step an ascent.
    """
    factor = cholesky(covariance, lower=True, check_finite=False)
    white = np.zeros(len(mean))
    value = choices.log_likelihood(mean)
    for _ in range(MAX_STEPS):
        gradient, curvature = _whitened(choices, mean, factor, white)
        step = cho_solve((curvature, True), gradient, check_finite=False)
        if gradient @ step < TOLERANCE:
            break
        white, value = _ascend(choices, mean, factor, (white, step, value, gradient @ step))
    _, curvature = _whitened(choices, mean, factor, white)
    return Mode(white, factor, curvature, value - float(np.log(np.diag(curvature)).sum()))


def _whitened(choices: Choices, mean: Array, factor: Array, white: Array) -> tuple[Array, Array]:
    """(n,) gradient in v of the log-posterior, and the factor of its negative Hessian."""
    gradient, hessian = choices.derivatives(mean + factor @ white)
    curved = np.eye(len(white)) + factor.T @ hessian @ factor
    return factor.T @ gradient - white, cholesky(curved, lower=True, check_finite=False)


def _ascend(choices: Choices, mean: Array, factor: Array, at: tuple[Array, Array, float, float]) -> tuple[Array, float]:
    """The point along a Newton step that raises the log-posterior enough (Armijo), and its value."""
    white, step, value, slope = at
    length = 1.0
    while length > 1e-6:
        there = white + length * step
        risen = choices.log_likelihood(mean + factor @ there) - 0.5 * float(there @ there)
        if risen >= value + 1e-4 * length * slope - 1e-12 * abs(value):
            return there, risen
        length /= 2.0
    return white, value
