"""Many pictures as one: each lies where the sheet says, whole, or reduced where all would not fit."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.sprites import MOST, Sheet, sample, sprite


def tile(data: bytes, sheet: Sheet, number: int) -> np.ndarray:
    pixels = np.asarray(Image.open(io.BytesIO(data)))
    top, left = number // sheet.columns * sheet.tile_height, number % sheet.columns * sheet.tile_width
    return pixels[top : top + sheet.tile_height, left : left + sheet.tile_width]


@pytest.mark.parametrize("shape", [(1, 8, 8, 1), (7, 8, 8, 1), (60, 8, 12, 3), (5, 20, 8, 1)])
def test_every_picture_lies_where_the_sheet_says(shape: tuple[int, ...]) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    data, sheet = sprite(pictures)
    assert (sheet.count, sheet.tile_height, sheet.tile_width) == shape[:3]
    assert sheet.columns * (sheet.rows - 1) < sheet.count <= sheet.columns * sheet.rows
    for number, picture in enumerate(pictures):
        np.testing.assert_array_equal(tile(data, sheet, number).reshape(shape[1:]), picture)
    assert sprite(pictures) == (data, sheet)


def test_what_would_not_fit_is_reduced_alike() -> None:
    shades = np.arange(0, 250, dtype=np.uint8)
    pictures = np.broadcast_to(shades[:, None, None, None], (250, 300, 300, 1))
    data, sheet = sprite(pictures)
    assert 0.9 * MOST < max(sheet.columns * sheet.tile_width, sheet.rows * sheet.tile_height) <= MOST
    assert sheet.tile_width == sheet.tile_height < 300
    for number in (0, 100, 249):
        assert (tile(data, sheet, number) == number).all()


def test_a_sample_shows_each_class_in_turn() -> None:
    digits = builtin("digits8")
    data = sample(digits, 20, columns=10)
    sheet = Sheet(20, 10, 2, 8, 8)
    assert Image.open(io.BytesIO(data)).size == (80, 16)
    assert digits.labels is not None
    seen = []
    for number in range(20):
        (place,) = np.flatnonzero((digits.images[..., 0] == tile(data, sheet, number)).all(axis=(1, 2)))[:1]
        assert digits.labels[place] == number % 10
        seen.append(place)
    assert len(set(seen)) == 20
    assert sample(digits, 20, columns=10) == data
