"""Single-file checkpoints in the layout of the original Stable Diffusion code, read without the hub.

`layouts/` holds what such a file leaves out: the configs of each family (facts of their releases) and the
merges of CLIP's tokenizer, of which its 49,408 words follow.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pilotage.core.errors import ModelUnavailableError
from pilotage.models.diffusion.checkpoints import Checkpoint
from pilotage.models.diffusion.settings import settings_of_file
from pilotage.models.files import read_json

LAYOUTS = Path(__file__).parent / "layouts"
_MERGES = LAYOUTS / "clip_merges.txt.gz"
_UNET_IN = "model.diffusion_model.input_blocks.0.0.weight"
_FIRST_WORDS = {  # a key that only this family's text encoder has
    "sdxl": "conditioner.embedders.1.model.positional_embedding",
    "sd2": "cond_stage_model.model.token_embedding.weight",
    "sd1": "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
}
_PREDICTS_V, _ZERO_SNR = "v_pred", "ztsnr"  # empty tensors by which SDXL files say so
_MAX_HEADER = 100_000_000  # bytes; the format's own limit


def open_single_file(path: Path) -> Checkpoint:
    """The checkpoint in a .safetensors file, with our config of its family. Reads the header alone.

    Raises:
        ModelUnavailableError: not safetensors, or not a text-to-image model of SD 1, SD 2 or SDXL.
    """
    header = read_header(path)
    family = next((name for name, key in _FIRST_WORDS.items() if key in header), None)
    if family is None or _UNET_IN not in header:
        raise ModelUnavailableError(
            f"{path.name} holds no whole Stable Diffusion 1, 2 or XL model", field="model",
            hint="A LoRA, VAE or text encoder alone is none; give it beside a model.")  # fmt: skip
    channels = header[_UNET_IN]["shape"][1]
    if channels != 4:
        raise ModelUnavailableError(
            f"{path.name} takes {channels} latent channels: an inpainting or editing model, not text-to-image",
            field="model", hint="Use its text-to-image sibling.")  # fmt: skip
    return Checkpoint(
        config=LAYOUTS / family,
        weights=(path,),
        single_file=path,
        scheduler_changes=_schedule_of(header, settings_of_file(path).prediction),
    )


def read_header(path: Path) -> Mapping[str, Any]:
    """Names, types and shapes of a .safetensors file's tensors.

    Raises:
        ModelUnavailableError: the file does not begin as the format asks.

    Source: https://github.com/huggingface/safetensors, section Format.
    """
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(_MAX_HEADER, path.stat().st_size):
                raise ValueError("no header")
            header = json.loads(file.read(length))
        if not isinstance(header, dict) or not all(_is_entry(name, entry) for name, entry in header.items()):
            raise ValueError("no table of tensors")
    except (OSError, ValueError, RecursionError) as cause:
        raise ModelUnavailableError(
            f"{path.name} is not a whole safetensors file", field="model", hint="Download it again."
        ) from cause
    return header


def _is_entry(name: str, entry: Any) -> bool:
    shape = entry.get("shape") if isinstance(entry, dict) else None
    sizes = isinstance(shape, list) and all(isinstance(size, int) and size >= 0 for size in shape)
    return sizes or (name == "__metadata__" and isinstance(entry, dict))


def tokenizers(config: Path) -> dict[str, Any]:
    """CLIP's tokenizer for each tokenizer that the layout names, as arguments of the loader."""
    from transformers import CLIPTokenizer

    vocabulary, merges = _clip_words()
    found = {}
    for folder in sorted(config.glob("tokenizer*")):
        settings = read_json(folder / "tokenizer_config.json")
        found[folder.name] = CLIPTokenizer(
            vocab=vocabulary, merges=merges, pad_token=settings["pad_token"],
            model_max_length=settings["model_max_length"])  # fmt: skip
    return found


def _schedule_of(header: Mapping[str, Any], prediction: str | None) -> dict[str, Any]:
    """What the file, or the settings beside it, say of the noise schedule against the layout's."""
    changes: dict[str, Any] = {}
    if _PREDICTS_V in header:
        changes["prediction_type"] = "v_prediction"
    if prediction is not None:
        changes["prediction_type"] = prediction
    if _ZERO_SNR in header:
        changes |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    return changes


@lru_cache(maxsize=1)
def _clip_words() -> tuple[dict[str, int], list[Any]]:
    """CLIP's words with their numbers, and its merges in order.

    Source: `SimpleTokenizer` of openai/CLIP: 256 byte letters, the same at a word's end, one word a merge,
    and the two marks.
    """
    lines = gzip.decompress(_MERGES.read_bytes()).decode().split("\n")
    merges = [tuple(line.split()) for line in lines if line]
    letters = _byte_letters()
    words = [*letters, *(letter + "</w>" for letter in letters), *("".join(pair) for pair in merges)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    return {word: index for index, word in enumerate(words)}, merges


def _byte_letters() -> list[str]:
    """One visible letter a byte, in CLIP's order: the printable ones first, the others moved past 255."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return [*map(chr, printable), *(chr(256 + index) for index in range(len(others)))]
