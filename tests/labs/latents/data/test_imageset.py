from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError, ShapeError
from pilotage.labs.latents.data import ImageSet


def some(count: int) -> ImageSet:
    rng = np.random.default_rng(count)
    return ImageSet("some", rng.integers(256, size=(count, 8, 8, 1)).astype(np.uint8), np.arange(count) % 2, ("a", "b"))


@given(count=st.integers(20, 400))
def test_every_picture_is_either_for_training_or_held_out_and_always_the_same(count: int) -> None:
    images = some(count)
    train, held_out = images.split()
    assert len(held_out) == count // 10
    assert sorted([*train, *held_out]) == list(range(count))
    again = images.split()
    assert np.array_equal(train, again[0])
    assert np.array_equal(held_out, again[1])


def test_examples_are_the_pictures_and_labels_at_their_positions() -> None:
    images, rows = some(30), np.array([7, 2])
    found = images.examples(rows)
    np.testing.assert_array_equal(found.images, images.images[rows])
    assert found.labels is not None
    assert found.labels.tolist() == [1, 0]
    assert (found.classes, found.shape) == (2, (1, 8, 8))


def test_the_checksum_tells_pictures_labels_and_order_apart() -> None:
    images = some(30)
    assert images.labels is not None
    others = (
        ImageSet("x", 255 - images.images, images.labels, ("a", "b")),
        ImageSet("x", images.images, 1 - images.labels, ("a", "b")),
        ImageSet("x", images.images[::-1], images.labels, ("a", "b")),
        ImageSet("x", images.images),
    )
    assert len({images.sha256, *(other.sha256 for other in others)}) == 5


@pytest.mark.parametrize(
    ("images", "labels", "names"),
    [
        (np.zeros((30, 8, 8), np.uint8), None, ()),
        (np.zeros((30, 8, 8, 2), np.uint8), None, ()),
        (np.zeros((30, 8, 8, 1), np.float32), None, ()),
        (np.zeros((30, 7, 8, 1), np.uint8), None, ()),
        (np.zeros((30, 8, 8, 1), np.uint8), np.zeros(29, np.int64), ("a",)),
        (np.zeros((30, 8, 8, 1), np.uint8), np.full(30, 2), ("a", "b")),
        (np.zeros((30, 8, 8, 1), np.uint8), np.full(30, -1), ("a", "b")),
    ],
)
def test_other_shapes_and_labels_are_refused(images: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> None:
    with pytest.raises(ShapeError):
        ImageSet("odd", images, labels, names)


def test_too_few_pictures_to_hold_any_out_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="needs 20"):
        some(19)
