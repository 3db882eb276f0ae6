from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.labs.latents.maps import Neighbours, Umap, align, neighbours, umap
from pilotage.labs.latents.maps.umap_descent import A, B
from pilotage.labs.latents.maps.umap_graph import memberships, undirected


def test_equal_seeds_give_equal_bytes_and_others_do_not(clusters: Array, near: Neighbours, laid_out: Umap) -> None:
    assert umap(clusters, near, 2, seed=3).layout.tobytes() == laid_out.layout.tobytes()
    assert umap(clusters, near, 2, seed=4).layout.tobytes() != laid_out.layout.tobytes()


@pytest.mark.parametrize("dims", [2, 3])
def test_handwritten_digits_keep_their_neighbours(dims: int) -> None:
    z = load_digits().data[:1000]
    found = umap(z, neighbours(z, 15), dims, seed=0)
    assert trustworthiness(z, found.layout, n_neighbors=15) > 0.975  # umap-learn: .977 in the plane


def test_clusters_stay_apart(laid_out: Umap) -> None:
    kinds = np.arange(600) % 6
    assert (neighbours(laid_out.layout, 5).ids % 6 == kinds[:, None]).mean() > 0.99


def test_points_that_join_land_where_they_would_have_lain(clusters: Array, laid_out: Umap) -> None:
    rest = clusters[300:]
    half = umap(clusters[:300], neighbours(clusters[:300], 15), 2, seed=3)
    joined = half.transform(rest)
    nearest_old = ((joined[:, None] - half.layout) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest_old % 6 == np.arange(300) % 6).mean() > 0.97
    assert half.transform(rest).tobytes() == joined.tobytes()


def test_its_arrays_make_it_again(clusters: Array, laid_out: Umap) -> None:
    again = Umap.of(laid_out.arrays())
    assert again.transform(clusters[:50]).tobytes() == laid_out.transform(clusters[:50]).tobytes()


def test_points_join_a_turned_layout_where_it_was_turned_to(clusters: Array, laid_out: Umap) -> None:
    turned = align(laid_out.layout, laid_out.layout[:, ::-1] * [1.0, -1.0] + 30)
    placed = laid_out.placed(turned.apply(laid_out.layout))
    apart = np.linalg.norm(placed.transform(clusters) - placed.layout, axis=1)
    assert np.median(apart) < 0.5
    with pytest.raises(ShapeError):
        laid_out.placed(laid_out.layout[:-1])


def test_points_that_coincide_have_a_finite_layout() -> None:
    z = np.repeat(np.random.default_rng(0).standard_normal((2, 4)), 20, axis=0)
    for points in (z, np.zeros((40, 4))):
        found = umap(points, neighbours(points, 5), 2, seed=0)
        assert np.isfinite(found.layout).all()
        assert np.isfinite(found.transform(points + 1)).all()


def test_memberships_begin_at_1_fall_with_distance_and_sum_to_log2_k(near: Neighbours) -> None:
    found = memberships(near.distances)
    assert (found[:, 0] == 1).all()
    assert (np.diff(found, axis=1) <= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), np.log2(15), rtol=1e-6)


def test_a_pair_belongs_together_if_either_says_so(near: Neighbours) -> None:
    dense = np.zeros((600, 600))
    np.put_along_axis(dense, near.ids, memberships(near.distances), axis=1)
    np.testing.assert_allclose(undirected(near).toarray(), 1 - (1 - dense) * (1 - dense.T), atol=1e-6)


def test_the_curve_is_the_one_of_a_plateau_of_a_tenth() -> None:
    x = np.linspace(0, 3, 300)
    y = np.where(x < 0.1, 1.0, np.exp(-(x - 0.1)))
    fitted, _ = curve_fit(lambda x, a, b: 1 / (1 + a * x ** (2 * b)), x, y)
    np.testing.assert_allclose(fitted, (A, B), rtol=1e-5)
