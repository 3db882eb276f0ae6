"""Sessions: their rounds, answers and beliefs, and the renders around them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from pilotage.api.deps import LOCATED, Id, Index, LabDep, files, point_at
from pilotage.api.paging import decode_cursor
from pilotage.api.wire import (
    ConfigBody,
    FinalBody,
    FinishBody,
    PointBody,
    SessionPage,
    SessionQuery,
    VerifyBody,
)
from pilotage.reports.takeaway import file_name
from pilotage.sessions.acts import Submission
from pilotage.sessions.belief import Belief
from pilotage.sessions.views import JobView, RoundView, SessionView

router = APIRouter(prefix="/api/sessions", tags=["sessions"])


@router.get("")
def list_sessions(
    lab: LabDep,
    wanted: Annotated[SessionQuery, Query()],
) -> SessionPage:
    """Sessions that match, newest first."""
    return SessionPage.of(lab.find_sessions(wanted.filter, after=decode_cursor(wanted.after), limit=wanted.limit))


@router.post("", status_code=201)
def create_session(config: ConfigBody, lab: LabDep, response: Response) -> SessionView:
    """Create a session; its first round is asked for apart."""
    lab.require_listed(config.get("model"))
    session = lab.create_session(config)
    point_at(response, f"/api/sessions/{session.id}")
    return session


@router.get("/{session_id}")
def get_session(session_id: Id, lab: LabDep) -> SessionView:
    """A session with its rounds."""
    return lab.get_session(session_id)


@router.post("/{session_id}/rounds", status_code=202, responses=LOCATED)
def request_round(session_id: Id, lab: LabDep, response: Response) -> RoundView:
    """Ask for the next round; asked twice it is the same one."""
    round_ = lab.request_round(session_id)
    if round_.job is not None:
        point_at(response, f"/api/jobs/{round_.job.id}")
    return round_


@router.get("/{session_id}/rounds/{index}")
def get_round(session_id: Id, index: Index, lab: LabDep) -> RoundView:
    """One round; roles and forecasts are told once it is answered."""
    return lab.get_round(session_id, index)


@router.post("/{session_id}/rounds/{index}/answers", status_code=201)
def answer_round(session_id: Id, index: Index, sent: Submission, lab: LabDep) -> RoundView:
    """Record one judgement, once; with `next_round` the next round is asked for in the same breath."""
    return lab.answer(session_id, index, sent)


@router.get("/{session_id}/belief")
def get_belief(session_id: Id, lab: LabDep, before: Annotated[int | None, Query(ge=1, le=100_000)] = None) -> Belief:
    """What is believed now, or was before round `before`."""
    return lab.get_belief(session_id, before=before)


@router.post("/{session_id}/finish")
def finish_session(session_id: Id, body: FinishBody, lab: LabDep) -> SessionView:
    """Name the final picture; the session is completed."""
    return lab.finish(session_id, body.candidate_id, closeness=body.closeness, comment=body.comment)


@router.post("/{session_id}/reopen")
def reopen_session(session_id: Id, lab: LabDep) -> SessionView:
    """Let a completed session go on."""
    return lab.reopen(session_id)


@router.post("/{session_id}/points", status_code=202, responses=LOCATED)
def render_point(session_id: Id, body: PointBody, lab: LabDep, response: Response) -> JobView:
    """Render one place of the session's space, chosen by hand."""
    job = lab.render_point(session_id, body.z, seed=body.seed)
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.post("/{session_id}/verify", status_code=202, responses=LOCATED)
def verify_candidate(session_id: Id, body: VerifyBody, lab: LabDep, response: Response) -> JobView:
    """Render a candidate's place on four fresh seeds."""
    job = lab.verify(session_id, body.candidate_id)
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.post("/{session_id}/final", status_code=202, responses=LOCATED)
def render_final(session_id: Id, body: FinalBody, lab: LabDep, response: Response) -> JobView:
    """Render a candidate again at chosen steps and size."""
    job = lab.render_final(session_id, body.candidate_id, body.changes)
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.get(
    "/{session_id}/takeaway/{kind}",
    response_class=Response,
    responses=files("image/png", "application/octet-stream", "text/x-python", "application/json"),
)
def take_away(
    session_id: Id, kind: Literal["png", "embeddings", "script", "replay"], lab: LabDep,
    candidate_id: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:  # fmt: skip
    """One file of the session, to keep: the picture with its recipe, embeddings, a script, the replay."""
    media = lab.take_away(session_id, kind, candidate_id=candidate_id)
    named = {"Content-Disposition": f'attachment; filename="{file_name(session_id, kind)}"'}
    return Response(media.data, media_type=media.media_type, headers=named)
