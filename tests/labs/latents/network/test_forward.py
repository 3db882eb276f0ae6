"""A picture through the whole net: what is kept of each layer is what the model made of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch  # noqa: TID253

from pilotage.labs.latents.network.capture import capture
from pilotage.labs.latents.network.lab import NetworkLab
from pilotage.models.latents.nets import layers
from pilotage.models.latents.reading import decode, encode, to_tensor


@pytest.mark.parametrize(("kind", "network", "pictures"), [
    ("gmvae", "conv", "grey"), ("gmvae", "mlp", "colour"), ("ae", "conv", "colour"), ("ae", "mlp", "grey"),
])  # fmt: skip
def test_a_forward_pass_leaves_all_its_files_and_tells_of_each(
    lab_of: Any, shown: Any, kind: str, network: str, pictures: str
) -> None:
    lab = lab_of(kind, network, pictures)
    answer = lab.forward(2, 7)
    base = "network/forward/epoch_2/idx_7/"
    wanted = {base + name for name in ("input.png", "recon.png", "layers.json", "latent.json", "forward_meta.json")}
    for spec in layers(lab.model):
        grid = "vector" if spec.kind == "dense" else "grid"
        wanted |= {f"{base}layer_{spec.id}/summary.json", f"{base}layer_{spec.id}/{grid}.png"}
    assert set(answer.files) == wanted == {artifact.path for artifact in answer.made}
    assert answer.path == answer.files[-1] == base + "forward_meta.json"
    assert all(lab.folder.file(path.replace("epoch_2", "latest")).is_file() for path in wanted)
    meta = shown(lab, answer, "forward_meta.json")
    assert (meta["model"], meta["epoch"], meta["index"], meta["label"]) == (kind, 2, 7, 3)
    assert meta["sample_id"] == (0 if kind == "gmvae" else None)
    rows = shown(lab, answer, "layers.json")["data"]
    assert [row["layer_id"] for row in rows] == [spec.id for spec in layers(lab.model)]


@pytest.mark.parametrize("pictures", ["grey", "colour"])
def test_input_and_reconstruction_are_the_picture_and_what_the_decoder_draws(
    lab_of: Any, shown: Any, pictures: str
) -> None:
    lab = lab_of("gmvae", "conv", pictures)
    answer = lab.forward(2, 4)
    latent = shown(lab, answer, "latent.json")["data"]
    drawn = decode(lab.model, np.array([latent["z_sample"]]))[0]
    picture = lab.images.images[4]
    for name, pixels in (("input.png", picture), ("recon.png", drawn)):
        seen = shown(lab, answer, name)
        assert np.abs(seen.reshape(picture.shape).astype(int) - pixels).max() <= (name == "recon.png")
    error = np.square((drawn.astype(float) - picture) / 255).mean()
    assert shown(lab, answer, "forward_meta.json")["mse"] == pytest.approx(error, rel=1e-2)


def test_the_vectors_are_those_that_the_model_is_read_by(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    latent = shown(lab, lab.forward(2, 9), "latent.json")["data"]
    found = encode(lab.model, lab.images.images[9:10])
    for name, value in (("mu", found.z), ("logvar", found.logvar), ("qc_probs", found.qc_probs)):
        np.testing.assert_allclose(latent[name], value[0], rtol=2e-5, atol=1e-6)
    noise = (np.array(latent["z_sample"]) - latent["mu"]) / np.exp(np.array(latent["logvar"]) / 2)
    assert 0.01 < np.abs(noise).max() < 5, "z_sample is drawn from q(z|x)"
    autoencoder = lab_of("ae", "mlp")
    latent = shown(autoencoder, autoencoder.forward(2, 9), "latent.json")["data"]
    assert set(latent) == {"z", "label_probs"}
    assert sum(latent["label_probs"]) == pytest.approx(1, abs=1e-5)


def test_what_a_layer_is_said_to_make_is_what_the_next_one_reads(lab_of: Any) -> None:
    for kind in ("ae", "gmvae"):
        lab = lab_of(kind, "conv")
        seen = capture(lab.model, lab.images.images[1], np.zeros(3, np.float32)).layers
        for before, after in (("enc.conv1", "enc.conv2"), ("enc.conv2", "enc.fc1"), ("dec.fc1", "dec.fc2"),
                              ("dec.fc2", "dec.deconv1"), ("dec.deconv1", "dec.deconv2")):  # fmt: skip
            np.testing.assert_array_equal(seen[before].after.ravel(), seen[after].read.ravel())
        x = to_tensor(lab.images.images[1:2])
        conv1 = torch.nn.functional.conv2d(x, lab.model.enc.conv1.weight, lab.model.enc.conv1.bias, 2, 1)[0]
        np.testing.assert_allclose(seen["enc.conv1"].before, conv1, atol=1e-6)
        np.testing.assert_array_equal(seen["enc.conv1"].after, seen["enc.conv1"].before.clip(0))


def test_the_summary_of_a_layer_is_of_what_it_makes(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    answer = lab.forward(2, 7)
    seen = capture(lab.model, lab.images.images[7], np.zeros(3, np.float32)).layers["enc.conv2"]
    facts = shown(lab, answer, "layer_enc.conv2/summary.json")["data"]
    assert facts["shape"] == list(seen.after.shape)
    assert facts["max"] == pytest.approx(seen.after.max(), rel=1e-5)
    assert facts["share_zero"] == pytest.approx((seen.after == 0).mean())
    np.testing.assert_allclose(facts["channels"]["mean"], seen.after.mean((1, 2)), rtol=1e-4, atol=1e-7)
    assert facts["weights"] == 8 * 4 * 9 + 8


def test_looking_changes_nothing(lab_of: Any) -> None:
    lab = lab_of()
    state = torch.random.get_rng_state()
    before = {name: value.clone() for name, value in lab.model.state_dict().items()}
    capture(lab.model, lab.images.images[0], np.ones(3, np.float32))
    assert not any(module._forward_hooks for module in lab.model.modules())
    assert all(torch.equal(before[name], value) for name, value in lab.model.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_same_question_finds_the_answer_and_a_lab_opened_anew_makes_the_same_bytes(
    lab_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = lab_of()
    first = lab.forward(2, 11)
    bytes_of = {path: lab.folder.file(path).read_bytes() for path in first.files}
    with monkeypatch.context() as patch:
        patch.setattr("pilotage.labs.latents.network.lab.capture", None)  # nothing is computed again
        again = NetworkLab(lab.folder, lab.images).forward(2, 11)
    assert (again.path, again.files, again.made) == (first.path, first.files, ())
    assert {path: lab.folder.file(path).read_bytes() for path in again.files} == bytes_of
    lab.folder.file(first.path).unlink()
    anew = NetworkLab(lab.folder, lab.images).forward(2, 11)
    assert len(anew.made) == len(first.files)
    for path, data in bytes_of.items():
        assert without_time(data) == without_time(lab.folder.file(path).read_bytes()), path


def without_time(data: bytes) -> Any:
    return {**json.loads(data), "compute_ms": 0} if data.startswith(b"{") else data
