"""UMAP in plain numpy: neighbours stay together, equal seeds give equal bytes, and further points can join."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ShapeError
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.labs.latents.maps.neighbours import Neighbours, nearest
from pilotage.labs.latents.maps.pca import pca
from pilotage.labs.latents.maps.shapes import require_points, require_same_length
from pilotage.labs.latents.maps.umap_descent import Points, descend
from pilotage.labs.latents.maps.umap_graph import directed, undirected

EPOCHS, LATER_EPOCHS = 300, 100  # of a layout, and of points that join it
EXTENT = 10.0  # how far from the middle the outermost point begins
NOISE = 1e-4 * EXTENT  # so that points which coincide can part


@dataclass(frozen=True, slots=True, eq=False)
class Umap:
    """A layout that further points can be put into.

    Attributes:
        z: (n, d) what was laid out.
        layout: (n, dims) where it lies.
        k: neighbours that decide where a further point goes.
        seed: of what is drawn.
    """

    z: Points
    layout: Points
    k: int
    seed: int

    def transform(self, points: Array) -> Array:
        """(m, dims) coordinates of (m, d) further points; the layout stays as it is.

        Each begins amid its nearest points, as much as it belongs to them, and descends among them. One far from all
        of them still lands near the nearest: a UMAP map has no outside.

        Raises:
            ShapeError: another number of columns, or a value that is not finite.
        """
        near = nearest(points, np.asarray(self.z, dtype=np.float64), self.k)
        graph = directed(near, len(self.z))
        start = (graph @ self.layout) / np.asarray(graph.sum(axis=1))
        rng = stream(self.seed, "umap", "transform", self.layout.shape[1])
        return descend(start, graph, fixed=self.layout, epochs=LATER_EPOCHS, rng=rng).astype(np.float64)

    def placed(self, layout: Array) -> Umap:
        """The same with another (n, dims) layout: one that was turned."""
        if np.shape(layout) != self.layout.shape:
            raise ShapeError(f"layout must be {self.layout.shape}, got {np.shape(layout)}", field="layout")
        return replace(self, layout=np.asarray(layout, dtype=np.float32))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it, by name, for a file."""
        return {"z": self.z, "layout": self.layout, "k": np.array(self.k), "seed": np.array(self.seed)}

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]]) -> Umap:
        """The inverse of `arrays`."""
        return cls(arrays["z"], arrays["layout"], int(arrays["k"]), int(arrays["seed"]))


def umap(z: Array, near: Neighbours, dims: int, *, seed: int, epochs: int = EPOCHS) -> Umap:
    """Lay points out in 2 or 3 dimensions, from their principal components.

    Args:
        z: (n, d).
        near: their neighbours in latent space, k >= 2; 15 is usual.
        dims: 2 or 3.
        seed: equal seeds give equal bytes.
        epochs: steps of the descent.

    Raises:
        ShapeError: shapes differ, or a value is not finite.

    Source: McInnes, Healy and Melville 2018, arXiv 1802.03426 (see `umap_graph` and `umap_descent`).
    """
    z = require_same_length("z", require_points("z", z), len(near.ids))
    rng = stream(seed, "umap", "fit", dims)
    flat = pca(z, dims).transform(z)
    start = EXTENT * flat / max(float(np.abs(flat).max()), np.finfo(float).tiny)
    start += NOISE * rng.standard_normal(start.shape)
    layout = descend(start.astype(np.float32), undirected(near), fixed=None, epochs=epochs, rng=rng)
    return Umap(z.astype(np.float32), layout, near.k, seed)
