"""Where a checkpoint's weights and configs lie, whether reading them is safe, and its fingerprint. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pilotage.core.errors import ModelUnavailableError, UnsafeModelError
from pilotage.core.hashing import digest
from pilotage.models.files import PICKLES, SAFE_HINT, hash_of, megabytes, read_json

SAFE = ".safetensors"
WHOLE = "Point to a folder saved by diffusers, complete."
_LIBRARIES = frozenset({"diffusers", "transformers"})  # others would run a module from the folder


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model on disk.

    Attributes:
        config: folder with `model_index.json` and a folder a component.
        weights: the safetensors files that will be read, sorted.
        variant: infix of the weights' names, `fp16` for `….fp16.safetensors`.
        single_file: the one file with all weights, if it is one; then `config` is ours.
        scheduler_changes: what such a file says of its noise schedule, against `config`.
    """

    config: Path
    weights: tuple[Path, ...]
    variant: str | None = None
    single_file: Path | None = None
    scheduler_changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pipeline(self) -> str:
        """Class name of the pipeline in diffusers."""
        return str(read_json(self.config / "model_index.json", hint=WHOLE).get("_class_name", ""))

    def component(self, name: str) -> Mapping[str, Any]:
        """The config of one component: `unet`, `vae`, `scheduler`, `text_encoder`."""
        file = "scheduler_config.json" if name == "scheduler" else "config.json"
        changes = self.scheduler_changes if name == "scheduler" else {}
        return {**read_json(self.config / name / file, hint=WHOLE), **changes}

    @property
    def size_mb(self) -> float:
        """Size of the weights on disk in megabytes."""
        return megabytes(self.weights)

    def fingerprint(self, *extra: object) -> str:
        """sha256 of weights and configs, and of whatever else decides the pictures."""
        root = self.config
        configs = (path for path in root.glob("*/*") if path.suffix in {".json", ".txt", ".gz"})
        parts = {str(path.relative_to(root)): hash_of(path) for path in configs}
        weights = {
            path.name if self.single_file else str(path.relative_to(root)): hash_of(path) for path in self.weights
        }
        changes = dict(self.scheduler_changes)
        return digest(
            {"configs": parts, "weights": weights, "scheduler": changes, "extra": [str(item) for item in extra]}
        )


def refuse_pickle(path: Path) -> None:
    """Refuse a file whose format can run code when it is read.

    Raises:
        UnsafeModelError: its name ends like a pickle's, or it ends otherwise than in .safetensors.
    """
    if path.suffix.lower() != SAFE:
        kind = "is a pickle and can run code" if path.suffix.lower() in PICKLES else "is not a .safetensors file"
        raise UnsafeModelError(f"{path.name} {kind}", field="model", hint=SAFE_HINT)


def open_folder(folder: Path, *, without: tuple[str, ...] = ()) -> Checkpoint:
    """The checkpoint in a folder that diffusers saved; components in `without` are not looked at.

    Raises:
        ModelUnavailableError: incomplete, or its index cannot be read.
        UnsafeModelError: a component's weights are there as pickle only, or from foreign code.
    """
    if not (folder / "model_index.json").is_file() and any(_pickles(folder)):
        raise UnsafeModelError(f"{folder.name} holds pickled weights only", field="model", hint=SAFE_HINT)
    index = read_json(folder / "model_index.json", hint=WHOLE)
    wanted = [name for name in _components(index) if name not in without]
    if _foreign(index):
        raise UnsafeModelError(f"{folder.name} asks for code of its own: {', '.join(_foreign(index))}", field="model",
                               hint="Use a model made of diffusers' and transformers' own parts.")  # fmt: skip
    found: dict[str, list[Path]] = {}
    for name in wanted:
        files = sorted((folder / name).glob(f"*{SAFE}"))
        if not files and any(_pickles(folder / name)):
            raise UnsafeModelError(f"{name} holds pickled weights only", field="model", hint=SAFE_HINT)
        if not files and _has_weights(name):
            raise ModelUnavailableError(f"{name} has no weights in {folder.name}", field="model",
                                        hint="Copy the model again; a part of it is missing.")  # fmt: skip
        found[name] = files
    weights = [files for files in found.values() if files]
    variant = None if all(_of_variant(files, None) for files in weights) else "fp16"
    chosen = sorted(path for files in weights for path in _of_variant(files, variant) or _of_variant(files, None))
    return Checkpoint(config=folder, weights=tuple(chosen), variant=variant)


def _components(index: Mapping[str, Any]) -> Iterator[str]:
    for name, value in index.items():
        if isinstance(value, list) and len(value) == 2 and value[0] is not None:
            yield name


def _foreign(index: Mapping[str, Any]) -> list[str]:
    """Components of libraries that we do not know; the safety checker is diffusers' own module and never loaded."""
    return [name for name in _components(index) if index[name][0] not in _LIBRARIES and name != "safety_checker"]


def _has_weights(component: str) -> bool:
    return component.startswith(("unet", "vae", "text_encoder"))


def _pickles(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in PICKLES)


def _of_variant(files: list[Path], variant: str | None) -> list[Path]:
    """The files of one variant; names look like `model.safetensors`, `model.fp16-00001-of-00002.safetensors`."""
    infixes = [path.name.removesuffix(SAFE).partition(".")[2].partition("-0")[0] for path in files]
    return [path for path, infix in zip(files, infixes, strict=True) if infix == (variant or "")]
