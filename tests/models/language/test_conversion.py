from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asking import ask, told

pytest.importorskip("gguf")

from pilotage.core.errors import ModelUnavailableError
from pilotage.models.language import LanguageModel, conversion
from pilotage.models.language.conversion import cache_folder, convert, converted
from pilotage.testing import tiny_language

NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "model.layers": "blk",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def gguf_file(folder: Path, tmp_path: Path) -> Path:
    """The tiny Llama as llama.cpp would have it."""
    from gguf import GGUFWriter
    from safetensors.numpy import load_file

    path = tmp_path / "tiny.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(3)
    writer.add_context_length(256)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_dimension_count(8)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(258)
    writer.add_license("mit")
    words = tiny_language.tokenizer()
    tokens = [token for token, _ in sorted(words.get_vocab().items(), key=lambda pair: pair[1])]
    tokens[255] = "ab"  # for the format's sake: it knows no tokenizer without merges
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token.startswith("<|") else 1 for token in tokens])
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(words.bos_token_id)
    writer.add_eos_token_id(words.eos_token_id)
    writer.add_chat_template(tiny_language.CHAT_TEMPLATE)
    for name, tensor in load_file(folder / "model.safetensors").items():
        writer.add_tensor(renamed(name), permuted(name, tensor))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def renamed(name: str) -> str:
    for theirs, ours in NAMES.items():
        name = name.replace(theirs, ours)
    return name


def permuted(name: str, tensor: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """llama.cpp keeps the halves of rotary features interleaved."""
    heads = 4 if "q_proj" in name else 2 if "k_proj" in name else 0
    if not heads:
        return tensor
    rows, columns = tensor.shape
    return tensor.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def test_a_converted_file_answers_like_the_model_it_was_made_of(gguf_file: Path, tiny: LanguageModel) -> None:
    model = LanguageModel("gguf", gguf_file, device="cpu")
    assert model.info.size_mb is not None
    exchanges = [told("how are you?", "well, thank you")]
    ours, theirs = model.log_probs(exchanges)[0], tiny.log_probs(exchanges)[0]
    assert np.abs(ours - theirs).max() < 0.3  # the cache holds bfloat16
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99
    assert (model.info.licence, model.info.n_layers, model.info.name) == ("mit", 3, "tiny")


def test_it_is_converted_once_and_the_fingerprint_is_the_files_own(gguf_file: Path) -> None:
    before = LanguageModel("gguf", gguf_file)
    name = before.fingerprint()
    made = convert(gguf_file)
    stamp = made.weights[0].stat().st_mtime_ns
    assert convert(gguf_file).weights[0].stat().st_mtime_ns == stamp
    after = LanguageModel("gguf", gguf_file, device="cpu")
    assert after.info.n_layers == 3
    assert after.fingerprint() == name
    assert list(cache_folder().iterdir()) == [made.folder]
    assert after.generate([ask("hi")])[0].tokens


def test_what_was_converted_and_then_lost_in_part_is_converted_again(gguf_file: Path) -> None:
    made = convert(gguf_file)
    (made.folder / "config.json").unlink()
    assert converted(gguf_file) is None
    assert LanguageModel("gguf", gguf_file).info.n_layers is None
    assert convert(gguf_file) == made
    made.weights[0].unlink()
    assert LanguageModel("gguf", gguf_file, device="cpu").generate([ask("hi")])[0].tokens
    assert list(cache_folder().iterdir()) == [made.folder]


def test_a_model_is_taken_note_of_without_reading_its_file(gguf_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr(conversion, "hash_of", lambda file: read.append(file) or "0" * 64)
    model = LanguageModel("gguf", gguf_file)
    assert not read
    assert model.info.family == "unknown"
    assert read


def test_a_broken_file_is_an_error_and_leaves_nothing_behind(gguf_file: Path) -> None:
    gguf_file.write_bytes(gguf_file.read_bytes()[:3000])
    with pytest.raises(ModelUnavailableError, match=r"tiny\.gguf cannot be") as raised:
        convert(gguf_file)
    assert raised.value.hint
    assert list(cache_folder().iterdir()) == []
    assert converted(gguf_file) is None


def test_a_cache_that_cannot_be_written_is_an_error_that_names_the_way_out(gguf_file: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(ModelUnavailableError) as raised:
        convert(gguf_file)
    assert "XDG_CACHE_HOME" in raised.value.hint


def test_what_a_killed_conversion_left_is_swept_away_and_one_under_way_is_not(gguf_file: Path) -> None:
    dead, alive = cache_folder() / "x.1.part", cache_folder() / "x.2.part"
    for part in (dead, alive):
        part.mkdir(parents=True)
    long_ago = time.time() - 10_000
    os.utime(dead, (long_ago, long_ago))
    convert(gguf_file)
    assert not dead.exists()
    assert alive.exists()
