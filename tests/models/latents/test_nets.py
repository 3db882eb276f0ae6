from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch  # noqa: TID253
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError
from pilotage.models.latents import TrainingConfig
from pilotage.models.latents.nets import LatentModel, build, layers
from pilotage.models.latents.sizes import Shape


def small(**more: Any) -> TrainingConfig:
    return TrainingConfig.model_validate({"channels": 2, "hidden": 8, "latent_dims": 3, "components": 4, **more})


@given(
    network=st.sampled_from(["conv", "mlp"]), kind=st.sampled_from(["ae", "gmvae"]), channels=st.sampled_from([1, 3]),
    height=st.integers(8, 21), width=st.integers(8, 21),
)  # fmt: skip
def test_a_picture_of_any_size_comes_back_in_its_size(
    network: str, kind: str, channels: int, height: int, width: int
) -> None:
    model = build(small(network=network, kind=kind, class_weight=0), (channels, height, width))
    found = model.encode(torch.rand(2, channels, height, width))
    z = found[0] if isinstance(found, tuple) else found
    assert z.shape == (2, 3)
    assert model.decode(z).shape == (2, channels, height, width)


MODELS = [
    ({"kind": "ae"}, ["enc.conv1", "enc.conv2", "enc.fc1", "enc.z",
                      "dec.fc1", "dec.fc2", "dec.deconv1", "dec.deconv2", "label"]),
    ({}, ["enc.conv1", "enc.conv2", "enc.fc1", "enc.mu", "enc.logvar", "enc.qc",
          "dec.fc1", "dec.fc2", "dec.deconv1", "dec.deconv2"]),
    ({"network": "mlp", "responsibilities": "vade"},
     ["enc.fc1", "enc.fc2", "enc.mu", "enc.logvar", "dec.fc1", "dec.fc2", "dec.fc3"]),
]  # fmt: skip


@pytest.mark.parametrize(("config", "ids"), MODELS)
def test_layers_are_named_in_the_order_of_data_and_as_their_weights(config: dict[str, Any], ids: list[str]) -> None:
    model = build(small(**config), (1, 8, 8), 3)
    specs = layers(model)
    assert [spec.id for spec in specs] == ids
    weights = model.state_dict()
    for spec in specs:
        assert weights[f"{spec.id}.weight"] is not None
    assert [spec.id for spec in specs if spec.activation == "sigmoid"] == [[name for name in ids if "dec." in name][-1]]


def run(model: LatentModel, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """What hooks see of each layer: its output, and what the next one read."""
    seen: dict[str, torch.Tensor] = {}
    for spec in layers(model):
        spec.module.register_forward_hook(lambda _m, _i, out, name=spec.id: seen.__setitem__(name, out))
        spec.module.register_forward_pre_hook(lambda _m, read, name=spec.id: seen.__setitem__(f"into {name}", read[0]))
    found = model.encode(x)
    model.decode(found[0] if isinstance(found, tuple) else found)
    return seen


@pytest.mark.parametrize("network", ["conv", "mlp"])
def test_the_table_says_what_each_layer_goes_through(network: str) -> None:
    model = build(small(network=network), (1, 8, 8))
    seen, specs = run(model, torch.rand(2, 1, 8, 8)), layers(model)
    inner = [spec for spec in specs if spec.id not in ("enc.mu", "enc.logvar", "enc.qc")]
    for spec, following in pairwise(inner):
        if following.id == "dec.fc1":
            continue  # reads z
        assert spec.activation == "relu"
        torch.testing.assert_close(seen[spec.id].relu().flatten(1), seen[f"into {following.id}"].flatten(1))
    assert {spec.activation for spec in specs if spec not in inner} == {"none"}


def test_first_weights_come_from_the_seed_alone_and_are_drawn_as_torch_does() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    shape: Shape = (1, 28, 28)
    first, again, other = (build(TrainingConfig(seed=seed), shape) for seed in (0, 0, 1))
    assert torch.equal(before, torch.get_rng_state())
    for name, weight in first.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])
    assert not torch.equal(first.enc.fc1.weight, other.enc.fc1.weight)  # type: ignore[union-attr]
    theirs = torch.nn.Linear(1568, 128)
    bound = 1568**-0.5
    for weight in (first.state_dict()["enc.fc1.weight"], theirs.weight.detach()):
        assert 0.99 * bound < float(weight.abs().max()) <= bound
        assert float(weight.std()) == pytest.approx(bound / 3**0.5, rel=0.02)


def test_components_begin_apart() -> None:
    means, _ = build(TrainingConfig(), (1, 8, 8)).prior  # type: ignore[union-attr]
    assert torch.pdist(means.detach()).min() > 0.1


def test_labels_that_are_not_there_cannot_be_learned() -> None:
    with pytest.raises(InvalidInputError) as caught:
        build(small(kind="ae"), (1, 8, 8), 0)
    assert caught.value.field == "class_weight"
