"""The latent lab: picture sets, presets, runs with their files and events."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field
from sse_starlette.sse import EventSourceResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from pilotage.api.deps import LOCATED, LabDep, files, point_at
from pilotage.api.leaving import while_wanted
from pilotage.api.paging import Page, PagingDep
from pilotage.api.run_stream import RunStream
from pilotage.api.throttle import THROTTLED
from pilotage.api.uploads import pieces
from pilotage.api.wire import Body
from pilotage.app.latent_choices import LatentPreset, LatentSchema
from pilotage.app.latent_views import LatentDeletion, LatentEvent, LatentRunDetail, LatentRunView
from pilotage.app.network_questions import NetworkAnswer, NetworkQuestion
from pilotage.app.picture_sets import PictureSetView
from pilotage.core.hashing import sha256_hex
from pilotage.labs.latents.cadence import Method
from pilotage.models.files import hash_of
from pilotage.sessions.views import JobView

router = APIRouter(tags=["latents"])
HEARTBEAT_S = 15
MAX_SEQ = 2**53
RunId = Annotated[str, Path(min_length=1, max_length=64)]
SetName = Annotated[str, Field(min_length=1, max_length=80)]
Knobs = Annotated[dict[str, bool | int | float | str], Field(max_length=64)]
State = Literal["created", "running", "completed", "cancelled", "failed"]
_FILE = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_TYPES = {
    ".json": "application/json", ".png": "image/png", ".npy": "application/octet-stream",
    ".npz": "application/octet-stream", ".safetensors": "application/octet-stream",
}  # fmt: skip


class LaunchBody(Body):
    """What to learn from, and how."""

    data: SetName = "digits"
    preset: SetName = "default"
    training: Knobs = Field(default_factory=dict, description="Knobs that stand otherwise than in the preset.")
    recording: dict[str, Any] = Field(default_factory=dict, max_length=32, description="What is written, how often.")


class BackfillBody(Body):
    """Which maps, of which epochs."""

    kinds: list[Method] = Field(["pca", "umap"], max_length=2)
    epochs: list[Annotated[int, Field(ge=0)]] | None = Field(None, max_length=1000, description="None: all.")


class CloneBody(Body):
    """The knobs that are turned."""

    training: Knobs = Field(default_factory=dict)


@router.get("/api/latents/data")
def list_picture_sets(lab: LabDep) -> list[PictureSetView]:
    """All sets of pictures that a run can learn from."""
    return lab.list_picture_sets()


@router.post("/api/latents/data", status_code=201, openapi_extra={"requestBody": {**_FILE, "required": True}})
async def import_pictures(
    request: Request, lab: LabDep,
    name: Annotated[str, Query(min_length=1, max_length=48, description="Of the set.")],
    licence: Annotated[str, Query(max_length=200, description="Of the pictures.")] = "",
) -> PictureSetView:  # fmt: skip
    """Take in pictures of one's own: an `.npz` with `images` and, if there are any, `labels`."""
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        async for piece in pieces(request):
            await run_in_threadpool(file.write, piece)
        await run_in_threadpool(file.flush)
        return await run_in_threadpool(lab.import_pictures, FilePath(file.name), name, licence=licence)


@router.get("/api/latents/data/{name}/preview", response_class=Response, responses={**files("image/png"), 304: {}})
def get_picture_preview(
    name: Annotated[str, Path(min_length=1, max_length=80)], lab: LabDep,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """40 pictures of a set in rows of 10, always the same; the classes take turns."""
    picture = lab.picture_preview(name)
    headers = {"ETag": f'"{sha256_hex(picture)}"', "Cache-Control": "private, max-age=3600"}
    if if_none_match is not None and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(picture, media_type="image/png", headers=headers)


@router.get("/api/latents/schema")
def get_latent_schema(lab: LabDep) -> LatentSchema:
    """What can be chosen about a training and about what it records, as JSON schemas: forms are made of them."""
    return lab.latent_schema()


@router.get("/api/latents/presets")
def list_latent_presets(lab: LabDep) -> list[LatentPreset]:
    """Configurations with a name, and where each departs from the plain form."""
    return lab.latent_presets()


@router.post("/api/latents/runs", status_code=201, dependencies=THROTTLED)
def launch_latent_run(body: LaunchBody, lab: LabDep, response: Response) -> LatentRunView:
    """Make a run, and train it in the background."""
    run = lab.launch_run(body.data, body.preset, body.training, recording=body.recording)
    point_at(response, f"/api/latents/runs/{run.id}")
    return run


@router.get("/api/latents/runs")
def list_latent_runs(
    lab: LabDep, page: PagingDep,
    state: Annotated[list[State] | None, Query(max_length=5)] = None,
    kind: Annotated[Literal["ae", "gmvae"] | None, Query()] = None,
    data: Annotated[str | None, Query(max_length=80)] = None,
) -> Page[LatentRunView]:  # fmt: skip
    """Runs, newest first."""
    return Page[LatentRunView].of(
        lab.list_runs(states=state or (), kind=kind, data=data, after=page.after, limit=page.limit)
    )


@router.post("/api/latents/example")
async def open_latent_example(lab: LabDep) -> LatentRunView:
    """Open the finished run that ships with Pilotage; opened again it is the same one."""
    return await run_in_threadpool(lab.open_latent_example)  # not one transaction with its answer: see /api/example


@router.get("/api/latents/runs/{run_id}")
def get_latent_run(run_id: RunId, lab: LabDep) -> LatentRunDetail:
    """A run with its configuration and the files that it has made."""
    return lab.show_latent_run(run_id)


@router.post("/api/latents/runs/{run_id}/cancel")
def cancel_latent_run(run_id: RunId, lab: LabDep) -> LatentRunView:
    """Ask a run to stop; it does within a batch."""
    return lab.cancel_run(run_id)


@router.post("/api/latents/runs/{run_id}/resume", dependencies=THROTTLED)
def resume_latent_run(run_id: RunId, lab: LabDep) -> LatentRunView:
    """Go on with a run that was cancelled or failed, from its last checkpoint."""
    return lab.resume_run(run_id)


@router.post("/api/latents/runs/{run_id}/clone", status_code=201, dependencies=THROTTLED)
def clone_latent_run(run_id: RunId, body: CloneBody, lab: LabDep, response: Response) -> LatentRunView:
    """Make a run with the configuration of this one and other values for some knobs."""
    run = lab.clone_run(run_id, body.training)
    point_at(response, f"/api/latents/runs/{run.id}")
    return run


@router.delete("/api/latents/runs/{run_id}")
def delete_latent_run(
    run_id: RunId, lab: LabDep, dry_run: Annotated[bool, Query(description="Only say what would go.")] = False
) -> LatentDeletion:
    """Delete a run with its files and events."""
    return lab.delete_run(run_id, dry_run=dry_run)


@router.post("/api/latents/runs/{run_id}/network")
async def ask_network(
    run_id: RunId, question: NetworkQuestion, lab: LabDep, request: Request, response: Response
) -> NetworkAnswer:
    """Ask a checkpoint; the files of the answer lie in the run's folder, and are made once."""
    answer = await while_wanted(lab.ask_network(run_id, question), request)
    point_at(response, f"/api/latents/runs/{run_id}/files/{answer.path}")
    return answer


@router.post("/api/latents/runs/{run_id}/backfill", status_code=202, responses=LOCATED, dependencies=THROTTLED)
def backfill_latent_run(run_id: RunId, body: BackfillBody, lab: LabDep, response: Response) -> JobView:
    """Make what is missing of a run's maps, in the background."""
    job = lab.backfill_run(run_id, body.kinds, body.epochs)
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.get("/api/latents/runs/{run_id}/export", response_class=Response, responses=files("application/zip"))
def export_latent_run(run_id: RunId, lab: LabDep) -> Response:
    """A run with all its files as one zip archive; its index.html opens by a double click."""
    handle, name = tempfile.mkstemp(suffix=".zip")
    os.close(handle)
    gone = BackgroundTask(os.unlink, name)
    try:
        path = lab.export_run(run_id, FilePath(name))
    except BaseException:
        os.unlink(name)
        raise
    return FileResponse(path, media_type="application/zip", filename=f"{run_id}.zip", background=gone)


@router.get("/api/latents/runs/{run_id}/events")
def list_latent_events(
    run_id: RunId, lab: LabDep, after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> list[LatentEvent]:  # fmt: skip
    """Lines of a run's log above a number, in their order."""
    return lab.run_events(run_id, after=after, limit=limit)


@router.get("/api/latents/runs/{run_id}/files/{path:path}", response_class=Response,
            responses={**files(*sorted(set(_TYPES.values()))), 304: {}})  # fmt: skip
def get_latent_file(
    run_id: RunId, path: Annotated[str, Path(max_length=400)], lab: LabDep,
    sha256: Annotated[str, Query(max_length=64, description="Known already: the answer may be kept for ever.")] = "",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """A file of a run, by its path in the run's folder."""
    file = lab.run_file(run_id, path)
    found = hash_of(file)
    lasting = "private, max-age=31536000, immutable" if sha256 == found else "private, no-cache"
    headers = {"ETag": f'"{found}"', "Cache-Control": lasting, "Content-Security-Policy": "default-src 'none'; sandbox"}
    if if_none_match is not None and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    return FileResponse(file, media_type=_TYPES[file.suffix], headers=headers)


@router.get(
    "/api/runs/{run_id}/events", response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/LatentEvent"}}}},
               204: {"description": "The run has ended, and all was seen: do not reconnect."}},
)  # fmt: skip
def stream_run_events(
    run_id: RunId, lab: LabDep, after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """The log of one latent run: each line a message whose id is its number; it ends with the run."""
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 16 else after
    stream = RunStream(lab.latents.folder(run_id), seen)
    stream.look()
    if stream.is_over:
        return Response(status_code=204)
    return EventSourceResponse(stream.messages(), ping=HEARTBEAT_S, headers={"Cache-Control": "no-store"})
