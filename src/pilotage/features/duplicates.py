"""Near-duplicates: pictures that a person would take for one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.features.base import luma, unit_pixels
from pilotage.features.layout import SIDE, low_frequencies, reduced

HASH_LIMIT = 8  # bits of 63; unrelated pictures differ in about 32


def perceptual_hash(media: Media) -> int:
    """64 bits that survive scaling, slight blur and brightness: the signs of the low frequencies about their median.

    Source: pHash (Zauner 2010): 8 x 8 low DCT coefficients of the 32 x 32 grey picture.
    Differs: the mean of the picture is left out of the median, and a flat picture has hash 0.
    """
    coefficients = low_frequencies(luma(reduced(unit_pixels(media), SIDE)), 8)[1:]
    bits = coefficients > max(float(np.median(coefficients)), 1e-9 * float(np.abs(coefficients).max()), 1e-12)
    return sum(1 << place for place in np.flatnonzero(bits).tolist())


def hash_distance(one: int, other: int) -> int:
    """Bits in which two hashes differ, 0 to 63."""
    return (one ^ other).bit_count()


def groups_by_hash(hashes: Sequence[int], limit: int = HASH_LIMIT) -> list[list[int]]:
    """Indices of pictures that are near-duplicates of each other, through chains, in order; singles left out."""
    return _groups(np.array([[hash_distance(a, b) for b in hashes] for a in hashes]), limit)


def groups_by_distance(descriptions: Array, limit: float) -> list[list[int]]:
    """Indices of rows of (n, p) descriptions within `limit` of each other, through chains; singles left out."""
    return _groups(np.linalg.norm(descriptions[:, None] - descriptions[None], axis=2), limit)


def _groups(distances: Array, limit: float) -> list[list[int]]:
    """Connected components of `distance <= limit` with two members or more, each in order."""
    left, groups = list(range(len(distances))), list[list[int]]()
    while left:
        group, frontier = [left[0]], [left.pop(0)]
        while frontier:
            near = [index for index in left if distances[frontier[-1], index] <= limit]
            frontier.pop()
            frontier += near
            group += near
            left = [index for index in left if index not in near]
        if len(group) > 1:
            groups.append(sorted(group))
    return groups
