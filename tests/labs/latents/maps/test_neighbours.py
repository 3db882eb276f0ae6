from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from pilotage.core.errors import InvalidInputError, ShapeError
from pilotage.core.shapes import Array
from pilotage.labs.latents.maps import nearest, neighbours
from pilotage.labs.latents.maps import neighbours as room  # the function; its module is found through it


@pytest.mark.parametrize("dims", [2, 3, 8])
def test_they_are_those_that_brute_force_finds(clusters: Array, dims: int) -> None:
    found = neighbours(clusters[:, :dims], 10)
    distances, ids = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(clusters[:, :dims]).kneighbors()
    np.testing.assert_array_equal(found.ids, ids)
    np.testing.assert_allclose(found.distances, distances, atol=1e-7)
    np.testing.assert_array_equal(found.d_k, found.distances[:, -1])


def test_without_faiss_they_are_the_same_to_the_last_bit(clusters: Array, monkeypatch: pytest.MonkeyPatch) -> None:
    with_faiss = neighbours(clusters, 15)
    monkeypatch.setitem(room.__globals__, "_faiss_is_safe", lambda: False)
    without = neighbours(clusters, 15)
    np.testing.assert_array_equal(with_faiss.ids, without.ids)
    np.testing.assert_array_equal(with_faiss.distances, without.distances)


def test_far_from_the_origin_single_precision_confuses_nothing(clusters: Array) -> None:
    moved = neighbours(clusters + 1e6, 10)
    np.testing.assert_array_equal(moved.ids, neighbours(clusters, 10).ids)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(2, 40), dims=st.integers(1, 6), seed=st.integers(0, 99), data=st.data())
def test_points_that_coincide_are_neighbours_at_distance_0_and_none_is_its_own(
    n: int, dims: int, seed: int, data: st.DataObject
) -> None:
    z = np.random.default_rng(seed).integers(0, 3, (n, dims)).astype(float)
    found = neighbours(z, data.draw(st.integers(1, n - 1)))
    assert not (found.ids == np.arange(n)[:, None]).any()
    assert all(len(set(row)) == found.k for row in found.ids.tolist())
    apart = np.sort(np.linalg.norm(z[:, None] - z, axis=2), axis=1)[:, 1 : found.k + 1]
    np.testing.assert_allclose(found.distances, apart)


def test_a_query_is_nearest_to_itself_and_queries_need_not_be_among_the_points(clusters: Array) -> None:
    found = nearest(clusters[:5], clusters, 3)
    np.testing.assert_array_equal(found.ids[:, 0], np.arange(5))
    between = nearest((clusters[:1] + clusters[1:2]) / 2, clusters, 600)
    assert sorted(between.ids[0]) == list(range(600))


def test_k_beyond_the_points_and_points_that_are_not_finite_are_refused(clusters: Array) -> None:
    for k in (0, 600):
        with pytest.raises(InvalidInputError, match=r"1\.\.599") as told:
            neighbours(clusters, k)
        assert told.value.field == "k"
    with pytest.raises(ShapeError, match="finite"):
        neighbours(np.array([[0.0], [np.nan]]), 1)
    with pytest.raises(ShapeError, match="queries"):
        nearest(clusters[:, :3], clusters, 1)
