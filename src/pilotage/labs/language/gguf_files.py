"""Control vectors as GGUF: read what repeng and llama.cpp wrote, and write what llama.cpp reads.

In both, `direction.N` is added to the output of block N, counted from 0; block 0 cannot be named.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pilotage.core.errors import InvalidInputError, ModelUnavailableError
from pilotage.labs.language.packs import VectorPack, Vectors

_ARCH = "controlvector"
_PREFIX = "direction."
_NAMES = {  # architectures that llama.cpp calls otherwise than Hugging Face's `model_type`
    "mistral": "llama", "mixtral": "llama", "gpt_neox": "gptneox", "qwen2_moe": "qwen2moe", "qwen3_moe": "qwen3moe",
    "gemma3_text": "gemma3", "phi": "phi2", "cohere": "command-r", "stablelm_epoch": "stablelm",
}  # fmt: skip


def architecture(family: str) -> str:
    """What llama.cpp calls a `model_type`."""
    return _NAMES.get(family, family)


def read_gguf(path: Path) -> tuple[dict[int, Vectors], str]:
    """The directions of a control vector by 0-based block, and the architecture that it says it is for.

    Raises:
        InvalidInputError: no GGUF file, or one that holds something else.
    """
    gguf = _gguf()
    if not path.is_file():
        raise InvalidInputError(f"there is no file {path.name!r}", field="path")
    try:
        reader = gguf.GGUFReader(path)
        kind, hint = (_text(reader, key) for key in ("general.architecture", f"{_ARCH}.model_hint"))
        found = {tensor.name: np.array(tensor.data, dtype=np.float32).ravel() for tensor in reader.tensors
                 if tensor.name.startswith(_PREFIX)}  # fmt: skip
        directions = {int(name.removeprefix(_PREFIX)): vector for name, vector in found.items()}
    except (ValueError, KeyError, IndexError, OSError) as cause:
        raise InvalidInputError(f"{path.name} cannot be read: {cause}"[:300], field="path") from cause
    if kind != _ARCH or not directions or min(directions) < 1:
        raise InvalidInputError(f"{path.name} is no control vector ({kind or 'of unknown kind'})", field="path")
    return directions, hint


def write_gguf(pack: VectorPack, path: Path, *, family: str, dose: float = 1.0) -> None:
    """A control vector that does in llama.cpp, at scale 1, what `dose` does here.

    Args:
        pack: calibrated.
        path: the file to write.
        family: the model's `model_type`, such as `mistral`; the file names the architecture as llama.cpp calls it.
        dose: may be negative.

    Differs: llama.cpp pushes at every token, the prompt's too; doses here act on answers unless calibrated otherwise.

    Raises:
        ConflictError: not calibrated.
        InvalidInputError: the layer is 0, which control vectors cannot name.
    """
    gguf, direction = _gguf(), pack.direction
    if direction.layer == 0:
        raise InvalidInputError("a GGUF control vector cannot push block 0", field="pack")
    writer = gguf.GGUFWriter(path, _ARCH)
    writer.add_string(f"{_ARCH}.model_hint", architecture(family))
    writer.add_uint32(f"{_ARCH}.layer_count", 1)
    writer.add_string("general.name", pack.card.axis)
    writer.add_tensor(
        f"{_PREFIX}{direction.layer}", (np.float32(pack.push(dose)) * direction.vector).astype(np.float32)
    )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _text(reader: Any, key: str) -> str:
    field = reader.get_field(key)
    return str(field.contents()) if field is not None else ""


def _gguf() -> Any:
    try:
        import gguf  # noqa: PLC0415
    except ImportError as cause:
        raise ModelUnavailableError("control vectors need gguf", hint="pip install 'pilotage[language]'") from cause
    return gguf
