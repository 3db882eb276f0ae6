"""Near-duplicates: what a hash survives, and who belongs together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from pilotage.core.media import Media
from pilotage.features.duplicates import HASH_LIMIT, groups_by_distance, groups_by_hash, hash_distance, perceptual_hash
from pilotage.testing.features import picture

SEEDS = st.integers(0, 60)


def changed(media: Media, *, gain: float = 1.0, grain: float = 0.0, factor: int = 1) -> Media:
    """The picture darker, grainier or larger."""
    pixels = media.pixels().astype(float).repeat(factor, axis=0).repeat(factor, axis=1) * gain
    pixels += np.random.default_rng(0).normal(0, grain, pixels.shape)
    return Media.from_pixels(np.clip(np.round(pixels), 0, 255).astype(np.uint8))


@given(seed=SEEDS)
def test_a_copy_larger_darker_or_grainier_is_near(seed: int) -> None:
    media = picture(seed)
    for copy in (changed(media, factor=3), changed(media, gain=0.8), changed(media, grain=2.0)):
        assert hash_distance(perceptual_hash(media), perceptual_hash(copy)) <= HASH_LIMIT


def test_other_pictures_are_far() -> None:
    hashes = [perceptual_hash(picture(seed)) for seed in range(40)]
    apart = [hash_distance(a, b) for index, a in enumerate(hashes) for b in hashes[:index]]
    assert np.quantile(apart, 0.02) > HASH_LIMIT
    assert 20 < np.median(apart) < 40


def test_a_flat_picture_has_hash_nought() -> None:
    for value in (0, 77, 255):
        assert perceptual_hash(Media.from_pixels(np.full((30, 20, 3), value, np.uint8))) == 0


@given(seed=SEEDS, n=st.integers(0, 12))
def test_groups_are_the_connected_ones(seed: int, n: int) -> None:
    rows = np.random.default_rng(seed).random((n, 2))
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    labels = connected_components(apart <= 0.25)[1] if n else np.array([], dtype=int)
    expected = [np.flatnonzero(labels == label).tolist() for label in dict.fromkeys(labels.tolist())]
    assert groups_by_distance(rows, 0.25) == [group for group in expected if len(group) > 1]


def test_groups_by_hash_leave_single_pictures_out() -> None:
    twice = [picture(0), picture(1), changed(picture(0), factor=2), picture(2)]
    assert groups_by_hash([perceptual_hash(media) for media in twice]) == [[0, 2]]
