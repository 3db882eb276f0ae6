"""Tiny language models of random weights, saved as folders: one of each family, a second to make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pilotage.models.language.quiet import quiet

FAMILIES = (
    "llama", "mistral", "mixtral", "gemma", "gemma2", "gemma3_text", "qwen2", "qwen3", "stablelm", "gpt2",
    "gpt_neox", "opt", "olmo", "granite",
)  # fmt: skip
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_LAYERS, _HIDDEN, _CONTEXT = 3, 32, 256
_SHAPE = {
    "hidden_size": _HIDDEN, "intermediate_size": 64, "num_hidden_layers": _LAYERS, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": _CONTEXT, "initializer_range": 0.3,
}  # fmt: skip
_OWN: dict[str, dict[str, Any]] = {  # what a family calls otherwise, or has alone
    "gpt2": {"n_embd": _HIDDEN, "n_layer": _LAYERS, "n_head": 4, "n_positions": _CONTEXT, "initializer_range": 0.3},
    "mistral": {**_SHAPE, "sliding_window": 16},
    "mixtral": {**_SHAPE, "num_local_experts": 4},
    "gemma2": {**_SHAPE, "sliding_window": 16, "query_pre_attn_scalar": 8},
    "gemma3_text": {**_SHAPE, "sliding_window": 16, "query_pre_attn_scalar": 8},
    "opt": {**_SHAPE, "ffn_dim": 64, "word_embed_proj_dim": _HIDDEN},
}


def tokenizer(*, chat: bool = True) -> Any:
    """One token a byte, and those of a chat template if wanted."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers  # noqa: PLC0415
    from transformers import PreTrainedTokenizerFast as Tokens

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={letter: index for index, letter in enumerate(alphabet)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    kind: Any = Tokens  # untyped
    made = kind(tokenizer_object=inner, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>")
    if chat:
        made.chat_template = CHAT_TEMPLATE
    return made


def save(family: str, folder: Path, *, seed: int = 0, chat: bool = True, ends: bool = True, **changes: Any) -> Path:
    """A model of `family` with random weights in `folder`: 3 blocks of width 32, a context of 256 tokens.

    Args:
        family: a `model_type` of transformers.
        folder: to save into.
        seed: of the weights.
        chat: whether its tokenizer has a chat template.
        ends: whether it can end an answer by itself.
        changes: over the config.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    words = tokenizer(chat=chat)
    special = {"bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id, "pad_token_id": None}
    shape = {**_OWN.get(family, _SHAPE), "vocab_size": len(words), **special, **changes}
    kind: Any = AutoModelForCausalLM  # untyped
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    try:
        model = kind.from_config(AutoConfig.for_model(family, **shape))
    finally:
        torch.set_rng_state(state)
    with quiet():
        model.save_pretrained(folder)
    words.save_pretrained(folder)
    if not ends:
        for name, key in (("generation_config.json", "eos_token_id"), ("tokenizer_config.json", "eos_token")):
            (folder / name).write_text(json.dumps({**json.loads((folder / name).read_text()), key: None}))
    return folder
