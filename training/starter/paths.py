"""Where a profile's files lie, and the marks of stages that are done."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.starter.recipe import Profile, read_profile

ROOT = Path(__file__).resolve().parents[2] / "build" / "starter"
_TRAININGS = ("clip", "vae", "unet", "controlnet", "resampler", "ip_adapter", "decoder")
_READS = {  # of what a stage reads: the trainings, and the parts of a profile that not every stage reads
    "data": (), "pictures": (), "tokenizer": (), "gallery": (), "clip": (), "vae": (), "latents": ("vae",),
    "unet": ("clip", "vae", "denoiser"), "controlnet": ("unet",), "resampler": ("unet",), "ip_adapter": ("resampler",),
    "decoder": ("unet",), "export": (*_TRAININGS, "evaluation"), "evaluate": ("export",), "sheets": ("export",),
}  # fmt: skip
_PARTS = frozenset({*_TRAININGS, "denoiser", "evaluation"})
__all__ = ["Workspace", "open_workspace", "write_whole"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A profile and its folder; archives and drawings are shared by all profiles."""

    profile: Profile
    root: Path

    @property
    def archives(self) -> Path:
        """Fetched packages."""
        return self.root / "archives"

    @property
    def folder(self) -> Path:
        """This profile's own folder."""
        return self.root / self.profile.name

    @property
    def pipeline(self) -> Path:
        """The result."""
        return self.folder / "pipeline"

    def of(self, stage: str) -> Path:
        """A stage's folder, made if it is missing."""
        folder = self.folder / stage
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def done(self, stage: str) -> bool:
        """Whether the stage finished with what the profile says of it and of the stages before it."""
        mark = self.folder / stage / "done.json"
        return mark.is_file() and json.loads(mark.read_text())["profile"] == self._key(stage)

    def begin(self, stage: str) -> None:
        """Drop a training's checkpoint if it rests on others than those of now; more time for itself leaves it."""
        folder, base = self.of(stage), self._key(*_READS[stage])
        mark = folder / "base"
        if not mark.is_file() or mark.read_text() != base:
            (folder / "checkpoint.pt").unlink(missing_ok=True)
            write_whole(mark, base.encode())

    def finish(self, stage: str, **facts: Any) -> None:
        """Mark a stage as done, with what is worth knowing of it."""
        write_whole(self.of(stage) / "done.json", json.dumps({"profile": self._key(stage), **facts}, indent=1).encode())

    def facts(self, stage: str) -> dict[str, Any]:
        """What `finish` was told; empty if it was not."""
        mark = self.folder / stage / "done.json"
        return {k: v for k, v in json.loads(mark.read_text()).items() if k != "profile"} if mark.is_file() else {}

    def _key(self, *read: str) -> str:
        """Of all that the profile says to stages and to those that they read; more minutes elsewhere change nothing."""
        known = set(read)
        while more := {below for one in known for below in _READS.get(one, ())} - known:
            known |= more
        told = self.profile.model_dump_json(exclude=set(_PARTS - known))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def open_workspace(profile: str, root: Path | None = None) -> Workspace:
    """The workspace of a profile of `recipe.toml`.

    Raises:
        RecipeError: there is no such profile.
    """
    return Workspace(read_profile(profile), root or ROOT)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a kill in the middle leaves the previous one."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
