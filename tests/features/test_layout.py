"""Layout: reduction, low frequencies and edge directions against other ways of computing them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dctn

from pilotage.core.media import Media
from pilotage.features import Layout
from pilotage.features.layout import edge_directions, low_frequencies, reduced

SEEDS = st.integers(0, 99)


@given(seed=SEEDS, n=st.integers(1, 8))
def test_low_frequencies_are_the_corner_of_the_cosine_transform(seed: int, n: int) -> None:
    plane = np.random.default_rng(seed).normal(size=(16, 16))
    np.testing.assert_allclose(low_frequencies(plane, n), dctn(plane, norm="ortho")[:n, :n].ravel() / 16, atol=1e-12)


def test_all_frequencies_keep_the_root_mean_square_distance() -> None:
    one, other = np.random.default_rng(0).random((2, 8, 8))
    apart = np.linalg.norm(low_frequencies(one, 8) - low_frequencies(other, 8))
    assert apart == pytest.approx(np.sqrt(((one - other) ** 2).mean()))


@given(seed=SEEDS, height=st.integers(1, 12), width=st.integers(1, 12))
def test_reduction_is_the_mean_over_each_cells_area(seed: int, height: int, width: int) -> None:
    pixels = np.random.default_rng(seed).random((height, width, 3))
    fine = pixels.repeat(4, axis=0).repeat(4, axis=1)  # cells of a quarter hold whole pixels of it
    expected = fine.reshape(4, height, 4, width, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(reduced(pixels, 4), expected, atol=1e-12)


@given(seed=SEEDS)
def test_a_quarter_turn_moves_cells_and_turns_directions(seed: int) -> None:
    grey = np.random.default_rng(seed).random((16, 16))
    turned = np.rot90(edge_directions(grey))  # the cells
    np.testing.assert_allclose(edge_directions(np.rot90(grey)), np.roll(turned, 4, axis=2), atol=1e-12)


@given(seed=SEEDS, factor=st.floats(0.1, 5))
def test_edges_grow_with_contrast_and_not_with_brightness(seed: int, factor: float) -> None:
    grey = np.random.default_rng(seed).random((16, 16))
    np.testing.assert_allclose(edge_directions(factor * grey + 0.3), factor * edge_directions(grey), atol=1e-12)


def test_a_ramp_across_has_edges_in_one_direction_alone() -> None:
    ramp = np.tile(np.linspace(0, 1, 16), (16, 1))
    found = edge_directions(ramp)
    np.testing.assert_allclose(found[..., 1:], 0, atol=1e-12)
    np.testing.assert_allclose(found[..., 0], 1 / 15 / 4)


def test_an_edge_between_two_directions_counts_for_both_by_nearness() -> None:
    for share in (0.25, 0.5):  # of the way from 0 to 22.5 degrees
        angle = np.radians(22.5 * share)
        down, across = np.mgrid[0:16, 0:16] / 40
        found = edge_directions(across * np.cos(angle) + down * np.sin(angle)).sum(axis=(0, 1))
        np.testing.assert_allclose(found / found.sum(), [1 - share, share, 0, 0, 0, 0, 0, 0], atol=1e-9)


def test_it_sees_where_things_are_which_statistics_cannot() -> None:
    left = np.zeros((32, 32, 3), np.uint8)
    left[8:24, 4:12] = 255
    pictures = [Media.from_pixels(np.ascontiguousarray(p)) for p in (left, left[:, ::-1])]
    rows = Layout().describe_all(pictures)
    assert np.linalg.norm(rows[0] - rows[1]) > 0.3


def test_scaling_a_picture_hardly_moves_it() -> None:
    pixels = np.kron(np.random.default_rng(0).integers(0, 256, (8, 8, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    large = pixels.repeat(2, axis=0).repeat(2, axis=1)
    rows = Layout().describe_all([Media.from_pixels(pixels), Media.from_pixels(large)])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-12)
