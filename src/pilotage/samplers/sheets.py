"""Sheets: a line or a plane through the best so far, laid on two or three places, with a grid on it.

The zoom is a pure fold of the history: the last round's own places say which sheet they lay on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from pilotage.core.shapes import Array
from pilotage.elicitation import incumbent
from pilotage.samplers.base import View
from pilotage.samplers.pool import MIN_GAP

FLAT = 1e-6  # unit coordinates: farther than this from a sheet is not on it
FILL = 64  # places tried for each cell that the grid cannot give


@dataclass(frozen=True, slots=True)
class Sheet:
    """A line (k = 1) or a plane (k = 2) about a centre.

    Attributes:
        centre: (d,) its middle.
        basis: (k, d) orthonormal directions.
        half_width: the grid reaches this far from the centre along each direction.
        known: (m, d) places of the sheet that are known to lie in the region.
        level: how often it was zoomed in.
    """

    centre: Array
    basis: Array
    half_width: float
    known: Array
    level: int = 0

    def coordinates(self, u: Array) -> Array:
        """(n, k) grid coordinates of (n, d) places; -1 and 1 are the ends of the grid."""
        return (u - self.centre) @ self.basis.T / self.half_width

    def cells(self, view: View, n: int, *, rng: np.random.Generator) -> Array:
        """(n, d) places of the sheet: the grid's, and where those are shown already or outside, others of its middle.

        Fewer only if the sheet has no more.
        """
        grid = self.centre + self.half_width * grid_steps(n, len(self.basis)) @ self.basis
        weights = rng.dirichlet(np.ones(len(self.known)), size=FILL * n)
        fill = self.centre + rng.random((FILL * n, 1)) * (weights @ self.known - self.centre)
        taken, found = list(view.shown), list[Array]()
        for place in (*grid[view.region.size(grid) <= 1.0], *fill):
            if len(found) < n and np.linalg.norm(np.array(taken) - place, axis=1).min() > MIN_GAP:
                found.append(place)
                taken.append(place)
        return view.region.clip(np.array(found).reshape(-1, view.region.dim))


def grid_steps(n: int, k: int) -> Array:
    """(n, k) cells of the smallest odd grid with room for `n` beside its middle, in -1..1.

    The end of the first direction comes first, then what is nearer to the middle.
    """
    reach = next(m for m in range(1, n + 2) if (2 * m + 1) ** k > n)
    end = (reach, *(0,) * (k - 1))
    steps = [step for step in product(range(-reach, reach + 1), repeat=k) if any(step)]
    steps.sort(key=lambda step: (step != end, sum(i * i for i in step), [-i for i in step]))
    return np.array(steps[:n], dtype=np.float64) / reach


def spanned(centre: Array, corners: Array) -> Sheet | None:
    """The sheet through `centre` and (k, d) `corners`, the first of them at the end of its first direction.

    None if they do not span k directions.
    """
    basis = orthonormal(corners - centre, len(corners))
    if basis is None:
        return None
    return Sheet(centre, basis, float(np.linalg.norm(corners[0] - centre)), corners)


def zoomed(view: View, k: int, *, level: int, factor: float) -> Sheet | None:
    """The sheet of the last round, about what was chosen there, `factor` times as wide.

    None if the last round's new places lie on no sheet of k directions through the incumbent of then.
    """
    *earlier, last = view.history
    before = incumbent(earlier)
    centre = np.zeros(view.region.dim) if before is None else np.array(before.u)
    seen = {item.sample for judgement in earlier for item in judgement.items}
    places = np.array([item.u for item in last.items if item.sample not in seen])
    steps = places.reshape(-1, view.region.dim) - centre
    basis = orthonormal(steps, k)
    if basis is None or np.abs(steps - steps @ basis.T @ basis).max() > FLAT:
        return None
    half_width = factor * float(np.abs(steps @ basis.T).max())
    known = view.centre + min(1.0, factor) * (np.vstack([centre, centre + steps]) - view.centre)
    return Sheet(view.centre, basis, half_width, known, level)


def orthonormal(steps: Array, k: int) -> Array | None:
    """(k, d) Gram-Schmidt of the first k independent rows of (n, d) `steps`; None if there are fewer."""
    basis: list[Array] = []
    for step in steps:
        rest = step - sum((direction * (direction @ step) for direction in basis), np.zeros(steps.shape[1]))
        length = float(np.linalg.norm(rest))
        if len(basis) < k and length > max(FLAT, 1e-3 * float(np.linalg.norm(step))):
            basis.append(rest / length)
    return np.array(basis) if len(basis) == k else None
