"""What a bundle says of itself: each file with its checksum, size and class, and who made it when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NAME = "manifest.json"
KIND: Literal["pilotage bundle"] = "pilotage bundle"
SCHEMA_VERSION = 1
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Class = Literal["essential", "reproducible", "disposable"]


class Strict(BaseModel):
    """Base of what is read from a manifest: a field that isn't known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class BundleFile(Strict):
    """A file of the bundle: `path` relative to the manifest, parts joined by slashes."""

    path: str
    sha256: Sha256
    size: int = Field(ge=0)
    kind: Class = Field(alias="class")


class Manifest(Strict):
    """The manifest; `missing` are pictures that were no longer kept when the bundle was made."""

    kind: Literal["pilotage bundle"] = KIND
    schema_version: int = SCHEMA_VERSION
    app_version: str
    exported_at: str
    session_id: str
    device: str | None
    files: list[BundleFile]
    missing: list[str]
