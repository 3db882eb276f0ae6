from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pilotage.core.errors import InvalidInputError, ModelUnavailableError
from pilotage.models import CallableModel, GenerationRequest, Row, from_callable
from pilotage.spaces import Conditioning

REQUEST = GenerationRequest(prompt="")


def outputs_at(model: CallableModel, *points: list[float], seed: int = 0) -> Any:
    return model.generate(REQUEST, [Row(Conditioning({"latent": point}), seed) for point in points])


@given(point=st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=2))
def test_the_box_is_mapped_to_the_bounds(point: list[float]) -> None:
    seen: list[np.ndarray] = []
    model = from_callable(lambda x: seen.append(x) or 0.0, 2, bounds=[[0, 10], [-3, -1]])
    outputs_at(model, point)
    expected = [5 + 5 * point[0], -2 + point[1]]
    np.testing.assert_allclose(seen[-1], expected, atol=1e-6)


def test_one_pair_of_bounds_serves_every_coordinate() -> None:
    model = from_callable(lambda x: x.sum(), 3, bounds=(0, 2))
    assert outputs_at(model, [1, 1, 1])[0].media.data == b"6.0"
    assert [(axis.negative, axis.positive) for axis in model.own_space()[1]] == [("0", "2")] * 3


@pytest.mark.parametrize(
    ("value", "media_type"),
    [
        (Image.new("L", (4, 3)), "image/png"),
        (np.zeros((3, 4, 3), np.uint8), "image/png"),
        (np.full((3, 4, 3), 0.5, np.float32), "image/png"),
        (np.float32(2.5), "application/json"),
        (7, "application/json"),
        (np.array(3.0), "application/json"),
        ("a cup of tea", "text/plain"),
    ],
)
def test_what_a_function_returns_becomes_media(value: Any, media_type: str) -> None:
    model = from_callable(lambda x: value, 1)
    assert outputs_at(model, [0.0])[0].media.media_type == media_type
    assert media_type.startswith(
        {"number": "app"}.get(model.info.capabilities.modality, model.info.capabilities.modality)
    )


@pytest.mark.parametrize(
    "value",
    [None, True, b"bytes", object(), [1, [2]], np.zeros(3), np.zeros((2, 2)), np.zeros((2, 2, 4), np.uint8),
     np.full((2, 2, 3), 1.5), np.zeros((2, 2, 3), np.int32), float("nan"), np.full((2, 2, 3), np.inf), 1j],
)  # fmt: skip
def test_a_bad_value_fails_its_row_alone(value: Any) -> None:
    model = from_callable(lambda x: value if x[0] > 0.5 else np.zeros((2, 2, 3), np.uint8), 1)
    good, bad = outputs_at(model, [0.0], [1.0])
    assert good.media is not None
    assert bad.media is None
    assert bad.error


def test_an_exception_fails_its_row_alone() -> None:
    model = from_callable(lambda x: 1.0 / (x[0] if x[0] == 0.5 else int(x[0] == 0)), 1)
    good, bad = outputs_at(model, [0.0], [1.0])
    assert good.media is not None
    assert bad.error.startswith("ZeroDivisionError")


def test_a_change_of_modality_fails_its_row_alone() -> None:
    model = from_callable(lambda x: "text" if x[0] > 0.5 else 1.0, 1)
    assert outputs_at(model, [0.0], [1.0])[1].error == "the function returned a text here, elsewhere a number"


def test_a_function_that_fails_at_the_centre_cannot_be_loaded() -> None:
    model = from_callable(lambda x: 1 / 0, 1)
    with pytest.raises(ModelUnavailableError, match="centre"):
        model.load()
    assert not model.loaded


def test_only_a_function_with_a_seed_gets_one() -> None:
    assert not from_callable(lambda x: x[0], 1).info.capabilities.seeded
    model = from_callable(lambda x, *, seed: float(seed), 1)
    assert model.info.capabilities.seeded
    assert outputs_at(model, [0.0], seed=42)[0].media.data == b"42.0"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"fn": 3}, "fn"),
        ({"dim": 0}, "dim"),
        ({"dim": True}, "dim"),
        ({"dim": 2.0}, "dim"),
        ({"bounds": (1, 1)}, "bounds.0"),
        ({"bounds": [[0, 1], [2, float("inf")]]}, "bounds.1"),
        ({"bounds": [0, 1, 2]}, "bounds"),
        ({"bounds": "wide"}, "bounds"),
        ({"names": ("a",)}, "names"),
        ({"names": ("a", "a")}, "names"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        CallableModel.from_callable(**{"fn": lambda x: 0.0, "dim": 2, **arguments})
    assert caught.value.field == field


def test_the_fingerprint_follows_function_and_bounds() -> None:
    def one(x: np.ndarray) -> float:
        return float(x[0])

    def two(x: np.ndarray) -> float:
        return float(x[0]) + 1

    models = [from_callable(one, 1), from_callable(one, 1), from_callable(two, 1), from_callable(one, 1, (0, 1))]
    for model in models:
        model.load()
    prints = [model.info.fingerprint for model in models]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3
