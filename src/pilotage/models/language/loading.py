"""Brings a checkpoint into memory: device, precision, blocks with their hooks. The only loader."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pilotage.core.errors import ModelUnavailableError, PilotageError
from pilotage.models.devices import resolve_device, resolve_dtype
from pilotage.models.language.checkpoints import Checkpoint
from pilotage.models.language.families import find_blocks
from pilotage.models.language.hooks import Hooks
from pilotage.models.language.quiet import quiet
from pilotage.models.language.turns import Turns

if TYPE_CHECKING:
    from pilotage.models.language.cells import Cells

_HINT = "pip install 'pilotage[language]'"


@dataclass(frozen=True)
class Loaded:
    """A model in memory, and what the code around it asks of it.

    Attributes:
        layers, hidden, context: blocks, width of their outputs, tokens that fit (None: no limit is known).
        ends: ids of tokens that end an answer.
        takes: arguments that the model's forward pass has.
        slides: whether some layer sees only a window of columns.
        turns: taken for each forward pass.
        prefixes: what was read once and begins many prompts, newest last.
    """

    model: Any
    tokenizer: Any
    hooks: Hooks
    layers: int
    hidden: int
    context: int | None
    ends: frozenset[int]
    takes: frozenset[str]
    slides: bool
    device: str
    dtype: str
    turns: Turns = field(default_factory=Turns)
    prefixes: dict[tuple[int, ...], Cells] = field(default_factory=dict)

    @property
    def size_mb(self) -> float:
        """Megabytes that the weights take in memory."""
        tensors = {t.data_ptr(): t.numel() * t.element_size() for t in self.model.state_dict().values()}
        return sum(tensors.values()) / 1e6


def load_checkpoint(checkpoint: Checkpoint, *, device: str, dtype: str) -> Loaded:
    """The model of a checkpoint, ready to run.

    Raises:
        ModelUnavailableError: packages or device missing, files broken, or no causal language model.
    """
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError as cause:
        raise ModelUnavailableError("language models need torch and transformers", hint=_HINT) from cause
    place = resolve_device(device)
    bfloat = place.startswith("cuda") and torch.cuda.is_bf16_supported()
    precision = resolve_dtype(dtype, place, half="bfloat16" if bfloat else "float16")
    if place == "cpu" and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))  # with every core, one busy neighbour stalls them all
    try:
        with quiet():
            model, tokenizer = _read(checkpoint, getattr(torch, precision))
            return _prepared(checkpoint, model.to(place), tokenizer, place, precision)
    except PilotageError:
        raise
    except ImportError as cause:
        raise ModelUnavailableError(f"a package is missing: {cause}", hint=_HINT) from cause
    except Exception as cause:  # whatever a foreign loader may raise over foreign files
        raise ModelUnavailableError(
            f"the model cannot be read: {cause}", field="model", hint="Check that it is complete, or copy it again."
        ) from cause


def _read(checkpoint: Checkpoint, dtype: Any) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    reader: Any = AutoModelForCausalLM  # its types do not know of `output_loading_info`
    tokenizer = AutoTokenizer.from_pretrained(str(checkpoint.folder), **where)
    model, told = reader.from_pretrained(
        str(checkpoint.folder), dtype=dtype, use_safetensors=True, output_loading_info=True, **where
    )
    lacking = sorted(told["missing_keys"])
    if lacking:  # transformers would draw them at random
        raise ModelUnavailableError(
            f"the weights lack {len(lacking)} tensors of a language model, {lacking[0]} first", field="model",
            hint="Use the whole model: one for embeddings or classification cannot continue a text.")  # fmt: skip
    return model.requires_grad_(requires_grad=False), tokenizer


def _prepared(checkpoint: Checkpoint, model: Any, tokenizer: Any, device: str, dtype: str) -> Loaded:
    config = model.config.get_text_config(decoder=True)
    layers = int(config.num_hidden_layers)
    blocks = find_blocks(model, config.model_type, layers)
    loaded = Loaded(
        model=model, tokenizer=tokenizer, hooks=Hooks(blocks), layers=layers, hidden=int(config.hidden_size),
        context=checkpoint.context,
        ends=_ends(model, tokenizer), takes=frozenset(inspect.signature(model.forward).parameters),
        slides=_slides(config), device=device, dtype=dtype,
    )  # fmt: skip
    _try_out(loaded)
    return loaded


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    own = getattr(model.generation_config, "eos_token_id", None)
    ids = own if isinstance(own, list) else [own]
    return frozenset(int(token) for token in (*ids, tokenizer.eos_token_id) if token is not None)


def _slides(config: Any) -> bool:
    kinds = getattr(config, "layer_types", None)
    if kinds:
        return any(kind != "full_attention" for kind in kinds)
    return getattr(config, "sliding_window", None) is not None and getattr(config, "use_sliding_window", True)


def _try_out(loaded: Loaded) -> None:
    """One token through the model: each block must give one hidden state, and remember keys and values.

    Raises:
        ModelUnavailableError: it is built in another way.
    """
    from pilotage.models.language.cells import empty_rows  # noqa: PLC0415
    from pilotage.models.language.passes import forward  # noqa: PLC0415

    seen: list[tuple[int, tuple[int, ...]]] = []
    cells = empty_rows(1, loaded.device)
    forward(loaded, [[0]], cells=cells, reader=lambda layer, hidden: seen.append((layer, tuple(hidden.shape))))
    expected = [(layer, (1, 1, loaded.hidden)) for layer in range(loaded.layers)]
    if seen != expected or len(cells.layers) != loaded.layers:
        raise ModelUnavailableError(
            "this model does not pass hidden states from block to block with keys and values of each", field="model",
            hint="Models with recurrent or state-space layers cannot be steered yet.")  # fmt: skip
