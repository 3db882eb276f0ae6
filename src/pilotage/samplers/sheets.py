"""Sheets: a line or a plane through the best so far, laid on two or three places, with a grid on it.

A sheet's directions are a function of the sheet alone: the axis that leads most within it goes to the right. So a
zoom looks the same way as what it zooms into, words stand for its sides, and no side tells what is forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement, incumbent
from pilotage.samplers.base import View, distance_to_nearest
from pilotage.samplers.directions import FLAT, orthonormal, upright
from pilotage.spaces import Region

APART = 0.35  # of a cell: places nearer than this to each other look like one
PULLS = 60  # alternating projections of what lies outside
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
        rival: (d,) a place on it that is to be among the cells.
    """

    centre: Array
    basis: Array
    half_width: float
    known: Array
    level: int = 0
    rival: Array | None = None

    def coordinates(self, u: Array) -> Array:
        """(n, k) grid coordinates of (n, d) places; -1 and 1 are the ends of the grid."""
        return (u - self.centre) @ self.basis.T / self.half_width

    def cells(self, view: View, n: int, *, rng: np.random.Generator) -> Array:
        """(n, d) places of the sheet, row by row from the top left.

        They are the grid's, with the rival in the place of the cell next to it. Cells beyond the region are pulled to
        its edge; where that, or what was shown before, leaves no room, the place farthest from all others is taken.
        Fewer only if the sheet has no more.
        """
        steps = grid_steps(n, len(self.basis))
        cell = self.half_width / float(np.abs(steps).max())
        grid = self._within(view.region, self.centre + self.half_width * steps @ self.basis)
        if self.rival is not None:
            grid[int(np.linalg.norm(grid - self.rival, axis=1).argmin())] = self.rival
            grid = np.vstack([self.rival, grid])
        taken, found = view.shown, np.empty((0, view.region.dim))
        for place in grid:
            if len(found) < n and distance_to_nearest(place[None], taken)[0] > APART * cell:
                taken, found = np.vstack([taken, place]), np.vstack([found, place])
        found = np.vstack([found, self._between(taken, n - len(found), rng=rng)])
        rows = np.round(self.coordinates(found) * self.half_width / cell)
        return view.region.clip(found[np.lexsort((*rows.T[:1], *-rows.T[1:]))])

    def _within(self, region: Region, places: Array) -> Array:
        """Each of (n, d) `places` of the sheet, pulled to where grid and region meet; what lies there stays."""
        for _ in range(PULLS):
            steps = np.clip(self.coordinates(region.clip(places)), -1.0, 1.0)
            places = self.centre + self.half_width * steps @ self.basis
        middle = np.vstack([self.centre, self.known]).mean(axis=0)
        while (outside := region.size(places) > 1.0).any():  # by a hair: the middle lies inside
            places[outside] += 0.02 * (middle - places[outside])
        return places

    def _between(self, taken: Array, n: int, *, rng: np.random.Generator) -> Array:
        """(up to n, d) places between those known: each the farthest, among many, from what is taken."""
        weights = rng.dirichlet(np.ones(len(self.known)), size=FILL * max(n, 1))
        pool = self.centre + rng.random((len(weights), 1)) * (weights @ self.known - self.centre)
        found: list[Array] = []
        away = distance_to_nearest(pool, taken)
        while len(found) < n and away.max() > FLAT:
            found.append(pool[int(away.argmax())])
            away = np.minimum(away, np.linalg.norm(pool - found[-1], axis=1))
        return np.array(found).reshape(-1, len(self.centre))


def grid_steps(n: int, k: int) -> Array:
    """(n, k) cells of the smallest odd grid with room for `n` beside its middle, in -1..1.

    Both ends of the first direction come first, then what is nearer to the middle.
    """
    reach = next(m for m in range(1, n + 2) if (2 * m + 1) ** k > n)
    steps = [step for step in product(range(-reach, reach + 1), repeat=k) if any(step)]
    ends = [(sign * reach, *(0,) * (k - 1)) for sign in (1, -1)]
    steps.sort(key=lambda step: (step not in ends, sum(i * i for i in step), [-i for i in step]))
    return np.array(steps[:n], dtype=np.float64) / reach


def spanned(centre: Array, corners: Array) -> Sheet | None:
    """The sheet through `centre` and (k, d) `corners`, as wide as the first of them, its rival, is far.

    None if they do not span k directions.
    """
    basis = orthonormal(corners - centre, len(corners))
    if basis is None:
        return None
    return Sheet(centre, upright(basis), float(np.linalg.norm(corners[0] - centre)), corners, rival=corners[0])


def zoomed(view: View, k: int, *, level: int, factor: float) -> Sheet | None:
    """The sheet of the last round, about what was chosen there, `factor` times as wide.

    None if the last round's new places lie on no sheet of k directions through the incumbent of then.
    """
    laid = laid_on(view.history, k, view.region.dim)
    if laid is None:
        return None
    centre, steps, basis = laid
    half_width = factor * float(np.abs(steps @ basis.T).max())
    known = view.centre + min(1.0, factor) * (np.vstack([centre, centre + steps]) - view.centre)
    return Sheet(view.centre, basis, half_width, known, level)


def laid_on(history: Sequence[Judgement], k: int, dim: int) -> tuple[Array, Array, Array] | None:
    """The incumbent's place when the last round was laid out, the steps from it to the new places, and their basis.

    None if they lie on no sheet of k directions.
    """
    if not history:
        return None
    *earlier, last = history
    before = incumbent(earlier)
    centre = np.zeros(dim) if before is None else np.array(before.u)
    seen = {item.sample for judgement in earlier for item in judgement.items}
    places = np.array([item.u for item in last.items if item.sample not in seen])
    steps = places.reshape(-1, dim) - centre
    basis = orthonormal(steps, k)
    if basis is None or np.abs(steps - steps @ basis.T @ basis).max() > FLAT:
        return None
    return centre, steps, upright(basis)
