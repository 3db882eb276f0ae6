"""The descent of UMAP: points that belong together attract each other, random others repel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

# How belonging falls with the square of the distance on the map: 1 / (1 + A s^B), fitted to a plateau of .1 and an
# exponential tail of length 1.
A, B = 1.576943460405378, 0.8950608781227859
REPELLED = 5.0  # repulsions for each attraction
DRAWN = 10  # others that stand for all in a step
MOMENTUM = 0.5
STEEPEST = 4.0  # a repulsion is no stronger
TINY = 1e-6
Points = NDArray[np.float32]


def descend(start: Points, graph: csr_matrix, *, fixed: Points | None, epochs: int, rng: np.random.Generator) -> Points:
    """A layout in which belonging on the map is like belonging in `graph`.

    Args:
        start: (m, dims) where the points begin.
        graph: (m, n) belonging, in 0..1. Without `fixed` it is symmetric and m = n: both ends move.
        fixed: (n, dims) points that stay where they are and attract those that move; None if all move.
        epochs: steps; each is smaller than the one before.
        rng: draws the others that repel.

    Returns:
        (m, dims).

    Source: McInnes, Healy and Melville 2018, arXiv 1802.03426, section 3.2 and appendix C: its two forces.
    Differs: all points step at once, by the expected attraction of all their edges in place of sampled ones, by few
    random others weighted as if there were five for each attraction, and each divided by how firmly the point is
    held, with momentum. So 300 steps do what 500 sampled epochs do, without an order of points to depend on.
    """
    layout, speed = start.astype(np.float32), np.zeros_like(start, dtype=np.float32)
    own = np.float32(2.0 if fixed is None else 1.0) * graph.data.astype(np.float32)  # an edge pulls at both its ends
    heads = np.repeat(np.arange(len(layout)), np.diff(graph.indptr))
    pull, ones = graph.astype(np.float32), np.ones(graph.shape[1], dtype=np.float32)
    share = (REPELLED / DRAWN * np.asarray(graph.sum(axis=1))).astype(np.float32)  # (m, 1)
    for epoch in range(epochs):
        there = layout if fixed is None else fixed
        pull.data = own * _attraction(layout[heads] - there[graph.indices])
        held = (pull @ ones)[:, None]
        force = pull @ there - held * layout
        force += share * _repulsion(layout, there, rng)
        speed = MOMENTUM * speed + force / (1 + held)
        layout = layout + np.float32(1 - epoch / epochs) * speed
    return layout


def _attraction(apart: Points) -> Points:
    """(e,) how strongly each edge pulls, per unit of distance, of (e, dims) differences."""
    square = np.einsum("ed,ed->e", apart, apart) + np.float32(TINY)
    power = _power(square)
    return np.float32(2 * A * B) * power / (square * (1 + np.float32(A) * power))


def _repulsion(layout: Points, there: Points, rng: np.random.Generator) -> Points:
    """(m, dims) the push of `DRAWN` random others on each point."""
    apart = layout[:, None] - there[rng.integers(len(there), size=(len(layout), DRAWN))]
    square = np.einsum("mrd,mrd->mr", apart, apart)
    push = np.float32(2 * B) / ((np.float32(1e-3) + square) * (1 + np.float32(A) * _power(square + np.float32(TINY))))
    return (push[:, :, None] * apart).clip(-STEEPEST, STEEPEST).sum(axis=1)


def _power(square: Points) -> Points:
    """`square` to the power of B; two vectorised functions are three times as fast as one general power."""
    return np.exp(np.float32(B) * np.log(square))
