"""What is believed, drawn: slices through the incumbent with their uncertainty, and what the last answer moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement, incumbent
from pilotage.preferences import Posterior
from pilotage.sessions.history import posterior_of
from pilotage.spaces import Axis, Region
from pilotage.store import SessionRow

GRID = 21
DRAWS = 256
CLEAR = 0.8  # share of plausible judges that must agree on a side of the prompt before we claim to know it
NARROW = 0.2  # sd of their bests, as a share of the reach of the slice, at which we know the place; chance gives 0.58


class AxisBelief(BaseModel):
    """Utility along one axis through the incumbent, relative to it, in units of choice noise (logits).

    Attributes:
        z, mean, sd: the slice, equally spaced over what the region allows.
        at: the incumbent's own coordinate.
        best, best_sd: where along the slice plausible judges put their best, and how much they differ.
        p_higher: share of plausible judges whose best lies above `at`; None before any answer.
        known: whether they agree clearly enough to be told: on the side of the prompt (0), or on the place.
        moved: change of `best` by the last answer; None if there is nothing to compare.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    axis: Axis
    z: list[float]
    mean: list[float]
    sd: list[float]
    at: float
    best: float
    best_sd: float
    p_higher: float | None
    known: bool
    moved: float | None


class Belief(BaseModel):
    """All of it.

    Attributes:
        expected_gain: how much utility the best place left is expected to have over the incumbent; None
            before any answer.
        widest: the two axes (indices) along which the most is believed to be at stake, for a map.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: int
    incumbent_z: list[float]
    axes: list[AxisBelief]
    expected_gain: float | None
    widest: tuple[int, int]


def belief(session: SessionRow, region: Region, judgements: Sequence[Judgement]) -> Belief:
    """The belief after `judgements`. Pure: the same history gives the same numbers."""
    axes = [Axis.model_validate(axis) for axis in session.axes]
    posterior = posterior_of(session, judgements)
    best = incumbent(judgements)
    centre = np.zeros(region.dim) if best is None else np.array(best.u)
    before = posterior_of(session, judgements[:-1]) if len(judgements) > 1 else None
    slices = [
        _slice(axis, i, region, centre, posterior, before, session.radius, answered=bool(judgements))
        for i, axis in enumerate(axes)
    ]
    spread = [max(one.mean) - min(one.mean) for one in slices]
    order = np.argsort([-value for value in spread], kind="stable")
    return Belief(
        answers=len(judgements), incumbent_z=[float(v) for v in centre * session.radius], axes=slices,
        expected_gain=posterior.expected_regret() if judgements else None,
        widest=(int(order[0]), int(order[min(1, len(order) - 1)])),
    )  # fmt: skip


def _slice(
    axis: Axis, index: int, region: Region, centre: Array, posterior: Posterior, before: Posterior | None,
    radius: float, *, answered: bool,
) -> AxisBelief:  # fmt: skip
    u = line_through(region, centre, index)
    mean, cov = posterior.mean_cov(u)
    bests = _bests(posterior, u, index)
    sided = max((bests > 0).mean(), (bests < 0).mean()) >= CLEAR
    known = answered and (sided or bests.std() <= NARROW * u[-1, index])
    return AxisBelief(
        axis=axis, z=_floats(u[:, index] * radius), mean=_floats(mean),
        sd=_floats(np.sqrt(np.maximum(cov.diagonal(), 0))),
        at=float(centre[index] * radius), best=float(bests.mean() * radius), best_sd=float(bests.std() * radius),
        p_higher=float((bests > centre[index]).mean()) if answered else None, known=bool(known),
        moved=float((bests.mean() - _bests(before, u, index).mean()) * radius) if before is not None else None,
    )  # fmt: skip


def line_through(region: Region, centre: Array, index: int) -> Array:
    """(21, d) points along axis `index` through `centre`, from one edge of the region to the other."""
    reach = 1.0
    if region.shape == "ball":
        others = float(centre @ centre - centre[index] ** 2)
        reach = float(np.sqrt(max(1.0 - others, 0.0)))
    points = np.tile(centre, (GRID, 1))
    points[:, index] = np.linspace(-reach, reach, GRID)
    return points


def _bests(posterior: Posterior, u: Array, index: int) -> Array:
    """(256,) where along the slice each of 256 plausible judges has their best."""
    draws = posterior.draw(u, DRAWS, rng=stream(0, "belief", index))
    return u[draws.argmax(axis=1), index]


def _floats(values: Array) -> list[float]:
    return [round(float(value), 6) for value in values]
