from __future__ import annotations

import numpy as np
import pytest

from pilotage.models.latents.beginning import fit_gaussians


@pytest.fixture
def points() -> np.ndarray:
    """(600, 4) points of three Gaussians, long in one direction that tells nothing."""
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0, 0, 0], [8, 0, 0, 0], [0, 8, 0, 0]])
    return centres[np.arange(600) % 3] + rng.normal(size=(600, 4)) * [1, 1, 1, 30]


def test_gaussians_are_those_of_scikit_learns_mixture_with_one_covariance(points: np.ndarray) -> None:
    mixture = pytest.importorskip("sklearn.mixture")
    points = points * [1, 1, 1, 0.1]  # where theirs, begun from k-means, finds them too
    theirs = mixture.GaussianMixture(3, covariance_type="tied", n_init=5, random_state=0, tol=1e-4).fit(points)
    means, variances = fit_gaussians(points, 3, np.random.default_rng(0))
    shares = theirs.predict_proba(points)
    spread = (shares.T @ points**2) / shares.sum(0)[:, None] - theirs.means_**2
    ours, order = np.lexsort(means[:, :2].round().T), np.lexsort(theirs.means_[:, :2].round().T)
    np.testing.assert_allclose(means[ours], theirs.means_[order], atol=0.1)
    np.testing.assert_allclose(variances[ours], spread[order], rtol=0.02)


def test_a_long_direction_that_all_share_does_not_split_the_classes(points: np.ndarray) -> None:
    means, _ = fit_gaussians(points, 3, np.random.default_rng(1))
    found = sorted(map(tuple, means[:, :2].round().astype(int) + 0))
    assert found == [(0, 0), (0, 8), (8, 0)]


def test_equal_seeds_give_equal_gaussians(points: np.ndarray) -> None:
    first, again = (fit_gaussians(points, 5, np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))


@pytest.mark.parametrize("z", [np.zeros((20, 3)), np.repeat(np.eye(3), 2, axis=0), np.full((8, 2), 1e4)])
def test_points_that_coincide_still_give_gaussians_of_some_width(z: np.ndarray) -> None:
    means, variances = fit_gaussians(z, 5, np.random.default_rng(0))
    assert np.isfinite(means).all()
    assert (variances > 0).all()
