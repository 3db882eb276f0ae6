"""The picture sets that a latent run can learn from: those that ship, and a person's own, kept as they were read."""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, StorageError
from pilotage.labs.latents.data import BUILTIN, ImageSet, builtin, read_images

_NAME = re.compile(r"(?=.{1,48}\Z)[a-z0-9]+(?:[_-][a-z0-9]+)*")
_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")


class PictureSetView(BaseModel):
    """A picture set: how many pictures of which size, what its classes mean, and whose they are."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    count: int
    height: int
    width: int
    channels: int
    class_names: tuple[str, ...]
    licence: str
    source: str
    sha256: str
    own: bool


class PictureSets:
    """Sets by name. One's own lie in a folder as `<name>.npz`, with `<name>.json` that tells of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def views(self) -> list[PictureSetView]:
        """All sets, those that ship first; what was changed by hand and cannot be read is left out."""
        found = [_view(_shipped(name), own=False) for name in BUILTIN]
        for path in sorted(self._folder.glob("*.json")):
            with suppress(InvalidInputError, NotFoundError):
                found.append(self._told(path.stem))
        return found

    def get(self, name: str) -> ImageSet:
        """The pictures of a set.

        Raises:
            NotFoundError: no set has this name; field `data`.
            InvalidInputError: its file was changed and can't be read.
        """
        if name in BUILTIN:
            return _shipped(name)
        told = self._told(name)
        found = read_images(self._folder / f"{name}.npz")
        known = replace(found, name=name, class_names=told.class_names, licence=told.licence, source=told.source)
        if known.sha256 != told.sha256:
            raise InvalidInputError(f"the pictures of {name} were changed", field="data", hint="Import them again.")
        return known

    def take(self, path: Path, name: str = "", *, side: int = 32, licence: str = "") -> PictureSetView:
        """Keep the pictures at a path as a set of one's own.

        Args:
            path: as `read_images` takes it: an `.npz`, a folder with IDX files, or a folder of pictures.
            name: of the set; the file's, if it is one that a set can have.
            side: pixels a side for a folder of pictures.
            licence: of the pictures.

        Raises:
            InvalidInputError: no pictures that can be read, or no name.
            ConflictError: a set of this name is there.
            StorageError: the disk is full or refuses.
        """
        name = name or path.stem.lower()
        if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
            raise InvalidInputError(
                f"{name[:60]!r} can't name a set", field="name", hint="Small letters, digits, - and _ between them."
            )
        if name in BUILTIN or (self._folder / f"{name}.json").exists():
            raise ConflictError(f"there is a picture set {name!r} already", field="name", hint="Take another name.")
        found = replace(read_images(path, side=side), name=name, licence=licence[:200])
        view = _view(found, own=True)
        try:
            self._keep(found, view)
        except OSError as cause:
            raise StorageError(f"cannot keep the pictures: {cause.strerror}", hint="Check the disk.") from cause
        return view

    def _told(self, name: str) -> PictureSetView:
        if not _NAME.fullmatch(name):
            raise _unknown(name)
        try:
            text = (self._folder / f"{name}.json").read_text(encoding="utf-8")
            return PictureSetView.model_validate({**json.loads(text), "name": name, "own": True})
        except FileNotFoundError as cause:
            raise _unknown(name) from cause
        except (OSError, ValueError, TypeError, ValidationError) as cause:
            raise InvalidInputError(f"the set {name} can't be read", field="data", hint="Import it again.") from cause

    def _keep(self, found: ImageSet, view: PictureSetView) -> None:
        """The pictures first: a set is there once something tells of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        arrays = {"images": found.images, **({} if found.labels is None else {"labels": found.labels})}
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as part:
            np.savez_compressed(file := Path(part) / "set.npz", **arrays)  # type: ignore[arg-type]  # arrays by name
            (told := Path(part) / "set.json").write_text(view.model_dump_json(), encoding="utf-8")
            os.replace(file, self._folder / f"{view.name}.npz")
            os.replace(told, self._folder / f"{view.name}.json")


@lru_cache(maxsize=len(BUILTIN))
def _shipped(name: str) -> ImageSet:
    return builtin(name)


def _view(found: ImageSet, *, own: bool) -> PictureSetView:
    count, height, width, channels = found.images.shape
    return PictureSetView(
        name=found.name, count=count, height=height, width=width, channels=channels, class_names=found.class_names,
        licence=found.licence, source=found.source, sha256=found.sha256, own=own,
    )  # fmt: skip


def _unknown(name: str) -> NotFoundError:
    hint = f"There are {', '.join(BUILTIN)}, and those that you import."
    return NotFoundError(f"there is no picture set {name[:60]!r}", field="data", hint=hint)
