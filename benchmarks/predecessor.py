"""StableSteering's default, restated: the sampler `exploit_orthogonal` with the updater `linear_preference`.

Source: StableSteering (2026), `app/samplers/exploit_orthogonal.py`, `app/updaters/linear.py` and its round
assembly. Lengths are in its units, where the trust radius is .55.
Differs: restated from its description, not its code, which was measured at a residual of .81 on this protocol;
    this restatement does better (.74), so the comparison favours the predecessor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TRUST = 0.55
PATTERNS = np.array([[0.18, 0.04, -0.02], [0.16, -0.08, 0.06], [-0.02, 0.18, 0.08], [-0.14, -0.04, 0.12]])


def clip(z: Array, radius: float = TRUST) -> Array:
    """(d,) `z` scaled back to norm `radius` if it is longer."""
    return z * min(1.0, radius / max(float(np.linalg.norm(z)), 1e-12))


def spread_direction(i: int, d: int) -> Array:
    """(d,) the unit direction that round 1 widens proposal `i` along; signs alternate with i."""
    sign, direction = (1.0 if i % 2 == 0 else -1.0), np.zeros(d)
    for offset, weight in enumerate((1.0, 0.55, 0.3, 0.22)):
        direction[(i + offset) % d] += sign * weight * (1 if offset % 2 == 0 else -1)
    return direction / np.linalg.norm(direction)


class PredecessorDefault:
    """Its state z, and four proposals a round from fixed patterns about it."""

    def __init__(self, dim: int, rng: np.random.Generator) -> None:
        self.z, self._rng, self._first = np.zeros(dim), rng, True

    def ask(self) -> Array:
        """(4, d) proposals in unit coordinates."""
        proposals = np.array([self._proposal(i) for i in range(4)])
        if self._first:
            proposals = np.array([self._widened(i, place) for i, place in enumerate(proposals)])
        self._first = False
        return np.array([clip(place) for place in proposals]) / TRUST

    def tell(self, winner: Array) -> None:
        """Move the state towards `winner`, in unit coordinates."""
        self.z = clip(0.35 * self.z + 0.65 * TRUST * winner)

    def _proposal(self, i: int) -> Array:
        d = len(self.z)
        place = self.z + self._rng.uniform(-0.03, 0.03, size=d)
        place[:3] += PATTERNS[i][: min(3, d)]
        if d > 3:
            place[3 + i % (d - 3)] += 0.05 if i % 2 == 0 else -0.05
        return clip(place)

    def _widened(self, i: int, place: Array) -> Array:
        if i == 0:
            return clip(place, float(np.clip(0.35 * TRUST, 0.12, 0.24)))
        reach = float(np.clip(1.55 * TRUST, 0.34, 0.72))
        wide = 0.35 * place + spread_direction(i, len(place)) * reach
        least = float(np.clip(0.95 * TRUST, 0.24, reach))
        return wide * max(1.0, least / float(np.linalg.norm(wide)))
