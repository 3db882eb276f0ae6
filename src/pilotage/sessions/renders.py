"""Renders outside the rounds: a point by hand, axis previews, fresh seeds, the final picture, plain generation."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.clock import Clock
from pilotage.core.errors import InvalidInputError
from pilotage.core.hashing import canonical_json
from pilotage.core.ids import new_id
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.core.seeds import stream_seed
from pilotage.core.shapes import require_vector
from pilotage.jobs import JobEngine
from pilotage.jobs.base import new_job
from pilotage.models import GenerationRequest, Model, Row
from pilotage.sessions.config import MAX_SEED, SessionConfig
from pilotage.sessions.ports import Ports
from pilotage.sessions.previews import measure_preview
from pilotage.sessions.runs import Point, RunPlan, StageKind, check_stages, execute
from pilotage.sessions.scales import measured_space
from pilotage.sessions.spaces import build_space, require_same_space
from pilotage.spaces import SteeringSpace
from pilotage.store import CandidateRow, JobRow, RoundRow, SessionRow

MAX_POINTS = 16
FRESH_SEEDS = 4


class RenderPoint(BaseModel):
    """One picture to render: where (None: the unsteered prompt), and with which noise."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    z: tuple[float, ...] | None = None
    seed: int = Field(ge=0, le=MAX_SEED)


class RenderPlan(BaseModel):
    """The payload of a `render` job. `config.request` is the effective request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    purpose: Literal["point", "preview", "verify", "final", "generate"]
    config: SessionConfig
    points: tuple[RenderPoint, ...] = Field(min_length=1, max_length=MAX_POINTS)
    session_id: str | None = None
    stages: tuple[StageKind, ...] = ("txt2img",)


def enqueue_render(ports: Ports, engine: JobEngine, plan: RenderPlan) -> JobRow:
    """Ask for a render; the job's result names the run and its samples."""
    check_stages(plan.stages)
    job = new_job(
        "render", {"model": plan.config.model, "plan": plan.model_dump(mode="json")},
        topic=plan.session_id or plan.key, key=(plan.key,), clock=ports.clock,
    )  # fmt: skip
    with ports.store.transaction() as tx:
        return engine.enqueue(tx, job)


def render(ports: Ports, plan: RenderPlan, model: Model, *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    """Execute a render job. Re-entrant: the same key is the same run."""
    if any(point.z is not None for point in plan.points):
        space = _space(ports, plan, model, progress)
    else:
        space = None
        progress(Step("loading"))
        model.load(progress=progress)
        progress(Step("encoding"))
    plain = model.encode(plan.config.request)
    points = tuple(
        Point(Row(plain if space is None or p.z is None else space.decode(np.array(p.z)), p.seed), p.z)
        for p in plan.points
    )
    run = RunPlan(plan.purpose, (plan.key,), plan.config.request, points, plan.session_id, plan.stages)
    samples = execute(ports, model, run, progress=progress, cancel=cancel)
    result: dict[str, Any] = {"run_id": run.run_id, "samples": run.finished(samples).samples}
    if plan.purpose == "preview" and space is not None and model.info.capabilities.captions:
        result["axes"] = measure_preview(ports, model, plan.config, space, samples, topic=run.run_id)
    return result


def _space(ports: Ports, plan: RenderPlan, model: Model, progress: Progress) -> SteeringSpace:
    """The session's space, in the units that it began with; before a session, as one that began now would have it."""
    if plan.session_id is None:
        return measured_space(ports.store, model, plan.config, build_space(model, plan.config, progress=progress))
    session = ports.store.get(SessionRow, plan.session_id)
    space = build_space(model, plan.config, recorded=session.axes, progress=progress)
    require_same_space(session, space, model)
    return space


def point_plan(session: SessionRow, z: Sequence[float], rounds: Sequence[RoundRow], seed: int | None) -> RenderPlan:
    """One picture at `z`, by default with the noise of the newest round.

    Raises:
        ShapeError: z has another length than the space.
        InvalidInputError: z lies outside the space.
    """
    point = require_vector("z", z, session.dimension)
    size = float(np.linalg.norm(point) if session.region == "ball" else np.abs(point).max())
    if size > session.radius * (1 + 1e-6):
        raise InvalidInputError(f"z lies {size:.3g} out, the space ends at {session.radius:.3g}", field="z")
    newest = (rounds[-1].index, rounds[-1].attempt) if rounds else (1, 0)
    noise = stream_seed(session.seed, "noise", *newest) % 2**32 if seed is None else seed
    return RenderPlan(
        key=new_id("rdr"), purpose="point", config=_asked(session, newest[0]),
        points=(RenderPoint(z=tuple(float(v) for v in point), seed=noise),), session_id=session.id,
    )  # fmt: skip


def verify_plan(session: SessionRow, candidate: CandidateRow, index: int) -> RenderPlan:
    """A candidate of round `index` on four seeds that no round has used: does the choice hold beyond its noise?

    The seeds follow from the place and its noise, not from ids: the same session steered again has the same.
    """
    place = canonical_json([candidate.z, candidate.seed])
    seeds = (stream_seed(session.seed, "verify", place, i) % 2**32 for i in range(FRESH_SEEDS))
    return RenderPlan(
        key=f"verify:{candidate.id}", purpose="verify", config=_asked(session, index),
        points=tuple(RenderPoint(z=tuple(candidate.z), seed=seed) for seed in seeds), session_id=session.id,
    )  # fmt: skip


def _asked(session: SessionRow, index: int) -> SessionConfig:
    """The session's config, with the prompt of one round."""
    config = SessionConfig.model_validate(session.config)
    return config.model_copy(update={"request": config.request.in_round(index)})


def final_plan(session: SessionRow, candidate: CandidateRow, changes: GenerationRequest) -> RenderPlan:
    """The final picture again, at chosen steps and size; `changes` is the complete effective request."""
    config = SessionConfig.model_validate(session.config).model_copy(update={"request": changes})
    return RenderPlan(
        key=new_id("rdr"), purpose="final", config=config, session_id=session.id,
        points=(RenderPoint(z=tuple(candidate.z), seed=candidate.seed),),
    )  # fmt: skip


def preview_plan(config: SessionConfig) -> RenderPlan:
    """Minus one and plus one unit of each typed axis, all with one noise; then, where there is room, two unsteered.

    Of those one has the same noise and one another: what a unit changes is told against that.

    Raises:
        InvalidInputError: no typed axis, or too many for one batch.
    """
    count = len(config.axes)
    if not 1 <= count <= MAX_POINTS // 2:
        raise InvalidInputError(f"previews are for 1 to {MAX_POINTS // 2} axes", field="axes")
    scales = config.scales if isinstance(config.scales, str) else config.scales[:count]
    narrow = config.model_copy(update={"dimension": count, "scales": scales})
    noise, other = (stream_seed(config.seed or 0, *name) % 2**32 for name in (("preview",), ("preview", "other")))
    reach = min(1.0, config.radius)
    units = [tuple(sign * reach * float(i == axis) for i in range(count)) for axis in range(count) for sign in (-1, 1)]
    pairs = [RenderPoint(z=z, seed=noise) for z in units]
    plain = [RenderPoint(seed=noise), RenderPoint(seed=other)]
    points = (*pairs, *plain) if len(pairs) + len(plain) <= MAX_POINTS else tuple(pairs)
    return RenderPlan(key=new_id("rdr"), purpose="preview", config=narrow, points=points)


def generate_plan(config: SessionConfig, n: int, seed: int, stages: tuple[StageKind, ...]) -> RenderPlan:
    """`n` unsteered pictures with seeds derived from one.

    Raises:
        InvalidInputError: n is not 1 to 16, or no stage.
        UnsupportedInputError: a stage that cannot be run.
    """
    if not 1 <= n <= MAX_POINTS:
        raise InvalidInputError(f"1 to {MAX_POINTS} pictures, not {n}", field="n")
    check_stages(stages)
    seeds = (seed,) if n == 1 else tuple(stream_seed(seed, "generate", i) % 2**32 for i in range(n))
    return RenderPlan(
        key=new_id("rdr"), purpose="generate", config=config, stages=stages,
        points=tuple(RenderPoint(seed=s) for s in seeds),
    )  # fmt: skip


def warm_job(ref: str, *, clock: Clock) -> JobRow:
    """A job that loads a model and renders one step of it, so that the first round is quick."""
    return new_job("warm", {"model": ref}, topic="lab", key=(new_id("wrm"),), clock=clock)


def warm(model: Model, *, progress: Progress) -> dict[str, Any]:
    """Load a model; how long it took, in milliseconds."""
    begun = perf_counter()
    progress(Step("loading"))
    cold = not model.loaded
    model.load(progress=progress)
    return {"model": model.info.ref, "cold": cold, "load_ms": round(1000 * (perf_counter() - begun), 1)}
