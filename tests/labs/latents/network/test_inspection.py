"""One channel of one layer: its map, the heat on the picture, one place and what that place can see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch  # noqa: TID253
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.labs.latents.network.capture import capture, layer_of
from pilotage.labs.latents.network.fields import receptive_field
from pilotage.models.latents.config import TrainingConfig
from pilotage.models.latents.nets import build

NO_NOISE = np.zeros(3, np.float32)


def test_a_channel_leaves_its_map_its_heat_and_an_overlay(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    answer = lab.inspect(2, 3, "enc.conv1", 1)
    base = "network/inspect/epoch_2/idx_3/layer_enc.conv1/ch_1/"
    assert answer.files == tuple(
        base + name for name in ("channel.png", "heat_rgba.png", "overlay.png", "inspect.json")
    )
    after = capture(lab.model, lab.images.images[3], NO_NOISE).layers["enc.conv1"].after[1]
    channel = shown(lab, answer, "channel.png")
    assert channel.shape == after.shape == (14, 13)
    assert (channel[np.unravel_index(after.argmax(), after.shape)], channel[after == after.min()].max()) == (255, 0)
    assert shown(lab, answer, "heat_rgba.png").shape == (28, 26, 4)
    assert shown(lab, answer, "overlay.png").shape == (28, 26, 3)


def test_the_heat_lies_on_the_cells_that_it_is_of_and_is_clear_where_nothing_answers(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    answer = lab.inspect(2, 3, "enc.conv2", 0)
    after = capture(lab.model, lab.images.images[3], NO_NOISE).layers["enc.conv2"].after[0]
    heat, overlay = shown(lab, answer, "heat_rgba.png"), shown(lab, answer, "overlay.png")
    y, x = np.unravel_index(after.argmax(), after.shape)
    rows, columns = (np.arange(28) * 7 // 28 == y), (np.arange(26) * 7 // 26 == x)
    assert (heat[np.ix_(rows, columns)][..., 3] == 255).all()
    clear = heat[..., 3] == 0
    assert clear.any()
    picture = np.broadcast_to(lab.images.images[3], overlay.shape)
    np.testing.assert_array_equal(overlay[clear], picture[clear])


def test_the_probe_of_a_channel_is_its_peak_and_any_place_can_be_asked_for(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    seen = capture(lab.model, lab.images.images[3], NO_NOISE).layers["enc.conv2"]
    said = shown(lab, lab.inspect(2, 3, "enc.conv2", 5), "inspect.json")
    assert said["value"] == said["data"]["max"] == pytest.approx(seen.after[5].max(), rel=1e-5)
    assert seen.after[5, said["xy"]["y"], said["xy"]["x"]] == seen.after[5].max()
    np.testing.assert_allclose(said["data"]["values"], seen.after[5], rtol=1e-5)
    asked = shown(lab, lab.probe(2, 3, "enc.conv2", 5, (6, 2)), "inspect.json")
    assert asked["xy"] == {"x": 6, "y": 2}
    assert asked["before_activation"] == pytest.approx(seen.before[5, 2, 6], rel=1e-5)
    assert asked["value"] == pytest.approx(max(0, seen.before[5, 2, 6]), rel=1e-5)
    assert asked["rf"]["status"] == "ok"
    assert shown(lab, lab.inspect(2, 3, "enc.conv2", 5), "inspect.json") == said, "a probe lies apart from it"


@settings(max_examples=15)
@given(
    layer_id=st.sampled_from(["enc.conv1", "enc.conv2"]), height=st.integers(8, 30), width=st.integers(8, 30),
    place=st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)),
)  # fmt: skip
def test_a_receptive_field_is_just_where_the_gradient_comes_from(
    layer_id: str, height: int, width: int, place: tuple[float, float]
) -> None:
    config = TrainingConfig(channels=2, hidden=8, latent_dims=2)
    model = build(config, (1, height, width))
    for module in (model.enc.conv1, model.enc.conv2):
        torch.nn.init.ones_(module.weight)  # positive all through: no gradient cancels, no activation cuts it
        torch.nn.init.ones_(module.bias)
    x = torch.ones(1, 1, height, width, requires_grad=True)
    answer = model.enc.conv1(x) if layer_id == "enc.conv1" else model.enc.conv2(model.enc.conv1(x).relu())
    column, row = int(place[0] * answer.shape[3]), int(place[1] * answer.shape[2])
    answer[0, 0, row, column].backward()
    rows, columns = np.nonzero(x.grad[0, 0].numpy())
    field = receptive_field(model, layer_of(model, layer_id), column, row)
    assert field["status"] == "ok"
    assert field["bounds"] == {"x0": columns.min(), "y0": rows.min(), "x1": columns.max(), "y1": rows.max()}
    side = field["size"]
    assert field["clamped"] == ((columns.max() - columns.min() + 1, rows.max() - rows.min() + 1) != (side, side))


def test_where_there_is_no_receptive_field_the_reason_is_told(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    said = shown(lab, lab.inspect(2, 3, "dec.deconv2", 0), "inspect.json")
    assert said["rf"] == {"status": "unavailable", "reason": "the decoder reads latents, not the picture"}
    assert said["data"]["over"] == "recon"
    dense = receptive_field(lab.model, layer_of(lab.model, "enc.fc1"), 0, 0)
    assert dense["status"] == "unavailable"
    assert "dense" in dense["reason"]


@pytest.mark.parametrize(
    ("ask", "error", "field"),
    [
        (lambda lab: lab.inspect(2, 3, "enc.conv1", 4), InvalidInputError, "c"),
        (lambda lab: lab.inspect(2, 3, "enc.conv1", -1), InvalidInputError, "c"),
        (lambda lab: lab.inspect(2, 40, "enc.conv1", 0), InvalidInputError, "i"),
        (lambda lab: lab.inspect(2, -1, "enc.conv1", 0), InvalidInputError, "i"),
        (lambda lab: lab.inspect(2, 3, "enc.conv9", 0), InvalidInputError, "layer_id"),
        (lambda lab: lab.inspect(2, 3, "../../x", 0), InvalidInputError, "layer_id"),
        (lambda lab: lab.inspect(2, 3, "enc.fc1", 0), UnsupportedInputError, "layer_id"),
        (lambda lab: lab.probe(2, 3, "enc.conv1", 0, (13, 0)), InvalidInputError, "x"),
        (lambda lab: lab.probe(2, 3, "enc.conv1", 0, (0, 14)), InvalidInputError, "y"),
        (lambda lab: lab.probe(2, 3, "enc.conv1", 0, (-1, 0)), InvalidInputError, "x"),
    ],
)
def test_what_is_not_there_is_refused_with_its_field(lab_of: Any, ask: Any, error: type, field: str) -> None:
    with pytest.raises(error) as refused:
        ask(lab_of())
    assert (type(refused.value), refused.value.field) == (error, field)
