"""The steered embeddings as a safetensors file: a job, since making them again takes the model."""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.core.errors import ConflictError, ModelUnavailableError
from pilotage.core.hashing import canonical_json
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.jobs import JobEngine
from pilotage.jobs.base import new_job
from pilotage.models import Model
from pilotage.reports.recipe import record_of
from pilotage.reports.subject import Subject, subject_of
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.ports import Ports
from pilotage.sessions.spaces import build_space
from pilotage.spaces import Conditioning
from pilotage.store import ArtifactRow, JobRow

KIND = "embeddings"
MEDIA_TYPE = "application/octet-stream"


def enqueue_embeddings(ports: Ports, engine: JobEngine, subject: Subject) -> JobRow:
    """Ask for the file of a subject; asked again, it is the same job."""
    payload = {
        "model": subject.session.model,
        "session_id": subject.session.id,
        "candidate_id": subject.candidate.id,
    }
    job = new_job(KIND, payload, topic=subject.session.id, key=(subject.sample.id,), clock=ports.clock)
    with ports.store.transaction() as tx:
        return engine.enqueue(tx, job)


def write_embeddings(
    ports: Ports, payload: dict[str, Any], model: Model, *, progress: Progress, cancel: CancelToken
) -> dict[str, Any]:
    """Execute an embeddings job; its result names the artifact. The same candidate gives the same bytes.

    Raises:
        ConflictError: the weights are not those that the session was steered with.
        ModelUnavailableError: the model can't be loaded, or safetensors is not installed.
    """
    subject = subject_of(ports, payload["session_id"], payload["candidate_id"])
    session = subject.session
    config = SessionConfig.model_validate(session.config)
    space = build_space(model, config, recorded=session.axes, progress=progress)
    if model.info.fingerprint != session.model_fingerprint:
        raise ConflictError(
            "the model changed since this session, so its coordinates would mean something else",
            hint="Bring back the model that the session began with.",
        )
    cancel.check()
    data = as_safetensors(space.decode(np.array(subject.candidate.z)), model.info.family, record_of(subject))
    progress(Step("saving"))
    sha256 = ports.artifacts.put(data)
    with ports.store.transaction() as tx:
        tx.insert(ArtifactRow(id=sha256, created_at=ports.clock(), media_type=MEDIA_TYPE, size=len(data)))
    return {"artifact": sha256}


def as_safetensors(conditioning: Conditioning, family: str, record: dict[str, Any]) -> bytes:
    """A batch of one: each array (1, *shape), under the name that the family's pipeline takes it by.

    Raises:
        ModelUnavailableError: safetensors is not installed.
    """
    try:
        from safetensors.numpy import save
    except ImportError as cause:
        raise ModelUnavailableError(
            "embeddings are written with safetensors", hint="pip install 'pilotage[diffusion]'"
        ) from cause
    names = argument_names(family)
    arrays = {names.get(name, name): np.ascontiguousarray(array[None]) for name, array in conditioning.items()}
    return bytes(save(arrays, metadata={"pilotage": canonical_json(record)}))


def argument_names(family: str) -> dict[str, str]:
    """Conditioning name -> argument of the pipeline's call; nothing for models that are no pipelines."""
    from pilotage.models.diffusion.families import FAMILIES  # noqa: PLC0415

    return next((dict(known.outputs) for known in FAMILIES.values() if known.name == family), {})
