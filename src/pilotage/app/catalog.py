"""ModelCatalog: a reference that a person types (`starter`, a path, a hub id, a run) -> one model in this process."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pilotage.app.settings import Settings
from pilotage.core.errors import ConflictError, InvalidInputError, ModelUnavailableError, NotFoundError, PilotageError
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.steered_text import PacksOf, SteeredRef, SteeredText
from pilotage.labs.latents.steered_run import LatentRef
from pilotage.models import Model, ModelInfo
from pilotage.models.analytic import AnalyticModel
from pilotage.models.hub import HUB_ID
from pilotage.models.language import LanguageInfo, LanguageModel, default_source

if TYPE_CHECKING:
    from pilotage.app.latent_models import LatentModels

_NAME = re.compile(r"\w[\w.-]{0,99}")
DEFAULT_LANGUAGE = "smollm2"
_OURS = ("starter", "analytic", DEFAULT_LANGUAGE)
CHECKPOINTS = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".pkl")


class ModelCatalog:
    """Builds each model once. Building is cheap: nothing is loaded before it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._models: dict[str, Model] = {}
        self._languages: dict[str, LanguageModel] = {}
        self._packs: PacksOf = _no_packs
        self._latents: LatentModels | None = None
        self._lock = threading.RLock()

    def use_packs(self, packs: PacksOf) -> None:
        """Say where the vectors of axes are found, for language models that are steered by them."""
        self._packs = packs

    def use_latents(self, models: LatentModels) -> None:
        """Say where trained runs are found that are steered in."""
        self._latents = models

    def add(self, model: Model) -> str:
        """Make a model of the caller's own known; its ref here: `info.ref`, numbered if another has that name."""
        with self._lock:
            ref, number = model.info.ref, 1
            while self._models.get(ref, model) is not model:
                number += 1
                ref = f"{model.info.ref}#{number}"
            self._models[ref] = model
        return ref

    def get(self, ref: str) -> Model:
        """The model of a reference.

        Raises:
            NotFoundError: nothing of that name here, and it is neither a path nor a hub id.
            ModelUnavailableError: the path has no model that can be read safely.
        """
        with self._lock:
            if self._latents is not None and LatentRef.parse(ref) is not None:
                return self._latents.get(ref)
            if ref not in self._models:
                self._models[ref] = self._build(ref)
            return self._models[ref]

    def weights(self, ref: str) -> tuple[str, Model | LanguageModel]:
        """Whose memory the model of a reference takes: its own, or that of the language model that it is built on.

        Raises:
            PilotageError: as `get`.
        """
        steered = None if LatentRef.parse(ref) else SteeredRef.parse(ref)
        return (steered.model, self.language(steered.model)) if steered else (ref, self.get(ref))

    def infos(self) -> Sequence[ModelInfo]:
        """What can be named without a path: ours, and those in the models folder that can be read."""
        refs = ["starter", "analytic", *self._local_refs(), *(self._latents.refs() if self._latents else ())]
        infos = []
        asked = [ref for ref, model in self._models.items() if not isinstance(model, SteeredText)]  # a language model's
        for ref in dict.fromkeys([*refs, *asked]):
            try:
                infos.append(self.get(ref).info)
            except PilotageError:
                continue  # `show` tells why
        return infos

    def language(self, ref: str) -> LanguageModel:
        """The language model of a reference.

        Raises:
            NotFoundError: nothing of that name here, and it is neither a path nor a hub id.
            ModelUnavailableError: what is there is no causal language model, or cannot be read safely.
        """
        with self._lock:
            if ref not in self._languages:
                place = default_source() if ref == DEFAULT_LANGUAGE else self._found(ref)
                if place is None:
                    hint = f"Give {DEFAULT_LANGUAGE!r}, the path of a model folder, or a hub id like owner/name."
                    raise NotFoundError(f"no language model {ref!r}", hint=hint, field="model")
                device, dtype = self._settings.device, self._settings.dtype
                self._languages[ref] = LanguageModel(ref, place, device=device, dtype=dtype)
            return self._languages[ref]

    def language_infos(self) -> Sequence[LanguageInfo]:
        """The language models that can be named without a path: ours, and those in the models folder."""
        folder = self._settings.models_folder
        local = sorted(folder.iterdir()) if folder.is_dir() else []
        refs = [path.name for path in local if (path / "config.json").is_file() or path.suffix == ".gguf"]
        infos = []
        for ref in dict.fromkeys([DEFAULT_LANGUAGE, *refs]):
            try:
                infos.append(self.language(ref).info)
            except PilotageError:
                continue  # asked for by name, it tells why
        return infos

    def warm_languages(self) -> list[LanguageInfo]:
        """The language models that are in memory."""
        known = list(self._languages.values())  # without the lock, which is held while one is found: a heart beats on
        return [model.info for model in known if model.loaded]

    def take_in(self, path: Path, name: str = "") -> str:
        """Copy a model of either kind into the models folder, whole or not at all; the name that it has there.

        A file keeps its suffix under any name, since that says what it is.

        Raises:
            InvalidInputError: a name that could be a path, or is one of ours.
            ConflictError: there is one of that name.
            NotFoundError, ModelUnavailableError, UnsafeModelError: no model that can be read safely lies there.
        """
        source = path.expanduser().resolve()
        name = name or source.name
        if not _NAME.fullmatch(name):
            raise InvalidInputError(f"{name[:100]!r} is no name of a model", field="name")
        if source.is_file() and not name.endswith(source.suffix):
            name += source.suffix
        if name in _OURS:
            raise InvalidInputError(f"{name!r} is a model of ours", field="name", hint="Give it another --name.")
        target = self._settings.models_folder / name
        if target.exists():
            raise ConflictError(f"there is a model {name!r} already", field="name", hint="Give it another --name.")
        try:
            self.language(str(source))
        except PilotageError:
            self.get(str(source))
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{name}.part")
        if source.is_dir():
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(source, part)
        else:
            shutil.copyfile(source, part)
        part.rename(target)
        return name

    def drop(self, name: str) -> None:
        """Remove a model from the models folder.

        Raises:
            NotFoundError: none of that name is there.
        """
        target = self._settings.models_folder / name
        if not _NAME.fullmatch(name) or not target.exists():
            raise NotFoundError(f"no model {name[:100]!r} in the models folder", field="model")
        with self._lock:
            self._models.pop(name, None)
            self._languages.pop(name, None)
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink()

    def _local_refs(self) -> Sequence[str]:
        folder = self._settings.models_folder
        if not folder.is_dir():
            return []
        return sorted(p.name for p in folder.iterdir() if (p / "model_index.json").is_file() or p.suffix in CHECKPOINTS)

    def _build(self, ref: str) -> Model:
        if ref == "analytic":
            return AnalyticModel()
        if (steered := SteeredRef.parse(ref)) is not None:
            return SteeredText(ref, self.language(steered.model), steered.axes, self._packs)
        from pilotage.models.diffusion import DiffusionModel, Lora  # noqa: PLC0415

        base, loras = split_loras(ref)
        return DiffusionModel(
            ref, self._place(base), device=self._settings.device, dtype=self._settings.dtype,
            loras=[Lora(Path(path).expanduser().resolve(), weight) for path, weight in loras],
        )  # fmt: skip

    def _place(self, ref: str) -> Path | str:
        """Where a diffusion model lies: a folder, a file, or a hub id."""
        if ref == "starter":
            return starter_path()
        if (place := self._found(ref)) is not None:
            return place
        hint = "Give 'starter', the path of a model folder or .safetensors file, or a hub id like owner/name."
        raise NotFoundError(f"no model {ref!r}", hint=hint, field="model")

    def _found(self, ref: str) -> Path | str | None:
        """What a reference means: something in the models folder, a path, or a hub id."""
        folder = self._settings.models_folder
        if (folder / ref).exists() and (folder / ref).resolve().is_relative_to(folder.resolve()):
            return folder / ref
        path = Path(ref).expanduser()
        if path.exists():
            return path.resolve()
        if HUB_ID.fullmatch(ref.removeprefix("hub:")) and not ref.startswith((".", "~", "/")):
            return ref.removeprefix("hub:")
        return None


def _no_packs(model: LanguageModel, axes: Sequence[str]) -> Mapping[str, VectorPack]:
    raise NotFoundError(f"there are no vectors for {model.info.name} here", field="model")


def split_loras(ref: str) -> tuple[str, tuple[tuple[str, float], ...]]:
    """`MODEL+STYLE.safetensors@0.8` as the model and its (file, weight) pairs; without `@` the weight is 1.

    Raises:
        InvalidInputError: a weight is not a number from -4 to 4.
    """
    base, *added = re.split(r"\+(?=[^+]*\.safetensors(?:@[^+@/]*)?(?:\+|$))", ref)
    loras = []
    for text in added:
        path, at, number = text.partition("@") if re.search(r"\.safetensors@[^/]*$", text) else (text, "", "")
        try:
            weight = float(number) if at else 1.0
        except ValueError:
            weight = float("nan")
        if not -4 <= weight <= 4:
            raise InvalidInputError(f"the LoRA weight {number!r} is not a number from -4 to 4", field="model")
        loras.append((path, weight))
    return base, tuple(loras)


def starter_path() -> Path:
    """Where the starter's weights lie.

    Raises:
        ModelUnavailableError: the data package is not installed.
    """
    try:
        import pilotage_starter  # noqa: PLC0415
    except ImportError as cause:
        raise ModelUnavailableError(
            "the starter model is not installed", hint="pip install pilotage-starter", field="model"
        ) from cause
    return Path(pilotage_starter.path())
