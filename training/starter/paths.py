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
_RESTS_ON = {  # the trainings whose results a training reads
    "clip": (), "vae": (), "unet": ("clip", "vae"), "controlnet": ("unet",), "resampler": ("unet",),
    "ip_adapter": ("resampler",), "decoder": ("unet",),
}  # fmt: skip
_EVERY = tuple(_RESTS_ON)
_READ = {  # the same of the stages that train nothing
    "data": (), "pictures": (), "tokenizer": (), "gallery": (), "latents": ("vae",), "export": _EVERY,
    "evaluate": _EVERY, "sheets": _EVERY,
}  # fmt: skip
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
        folder, base = self.of(stage), self._key_of(_RESTS_ON[stage])
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

    def _key(self, stage: str) -> str:
        """More minutes for one training, or another denoiser, leave all that reads none of its weights done."""
        return self._key_of((stage,) if stage in _RESTS_ON else _READ[stage])

    def _key_of(self, trainings: tuple[str, ...]) -> str:
        """Of all that the profile says of trainings and of those that they rest on."""
        read = set(trainings)
        while more := {below for one in read for below in _RESTS_ON[one]} - read:
            read |= more
        unread = {*_RESTS_ON, "evaluation", "denoiser"} - read - ({"denoiser"} if "unet" in read else set())
        told = self.profile.model_dump_json(exclude=unread)
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
