"""Runs: one executed pipeline of typed stages, with its effective config, its render group and its outputs."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pilotage.core.crash import crash_point
from pilotage.core.errors import GenerationError, InvalidInputError, PilotageError, StorageError, UnsupportedInputError
from pilotage.core.ids import derived_id
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.core.versions import installed
from pilotage.jobs.base import problem
from pilotage.models import GenerationRequest, Model, Output, Row
from pilotage.sessions.attributes import statistics_of
from pilotage.sessions.batches import Rendered, marked, render_rows
from pilotage.sessions.events import RunFinished
from pilotage.sessions.ports import Ports
from pilotage.store import ArtifactRow, RunRow, SampleRow, Transaction
from pilotage.store.rows import RunPurpose

StageKind = Literal["txt2img", "img2img", "refiner", "hires", "upscale"]
EXECUTABLE: tuple[StageKind, ...] = ("txt2img",)
PACKAGES = ("pilotage", "numpy", "pillow", "torch", "diffusers", "transformers")
_TOLD_BY_THEIR_ROUND: tuple[RunPurpose, ...] = ("round", "retry")
NOTHING_CAME = "Try once more, with fewer steps or less guidance; a model in half precision may need float32."


class RunStage(BaseModel):
    """One stage of a run, with the request that it really used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: StageKind = "txt2img"
    request: GenerationRequest


@dataclass(frozen=True, slots=True)
class Point:
    """One row to render: what conditions it, its noise seed, and its place in a space, if it has one."""

    row: Row
    z: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run is about to do. `key` makes its id: the same work again is the same run."""

    purpose: RunPurpose
    key: tuple[str | int, ...]
    request: GenerationRequest
    points: tuple[Point, ...]
    session_id: str | None = None
    stages: tuple[StageKind, ...] = ("txt2img",)

    @property
    def run_id(self) -> str:
        """The run's id."""
        return derived_id("run", self.purpose, *self.key)

    def finished(self, samples: Sequence[SampleRow]) -> RunFinished:
        """What is told of the run when it has these samples."""
        facts: list[dict[str, Any]] = [
            {"sample_id": one.id, "artifact": one.artifact, "seed": one.seed, "z": one.z, "error": one.error}
            for one in samples
        ]
        return RunFinished(run_id=self.run_id, session_id=self.session_id, purpose=self.purpose, samples=facts)


def check_stages(kinds: Sequence[StageKind]) -> None:
    """Refuse a pipeline that cannot be run, by field.

    Raises:
        InvalidInputError: no stage.
        UnsupportedInputError: a stage that is known but not executable yet.
    """
    if not kinds:
        raise InvalidInputError("a run needs at least one stage", field="stages")
    for index, kind in enumerate(kinds):
        if kind not in EXECUTABLE:
            raise UnsupportedInputError(f"stage {kind!r} cannot be run yet", field=f"stages.{index}.kind")


def execute(
    ports: Ports, model: Model, plan: RunPlan, *, progress: Progress, cancel: CancelToken | None = None
) -> tuple[SampleRow, ...]:
    """Run the plan: ONE batch, or halves where memory is short; outputs kept as artifacts, run and samples recorded.

    A row that fails alone, in the model or when it is saved, gets a sample with an `error`. Re-entrant: a run that
    has succeeded is neither rendered nor told again; what it recorded is returned.

    Raises:
        UnsupportedInputError: the pipeline or the request does not fit the model.
        GenerationError: the whole batch failed; the run is recorded as failed.
        OutOfMemoryError: not even one row fits; likewise.
        StorageError: no row could be saved; likewise.
        JobCancelledError: within one step of `cancel`; the run is recorded as cancelled.
    """
    check_stages(plan.stages)
    known = ports.store.find(RunRow, plan.run_id)
    if known is not None and known.state == "succeeded":  # whoever asked for it died before it could say so
        return tuple(ports.store.list(SampleRow, where={"run_id": known.id}))
    run = _started(ports, model, plan)
    crash_point("run started")
    begun = perf_counter()
    try:
        rendered = render_rows(
            model, plan.request, [point.row for point in plan.points], progress=progress, cancel=cancel
        )
        if all(output.media is None for output in rendered.outputs):
            raise GenerationError(f"no picture came out: {rendered.outputs[0].error}", hint=NOTHING_CAME)
        generated = perf_counter()
        crash_point("run rendered")
        progress(Step("saving"))
        samples = _kept(ports, plan, rendered.outputs)
    except PilotageError as error:
        state = "cancelled" if error.code == "cancelled" else "failed"
        with ports.store.transaction() as tx:
            tx.put(run.model_copy(update={"state": state, "error": problem(error)}))
        raise
    timings = {
        "generate": round(1000 * (generated - begun), 1),
        "save": round(1000 * (perf_counter() - generated), 1),
    }
    with ports.store.transaction() as tx:
        tx.put(run.model_copy(update={"state": "succeeded", "timings_ms": timings, **_as_it_was(run, rendered)}))
        for sample, output in zip(samples, rendered.outputs, strict=True):
            _record(tx, ports, sample, output)
        if plan.purpose not in _TOLD_BY_THEIR_ROUND:
            ports.tell(tx, plan.session_id or plan.run_id, plan.finished(samples))
        crash_point("samples written")
    crash_point("samples kept")
    return samples


def environment(model: Model) -> dict[str, Any]:
    """Where a run happens: what must be equal for its bytes to come again."""
    info = model.info
    return {
        "device": info.device, "dtype": info.dtype, "platform": platform.platform(),
        "python": platform.python_version(),
        "threads": _threads(), "cores": os.cpu_count(),
        "versions": installed(PACKAGES),
    }  # fmt: skip


def _threads() -> int | None:
    """The threads that a model's library takes; None if none is loaded."""
    torch = sys.modules.get("torch")
    return torch.get_num_threads() if torch is not None else None


def _started(ports: Ports, model: Model, plan: RunPlan) -> RunRow:
    """The run's row, written."""
    row = RunRow(
        id=plan.run_id, created_at=ports.clock(), session_id=plan.session_id, purpose=plan.purpose,
        model=model.info.ref, model_fingerprint=model.info.fingerprint,
        stages=[RunStage(kind=kind, request=plan.request).model_dump(mode="json") for kind in plan.stages],
        group=[{"z": list(point.z) if point.z is not None else None, "seed": point.row.seed} for point in plan.points],
        environment=environment(model),
    )  # fmt: skip
    with ports.store.transaction() as tx:
        tx.put(row)
    return row


def _as_it_was(run: RunRow, rendered: Rendered) -> dict[str, Any]:
    """What the run's row says of its batches once they are known."""
    halved = {"halved": rendered.halved} if rendered.halved else {}
    return {"group": marked(run.group, rendered.sizes), "environment": {**run.environment, **halved}}


def _kept(ports: Ports, plan: RunPlan, outputs: Sequence[Output]) -> tuple[SampleRow, ...]:
    """A sample a row; one that cannot be saved fails alone, unless none can."""
    samples: list[SampleRow] = []
    refused: list[StorageError] = []
    for index, output in enumerate(outputs):
        artifact, error = None, output.error
        if output.media is not None:
            try:
                artifact = ports.artifacts.put(output.media.data)
            except StorageError as fault:
                refused.append(fault)
                error = f"the picture could not be saved: {fault}"
        seen = statistics_of(output.media) if output.media is not None and artifact is not None else None
        samples.append(_sample(ports, plan, index, artifact=artifact, statistics=seen, error=error))
    if refused and all(sample.artifact is None for sample in samples):
        raise refused[0]
    return tuple(samples)


def _sample(ports: Ports, plan: RunPlan, index: int, **came: Any) -> SampleRow:
    point = plan.points[index]
    return SampleRow(
        id=derived_id("smp", plan.run_id, index), created_at=ports.clock(), run_id=plan.run_id,
        session_id=plan.session_id, index=index, z=list(point.z) if point.z is not None else None,
        seed=point.row.seed, **came,
    )  # fmt: skip


def _record(tx: Transaction, ports: Ports, sample: SampleRow, output: Output) -> None:
    if output.media is not None and sample.artifact is not None:  # a picture that was made and saved
        width, height = _size(output.media)
        known = ArtifactRow(
            id=sample.artifact, created_at=ports.clock(), media_type=output.media.media_type,
            size=len(output.media.data), width=width, height=height,
        )  # fmt: skip
        before = tx.find(ArtifactRow, known.id)
        if before is None or before.cleaned_at is not None:  # what a clean took is here again
            tx.put(known)
    tx.put(sample)


def _size(media: Media) -> tuple[int | None, int | None]:
    if not media.is_image:
        return None, None
    height, width = media.pixels().shape[:2]
    return width, height
