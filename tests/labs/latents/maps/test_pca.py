from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.labs.latents.maps import Pca, pca


@pytest.mark.parametrize("dims", [2, 3])
def test_it_is_scikit_learns_signs_included(clusters: Array, dims: int) -> None:
    found, oracle = pca(clusters, dims), PCA(dims, svd_solver="full").fit(clusters)
    np.testing.assert_allclose(found.axes, oracle.components_, atol=1e-9)
    np.testing.assert_allclose(found.shares, oracle.explained_variance_ratio_)
    np.testing.assert_allclose(found.transform(clusters), oracle.transform(clusters), atol=1e-9)


def test_points_mirrored_or_in_another_order_have_the_same_axes(clusters: Array) -> None:
    for other in (-clusters, clusters[::-1]):
        np.testing.assert_allclose(pca(other, 2).axes, pca(clusters, 2).axes, atol=1e-9)


def test_its_arrays_make_it_again(clusters: Array) -> None:
    found = pca(clusters, 2)
    np.testing.assert_array_equal(Pca(**found.arrays()).transform(clusters), found.transform(clusters))


def test_a_space_of_fewer_dimensions_is_flat_in_the_rest(clusters: Array) -> None:
    found = pca(clusters[:, :2], 3)
    assert (found.transform(clusters[:, :2])[:, 2] == 0).all()
    assert found.shares.sum() == pytest.approx(1)


def test_points_that_coincide_lie_in_the_middle() -> None:
    found = pca(np.ones((5, 4)), 2)
    assert (found.transform(np.ones((5, 4))) == 0).all()
    assert (found.shares == 0).all()


def test_another_number_of_columns_is_refused(clusters: Array) -> None:
    with pytest.raises(ShapeError, match=r"\(n, 8\)"):
        pca(clusters, 2).transform(clusters[:, :3])
