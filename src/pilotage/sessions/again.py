"""Rendering again what a clean took: the whole group from its record, kept only if the bytes are the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.core.errors import ConflictError, GenerationError
from pilotage.core.hashing import sha256_hex
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.jobs import JobEngine
from pilotage.jobs.base import new_job
from pilotage.models import GenerationRequest, Model, Row
from pilotage.sessions.batches import render_rows, sizes_of
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.ports import Ports
from pilotage.sessions.runs import environment
from pilotage.sessions.spaces import build_space, require_same_space
from pilotage.store import ArtifactRow, JobRow, RunRow, SampleRow, SessionRow

KIND = "again"
_DECISIVE = ("device", "dtype", "threads", "versions")


def can_render(model: Model, run: RunRow) -> bool:
    """Whether `model`, here, gives the bytes of a run again: the same weights, device, versions and threads."""
    if model.info.fingerprint is None or model.info.fingerprint != run.model_fingerprint:
        return False
    here = environment(model)
    return all(here[name] == run.environment.get(name) for name in _DECISIVE)


def enqueue_again(ports: Ports, engine: JobEngine, run_id: str) -> JobRow:
    """Ask for the pictures of a run again; asked again while it waits or runs, it is the same job.

    Raises:
        NotFoundError: no such run.
        ConflictError: it did not end, or what it was asked by is not recorded.
    """
    with ports.store.transaction() as tx:
        run = tx.get(RunRow, run_id)
        if run.state != "succeeded" or (run.session_id is None and any(row["z"] is not None for row in run.group)):
            raise ConflictError("this run cannot be rendered again from its record", hint="Ask for it anew.")
        cleaned = [row.id for row in _cleaned(ports, run)]
        payload = {"model": run.model, "run_id": run_id}
        key = (run_id, *(str(row.cleaned_at) for row in tx.list(ArtifactRow, where={"id": tuple(cleaned)})))
        return engine.enqueue(tx, new_job(KIND, payload, topic=run.session_id or run.id, key=key, clock=ports.clock))


def render_again(
    ports: Ports, payload: dict[str, Any], model: Model, *, progress: Progress, cancel: CancelToken
) -> dict[str, Any]:
    """Execute an `again` job. Re-entrant: what came back before is there.

    Raises:
        GenerationError: other bytes came; nothing is kept of them.
        ConflictError: the model is another one now.
    """
    run = ports.store.get(RunRow, payload["run_id"])
    wanted = {row.id for row in _cleaned(ports, run)}
    if not wanted:
        return {"run_id": run.id, "restored": []}
    request = GenerationRequest.model_validate(run.stages[0]["request"])
    rendered = render_rows(
        model, request, rows_of_run(ports, run, model, progress), sizes=sizes_of(run.group),
        progress=progress, cancel=cancel,
    )  # fmt: skip
    progress(Step("saving"))
    made = {sha256_hex(output.media.data): output.media.data for output in rendered.outputs if output.media}
    if wanted - made.keys():
        raise GenerationError(
            f"{len(wanted - made.keys())} of {len(wanted)} pictures came out otherwise than they were",
            hint="Another device, version or number of threads makes other bytes. What is kept stays as it is.",
        )
    for name in sorted(wanted):
        ports.artifacts.put(made[name])
    with ports.store.transaction() as tx:
        for row in tx.list(ArtifactRow, where={"id": tuple(wanted)}):
            tx.put(row.model_copy(update={"cleaned_at": None}))
    return {"run_id": run.id, "restored": sorted(wanted)}


def _cleaned(ports: Ports, run: RunRow) -> list[ArtifactRow]:
    samples = ports.store.list(SampleRow, where={"run_id": run.id})
    names = tuple(sample.artifact for sample in samples if sample.artifact)
    return [row for row in ports.store.list(ArtifactRow, where={"id": names}) if not ports.artifacts.has(row.id)]


def rows_of_run(ports: Ports, run: RunRow, model: Model, progress: Progress) -> list[Row]:
    """The run's rows, conditioned as they were: by the session's space, or by the prompt alone.

    Raises:
        ConflictError: the model is another one now.
    """
    request = GenerationRequest.model_validate(run.stages[0]["request"])
    if run.session_id is None or all(row["z"] is None for row in run.group):
        progress(Step("loading"))
        model.load(progress=progress)
        progress(Step("encoding"))
        plain = model.encode(request)
        return [Row(plain, row["seed"]) for row in run.group]
    session = ports.store.get(SessionRow, run.session_id)
    config = SessionConfig.model_validate(session.config).model_copy(update={"request": request})
    space = build_space(model, config, recorded=session.axes, progress=progress)
    require_same_space(session, space, model)
    return [
        Row(space.decode(np.array(row["z"])) if row["z"] is not None else model.encode(request), row["seed"])
        for row in run.group
    ]
