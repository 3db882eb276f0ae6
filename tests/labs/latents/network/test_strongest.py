"""The pictures that a channel answers most to are those that a plain loop finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.labs.latents.network import capture as capture_module
from pilotage.labs.latents.network.capture import capture, layer_of
from pilotage.labs.latents.network.strongest import topk

NO_NOISE = np.zeros(3, np.float32)


def scores(lab: Any, layer_id: str, channel: int, n: int, reduce: Any) -> list[float]:
    maps = (capture(lab.model, image, NO_NOISE).layers[layer_id].after[channel] for image in lab.images.images[:n])
    return [float(reduce(one)) for one in maps]


@pytest.mark.parametrize("metric", ["max", "mean"])
@pytest.mark.parametrize("layer_id", ["enc.conv1", "enc.conv2"])
def test_the_strongest_come_first_with_their_pictures(lab_of: Any, shown: Any, layer_id: str, metric: str) -> None:
    lab = lab_of()
    answer = lab.topk(2, layer_id, 1, metric=metric, n=12, k=5)
    said = shown(lab, answer, "topk.json")
    wanted = scores(lab, layer_id, 1, 12, getattr(np, metric))
    best = sorted(range(12), key=lambda place: -wanted[place])[:5]
    assert [item["dataset_idx"] for item in said["items"]] == best
    np.testing.assert_allclose([item["score"] for item in said["items"]], sorted(wanted)[:-6:-1], rtol=1e-4)
    base = f"network/topk/epoch_2/layer_{layer_id}/ch_1/metric_{metric}/subset_12/k_5/"
    assert answer.files == (*(f"{base}input_{place}.png" for place in best), base + "topk.json")
    np.testing.assert_array_equal(shown(lab, answer, f"input_{best[0]}.png"), lab.images.images[best[0], :, :, 0])
    for item in said["items"]:
        after = capture(lab.model, lab.images.images[item["dataset_idx"]], NO_NOISE).layers[layer_id].after[1]
        assert ("xy" in item) == (metric == "max")
        if metric == "max":
            assert after[item["xy"]["y"], item["xy"]["x"]] == pytest.approx(after.max())


def test_a_unit_of_a_dense_layer_is_scanned_too(lab_of: Any, shown: Any) -> None:
    lab = lab_of("gmvae", "mlp", "colour")
    said = shown(lab, lab.topk(2, "enc.fc2", 7, n=40, k=3), "topk.json")
    wanted = scores(lab, "enc.fc2", 7, 40, float)
    assert [item["score"] for item in said["items"]] == pytest.approx(sorted(wanted)[:-4:-1], rel=1e-4)
    assert all("xy" not in item for item in said["items"])


def test_of_equal_pictures_the_first_in_the_set_comes_first_also_across_batches(
    lab_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = lab_of()
    monkeypatch.setattr(capture_module, "BATCH", 4)
    same = np.repeat(lab.images.images[:1], 10, axis=0)
    pieces = topk(lab.model, same, layer_of(lab.model, "enc.conv1"), channel=0, metric="max", k=10)
    assert [item["dataset_idx"] for item in pieces[-1].content["items"]] == list(range(10))


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"layer_id": "dec.deconv1"}, UnsupportedInputError, "layer_id"),
        ({"layer_id": "enc.conv7"}, InvalidInputError, "layer_id"),
        ({"c": 4}, InvalidInputError, "c"),
        ({"metric": "median"}, InvalidInputError, "metric"),
        ({"n": 41}, InvalidInputError, "n"),
        ({"n": 0}, InvalidInputError, "n"),
        ({"n": 5, "k": 6}, InvalidInputError, "k"),
        ({"k": 0}, InvalidInputError, "k"),
    ],
)
def test_a_scan_that_cannot_be_made_is_refused(lab_of: Any, given: dict, error: type, field: str) -> None:
    asked = {"layer_id": "enc.conv1", "c": 0, "n": 40, "k": 3, **given}
    with pytest.raises(error) as refused:
        lab_of().topk(2, **asked)
    assert (type(refused.value), refused.value.field) == (error, field)
