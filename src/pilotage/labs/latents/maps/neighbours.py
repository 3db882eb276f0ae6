"""The nearest neighbours of points, exactly: candidates in single precision, then distances in double."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array, require_matrix
from pilotage.core.threads import one_blas_thread
from pilotage.labs.latents.maps.shapes import require_points

SPARE = 8  # candidates beyond k, so that what single precision confuses is put in order again
FLAT = 3  # dimensions up to which a k-d tree beats comparing all pairs
BLOCK = 512  # rows that are compared with all others at once: 123 MB at 60,000 points
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The k nearest of each of n points, nearest first.

    Attributes:
        ids: (n, k) rows of the set that was searched.
        distances: (n, k) Euclidean, in that set's unit; never falling along a row.
    """

    ids: Ids
    distances: Array

    @property
    def k(self) -> int:
        """How many of each."""
        return self.ids.shape[1]

    @property
    def d_k(self) -> Array:
        """(n,) distance to the k-th: the larger, the emptier it is there."""
        return self.distances[:, -1]


def neighbours(z: Array, k: int) -> Neighbours:
    """The k nearest of each point among the others; of equally near ones those of smaller row come first.

    Args:
        z: (n, d).
        k: from 1 to n - 1.

    Raises:
        ShapeError: `z` is not (n, d) or not finite.
        InvalidInputError: `k` is out of range.
    """
    z = require_points("z", z)
    if not 1 <= k < len(z):
        raise InvalidInputError(f"k must lie in 1..{len(z) - 1}, got {k}", field="k")
    ids = _candidates(z, z, min(k + 1 + SPARE, len(z)))
    return _refined(z, z, ids, k, apart=True)


def nearest(queries: Array, z: Array, k: int) -> Neighbours:
    """The k points of `z` that are nearest to each query.

    Args:
        queries: (m, d).
        z: (n, d).
        k: from 1 to n.

    Raises:
        ShapeError: an array is not of these shapes, or not finite.
        InvalidInputError: `k` is out of range.
    """
    z = require_points("z", z)
    queries = require_matrix("queries", queries, z.shape[1])
    if not 1 <= k <= len(z):
        raise InvalidInputError(f"k must lie in 1..{len(z)}, got {k}", field="k")
    return _refined(queries, z, _candidates(queries, z, min(k + SPARE, len(z))), k, apart=False)


def _candidates(queries: Array, z: Array, count: int) -> Ids:
    """(m, count) rows of `z`, the nearest by single precision, in any order."""
    if z.shape[1] <= FLAT:
        return np.asarray(cKDTree(z).query(queries, k=count)[1], dtype=np.int64).reshape(len(queries), count)
    middle = z.mean(axis=0)  # differences of small numbers keep their digits
    here, there = ((points - middle).astype(np.float32) for points in (queries, z))
    return _by_faiss(here, there, count) if _faiss_is_safe() else _by_blocks(here, there, count)


def _faiss_is_safe() -> bool:
    """Whether faiss is installed, and may share a process with torch.

    On macOS each brings an OpenMP of its own, and the second one crashes (faiss-wheels issue 73).
    """
    if sys.platform == "darwin":
        return False
    try:
        import faiss  # noqa: F401  (an extra; without it we compare all pairs ourselves, seven times slower)
    except ImportError:
        return False
    return True


def _by_faiss(queries: NDArray[np.float32], z: NDArray[np.float32], count: int) -> Ids:
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        index = faiss.IndexFlatL2(z.shape[1])
        index.add(z)
        return np.asarray(index.search(queries, count)[1], dtype=np.int64)
    finally:
        faiss.omp_set_num_threads(threads)


def _by_blocks(queries: NDArray[np.float32], z: NDArray[np.float32], count: int) -> Ids:
    squares, found = np.einsum("nd,nd->n", z, z), np.empty((len(queries), count), dtype=np.int64)
    with one_blas_thread():
        for start in range(0, len(queries), BLOCK):
            apart = squares - 2 * queries[start : start + BLOCK] @ z.T
            found[start : start + BLOCK] = np.argpartition(apart, count - 1, axis=1)[:, :count]
    return found


def _refined(queries: Array, z: Array, ids: Ids, k: int, *, apart: bool) -> Neighbours:
    """The k nearest of the candidates; with `apart` a query is no neighbour of itself."""
    kept, distances = np.empty((len(queries), k), dtype=np.int64), np.empty((len(queries), k))
    for start in range(0, len(queries), BLOCK):
        rows = slice(start, start + BLOCK)
        mine = np.sort(ids[rows], axis=1)  # so that the stable sort below lets the smaller row come first
        away = np.linalg.norm(queries[rows, None] - z[mine], axis=2)
        if apart:
            away[mine == np.arange(start, start + len(mine))[:, None]] = np.inf
        order = np.argsort(away, axis=1, kind="stable")[:, :k]
        kept[rows], distances[rows] = np.take_along_axis(mine, order, 1), np.take_along_axis(away, order, 1)
    return Neighbours(kept, distances)
