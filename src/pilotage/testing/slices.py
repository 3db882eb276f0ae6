"""An exact, slow sampler of Gaussian priors times any likelihood: what approximations are compared with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pilotage.core.shapes import Array


def elliptical_slice(
    log_likelihood: Callable[[Array], Array],
    covariance: Array,
    *,
    n_chains: int = 48,
    n_steps: int = 1200,
    n_burn: int = 400,
    seed: int = 0,
) -> tuple[Array, float]:
    """Draws from N(0, covariance) times the likelihood, and the largest R-hat of any coordinate.

    Args:
        log_likelihood: (m,) natural logs at (m, n) points.
        covariance: (n, n) of the prior.
        n_chains: independent chains, side by side.
        n_steps: of each chain, those of the burn-in included.
        n_burn: steps that are thrown away.
        seed: of the chains.

    Returns:
        ((n_steps - n_burn) // 4 * n_chains, n) every fourth step of all chains; and R-hat, near 1 if they agree.

    Source: Murray, Adams and MacKay 2010, Elliptical Slice Sampling, figure 2; R-hat of Gelman and Rubin 1992.
    """
    rng = np.random.default_rng(seed)
    root: Array = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    x = rng.standard_normal((n_chains, len(root))) @ root.T
    value, kept = log_likelihood(x), list[Array]()
    for step in range(n_steps):
        x, value = _stepped(log_likelihood, root, x, value, rng)
        if step >= n_burn and step % 4 == 0:
            kept.append(x)
    draws = np.array(kept)
    return draws.reshape(-1, len(root)), _r_hat(draws)


def _stepped(
    log_likelihood: Callable[[Array], Array], root: Array, x: Array, value: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """One step of all chains: each shrinks its bracket about angle 0 until a point on its ellipse is good enough."""
    other = rng.standard_normal(x.shape) @ root.T
    level = value + np.log(rng.random(len(x)))
    angle = rng.uniform(0.0, 2 * np.pi, len(x))
    low, high = angle - 2 * np.pi, angle.copy()
    there, found = x.copy(), value.copy()
    left = np.arange(len(x))
    while len(left):
        point = x[left] * np.cos(angle[left])[:, None] + other[left] * np.sin(angle[left])[:, None]
        height = log_likelihood(point)
        good = height > level[left]
        there[left[good]], found[left[good]] = point[good], height[good]
        left = left[~good]
        behind = angle[left] < 0.0
        low[left[behind]], high[left[~behind]] = angle[left[behind]], angle[left[~behind]]
        angle[left] = rng.uniform(low[left], high[left])
    return there, found


def _r_hat(draws: Array) -> float:
    """The largest over coordinates, of (n_steps, n_chains, n) draws."""
    within, between = draws.var(axis=0).mean(axis=0), draws.mean(axis=0).var(axis=0)
    return float(np.sqrt(1.0 + between / within).max())
