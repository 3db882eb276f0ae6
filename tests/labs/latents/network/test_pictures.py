"""Numbers as pictures: every number has its place and its colour, and equal numbers give equal bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pilotage.labs.latents.network import colours, pictures


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3), (5, 7, 4)])
def test_a_png_holds_its_pixels(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    data = pictures.png(pixels)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))).reshape(shape), pixels)
    assert data == pictures.png(pixels.copy(order="F"))


def test_zero_is_in_the_middle_of_signed_colours_and_the_signs_mirror_each_other() -> None:
    below, zero, above = colours.signed(np.array([-2.0, 0.0, 2.0])).astype(int)
    assert (below.tolist(), zero.tolist(), above.tolist()) == (
        colours.SIGNED[0].tolist(), colours.SIGNED[2].tolist(), colours.SIGNED[-1].tolist()
    )  # fmt: skip
    assert colours.signed(np.zeros(3)).tolist() == [colours.SIGNED[2].tolist()] * 3


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 16, 17])
def test_maps_of_a_grid_lie_row_by_row_and_share_one_scale(count: int) -> None:
    maps = np.arange(count, dtype=np.float32)[:, None, None] * np.ones((count, 2, 3), np.float32)
    sheet = pictures.grid(maps)
    columns = int(np.ceil(np.sqrt(count)))
    for place in range(count):
        top, left = place // columns * 3, place % columns * 4
        wanted = colours.ramp(np.array([float(place)]), colours.HEAT, 0, count - 1)[0]
        assert (sheet[top : top + 2, left : left + 3] == wanted).all()


@pytest.mark.parametrize("length", [1, 2, 3, 10, 16, 17])
def test_numbers_of_a_vector_lie_row_by_row_and_what_is_left_is_white(length: int) -> None:
    values = np.linspace(-1, 3, length)
    cells = pictures.vector(values)[:: pictures.CELL, :: pictures.CELL].reshape(-1, 3)
    np.testing.assert_array_equal(cells[:length], colours.signed(values))
    assert (cells[length:] == 255).all()


def test_heat_covers_a_picture_of_any_size_cell_by_cell() -> None:
    heat = colours.heat(np.array([[0.0, 1.0], [2.0, 4.0]]), 5, 3)
    assert heat[:, :, 3].tolist() == [[0, 0, 64], [0, 0, 64], [0, 0, 64], [128, 128, 255], [128, 128, 255]]
    assert colours.heat(np.ones((2, 2)), 4, 4)[..., 3].max() == 0, "nothing stands out, nothing is warm"
    grey = np.full((5, 3, 1), 90, np.uint8)
    over = colours.overlay(grey, heat)
    assert (over[:3, :2] == 90).all()
    np.testing.assert_allclose(over[4, 2], 0.3 * 90 + 0.7 * heat[4, 2, :3], atol=0.5)
