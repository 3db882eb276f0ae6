"""What brightness alone says of a picture: edges, fine detail, how many tones."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array

_BINS = 64


def edge_energy(grey: Array) -> float:
    """Root mean square of the step to the next pixel, across and down, times 2: 0 flat, near 2 for fine checks."""
    across, down = np.diff(grey, axis=1), np.diff(grey, axis=0)
    return float(2 * np.sqrt(((across**2).sum() + (down**2).sum()) / max(1, across.size + down.size)))


def detail(grey: Array) -> float:
    """Mean absolute four-neighbour Laplacian over the inside: how much changes from pixel to pixel and back.

    Source: focus measure of Nayar and Nakagawa 1994 (sum-modified Laplacian), in its plain form.
    """
    inside = grey[1:-1, 1:-1]
    if inside.size == 0:
        return 0.0
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float(np.abs(around - 4 * inside).mean())


def entropy(grey: Array) -> float:
    """Shannon entropy of the brightness histogram of 64 bins, over its largest value: 0 one tone, 1 all alike."""
    counts = np.bincount(np.minimum((grey * _BINS).astype(int), _BINS - 1).ravel(), minlength=_BINS)
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum() / np.log2(_BINS))
