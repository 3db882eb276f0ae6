"""What a round costs beside its pictures: a whole round of the worker against diffusers called by hand.

A session on the starter stands at round 5 on a real database; the job that makes the round (belief, proposals,
embeddings, four pictures at 10 steps and guidance 3, artifacts, rows and events) is timed. The peer then makes
the same four pictures from the same embeddings and seeds. Cases: `raw call`, one pipeline call for all four;
`four calls`, one for each, as a loop over candidates does it.

    python -m benchmarks.round_overhead [--quick] [--json]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.rows import Row, finish, options, quartiles
from pilotage.app.lab import Lab, raise_if_failed
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.sessions.acts import Submission
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.spaces import build_space

STEPS, GUIDANCE, FREE_SLOTS, ROUND = 10, 3.0, 4, 5
CONFIG = {
    "request": {"prompt": "a fox", "steps": STEPS, "guidance": GUIDANCE},
    "axes": ["red ↔ blue"],
    "candidates": FREE_SLOTS + 1,  # from round 2 on, the incumbent takes a slot and is not rendered
}
OVERHEAD_BAR_MS = 150.0
SESSIONS, QUICK = 21, 3


def fifth_round(lab: Lab, seed: int) -> tuple[float, dict[str, Any]]:
    """Seconds that the job of a session's fifth round takes, and the session as it then stands."""
    session = lab.create_session({**CONFIG, "seed": seed})
    for index in range(1, ROUND):
        raise_if_failed(lab.wait(lab.request_round(session.id).job.id))
        best = lab.get_round(session.id, index).candidates[1 + (seed + index) % FREE_SLOTS]
        lab.answer(session.id, index, Submission(answer={"kind": "ranking", "order": [best.id]}))
    job = lab.request_round(session.id).job
    seconds = timed(lambda: raise_if_failed(lab.wait(job.id)))
    return seconds, {"config": session.config, "round": lab.get_round(session.id, ROUND)}


def peers(lab: Lab, made: dict[str, Any]) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """One pipeline call for the round's new candidates, and one call for each, from given embeddings."""
    model = lab.catalog.get("starter")
    space = build_space(model, SessionConfig.model_validate(made["config"]))
    new = [c for c in made["round"].candidates if c.carried_from is None]
    points = [(space.decode(c.z), c.seed) for c in new]
    pipeline = model._loaded.pipeline  # type: ignore[attr-defined]  # the peer runs the very same weights
    return lambda: raw_call(pipeline, points), lambda: [raw_call(pipeline, [point]) for point in points]


def raw_call(pipeline: Any, points: Sequence[tuple[Any, int]]) -> Any:
    """Diffusers as its documentation shows: stacked embeddings, one generator a row."""
    import torch

    def stacked(name: str) -> Any:
        return torch.stack([torch.from_numpy(conditioning[name].copy()) for conditioning, _ in points])

    return pipeline(
        prompt_embeds=stacked("prompt_embeds"), negative_prompt_embeds=stacked("negative_prompt_embeds"),
        num_inference_steps=STEPS, guidance_scale=GUIDANCE,
        generator=[torch.Generator("cpu").manual_seed(seed) for _, seed in points],
    ).images  # fmt: skip


def timed(work: Callable[[], Any]) -> float:
    """Wall seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(sessions: int) -> list[Row]:
    """Both cases over `sessions` sessions, ours and the peers' alternating."""
    with tempfile.TemporaryDirectory() as home:
        lab = local_lab(Settings(home=Path(home)))
        fifth_round(lab, 0)  # loads the weights and warms every cache
        found: list[tuple[float, float, float]] = []
        for seed in range(1, sessions + 1):
            ours, made = fifth_round(lab, seed)
            one, each = peers(lab, made)
            found.append((ours, timed(one), timed(each)))
        lab.store.close()
    return [_against_one(found), _against_four(found)]


def _against_one(found: Sequence[tuple[float, float, float]]) -> Row:
    extra = [1000 * (ours - one) for ours, one, _ in found]
    middle = statistics.median(extra)
    return Row(
        case="raw call", metric="overhead ms", ours=round(middle, 1), peer="diffusers, one call", theirs=None,
        ratio=round(statistics.median(ours / one for ours, one, _ in found), 3), bar=OVERHEAD_BAR_MS,
        holds=middle <= OVERHEAD_BAR_MS, n=len(found), spread=quartiles(extra, 1),
    )  # fmt: skip


def _against_four(found: Sequence[tuple[float, float, float]]) -> Row:
    ratios = [ours / each for ours, _, each in found]
    middle = statistics.median(ratios)
    return Row(
        case="four calls", metric="round ms", ours=round(1000 * statistics.median(f[0] for f in found), 1),
        peer="diffusers, a call a candidate", theirs=round(1000 * statistics.median(f[2] for f in found), 1),
        ratio=round(middle, 3), bar=1.0, holds=middle < 1.0, n=len(found), spread=quartiles(ratios),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every bar holds."""
    given = options(__doc__, arguments)
    return finish("round_overhead", measure(QUICK if given.quick else SESSIONS), as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
