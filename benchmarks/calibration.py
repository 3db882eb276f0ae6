"""Does calibration make one unit of every axis look about as large? Asked on objects that nobody had looked at before.

The objects are chosen by a rule, not by hand: of the starter's vocabulary without the carriers and without every
object that an earlier figure was made of, the first six by the sha256 of their names. `ours` is the largest over the
smallest visible effect of one unit among a session's axes, on seeds that were not measured on; `theirs` the same with
one caption difference in every unit; 1 would be even.

The first table pools the objects, for a space found at one prompt. The second asks what a session sees: each object is
its own prompt, and the figure is the geometric mean over them, its spread the 95 % interval of the ratio over objects.
"One pair" is what previews measure: minus and plus one unit, at this prompt, with one noise; of the typed axes alone
where there are some.

    python -m benchmarks.calibration [--quick] [--json]
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.rows import Row, finish, options
from benchmarks.space_diagnostics import CHECKED_ON, DEFAULT, FEATURES, PROMPTS, config_of
from pilotage.core.hashing import sha256_hex
from pilotage.core.seeds import stream, stream_seed
from pilotage.models import DiffusionModel, GenerationRequest, Model
from pilotage.sessions.calibrate import calibrate
from pilotage.sessions.spaces import build_space
from pilotage.spaces import SteeringSpace, Vocabulary
from pilotage.spaces.calibration import UNITS, Effects, scales_of

OBJECTS, CARRIERS = 6, 4
PREVIEW_NOISE = stream_seed(0, "preview") % 2**32
PAIR = [UNITS.index(-1.0), UNITS.index(1.0)]
POOLED: Mapping[str, tuple[str, int]] = {  # case -> basis, typed axes
    DEFAULT: (DEFAULT, 0), f"{DEFAULT}, two typed axes": (DEFAULT, 2), "attributes": ("attributes", 0),
    "dictionary": ("dictionary", 0),
}  # fmt: skip


def held_out(vocabulary: Vocabulary, n: int) -> tuple[str, ...]:
    """`n` captions of objects that no figure was made of, by the hash of their names."""
    seen = {*vocabulary.carriers(CARRIERS), *PROMPTS, *CHECKED_ON}
    fresh = sorted(
        (name for name in vocabulary.objects if f"a {name}" not in seen), key=lambda n: sha256_hex(n.encode())
    )
    return tuple(f"a {name}" for name in fresh[:n])


def seen_effects(
    model: Model, space: SteeringSpace, carriers: Sequence[str], seeds: Sequence[int]
) -> tuple[Effects, ...]:
    """What each axis does to these objects under these noises."""
    request = GenerationRequest(prompt=PROMPTS[0])
    return calibrate(model, space, FEATURES[0], request=request, carriers=carriers, seeds=seeds)


def fresh_seeds(n: int) -> list[int]:
    """Noises that nothing else uses."""
    return [stream_seed(0, "held out", index) % 2**32 for index in range(n)]


def spread(effects: Sequence[Effects], repeats: Sequence[int] | slice = slice(None)) -> float:
    """Largest over smallest effect of one unit, on some of the repeats."""
    chosen = [Effects(one.units, one.distances[:, repeats]) for one in effects]
    strength = [found.effect for found in scales_of(chosen)]
    return max(strength) / max(min(strength), 1e-6)


def calibrated(space: SteeringSpace, effects: Sequence[Effects]) -> SteeringSpace:
    """The space in its measured units; axes beyond those measured, as found ones beyond previewed ones, as they are."""
    scales = [one.scale for one in scales_of(effects)]
    return space.rescaled([*scales, *(None,) * (space.dim - len(scales))])


def pooled_row(model: Model, case: str, objects: Sequence[str], seeds: int) -> Row:
    """Before and after over all objects together; the ratio's interval by resampling the objects."""
    basis, typed = POOLED[case]
    axes = model.info.vocabulary.suggested_axes[:typed]
    before = build_space(model, config_of(PROMPTS[0], {"kind": basis}, axes))
    after = calibrated(before, seen_effects(model, before, model.info.vocabulary.carriers(CARRIERS), (0,)))
    seen = [seen_effects(model, space, objects, fresh_seeds(seeds)) for space in (before, after)]
    rng, drawn = stream(0, "held out", case), []
    for _ in range(1000):  # an object is drawn with all its seeds
        picked = [int(o) * seeds + s for o in rng.integers(len(objects), size=len(objects)) for s in range(seeds)]
        drawn.append(spread(seen[1], picked) / spread(seen[0], picked))
    low, high = np.percentile(drawn, [2.5, 97.5]).tolist()
    ours, theirs = spread(seen[1]), spread(seen[0])
    return Row(case=f"{case}, calibrated", metric="largest/smallest effect", ours=round(ours, 2),
               peer="one caption difference", theirs=round(theirs, 2), ratio=round(ours / theirs, 2),
               n=len(objects) * seeds, spread=(round(low, 2), round(high, 2)))  # fmt: skip


def session_rows(model: Model, basis: str, typed: int, objects: Sequence[str], seeds: int) -> list[Row]:
    """What sessions at each object's prompt see, by how their units came about."""
    found: dict[str, list[float]] = {"one caption difference": [], "one pair": [], "four carriers": []}
    for prompt in objects:
        axes = model.info.vocabulary.suggested_axes[:typed]
        config = config_of(prompt, {"kind": basis}, axes).model_copy(
            update={"dimension": typed if basis == "attributes" else "balanced"}
        )
        space = build_space(model, config)
        full = seen_effects(model, space, (prompt,), (PREVIEW_NOISE,))
        pair = [Effects(one.units[PAIR], one.distances[PAIR]) for one in full]
        carried = seen_effects(model, space, model.info.vocabulary.carriers(CARRIERS), (0,))
        spaces = (space, calibrated(space, pair[:typed] or pair), calibrated(space, carried))
        for name, one in zip(found, spaces, strict=True):
            found[name].append(spread(seen_effects(model, one, (prompt,), fresh_seeds(seeds))))
    plain, *measured = found
    return [_session_row(f"{basis}, {typed or 'no'} typed axes", name, found[name], plain, found[plain])
            for name in measured]  # fmt: skip


def _session_row(case: str, name: str, ours: Sequence[float], peer: str, theirs: Sequence[float]) -> Row:
    logs = np.log(np.array(ours) / np.array(theirs))
    half = 1.96 * float(np.std(logs, ddof=1)) / len(logs) ** 0.5
    low, high = np.exp([logs.mean() - half, logs.mean() + half]).tolist()
    means = [float(np.exp(np.mean(np.log(values)))) for values in (ours, theirs)]
    return Row(case=f"{case}, {name}", metric="largest/smallest effect at the prompt", ours=round(means[0], 2),
               peer=peer, theirs=round(means[1], 2), ratio=round(means[0] / means[1], 2), n=len(ours),
               spread=(round(low, 2), round(high, 2)))  # fmt: skip


def rows_of(model: Model, *, quick: bool) -> list[Row]:
    """All of it."""
    objects, seeds = held_out(model.info.vocabulary, 2 if quick else OBJECTS), 1 if quick else 2
    rows = [pooled_row(model, case, objects, seeds) for case in POOLED]
    rows += session_rows(model, "attributes", 4, objects, seeds)
    rows += session_rows(model, DEFAULT, 2, objects, seeds)
    return rows + session_rows(model, DEFAULT, 0, objects, seeds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; no bar is set, the figures decide what a session does with a measurement."""
    import pilotage_starter

    given = options(__doc__, arguments)
    model = DiffusionModel("starter", pilotage_starter.path(), device="cpu")
    model.load()
    rows = rows_of(model, quick=given.quick)
    print("objects:", ", ".join(held_out(model.info.vocabulary, OBJECTS)), file=sys.stderr)
    return finish("calibration", rows, as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
