"""What every feature promises: subclass `FeaturesContract` and provide `features`."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.core.errors import UnsupportedInputError
from pilotage.core.media import Media
from pilotage.features import Features


def picture(seed: int, height: int = 40, width: int = 48) -> Media:
    """A smooth ground, a disc and a little grain, all by the seed."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0:height, 0:width] / max(height, width)
    low, high, disc = rng.random((3, 3))
    ground = low + (high - low) * across[..., None]
    centre, radius = 0.2 + 0.6 * rng.random(2), 0.1 + 0.2 * rng.random()
    inside = (np.hypot(down - centre[0], across - centre[1]) < radius)[..., None]
    scene = np.where(inside, disc, ground) + 0.01 * rng.normal(size=(height, width, 3))
    return Media.from_pixels(np.round(np.clip(scene, 0, 1) * 255).astype(np.uint8))


class FeaturesContract:
    """The contract of `pilotage.features.Features`."""

    @pytest.fixture
    def features(self) -> Features:
        raise NotImplementedError

    def test_every_number_has_a_name_of_its_own(self, features: Features) -> None:
        assert features.describe(picture(0)).shape == (len(features.names),)
        assert len(set(features.names)) == len(features.names)

    def test_numbers_are_finite_for_pictures_of_any_size_and_kind(self, features: Features) -> None:
        flat = [Media.from_pixels(np.full((20, 20, 3), value, np.uint8)) for value in (0, 128, 255)]
        odd = [picture(1, height, width) for height, width in ((1, 1), (3, 50), (200, 33))]
        assert np.isfinite(features.describe_all([*flat, *odd])).all()

    def test_what_it_described_before_changes_nothing(self, features: Features) -> None:
        first = features.describe(picture(2))
        features.describe_all([picture(3), picture(4)])
        np.testing.assert_array_equal(features.describe(picture(2)), first)

    def test_many_at_once_are_described_as_one_by_one(self, features: Features) -> None:
        pictures = [picture(seed) for seed in range(3)]
        together = features.describe_all(pictures)
        np.testing.assert_allclose(together, [features.describe(media) for media in pictures], atol=1e-5)
        assert features.describe_all([]).shape == (0, len(features.names))

    def test_other_pictures_lie_apart_and_not_much_farther_than_one(self, features: Features) -> None:
        rows = features.describe_all([picture(seed) for seed in range(8)])
        apart = np.linalg.norm(rows[:, None] - rows[None], axis=2)[~np.eye(8, dtype=bool)]
        assert apart.min() > 1e-3
        assert apart.max() < 3

    def test_what_is_no_picture_is_refused(self, features: Features) -> None:
        with pytest.raises(UnsupportedInputError):
            features.describe(Media.from_text("a fox"))
