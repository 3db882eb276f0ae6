"""Where a model comes from: a folder, a single file, or the hub; found without loading it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pilotage.core.errors import ModelUnavailableError
from pilotage.models.diffusion.checkpoints import Checkpoint, open_folder, refuse_pickle
from pilotage.models.diffusion.families import FAMILIES
from pilotage.models.diffusion.loading import Lora
from pilotage.models.diffusion.single_file import open_single_file
from pilotage.models.files import PICKLES, hash_of, read_json
from pilotage.models.hub import HUB_ID, cached_folder, fetching

ADAPTER_VERSION = 1  # raise it when the same request would give other pictures


class Source:
    """A place that holds a model; `checkpoint` is None for a hub id that was not downloaded yet."""

    def __init__(self, kind: Literal["folder", "file", "hub"], place: str, checkpoint: Checkpoint | None) -> None:
        self.kind, self.place, self.checkpoint = kind, place, checkpoint

    @classmethod
    def find(cls, path: Path | str) -> Source:
        """The source that a path or hub id means.

        Raises:
            UnsafeModelError: pickled weights.
            ModelUnavailableError: nothing there, or incomplete.
        """
        place = Path(path).expanduser()
        if place.is_dir():
            return cls("folder", str(place), _open(place))
        if place.is_file():
            refuse_pickle(place)
            return cls("file", str(place), open_single_file(place))
        if place.suffix.lower() in PICKLES:
            refuse_pickle(place)
        if isinstance(path, str) and HUB_ID.fullmatch(path):
            return cls("hub", path, _cached(path))
        raise ModelUnavailableError(
            f"there is no model at {str(path)!r}", field="model",
            hint="Give a folder that diffusers saved, a .safetensors file, or a hub id like owner/name.")  # fmt: skip

    def fetch(self) -> Checkpoint:
        """The checkpoint on disk, downloaded if need be.

        Raises:
            ModelUnavailableError: the hub cannot be reached, or has no such model as safetensors.
        """
        if self.checkpoint is None:
            self.checkpoint = _open(_download(self.place))
        return self.checkpoint

    def fingerprint(self, loras: Sequence[Lora]) -> str:
        """sha256 of everything that the pictures depend on, but the request.

        Raises:
            ModelUnavailableError: not downloaded yet.
        """
        if self.checkpoint is None:
            raise ModelUnavailableError(f"{self.place} is not downloaded yet", field="model", hint="Load it first.")
        added = [f"{hash_of(lora.path)}*{lora.weight!r}" for lora in loras]
        return self.checkpoint.fingerprint(f"adapter {ADAPTER_VERSION}", *added)


def _open(folder: Path) -> Checkpoint:
    kind = (
        str(read_json(folder / "model_index.json").get("_class_name"))
        if (folder / "model_index.json").is_file()
        else ""
    )
    without = FAMILIES[kind].without if kind in FAMILIES else ()
    return open_folder(folder, without=without)


def _cached(repository: str) -> Checkpoint | None:
    """The snapshot in the hub's local cache, if a whole one is there."""
    folder = cached_folder(repository, "model_index.json")
    if folder is None:
        return None
    try:
        return _open(folder)
    except ModelUnavailableError:
        return None  # begun and not finished, or fetched as pickle by somebody else: ask the hub again


def _download(repository: str) -> Path:
    try:
        from diffusers import DiffusionPipeline
    except ImportError as cause:
        raise ModelUnavailableError("hub models need diffusers", hint="pip install 'pilotage[diffusion]'") from cause
    with fetching(repository):
        return Path(DiffusionPipeline.download(repository, use_safetensors=True))
