"""Maps: places on a plane, or a line, through the best so far and its most promising rival; choosing zooms in.

Source: Sequential Gallery, Koyama, Sato and Goto 2020 (arXiv 2005.04107); Sequential Line Search, Koyama et al. 2017.
Differs: the plane's grid reaches from the incumbent to the place of highest expected improvement; a zoom is a round,
and the person may say, by a tag beside the answer, whether the next one looks closer or elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field
from scipy.special import ndtr

from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.pool import distinct, everywhere, shell
from pilotage.samplers.reasons import proposals
from pilotage.samplers.sheets import Sheet, laid_on, spanned, zoomed

FIRST_STEP = 0.5  # length of the first round's steps, before a rival is known
CLOSER, ELSEWHERE = "look closer", "look elsewhere"  # tags by which a person turns the next round
DEEPEST = 6
ASIDE = 0.7  # sine: the second direction leads at least 45 degrees off the first


class _MapConfig(SamplerConfig, frozen=True):
    zooms: int = Field(
        2, ge=0, le=6, description="Rounds that look closer, unless you say, before a new one is laid out."
    )
    zoom: float = Field(0.4, gt=0, lt=1, description="Factor on its width, each time.")
    n_pool: int = Field(384, ge=32, le=4096, description="Places searched for the most promising rival.")


class PlaneConfig(_MapConfig, frozen=True):
    """A map: the best so far in the middle, its best rival at an edge, a second way across; choosing zooms in."""

    kind: Literal["plane"] = "plane"


class LineConfig(_MapConfig, frozen=True):
    """A slider: places on a line from the best so far to its best rival, and beyond it; choosing zooms in."""

    kind: Literal["line"] = "line"


class MapSampler(Sampler):
    """`n` cells of a grid on a plane or a line; after `zooms` rounds a new one."""

    def __init__(self, config: PlaneConfig | LineConfig) -> None:
        self.config = config
        self.directions = 2 if config.kind == "plane" else 1

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """Each tells its grid coordinates; the state, the sheet that they lie on."""
        k = min(self.directions, view.region.dim)
        sheet = self._sheet(view, k, rng)
        cells = sheet.cells(view, n, rng=rng)
        u = cells if len(cells) == n else distinct(cells, view, n=n, rng=rng)
        mean, cov = view.posterior.mean_cov(u)
        gains = expected_improvement(mean, np.sqrt(np.maximum(np.diag(cov), 0.0)))
        facts = [
            {"grid": sheet.coordinates(place[None])[0].tolist(), "expected_improvement": float(gain)}
            for place, gain in zip(u, gains, strict=True)
        ]
        state = {
            "level": sheet.level, "centre": sheet.centre.tolist(), "basis": sheet.basis.tolist(),
            "half_width": sheet.half_width, "reason": _reason(sheet, k, self.directions),
        }  # fmt: skip
        return proposals(view, u, roles=(("line", "map")[k - 1],) * n, state=state, facts=facts)

    def _sheet(self, view: View, k: int, rng: np.random.Generator) -> Sheet:
        level = wanted_level(view.history, self.config.zooms, k, view.region.dim)
        factor = self.config.zoom * rng.uniform(0.9, 1.1)  # so that no cell falls on one of the last grid
        sheet = zoomed(view, k, level=level, factor=factor) if level else None
        while sheet is None:
            sheet = spanned(view.centre, self._corners(view, k, rng))
        return sheet

    def _corners(self, view: View, k: int, rng: np.random.Generator) -> Array:
        """(k, d) the place of highest expected improvement, and the next best well aside of it."""
        if view.incumbent is None:
            return view.region.clip(shell(view.centre, FIRST_STEP, k, rng=rng))
        pool = everywhere(view, self.config.n_pool, rng=rng)
        mean, cov = view.posterior.mean_cov(pool)
        gains = expected_improvement(mean, np.sqrt(np.maximum(np.diag(cov), 0.0)))
        first = int(gains.argmax())
        if k == 1:
            return pool[[first]]
        steps = pool - view.centre
        steps /= np.linalg.norm(steps, axis=1, keepdims=True)
        aside = 1.0 - (steps @ steps[first]) ** 2 >= ASIDE**2
        return pool[[first, int(np.where(aside, gains, -np.inf).argmax())]]


def wanted_level(history: Sequence[Judgement], zooms: int, k: int, dim: int) -> int:
    """How deep the next sheet is: as the last answer's tags wish, else one deeper up to `zooms`, then anew (0)."""
    level = 0
    for done, judgement in enumerate(history, start=1):
        said = {critique.tag for critique in judgement.critiques}
        if ELSEWHERE in said or laid_on(history[:done], k, dim) is None:
            level = 0
        else:
            level = min(level + 1, DEEPEST) if CLOSER in said else (level + 1) % (zooms + 1)
    return level


def expected_improvement(mean: Array, sd: Array) -> Array:
    """(n,) E[max(f, 0)] of f about N(mean, sd^2): what each place is expected to add to the incumbent's 0.

    Source: Mockus 1978; Jones, Schonlau and Welch 1998.
    """
    ratio = mean / np.maximum(sd, 1e-12)
    return mean * ndtr(ratio) + sd * np.exp(-0.5 * ratio**2) / np.sqrt(2 * np.pi)


def _reason(sheet: Sheet, k: int, wanted: int) -> str:
    if sheet.level:
        return "one place was chosen: looking closer around it"
    return "one axis has no plane: a line instead" if k < wanted else "a new direction from the best so far"
