"""The step patterns of StableSteering's thirteen samplers as data: where each slot goes from the state.

Lengths are the predecessor's: its steering vector z, in a ball of the trust radius R about the origin.

Source: StableSteering (2026), `app/samplers`.
Differs: as many steps as slots to fill (there, the last was made and dropped, so `incumbent_mix` never showed its
    challenger); sideways directions are made orthogonal (there, their cosine with forward was up to .15).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pilotage.core.shapes import Array

LAST_TURN = 8  # what changes from round to round has changed by then


@dataclass(frozen=True, slots=True)
class Scene:
    """What a pattern may look at.

    Attributes:
        z: (d,) the state.
        radius: R.
        n: how many slots to fill.
        turn: rounds judged before this one, at most 8.
    """

    z: Array
    radius: float
    n: int
    turn: int
    rng: np.random.Generator

    def reach(self, share: float, least: float) -> float:
        """A share of R, but no less than `least`, and no more than R."""
        return min(max(share * self.radius, least), self.radius)


@dataclass(frozen=True, slots=True)
class Step:
    """One proposal: `keep z + offset + uniform(-jitter, jitter)` on each axis, then its norm within the limits.

    Attributes:
        name: what the predecessor calls it.
        least: the norm that it is raised to.
        most: the norm that it is clipped to; the trust radius if None.
    """

    name: str
    offset: Array
    jitter: float
    keep: float = 1.0
    least: float = 0.0
    most: float | None = None

    @property
    def role(self) -> str:
        """Its word in our language."""
        return "refine" if any(word in self.name for word in ("exploit", "refine", "near")) else "explore"


def spread(i: int, dim: int, weights: Sequence[float], *, by_four: bool = False) -> Array:
    """(d,) unit direction along axis i mod d, and by `weights` along the next three, as far as there are so many.

    Signs turn with i, in one of two ways of the predecessor's.
    """
    flips = (i % 4 in (1, 2), i % 3 == 2) if by_four else (i % 3 == 1, i % 4 >= 2)
    direction = np.zeros(dim)
    for offset, (weight, flipped) in enumerate(zip((1.0, *weights), (i % 2 == 1, *flips, i % 2 == 1), strict=True)):
        if offset < dim:
            direction[(i + offset) % dim] = -weight if flipped else weight
    return direction / np.linalg.norm(direction)


def _forward(z: Array, default: Sequence[float]) -> Array:
    """(d,) unit direction from the origin to the state; at the origin, `default`, cut or padded to d axes."""
    if np.linalg.norm(z) <= 1e-6:
        z = np.zeros(len(z))
        z[: len(default)] = default[: len(z)]
    return z / np.linalg.norm(z)


def _sideways(ahead: Array, factor: float) -> Array:
    """(d,) unit direction orthogonal to `ahead`: a quarter turn on the first two axes, `factor` on even others."""
    if len(ahead) == 1:
        return np.ones(1)
    turned = ahead * np.where(np.arange(len(ahead)) % 2 == 0, factor, -factor)
    turned[:2] = -ahead[1], ahead[0]
    turned -= (turned @ ahead) * ahead
    if np.linalg.norm(turned) <= 1e-6:  # ahead is a later axis: the second one is free
        turned = np.eye(len(ahead))[1]
    return turned / np.linalg.norm(turned)


def _cover(scene: Scene, pool: int, n: int) -> Array:
    """(n, d) unit directions of a random pool, each as far in angle as can be from those before it."""
    directions = scene.rng.uniform(-1.0, 1.0, size=(max(pool, n), len(scene.z)))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    chosen = [0]
    while len(chosen) < n:
        nearest = (directions @ directions[chosen].T).max(axis=1)
        nearest[chosen] = np.inf
        chosen.append(int(nearest.argmin()))
    return directions[chosen]


def _cycle(scene: Scene, steps: Sequence[Step]) -> list[Step]:
    return [steps[i % len(steps)] for i in range(scene.n)]


def _random_local(scene: Scene) -> list[Step]:
    exploit = Step("exploit", np.zeros_like(scene.z), 0.12, most=min(0.28 * scene.radius, 0.18))
    reach, least = scene.reach(0.9, 0.28), scene.reach(0.58, 0.22)
    lengths = [min(reach, max(reach * (0.82 + 0.06 * (i % 3)), 0.24)) for i in range(scene.n - 1)]
    ways = [spread(i, len(scene.z), (0.45, 0.22, 0.16)) for i in range(scene.n - 1)]
    return [exploit, *(Step("explore", r * way, 0.08, least=least) for r, way in zip(lengths, ways, strict=True))]


_FOUR = (
    ("exploit", (0.18, 0.04, -0.02)),
    ("refine", (0.16, -0.08, 0.06)),
    ("orthogonal", (-0.02, 0.18, 0.08)),
    ("mirror", (-0.14, -0.04, 0.12)),
)


def _exploit_orthogonal(scene: Scene) -> list[Step]:
    steps, dim = [], len(scene.z)
    for i in range(scene.n):
        name, lengths = _FOUR[i % 4]
        offset = np.zeros(dim)
        for axis, length in enumerate(lengths):
            offset[axis % dim] += length
        if dim > 3:
            offset[(i + 3) % dim] += 0.05 if i % 2 == 0 else -0.05
        steps.append(Step(name, offset, 0.03))
    return steps


def _uncertainty_guided(scene: Scene) -> list[Step]:
    names = ["explore"] * (scene.n - 1) + ["validation"]
    return [Step(name, np.zeros_like(scene.z), 0.1 + 0.08 * i) for i, name in enumerate(names)]


def _axis_sweep(scene: Scene) -> list[Step]:
    steps, axes = [], np.eye(len(scene.z))
    for i in range(scene.n):
        turns, axis = divmod(i, len(axes))
        length = 0.18 + 0.04 * (turns // 2)
        steps.append(Step(("axis_positive", "axis_negative")[turns % 2], (-1) ** turns * length * axes[axis], 0.025))
    return steps


def _incumbent_mix(scene: Scene) -> list[Step]:
    jitters = [0.08, *(0.14 + 0.03 * i for i in range(1, scene.n - 1)), 0.28][: scene.n]
    names = ["refine", *["mix"] * (scene.n - 2), "challenger"][: scene.n]
    return [Step(name, np.zeros_like(scene.z), jitter) for name, jitter in zip(names, jitters, strict=True)]


def _diversity_shell(scene: Scene) -> list[Step]:
    reach = scene.reach(0.92, 0.28)
    ways = [spread(i, len(scene.z), (0.62, 0.28, 0.18), by_four=True) for i in range(scene.n)]
    return [Step(("shell_probe", "shell_counterprobe")[i % 2], reach * way, 0.035) for i, way in enumerate(ways)]


def _annealed_shell(scene: Scene) -> list[Step]:
    progress = scene.turn / LAST_TURN
    reach, jitter = scene.reach(0.95 - 0.42 * progress, 0.2), 0.04 - 0.018 * progress
    ways = [spread(i, len(scene.z), (0.58, 0.26, 0.15)) for i in range(scene.n)]
    return [Step(("annealed_probe", "annealed_counterprobe")[i % 2], reach * way, jitter) for i, way in enumerate(ways)]


def _line_search(scene: Scene) -> list[Step]:
    ahead = _forward(scene.z, (1.0, 0.35))
    aside = _sideways(ahead, -0.4)
    moves = {
        "forward_probe": 0.16 * ahead, "far_forward": 0.3 * ahead, "backtrack": -0.14 * ahead,
        "lateral_probe": 0.22 * aside, "counter_lateral": -0.22 * aside,
    }  # fmt: skip
    return _cycle(scene, [Step(name, offset, 0.025) for name, offset in moves.items()])


def _plateau_escape(scene: Scene) -> list[Step]:
    ahead, turn, radius = _forward(scene.z, (1.0, 0.45, -0.2)), scene.turn, scene.radius
    aside = _sideways(ahead, 0.55)
    escape = scene.reach(0.62 + 0.08 * turn, 0.34)
    counter = min(0.78 * radius, max(0.24, radius * (0.44 + 0.03 * turn)))
    steps = [
        Step("forward_escape", escape * ahead, 0.028),
        Step("lateral_plus", escape * aside, 0.028),
        Step("lateral_minus", -escape * aside, 0.028),
        Step("counter_probe", -counter * ahead, 0.028),
        Step("forward_refine", scene.reach(0.38 + 0.04 * turn, 0.22) * ahead, 0.02),
    ]
    return _cycle(scene, steps)


def _spherical_cover(scene: Scene) -> list[Step]:
    reach = scene.reach(0.9, 0.24)
    return [Step("cover_probe", reach * way, 0.018) for way in _cover(scene, 32, scene.n)]


def _two_scale_cover(scene: Scene) -> list[Step]:
    near, far = scene.reach(0.34, 0.12), scene.reach(0.78, 0.26)
    kinds = (("near_cover_probe", near, 0.016), ("far_cover_probe", far, 0.028))
    ways = _cover(scene, 40, scene.n)
    return [Step(name, reach * way, jitter) for way, (name, reach, jitter) in zip(ways, kinds * scene.n, strict=False)]


def _quality_diversity_mix(scene: Scene) -> list[Step]:
    ahead = _forward(scene.z, (1.0, 0.35))
    aside, ways = _sideways(ahead, -0.45), _cover(scene, 28, max(2, (scene.n + 1) // 2))
    medium, far, counter = scene.reach(0.42, 0.16), scene.reach(0.82, 0.28), scene.reach(0.3, 0.12)
    steps = [
        Step("refine", 0.62 * medium * ahead, 0.014),
        Step("forward", medium * ahead, 0.024),
        Step("lateral_plus", medium * aside, 0.024),
        Step("far_cover", far * ways[0], 0.03),
        Step("lateral_minus", -medium * aside, 0.024),
        Step("counter", -counter * ahead, 0.024),
        *(Step("far_cover", far * way, 0.03) for way in ways[1:]),
    ]
    return _cycle(scene, steps)


def _restart_bridge_mix(scene: Scene) -> list[Step]:
    ahead = _forward(scene.z, (1.0, 0.3))
    aside, ways = _sideways(ahead, 0.4), _cover(scene, 24, max(2, (scene.n + 1) // 2))
    refine, bridge, restart = scene.reach(0.28, 0.12), scene.reach(0.56, 0.22), scene.reach(0.82, 0.3)
    steps = [
        Step("bridge_refine", refine * ahead, 0.012),
        Step("bridge_forward", bridge * ahead, 0.022),
        Step("partial_restart", restart * ways[0], 0.03, keep=0.38),
        Step("lateral_restart", restart * aside, 0.03, keep=0.46),
        Step("counter_reset", -bridge * ahead, 0.03, keep=0.18),
        *(Step("restart_cover", restart * way, 0.03, keep=0.32) for way in ways[1:]),
    ]
    return _cycle(scene, steps)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row: what it does, for a person who chooses, and its steps."""

    summary: str
    steps: Callable[[Scene], list[Step]]


PATTERNS: Mapping[str, Pattern] = MappingProxyType({
    "exploit_orthogonal": Pattern("Four fixed steps about the state.", _exploit_orthogonal),
    "incumbent_mix": Pattern("Noise about the state, wider from slot to slot.", _incumbent_mix),
    "two_scale_cover": Pattern("Directions far from each other, near and far by turns.", _two_scale_cover),
    "uncertainty_guided": Pattern("Noise about the state, ever wider; it knows no uncertainty.", _uncertainty_guided),
    "spherical_cover": Pattern("Directions far from each other, all at one distance.", _spherical_cover),
    "random_local": Pattern("One place near the prompt, others far along fixed directions.", _random_local),
    "quality_diversity_mix": Pattern("Ahead, sideways, back and far off; it keeps no archive.", _quality_diversity_mix),
    "line_search": Pattern("Ahead, back and sideways, as seen from the prompt.", _line_search),
    "restart_bridge_mix": Pattern("Ahead, and from part of the way back to the prompt.", _restart_bridge_mix),
    "axis_sweep": Pattern("A step up on each axis, then a step down.", _axis_sweep),
    "annealed_shell": Pattern("Fixed directions at one distance that shrinks for eight rounds.", _annealed_shell),
    "plateau_escape": Pattern("Ahead, sideways and back, farther from round to round.", _plateau_escape),
    "diversity_shell": Pattern("Fixed directions at one large distance.", _diversity_shell),
})  # fmt: skip
