from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch  # noqa: TID253

from pilotage.core.errors import InvalidInputError
from pilotage.models.latents import Examples, TrainingConfig
from pilotage.models.latents.checkpoints import Checkpoint, load, save
from pilotage.models.latents.reading import encode
from pilotage.models.latents.training import Epoch, train

CONFIG = TrainingConfig(epochs=2, channels=2, hidden=8, components=3, responsibilities="vade", pretrain_epochs=1)


@pytest.fixture(scope="module")
def taken(blobs: Examples) -> tuple[Checkpoint, Epoch]:
    seen: list[tuple[Checkpoint, Epoch]] = []
    train(CONFIG, blobs, on_epoch=lambda epoch: seen.append((epoch.checkpoint(), epoch)))
    return seen[-1]


def test_a_file_brings_everything_back_and_is_the_same_each_time(
    tmp_path: Path, taken: tuple[Checkpoint, Epoch], blobs: Examples
) -> None:
    checkpoint, epoch = taken
    save(tmp_path / "a" / "epoch_2.safetensors", checkpoint)
    save(tmp_path / "b.safetensors", checkpoint)
    path = tmp_path / "a" / "epoch_2.safetensors"
    assert path.read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    found = load(path)
    assert found.header == checkpoint.header
    assert (found.header.epoch, found.header.config, found.header.examples) == (2, CONFIG, blobs.sha256)
    assert found.tensors.keys() == checkpoint.tensors.keys()
    assert all(torch.equal(found.tensors[name], value) for name, value in checkpoint.tensors.items())
    model = found.model()
    assert not any(weight.requires_grad for weight in model.parameters())
    wanted, got = encode(epoch.model, blobs.images), encode(model, blobs.images)
    assert wanted.z.tobytes() == got.z.tobytes()
    assert wanted.qc_probs is not None
    assert got.qc_probs is not None
    assert wanted.qc_probs.tobytes() == got.qc_probs.tobytes()


def test_a_checkpoint_is_a_copy_that_further_training_leaves_alone(blobs: Examples) -> None:
    kept: list[tuple[Checkpoint, dict[str, bytes]]] = []

    def keep(epoch: Epoch) -> None:
        checkpoint = epoch.checkpoint()
        kept.append((checkpoint, {name: value.numpy().tobytes() for name, value in checkpoint.tensors.items()}))

    train(CONFIG, blobs, on_epoch=keep)
    checkpoint, as_it_was = kept[0]
    assert {name: value.numpy().tobytes() for name, value in checkpoint.tensors.items()} == as_it_was


def test_a_training_goes_on_from_a_file_to_the_last_bit(tmp_path: Path, blobs: Examples) -> None:
    path = tmp_path / "epoch_1.safetensors"
    whole = train(CONFIG, blobs, on_epoch=lambda e: save(path, e.checkpoint()) if e.epoch == 1 else None)
    resumed = train(CONFIG, blobs, resume=load(path))
    for name, value in whole.model.state_dict().items():
        assert value.numpy().tobytes() == resumed.model.state_dict()[name].numpy().tobytes()


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "pickle", "huge header", "other tensors"])
def test_a_damaged_file_is_refused(tmp_path: Path, taken: tuple[Checkpoint, Epoch], damage: str) -> None:
    path = tmp_path / "epoch_2.safetensors"
    save(path, taken[0])
    data = path.read_bytes()
    path.write_bytes({
        "cut": data[:-100],
        "bit": data[:3] + b"\xff" + data[4:],
        "empty": b"",
        "pickle": pickle.dumps({"weights": 1}),
        "huge header": (2**63 - 1).to_bytes(8, "little") + data[8:],
        "other tensors": data.replace(b"pilotage.latents", b"pilotage.unknown"),
    }[damage])  # fmt: skip
    with pytest.raises(InvalidInputError) as caught:
        load(path)
    assert caught.value.field == "checkpoint"


@pytest.mark.parametrize("spoilt", ["weights.prior_mu", "adam.enc.fc1.weight.exp_avg", "generators.noise"])
@pytest.mark.parametrize("lacking", [True, False])
def test_a_file_whose_tensors_are_not_those_of_its_training_is_refused(
    taken: tuple[Checkpoint, Epoch], blobs: Examples, spoilt: str, lacking: bool
) -> None:
    tensors = {name: value for name, value in taken[0].tensors.items() if name != spoilt}
    odd = Checkpoint(taken[0].header, tensors if lacking else {**tensors, spoilt: torch.zeros(3)})
    with pytest.raises(InvalidInputError) as caught:
        train(CONFIG.model_copy(update={"epochs": 3}), blobs, resume=odd)
    assert caught.value.field == "checkpoint"


def test_a_header_that_claims_a_giant_takes_no_memory(taken: tuple[Checkpoint, Epoch]) -> None:
    header = taken[0].header.model_copy(update={"shape": (3, 10**6, 10**6)})
    with pytest.raises(InvalidInputError, match="not of its model"):
        Checkpoint(header, taken[0].tensors).model()


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="there is no checkpoint"):
        load(tmp_path / "epoch_9.safetensors")


def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, taken: tuple[Checkpoint, Epoch], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "epoch_2.safetensors"
    save(path, taken[0])
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(path, taken[0])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
