"""The picture that is taken away, with all that it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath
from typing import Any

from pilotage.core.errors import InvalidInputError
from pilotage.models import GenerationRequest
from pilotage.sessions.ports import Ports
from pilotage.store import ArtifactRow, CandidateRow, Reader, RoundRow, RunRow, SampleRow, SessionRow

Json = dict[str, Any]
_ADDED = re.compile(r"\+(?=[^+]*\.safetensors)")  # where a reference goes on with the file of a LoRA


@dataclass(frozen=True, slots=True)
class Subject:
    """A candidate and the newest picture of it.

    Attributes:
        sample: the candidate's own, or that of its newest render at chosen steps and size.
        run: what made that sample.
    """

    session: SessionRow
    round: RoundRow
    candidate: CandidateRow
    sample: SampleRow
    run: RunRow
    artifact: ArtifactRow

    @property
    def request(self) -> GenerationRequest:
        """The request that the picture was really made with."""
        return GenerationRequest.model_validate(self.run.stages[0]["request"])


def subject_of(ports: Ports, session_id: str, candidate_id: str | None = None) -> Subject:
    """The subject of a session: the candidate named, else its final one, else the best so far.

    Raises:
        NotFoundError: no such session.
        InvalidInputError: the candidate is another session's or has no picture, or nothing was chosen yet.
    """
    store = ports.store
    session = store.get(SessionRow, session_id)
    chosen = candidate_id or session.final_id or session.incumbent_id
    if chosen is None:
        raise InvalidInputError("nothing was chosen yet", hint="Answer a round first.", field="candidate_id")
    candidate = store.find(CandidateRow, chosen)
    own = store.find(SampleRow, candidate.sample_id or "") if candidate and candidate.session_id == session_id else None
    if candidate is None or own is None or own.artifact is None:
        raise InvalidInputError(f"{chosen!r} is no picture of this session", field="candidate_id")
    sample = _rendered_again(store, candidate) or own
    return Subject(
        session=session, round=store.get(RoundRow, candidate.round_id), candidate=candidate, sample=sample,
        run=store.get(RunRow, sample.run_id), artifact=store.get(ArtifactRow, sample.artifact or ""),
    )  # fmt: skip


def public_ref(ref: str) -> str:
    """A model's reference without the folders of this machine: each path in it keeps its last part alone."""
    return "+".join(_last_part(part) for part in _ADDED.split(ref))


def public_config(config: Mapping[str, Any]) -> Json:
    """A session's config as it may leave this machine."""
    return {**config, "model": public_ref(str(config["model"]))}


def _last_part(ref: str) -> str:
    kind = PureWindowsPath if "\\" in ref or ref[1:2] == ":" else PurePath
    is_path = kind(ref).is_absolute() or ref.startswith(("~", "."))
    return kind(ref).name if is_path else ref


def _rendered_again(reader: Reader, candidate: CandidateRow) -> SampleRow | None:
    """The newest final render of this very place and noise."""
    runs = reader.list(RunRow, where={"session_id": candidate.session_id, "purpose": "final", "state": "succeeded"})
    wanted = {"z": candidate.z, "seed": candidate.seed}
    for run in reversed(runs):
        samples = reader.list(SampleRow, where={"run_id": run.id})
        if run.group == [wanted] and samples and samples[0].artifact is not None:
            return samples[0]
    return None
