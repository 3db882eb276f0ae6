"""The contract of features: a picture as a vector of named numbers, in which distance means visible difference."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from pilotage.core.errors import UnsupportedInputError
from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.core.strategies import StrategyConfig


class FeatureConfig(StrategyConfig, frozen=True):
    """Base of every feature's config."""


class Features(ABC):
    """Describes pictures. Pure: the same picture gives the same numbers, whatever came before.

    Every number is scaled so that the whole range of pictures takes about 1, hence the Euclidean distance of two
    descriptions is how far apart the pictures are for these features.
    """

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """What each number is called."""

    @abstractmethod
    def describe(self, media: Media) -> Array:
        """(p,) the numbers of one picture.

        Raises:
            UnsupportedInputError: it is not a picture.
        """

    def describe_all(self, pictures: Sequence[Media]) -> Array:
        """(n, p) the numbers of each picture."""
        return np.array([self.describe(media) for media in pictures]).reshape(len(pictures), len(self.names))


def unit_pixels(media: Media) -> Array:
    """(height, width, 3) sRGB values in 0..1, gamma as stored.

    Raises:
        UnsupportedInputError: it is not a picture.
    """
    if not media.is_image:
        raise UnsupportedInputError(f"features are measured of pictures, this is {media.media_type}", field="media")
    return media.pixels().astype(np.float64) / 255.0


def luma(pixels: Array) -> Array:
    """(height, width) brightness in 0..1 of (height, width, 3) values in 0..1.

    Source: luma weights of ITU-R BT.709, on the stored (gamma) values.
    """
    return pixels @ np.array([0.2126, 0.7152, 0.0722])
