"""Where the blocks of a model are: one declared table, and a finder for what is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilotage.core.errors import ModelUnavailableError

BLOCKS: Mapping[str, str] = {  # `model_type` of the config -> path of the list of blocks
    **dict.fromkeys(("llama", "mistral", "mixtral", "gemma", "gemma2", "gemma3_text", "stablelm"), "model.layers"),
    **dict.fromkeys(("qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "phi", "phi3", "olmo2", "smollm3"), "model.layers"),
    **dict.fromkeys(("gpt2", "gptj", "gpt_neo", "bloom", "falcon"), "transformer.h"),
    "gpt_neox": "gpt_neox.layers",
    "opt": "model.decoder.layers",
}


def find_blocks(model: Any, family: str, count: int) -> tuple[Any, ...]:
    """The `count` blocks of a model, in the order in which a text passes them.

    A family that the table lacks is searched for the list of `count` modules of one class that holds the most
    parameters.

    Raises:
        ModelUnavailableError: there is no such list.
    """
    path = BLOCKS.get(family)
    found = _at(model, path) if path is not None else None
    blocks = tuple(found) if found is not None else _largest(model, count)
    if len(blocks) != count:
        raise ModelUnavailableError(
            f"the blocks of a {family} model cannot be found, so it cannot be steered", field="model",
            hint="Use a model of another family, or tell the authors of Pilotage.")  # fmt: skip
    return blocks


def _at(model: Any, path: str) -> Any | None:
    for name in path.split("."):
        model = getattr(model, name, None)
    return model


def _largest(model: Any, count: int) -> tuple[Any, ...]:
    from torch.nn import ModuleList

    lists = [
        tuple(part)
        for part in model.modules()
        if isinstance(part, ModuleList) and len(part) == count and len({type(block) for block in part}) == 1
    ]
    return max(lists, key=lambda blocks: sum(p.numel() for block in blocks for p in block.parameters()), default=())
