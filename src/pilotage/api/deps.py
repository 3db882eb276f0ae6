"""What routes are given: the lab, the settings, the feed; and the shapes that they share."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from pilotage.api.events import Feed
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings


# Coroutines: FastAPI would call a plain function in a thread, and wait for it there and back.
async def _lab(request: Request) -> Lab:
    return request.app.state.lab


async def _settings(request: Request) -> Settings:
    return request.app.state.settings


async def _feed(request: Request) -> Feed:
    return request.app.state.feed


LabDep = Annotated[Lab, Depends(_lab)]
SettingsDep = Annotated[Settings, Depends(_settings)]
FeedDep = Annotated[Feed, Depends(_feed)]
Id = Annotated[str, Path(min_length=1, max_length=64)]
Index = Annotated[int, Path(ge=0, le=100_000)]
LOCATED: dict[int | str, dict[str, Any]] = {
    202: {"headers": {"Location": {"description": "Where the job can be looked at.", "schema": {"type": "string"}}}}
}


def files(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """How a route is described that answers with a file of one of these types."""
    binary = {"type": "string", "format": "binary"}
    shapes = {name: {} if name == "application/json" else binary for name in media_types}
    return {200: {"content": {name: {"schema": shape} for name, shape in shapes.items()}}}


def point_at(response: Response, path: str) -> None:
    """Name the thing that was made."""
    response.headers["Location"] = path
