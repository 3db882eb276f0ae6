"""One step of a convolution, multiplied out, is what the model made of it; and kernels are its weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.labs.latents.network.capture import capture
from pilotage.labs.latents.network.convolution import TOP_CHANNELS, conv_step


def test_a_step_on_one_channel_multiplies_three_by_three_and_agrees_with_the_model(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    answer = lab.conv_step(2, 6, "enc.conv1", 2, (5, 8))
    assert answer.files == ("network/conv_step/epoch_2/idx_6/layer_enc.conv1/out_2/x_5_y_8/conv_step.json",)
    said = shown(lab, answer, "conv_step.json")
    picture = lab.images.images[6, :, :, 0] / 255
    patch, kernel = picture[15:18, 9:12], lab.model.enc.conv1.weight[2, 0].numpy()
    np.testing.assert_allclose(said["patch"], patch, rtol=1e-5)
    np.testing.assert_allclose(said["kernel"], kernel, rtol=1e-5)
    np.testing.assert_allclose(said["product"], patch * kernel, rtol=1e-5)
    total, bias = float((patch * kernel).sum()), float(lab.model.enc.conv1.bias[2])
    assert said["pre_bias_sum"] == pytest.approx(total, rel=1e-4)
    assert said["bias"] == pytest.approx(bias, rel=1e-5)
    assert said["pre_activation"] == pytest.approx(total + bias, rel=1e-4)
    assert said["activation"]["mode"] == "relu"
    assert said["computed"] == pytest.approx(max(0, total + bias), rel=1e-4)
    captured = capture(lab.model, lab.images.images[6], np.zeros(3, np.float32)).layers["enc.conv1"].after[2, 8, 5]
    assert said["captured"] == pytest.approx(captured, rel=1e-5)
    assert said["agrees"]


@pytest.mark.parametrize("pictures", ["grey", "colour"])
@pytest.mark.parametrize("layer_id", ["enc.conv1", "enc.conv2"])
def test_every_place_of_every_layer_agrees_and_both_signs_come_up(lab_of: Any, pictures: str, layer_id: str) -> None:
    lab = lab_of("gmvae", "conv", pictures)
    seen = capture(lab.model, lab.images.images[1], np.zeros(3, np.float32))
    channels, height, width = seen.layers[layer_id].after.shape
    weight, cut = lab.model.get_submodule(layer_id).weight, set()
    for channel, y, x in np.ndindex(channels, height, width):
        said = conv_step(lab.model, seen, layer_id, channel, (x, y))[0].content
        assert said["agrees"]
        assert abs(said["captured"] - said["computed"]) < 1e-5
        assert said["patch"].shape == (tuple(weight[0].shape) if weight.shape[1] > 1 else (3, 3))
        assert said["sums_by_channel"].sum() == pytest.approx(said["pre_bias_sum"])
        cut.add(said["activation"]["changed"])
    assert cut == {True, False}


def test_a_step_that_differs_from_the_model_says_so(lab_of: Any, shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = lab_of()

    def bent(*given: Any) -> Any:
        seen = capture(*given)
        seen.layers["enc.conv1"].after[:] += 0.01
        return seen

    monkeypatch.setattr("pilotage.labs.latents.network.lab.capture", bent)
    said = shown(lab, lab.conv_step(2, 30, "enc.conv1", 0, (3, 3)), "conv_step.json")
    assert not said["agrees"]
    assert said["difference"] == pytest.approx(-0.01, abs=1e-5)


def test_a_corner_reads_zeros_from_outside_the_picture(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    said = shown(lab, lab.conv_step(2, 6, "enc.conv1", 0, (0, 0)), "conv_step.json")
    assert said["origin"] == {"x0": -1, "y0": -1}
    assert said["padding"] == [[True, True, True], [True, False, False], [True, False, False]]
    assert np.array(said["patch"])[np.array(said["padding"])].tolist() == [0] * 5
    assert said["rf"]["bounds"] == {"x0": 0, "y0": 0, "x1": 1, "y1": 1}


def test_a_kernel_that_reads_one_channel_is_its_weights(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    answer = lab.kernels(2, "enc.conv1", 3)
    base = "network/kernels/epoch_2/layer_enc.conv1/out_3/"
    assert answer.files == (base + "kernel.png", base + "kernel.json")
    kernel = lab.model.enc.conv1.weight[3, 0].numpy()
    np.testing.assert_allclose(shown(lab, answer, "kernel.json")["values"], kernel, rtol=1e-5)
    red, _, blue = shown(lab, answer, "kernel.png")[::12, ::12].astype(int).transpose(2, 0, 1)
    strong = np.abs(kernel) > np.abs(kernel).max() / 3
    np.testing.assert_array_equal((red > blue)[strong], (kernel > 0)[strong])


def test_a_deeper_kernel_is_its_strength_and_its_strongest_slices(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    answer = lab.kernels(2, "enc.conv2", 6)
    weight = lab.model.enc.conv2.weight[6].numpy()
    names = [path.rpartition("/")[2] for path in answer.files]
    assert sorted(names[:-3]) == [f"kernel_in_{place}.png" for place in range(4)]
    assert names[-3:] == ["top_in_channels.json", "kernel_agg.png", "kernel_agg.json"]
    said = shown(lab, answer, "kernel_agg.json")
    np.testing.assert_allclose(said["values"], np.sqrt((weight**2).sum(0)), rtol=1e-5)
    rows = shown(lab, answer, "top_in_channels.json")["data"]
    strengths = [np.linalg.norm(weight[row["in_channel"]]) for row in rows]
    assert strengths == sorted(strengths, reverse=True)
    np.testing.assert_allclose([row["l2"] for row in rows], strengths, rtol=1e-5)
    for row in rows:
        np.testing.assert_allclose(row["values"], weight[row["in_channel"]], rtol=1e-5)
    assert len(rows) <= TOP_CHANNELS


@pytest.mark.parametrize(
    ("ask", "error", "field"),
    [
        (lambda lab: lab.kernels(2, "dec.deconv1", 0), UnsupportedInputError, "layer_id"),
        (lambda lab: lab.kernels(2, "enc.fc1", 0), UnsupportedInputError, "layer_id"),
        (lambda lab: lab.kernels(2, "enc.conv1", 4), InvalidInputError, "c"),
        (lambda lab: lab.conv_step(2, 0, "dec.deconv1", 0, (0, 0)), UnsupportedInputError, "layer_id"),
        (lambda lab: lab.conv_step(2, 0, "enc.mu", 0, (0, 0)), UnsupportedInputError, "layer_id"),
        (lambda lab: lab.conv_step(2, 0, "enc.conv1", 0, (0, 99)), InvalidInputError, "y"),
    ],
)
def test_what_no_convolution_has_is_refused_with_its_field(lab_of: Any, ask: Any, error: type, field: str) -> None:
    with pytest.raises(error) as refused:
        ask(lab_of())
    assert (type(refused.value), refused.value.field) == (error, field)
