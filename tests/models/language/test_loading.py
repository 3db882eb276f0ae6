from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import ask

from pilotage.core.errors import ModelUnavailableError, UnsafeModelError
from pilotage.core.progress import Step
from pilotage.models.language import LanguageModel
from pilotage.testing import tiny_language


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny Llama, to be broken."""
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def rewrite(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def drop_tensor(folder: Path, name: str) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    tensors.pop(name)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def torn_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def classifier(folder: Path) -> None:
    rewrite(folder / "config.json", architectures=["BertForSequenceClassification"], model_type="bert")


def translator(folder: Path) -> None:
    rewrite(folder / "config.json", architectures=["T5ForConditionalGeneration"], is_encoder_decoder=True)


def lost_shard(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    table = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(table))


def escaping_shard(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "../../x.safetensors"}}))


@pytest.mark.parametrize(
    ("breaks", "error", "words"),
    [
        (no_weights, ModelUnavailableError, "lacks model.safetensors"),
        (pickled, UnsafeModelError, "pickled"),
        (no_tokenizer, ModelUnavailableError, "no tokenizer"),
        (no_config, ModelUnavailableError, "lacks copy/config.json"),
        (torn_config, ModelUnavailableError, "cannot be read"),
        (classifier, ModelUnavailableError, "no causal language model, but BertForSequenceClassification"),
        (translator, ModelUnavailableError, "no causal language model, but T5"),
        (lost_shard, ModelUnavailableError, "lacks model-00001-of-00002"),
        (escaping_shard, UnsafeModelError, "outside of it"),
    ],
)
def test_a_folder_that_is_no_whole_language_model_is_refused_before_anything_is_loaded(
    copy: Path, breaks: Callable[[Path], None], error: type[ModelUnavailableError], words: str
) -> None:
    breaks(copy)
    with pytest.raises(error, match=words) as raised:
        LanguageModel("copy", copy)
    assert raised.value.field == "model"
    assert raised.value.hint


def test_weights_that_lack_a_tensor_are_refused_and_not_filled_with_chance(copy: Path) -> None:
    drop_tensor(copy, "model.layers.1.mlp.up_proj.weight")
    with pytest.raises(ModelUnavailableError, match=r"lack 1 tensors .*layers\.1\.mlp\.up_proj"):
        LanguageModel("copy", copy, device="cpu").load()


def test_weights_that_are_torn_are_an_error_with_a_way_out(copy: Path) -> None:
    data = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelUnavailableError, match="cannot be read") as raised:
        LanguageModel("copy", copy, device="cpu").load()
    assert raised.value.hint


def test_code_that_comes_with_a_model_is_not_run(copy: Path) -> None:
    (copy / "evil.py").write_text(f"open({str(copy / 'ran')!r}, 'w')\nclass M: ...\n")
    rewrite(copy / "config.json", auto_map={"AutoModelForCausalLM": "evil.M", "AutoConfig": "evil.M"}, model_type="odd")
    with pytest.raises(ModelUnavailableError):
        LanguageModel("copy", copy, device="cpu").load()
    assert not (copy / "ran").exists()


@pytest.mark.parametrize("place", ["nowhere", "/nowhere/at/all", "weights.bin", "a/b/c"])
def test_a_place_without_a_model_is_an_error(place: str) -> None:
    with pytest.raises(ModelUnavailableError) as raised:
        LanguageModel("x", place)
    assert raised.value.field == "model"


def test_a_hub_id_that_cannot_be_fetched_is_an_error_when_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    model = LanguageModel("nobody/nothing", "nobody/nothing")
    assert (model.info.family, model.info.n_layers, model.info.size_mb) == ("unknown", None, None)
    with pytest.raises(ModelUnavailableError, match="nobody/nothing cannot be fetched"):
        model.load()


@pytest.mark.parametrize(("option", "field"), [({"device": "cuda:7"}, "device"), ({"dtype": "int3"}, "dtype")])
def test_a_device_or_precision_that_is_not_there_is_an_error(folder: Path, option: dict[str, str], field: str) -> None:
    with pytest.raises(ModelUnavailableError) as raised:
        LanguageModel("tiny", folder, **option).load()
    assert raised.value.field == field


def test_what_is_known_before_and_after_loading(folder: Path) -> None:
    model, steps = LanguageModel("tiny", folder, device="cpu"), list[Step]()
    before = model.info
    assert (before.family, before.n_layers, before.hidden, before.context) == ("llama", 3, 32, 256)
    assert (before.fingerprint, before.device, model.loaded) == (None, None, False)
    model.load(progress=steps.append)
    after = model.info
    assert (after.device, after.dtype, model.loaded) == ("cpu", "float32", True)
    assert after.fingerprint == model.fingerprint()
    assert after.size_mb is not None
    assert [(step.phase, step.done) for step in steps] == [("loading", 0), ("loading", 1)]
    assert not model._loaded.model.training  # type: ignore[union-attr]


def test_the_licence_is_what_the_model_card_states(copy: Path) -> None:
    assert LanguageModel("copy", copy).info.licence == "unknown"
    (copy / "README.md").write_text("---\ntags:\n- chat\nlicense: mit\n---\n# A model\nlicense: other\n")
    assert LanguageModel("copy", copy).info.licence == "mit"


def test_equal_models_have_equal_fingerprints_and_others_have_not(folder: Path, copy: Path, tmp_path: Path) -> None:
    one, same = LanguageModel("a", folder).fingerprint(), LanguageModel("b", copy).fingerprint()
    assert one == same
    (copy / "README.md").write_text("a card changes no answer")
    assert LanguageModel("b", copy).fingerprint() == one
    other = tiny_language.save("llama", tmp_path / "other", seed=1)
    assert LanguageModel("c", other).fingerprint() != one
    (copy / "chat_template.jinja").write_text("{{ messages }}")
    assert LanguageModel("b", copy).fingerprint() != one


def test_shards_are_read_like_one_file(folder: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    target = Path(shutil.copytree(folder, tmp_path / "shards"))
    (target / "model.safetensors").unlink()
    AutoModelForCausalLM.from_pretrained(str(folder)).save_pretrained(target, max_shard_size="20KB")
    assert len(list(target.glob("model-*.safetensors"))) > 1
    whole, shards = (LanguageModel("x", place, device="cpu") for place in (folder, target))
    assert shards.generate([ask("hi")]) == whole.generate([ask("hi")])


def test_a_model_unloads_and_comes_back_the_same(folder: Path) -> None:
    model = LanguageModel("tiny", folder, device="cpu")
    first = model.generate([ask("hi")])
    model.unload()
    assert not model.loaded
    assert model.generate([ask("hi")]) == first


def test_half_precision_answers_too(folder: Path) -> None:
    model = LanguageModel("tiny", folder, device="cpu", dtype="bf16")
    assert model.generate([ask("hi"), ask("why")])[1].tokens
    assert model.info.dtype == "bfloat16"
