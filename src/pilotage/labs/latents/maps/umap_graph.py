"""The graph that UMAP lays out: how much points belong to each other's neighbourhoods."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from pilotage.core.shapes import Array
from pilotage.labs.latents.maps.neighbours import Neighbours

HALVINGS = 50  # of the interval in which a scale lies
SMALLEST = 1e-3  # of the mean distance: a scale below that is of points that coincide


def memberships(distances: Array) -> Array:
    """(n, k) how much each neighbour belongs to its point: 1 for the nearest, log2 k in sum where that can be.

    Args:
        distances: (n, k), rising along each row.

    Source: McInnes, Healy and Melville 2018, arXiv 1802.03426, algorithm 3.
    """
    beyond = distances - distances[:, :1]  # (n, k)
    wanted = np.log2(distances.shape[1])
    low, high = np.zeros((len(distances), 1)), np.full((len(distances), 1), np.inf)
    scale = np.maximum(beyond.mean(axis=1, keepdims=True), np.finfo(float).tiny)
    for _ in range(HALVINGS):
        too_wide = np.exp(-beyond / scale).sum(axis=1, keepdims=True) > wanted
        low, high = np.where(too_wide, low, scale), np.where(too_wide, scale, high)
        scale = np.where(np.isinf(high), 2 * scale, (low + high) / 2)
    floor = SMALLEST * max(float(distances.mean()), np.finfo(float).tiny)
    return np.asarray(np.exp(-beyond / np.maximum(scale, floor)))


def directed(near: Neighbours, columns: int) -> csr_matrix:
    """(m, columns) memberships as a sparse matrix, a row a point."""
    m, k = near.ids.shape
    weights = memberships(near.distances).astype(np.float32)
    return csr_matrix((weights.ravel(), near.ids.ravel(), np.arange(0, m * k + 1, k)), shape=(m, columns))


def undirected(near: Neighbours) -> csr_matrix:
    """(n, n) the probability that at least one of two points belongs to the other's neighbourhood.

    Source: as above, section 3.1: a + b - ab.
    """
    one = directed(near, len(near.ids))
    other = one.T.tocsr()
    both = (one + other - one.multiply(other)).tocsr()
    both.sort_indices()
    return both
