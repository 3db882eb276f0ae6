"""What a steering space does to pictures: variance by place against variance by seed, and calibration of its axes.

For each basis and each steering mode on the starter model: places spread over the ball of the default radius, each
with every seed, for three prompts; the variance of the pictures' features is divided among place, seed, and what only
both together decide. `ours` is the place's share, `theirs` the seed's. Then each axis alone, from end to end. Then
the visible effect of one unit on each axis before and after calibration, measured again on other objects and seeds:
`ours` is the largest over the smallest.

    python -m benchmarks.space_diagnostics [--quick] [--json]
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.rows import Row, finish, options
from pilotage.core.seeds import stream
from pilotage.features import Features, Layout, Statistics
from pilotage.models import DiffusionModel, GenerationRequest, Model
from pilotage.sessions.calibrate import calibrate, diagnose
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.spaces import build_space
from pilotage.spaces import BASES, SteeringSpace
from pilotage.spaces.calibration import scales_of
from pilotage.spaces.modes import MODES

PROMPTS = ("a fox", "a house", "a mushroom")
CHECKED_ON = ("a cloud", "a key", "a carrot")  # no carriers
DEFAULT = "attributes_pca"
BAR = 0.5
FEATURES: tuple[Features, ...] = (Layout(), Statistics())


def config_of(prompt: str, basis: dict[str, Any], axes: Sequence[str] = ()) -> SessionConfig:
    """A session's default settings but for these."""
    return SessionConfig(request=GenerationRequest(prompt=prompt), basis=basis, axes=tuple(axes))


def share_row(model: Model, case: str, features: Features, spaces: Sequence[SteeringSpace], n: tuple[int, int],
              *, bar: float | None = None) -> Row:  # fmt: skip
    """Mean shares over prompts; the interval is the mean of theirs."""
    found = []
    for prompt, space in zip(PROMPTS, spaces, strict=False):
        z = space.from_unit(space.region.sobol(n[0], rng=stream(0, "diagnostics", prompt)))
        found.append(diagnose(model, space, features, z, request=GenerationRequest(prompt=prompt), seeds=range(n[1])))
    z_share, seed = statistics.fmean(one.z for one in found), statistics.fmean(one.seed for one in found)
    low, high = (statistics.fmean(one.interval[side] for one in found) for side in (0, 1))
    return Row(
        case=case, metric=f"place's share ({features.config.kind})", ours=round(z_share, 3), peer="seed's share",
        theirs=round(seed, 3), ratio=round(z_share / max(seed, 1e-3), 2), bar=bar,
        holds=None if bar is None else z_share >= bar, n=n[0] * n[1] * len(found),
        spread=(round(low, 3), round(high, 3)),
    )  # fmt: skip


def axis_rows(model: Model, spaces: Sequence[SteeringSpace], n: tuple[int, int]) -> list[Row]:
    """Each axis of the default basis alone, from one end of the radius to the other."""
    rows = []
    for axis in range(spaces[0].dim):
        along = [space.line(axis) for space in spaces[:1]]
        rows.append(share_row(model, f"{DEFAULT}, axis {spaces[0].axes[axis].name}", FEATURES[0], along, n))
    return rows


def calibration_rows(model: Model, case: str, space: SteeringSpace, seeds: int) -> list[Row]:
    """Largest over smallest visible effect of one unit, before and after, on objects and seeds not measured on."""
    request, features = GenerationRequest(prompt=PROMPTS[0]), FEATURES[0]
    measured = calibrate(model, space, features, request=request, carriers=model.info.vocabulary.carriers(4))
    scales = scales_of(measured)
    after = space.rescaled([axis.scale for axis in scales])
    fresh = range(100, 100 + seeds)
    spreads = []
    for one in (space, after):
        seen = calibrate(model, one, features, request=request, carriers=CHECKED_ON, seeds=fresh)
        strength = [axis.effect for axis in scales_of(seen)]
        spreads.append(max(strength) / min(strength))
    n = 4 * space.dim * seeds * len(CHECKED_ON)
    monotone = statistics.fmean(axis.monotone for axis in scales)
    return [
        Row(case=f"{case}, calibrated", metric="largest/smallest effect", ours=round(spreads[1], 2),
            peer="one caption difference", theirs=round(spreads[0], 2), ratio=round(spreads[1] / spreads[0], 2), n=n),
        Row(case=f"{case}, scales", metric="largest scale", ours=round(max(a.scale for a in scales), 2),
            peer="smallest", theirs=round(min(a.scale for a in scales), 2), n=n),
        Row(case=f"{case}, rank correlation", metric="of distance and effect", ours=round(monotone, 3), n=n),
    ]  # fmt: skip


def rows_of(model: Model, *, quick: bool) -> list[Row]:
    """All of it."""
    n, prompts = ((4, 3), PROMPTS[:1]) if quick else ((10, 5), PROMPTS)
    cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        kind: ({"kind": kind}, ()) for kind in BASES.entries()
    }  # fmt: skip
    cases[f"{DEFAULT}, two typed axes"] = ({"kind": DEFAULT}, model.info.vocabulary.suggested_axes[:2])
    cases |= {f"{DEFAULT}, mode {mode}": ({"kind": DEFAULT, "mode": mode}, ()) for mode in MODES}
    built = {case: [build_space(model, config_of(prompt, *given)) for prompt in prompts]
             for case, given in cases.items()}  # fmt: skip
    rows = []
    for case, spaces in built.items():
        rows.append(share_row(model, case, FEATURES[0], spaces, n, bar=BAR if case == DEFAULT else None))
    rows.append(share_row(model, DEFAULT, FEATURES[1], built[DEFAULT], n, bar=BAR))
    rows += axis_rows(model, built[DEFAULT], (7, n[1]))
    for case in (DEFAULT, f"{DEFAULT}, two typed axes", "attributes", "dictionary"):
        rows += calibration_rows(model, case, built[case][0], 1 if quick else 2)
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether the place dominates in the default basis."""
    import pilotage_starter

    given = options(__doc__, arguments)
    model = DiffusionModel("starter", pilotage_starter.path(), device="cpu")
    model.load()
    return finish("space_diagnostics", rows_of(model, quick=given.quick), as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
