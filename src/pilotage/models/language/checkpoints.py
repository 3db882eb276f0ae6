"""A language model on disk: configs, weights and tokenizer, whether reading them is safe, its fingerprint. No torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pilotage.core.errors import ModelUnavailableError, UnsafeModelError
from pilotage.core.hashing import digest
from pilotage.models.files import PICKLES, SAFE_HINT, hash_of, megabytes, read_json

_INDEX, _WEIGHTS = "model.safetensors.index.json", "model.safetensors"
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "tekken.json")
_READ = frozenset({".json", ".txt", ".model", ".jinja"})  # what else decides the answers
_CAUSAL = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
_HINT = "Point to a folder that transformers saved, complete: config.json, model.safetensors, tokenizer."


@dataclass(frozen=True)
class Checkpoint:
    """A folder that transformers saved.

    Attributes:
        folder: with `config.json` and a tokenizer.
        weights: the safetensors files that will be read, sorted.
    """

    folder: Path
    weights: tuple[Path, ...]

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """The config of the text model; the inner one of a model that reads other things too."""
        config = read_json(self.folder / "config.json", hint=_HINT)
        return {**config, **config["text_config"]} if isinstance(config.get("text_config"), dict) else config

    @property
    def size_mb(self) -> float:
        """Size of the weights on disk in megabytes."""
        return megabytes(self.weights)

    @cached_property
    def licence(self) -> str:
        """What the model card states, `unknown` if it states nothing."""
        card = self.folder / "README.md"
        text = card.read_text(encoding="utf-8", errors="replace")[:8000] if card.is_file() else ""
        front = re.match(r"---\n(.*?)\n---", text, flags=re.DOTALL)
        found = re.search(r"^license:\s*['\"]?([\w.+-]+)", front[1], flags=re.MULTILINE) if front else None
        return found[1] if found else "unknown"

    def size_of(self, *names: str) -> int | None:
        """The first of these numbers that the config states."""
        return next((int(self.config[name]) for name in names if isinstance(self.config.get(name), int)), None)

    @property
    def context(self) -> int | None:
        """Tokens that prompt and answer may have together; None if no limit is stated."""
        return self.size_of("max_position_embeddings", "n_positions", "n_ctx", "seq_length", "max_seq_len")

    def fingerprint(self, *extra: object) -> str:
        """sha256 of weights, configs and tokenizer, and of whatever else decides the answers."""
        texts = {path.name: hash_of(path) for path in sorted(self.folder.iterdir()) if path.suffix in _READ}
        weights = {path.name: hash_of(path) for path in self.weights}
        return digest({"texts": texts, "weights": weights, "extra": [str(item) for item in extra]})


def open_folder(folder: Path) -> Checkpoint:
    """The language model in a folder.

    Raises:
        ModelUnavailableError: incomplete, or no causal language model.
        UnsafeModelError: its weights are there as pickle only.
    """
    config = read_json(folder / "config.json", hint=_HINT)
    _require_causal(folder, config)
    weights = _weights(folder)
    if not weights and any(path.suffix.lower() in PICKLES for path in folder.iterdir()):
        raise UnsafeModelError(f"{folder.name} holds pickled weights only", field="model", hint=SAFE_HINT)
    lacking = [path.name for path in weights if not path.is_file()] or ([] if weights else [_WEIGHTS])
    if lacking:
        raise ModelUnavailableError(f"{folder.name} lacks {', '.join(lacking[:3])}", field="model", hint=_HINT)
    if not any((folder / name).is_file() for name in _TOKENIZERS):
        raise ModelUnavailableError(f"{folder.name} has no tokenizer", field="model", hint=_HINT)
    return Checkpoint(folder, weights)


def _weights(folder: Path) -> tuple[Path, ...]:
    """The files that the index names, there or not; else the one file if it is there."""
    if (folder / _WEIGHTS).is_file():
        return (folder / _WEIGHTS,)
    if not (folder / _INDEX).is_file():
        return ()
    table = read_json(folder / _INDEX).get("weight_map")
    names = sorted({str(name) for name in table.values()}) if isinstance(table, dict) else []
    if any(Path(name).name != name or not name.endswith(".safetensors") for name in names):
        raise UnsafeModelError(f"the index of {folder.name} names files outside of it", field="model", hint=SAFE_HINT)
    return tuple(folder / name for name in names)


def _require_causal(folder: Path, config: Mapping[str, Any]) -> None:
    """Refuse what cannot continue a text; a config that names no architecture is let through, loading will tell."""
    kinds = config.get("architectures") or []
    causal = not kinds or any(str(kind).endswith(_CAUSAL) for kind in kinds)
    if not causal or config.get("is_encoder_decoder"):
        what = ", ".join(map(str, kinds)) or config.get("model_type", "unknown")
        raise ModelUnavailableError(
            f"{folder.name} is no causal language model, but {what}", field="model",
            hint="Use a model that continues text: Llama, Mistral, Gemma, Qwen, GPT-2 and the like.")  # fmt: skip
