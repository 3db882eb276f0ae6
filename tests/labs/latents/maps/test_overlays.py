"""Alignment, densities, distortion and trust: what is computed over a map."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import procrustes
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KernelDensity

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.labs.latents.maps import (
    Neighbours,
    Umap,
    align,
    bandwidth,
    density,
    distances_on,
    distortion,
    grid_over,
    neighbours,
    pca,
    trust,
)


@settings(max_examples=30, deadline=None)
@given(dims=st.sampled_from([2, 3]), seed=st.integers(0, 999))
def test_a_layout_that_was_turned_mirrored_and_moved_comes_back(dims: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    there, turn = rng.standard_normal((20, dims)), np.linalg.qr(rng.standard_normal((dims, dims)))[0]
    moved = there @ turn + rng.standard_normal(dims)
    back = align(moved, there)
    np.testing.assert_allclose(back.apply(moved), there, atol=1e-9)
    np.testing.assert_allclose(back.rotation @ back.rotation.T, np.eye(dims), atol=1e-9)


def test_it_is_the_rotation_that_scipy_finds_and_keeps_distances(clusters: Array) -> None:
    layout, reference = clusters[:, :2], clusters[:, 2:4]
    moved = align(layout, reference).apply(layout)
    standard, theirs, _ = procrustes(reference, layout)
    mine = (moved - moved.mean(axis=0)) / np.linalg.norm(moved - moved.mean(axis=0))
    np.testing.assert_allclose(mine * ((mine * standard).sum()), theirs, atol=1e-9)
    steps, before = np.diff(moved, axis=0), np.diff(layout, axis=0)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), np.linalg.norm(before, axis=1))


def test_points_that_coincide_are_moved_to_the_middle() -> None:
    reference = np.arange(6.0).reshape(3, 2)
    np.testing.assert_allclose(align(np.zeros((3, 2)), reference).apply(np.zeros((3, 2))), [[2, 3]] * 3)


def test_a_density_is_scikit_learns(clusters: Array) -> None:
    layout = clusters[:, :2]
    grid, kernel = grid_over(layout), np.array([0.4, 0.4])
    weights = np.random.default_rng(0).random(len(layout))
    oracle = KernelDensity(bandwidth=0.4).fit(layout, sample_weight=weights)
    width, height = grid.cell
    x, y = grid.x_min + width * (np.arange(64) + 0.5), grid.y_min + height * (np.arange(64) + 0.5)
    rows = np.array([(a, b) for b in y for a in x])  # row-major: x runs fastest
    found = density(layout, grid, kernel, weights=weights).fields()
    np.testing.assert_allclose(found["values"], np.exp(oracle.score_samples(rows)), rtol=1e-6, atol=1e-12)


def test_a_density_of_all_points_has_nearly_all_the_mass_and_says_what_it_is(laid_out: Umap) -> None:
    grid = grid_over(laid_out.layout)
    kernel = bandwidth(laid_out.layout, grid)
    found = json.loads(json.dumps(density(laid_out.layout, grid, kernel).fields()))
    assert found["source"] == "posterior"
    assert found["prior_kind"] is None
    assert found["grid"] == {"nx": 64, "ny": 64}
    assert set(found["bounds"]) == {"x_min", "x_max", "y_min", "y_max"}
    assert found["stats"] == {"min": min(found["values"]), "max": max(found["values"])}
    assert found["meta"]["subset_n"] == 600
    assert found["meta"]["mass"] == pytest.approx(1, abs=0.03)


def test_a_prior_says_its_weights_and_moves_with_them(clusters: Array) -> None:
    layout, grid = clusters[:, :2], grid_over(clusters[:, :2])
    kernel, weights = bandwidth(layout, grid), np.array([0.5, 0.5, 0, 0, 0, 0])
    only = density(layout, grid, kernel, weights=weights[np.arange(600) % 6])
    fields = only.fields("empirical", weights)
    assert (fields["source"], fields["prior_kind"]) == ("prior", "empirical")
    assert fields["meta"]["prior_weights"] == {"components": 6, "neff": pytest.approx(2), "max": 0.5}  # type: ignore[index]
    np.testing.assert_allclose(only.values, density(layout[np.arange(600) % 6 < 2], grid, kernel).values, atol=1e-12)


def test_weights_that_mean_nothing_are_refused(clusters: Array) -> None:
    grid = grid_over(clusters[:, :2])
    for weights in (np.zeros(600), -np.ones(600)):
        with pytest.raises(InvalidInputError, match="weights"):
            density(clusters[:, :2], grid, np.ones(2), weights=weights)


def test_a_map_of_points_that_coincide_still_has_a_grid() -> None:
    layout = np.ones((4, 2))
    grid = grid_over(layout)
    assert density(layout, grid, bandwidth(layout, grid)).fields()["meta"]["mass"] == pytest.approx(1, abs=0.05)  # type: ignore[index]


def test_the_ratio_of_distances_is_that_of_a_naive_loop(clusters: Array, near: Neighbours) -> None:
    layout = pca(clusters, 2).transform(clusters)
    grid = grid_over(layout)
    found = distortion(layout, near, grid, bandwidth(layout, grid))
    for i in (0, 7, 599):
        mine = [np.hypot(*(layout[i] - layout[j])) for j in near.ids[i]]
        theirs = [np.linalg.norm(clusters[i] - clusters[j]) for j in near.ids[i]]
        assert found.ratios[i] == pytest.approx(np.mean(mine) / np.mean(theirs))
    assert (found.ratios <= 1 + 1e-12).all()  # a projection shortens


def test_distances_on_a_map_are_those_of_its_dimension(near: Neighbours, clusters: Array) -> None:
    flat, deep = distances_on(clusters[:, :2], near), distances_on(clusters[:, :3], near)
    third = clusters[:, 2][:, None] - clusters[:, 2][near.ids]
    np.testing.assert_allclose(deep**2, flat**2 + third**2, atol=1e-9)


def test_a_map_scaled_by_two_stretches_everywhere_by_two(clusters: Array) -> None:
    layout = clusters[:, :2]
    flat, grid = neighbours(layout, 10), grid_over(2 * layout)
    found = distortion(2 * layout, flat, grid, bandwidth(2 * layout, grid)).fields()
    known = [value for value in found["values"] if value is not None]  # type: ignore[attr-defined]
    assert 0 < len(known) < 64 * 64  # where no point is near nothing is said
    np.testing.assert_allclose(known, 2)
    assert found["stats"] == {"min": pytest.approx(2), "max": pytest.approx(2), "median": pytest.approx(2)}
    assert (found["metric"], found["k"], found["meta"]) == ("knn_mean_ratio", 10, {"subset_n": 600})


def test_latents_that_coincide_have_no_ratio() -> None:
    z = np.zeros((30, 4))
    layout = np.random.default_rng(0).standard_normal((30, 2))
    grid = grid_over(layout)
    found = distortion(layout, neighbours(z, 5), grid, bandwidth(layout, grid)).fields()
    assert found["ratios"] == [None] * 30
    assert found["stats"] == {"min": None, "max": None, "median": None}


def test_trustworthiness_is_scikit_learns(clusters: Array, near: Neighbours, laid_out: Umap) -> None:
    for layout in (pca(clusters, 2).transform(clusters), laid_out.layout):
        found = trust(clusters, layout, near)
        assert found.trustworthiness.mean() == pytest.approx(trustworthiness(clusters, layout, n_neighbors=15))


def test_some_rows_have_the_trustworthiness_that_they_have_among_all(clusters: Array, near: Neighbours) -> None:
    layout, rows = clusters[:, :2], np.array([599, 3, 40])
    np.testing.assert_array_equal(
        trust(clusters, layout, near, rows=rows).trustworthiness, trust(clusters, layout, near).trustworthiness[rows]
    )


def test_no_neighbour_is_lost_on_a_perfect_map_and_nearly_all_on_a_shuffled_one(clusters: Array) -> None:
    layout = clusters[:, :2]
    near = neighbours(layout, 10)
    perfect = trust(layout, 3 * layout, near)
    assert (perfect.lost == 0).all()
    assert (perfect.trustworthiness == 1).all()
    assert trust(layout, np.random.default_rng(0).permutation(layout), near).lost.mean() > 0.9
    with pytest.raises(InvalidInputError, match="half"):
        trust(layout[:20], layout[:20], neighbours(layout[:20], 10))
