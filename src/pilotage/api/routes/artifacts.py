"""Artifacts: what a model made, by the hash of its bytes; they never change, so they are kept for ever."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Response

from pilotage.api.deps import LabDep, files
from pilotage.core.errors import InvalidInputError
from pilotage.core.media import EXTENSIONS, Media

router = APIRouter(prefix="/api/artifacts", tags=["artifacts"])
THUMBNAIL = 256
Size = Literal["full", "thumb"]


@router.get("/{sha256}", response_class=Response, responses={**files(*EXTENSIONS), 304: {}})
def get_artifact(
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    lab: LabDep,
    size: Annotated[Size, Query()] = "full",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The bytes, or a thumbnail of at most 256 pixels as WebP."""
    headers = _headers(sha256, size)
    if if_none_match is not None and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    media = lab.get_media(sha256)
    return _response(_thumbnail(media) if size == "thumb" else media, headers)


def _headers(sha256: str, size: Size) -> dict[str, str]:
    return {
        "ETag": f'"{sha256}-{size}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _response(media: Media, headers: dict[str, str]) -> Response:
    shown = "inline" if media.media_type in ("image/png", "image/webp") else "attachment"
    return Response(media.data, media_type=media.media_type, headers={**headers, "Content-Disposition": shown})


@lru_cache(maxsize=256)
def _thumbnail(media: Media) -> Media:
    from PIL import Image  # noqa: PLC0415  (40 ms that the start need not pay)

    if not media.is_image:
        raise InvalidInputError("only a picture has a thumbnail", field="size")
    small = Image.fromarray(media.pixels())
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=85)
    return Media("image/webp", buffer.getvalue())
