"""How far the neighbourhoods on a map can be believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.core.threads import one_blas_thread
from pilotage.labs.latents.maps.neighbours import Neighbours, neighbours
from pilotage.labs.latents.maps.shapes import require_same_length

BLOCK = 32  # rows whose ranks are counted at once


@dataclass(frozen=True, slots=True, eq=False)
class Trust:
    """What a map kept of the neighbourhoods in latent space, point by point.

    Attributes:
        k: the size of a neighbourhood.
        lost: (n,) share of a point's k latent neighbours that are not among its k nearest on the map.
        trustworthiness: (m,) 1 if the k nearest on the map are near in latent space, too; lower the farther they
            are there. Its mean is the trustworthiness of the map.
        rows: (m,) the points that this was computed for.
    """

    k: int
    lost: Array
    trustworthiness: Array
    rows: NDArray[np.int64]


def trust(z: Array, layout: Array, latent: Neighbours, *, rows: NDArray[np.int64] | None = None) -> Trust:
    """Trustworthiness and lost neighbours of a map.

    Args:
        z: (n, d).
        layout: (n, dims) of the same points.
        latent: their neighbours in latent space; their number k, below n / 2, is that of both measures.
        rows: points to compute trustworthiness for, all if None: its cost is n for each.

    Raises:
        ShapeError: shapes differ, or a value is not finite.
        InvalidInputError: k is n / 2 or more.

    Source: Venna and Kaski 2001, ICANN, LNCS 2130, 485-491.
    """
    layout = require_same_length("layout", layout, len(latent.ids))
    z = require_same_length("z", z, len(layout))
    n, k = len(z), latent.k
    if 2 * k >= n:
        raise InvalidInputError(f"k must be below half of the {n} points, got {k}", field="k")
    near = neighbours(layout, k).ids
    kept = np.array([len(np.intersect1d(a, b, assume_unique=True)) for a, b in zip(near, latent.ids, strict=True)])
    rows = np.arange(n) if rows is None else rows
    excess = np.maximum(_ranks(z, near, rows) - k, 0).sum(axis=1)
    return Trust(k, 1 - kept / k, 1 - 2 * excess / (k * (2 * n - 3 * k - 1)), rows)


def _ranks(z: Array, near: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """(m, k) the rank by latent distance of each of the k nearest on the map; 1 is the nearest."""
    z = z - z.mean(axis=0)
    squares, ranks = np.einsum("nd,nd->n", z, z), np.empty((len(rows), near.shape[1]), dtype=np.int64)
    with one_blas_thread():
        for start in range(0, len(rows), BLOCK):
            mine = rows[start : start + BLOCK]
            apart = squares - 2 * z[mine] @ z.T  # without the row's own square, which changes no order
            apart[np.arange(len(mine)), mine] = -np.inf  # the point itself is nearer than any other
            limits = np.take_along_axis(apart, near[mine], 1)
            ranks[start : start + BLOCK] = (apart[:, None] < limits[:, :, None]).sum(axis=2)
    return ranks
