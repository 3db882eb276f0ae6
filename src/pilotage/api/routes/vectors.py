"""Vectors of axes as files: taken along, and taken in from here and from other tools."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from pilotage.api.deps import LabDep, files, point_at
from pilotage.api.routes.language import Model, Name
from pilotage.api.uploads import pieces
from pilotage.app.axis_views import PackView
from pilotage.app.catalog import DEFAULT_LANGUAGE

router = APIRouter(prefix="/api/language", tags=["language"])
_FILE = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/axes/{name}/vectors", responses=files("application/octet-stream"))
def get_vectors(
    name: Name, lab: LabDep, model: Model = DEFAULT_LANGUAGE,
    format: Literal["safetensors", "gguf"] = "safetensors",
) -> Response:  # fmt: skip
    """The vectors of an axis as a file: our pack, or a control vector for llama.cpp."""
    data = lab.export_vectors(name, lab.listed_language(model), format=format)
    named = {"Content-Disposition": f'attachment; filename="{name}.{format}"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/octet-stream", headers=named)


@router.post("/vectors", status_code=201, openapi_extra={"requestBody": {**_FILE, "required": True}})
async def import_vectors(
    request: Request, lab: LabDep, response: Response, model: Model = DEFAULT_LANGUAGE,
    axis: Annotated[str, Query(max_length=48, description="What they are of; a pack of ours says it itself.")] = "",
) -> PackView:  # fmt: skip
    """Take in vectors: a pack of ours, a GGUF control vector (repeng, llama.cpp), a `.pt` file of steering-vectors.

    Those of other tools have no doses until they are calibrated: build the axis with `"methods": []`.
    """
    view = await lab.take_vectors(b"".join([piece async for piece in pieces(request)]), model, axis=axis)
    point_at(response, f"/api/language/axes/{view.axis}")
    return view
