from __future__ import annotations

import numpy as np
import pytest
from training.starter.attributes import BACKGROUNDS, COLOURS, Placement, compose, edges, foreground, tint
from training.starter.looks import ground, mean_colour


@pytest.mark.parametrize("name", sorted(COLOURS))
def test_a_tint_maps_dark_to_a_third_of_the_colour_and_light_above_it(icons: np.ndarray, name: str) -> None:
    made = tint(icons[0], name)
    tone = np.array(COLOURS[name]) / 255
    dark = (tone * (0.25 / 0.7) * 255).astype(np.uint8)
    light = ((tone + (1 - tone) * 0.75) * 255).astype(np.uint8)
    solid = icons[0, ..., 3] > 0
    left = solid & (np.arange(64) < 32)
    assert np.abs(made[left][:, :3].astype(int) - light).max() <= 1
    assert np.abs(made[solid & ~left][:, :3].astype(int) - dark).max() <= 1
    assert (made[..., 3] == icons[0, ..., 3]).all()


@pytest.mark.parametrize("name", sorted(BACKGROUNDS))
def test_a_ground_is_its_very_colour_around_the_icon(icons: np.ndarray, name: str) -> None:
    picture = compose(icons[0], Placement(background=name))
    assert (picture[:4] == BACKGROUNDS[name]).all()
    assert ground(picture) == name


def test_a_small_icon_covers_the_square_of_its_scale(icons: np.ndarray) -> None:
    large, small = (foreground(compose(icons[1], Placement(small=one))).sum() for one in (False, True))
    assert small / large == pytest.approx(0.36, abs=0.05)


def test_a_shift_moves_and_a_flip_mirrors(icons: np.ndarray) -> None:
    plain = compose(icons[0], Placement())
    assert (compose(icons[0], Placement(dx=2))[:, 2:] == plain[:, :-2]).all()
    assert (compose(icons[0], Placement(flip=True)) == plain[:, ::-1]).mean() > 0.95


def test_outlines_lie_on_the_border_and_silhouettes_within(icons: np.ndarray) -> None:
    picture = compose(icons[4], Placement())
    lines, filled = edges(picture), foreground(picture)
    assert lines.sum() < filled.sum() / 4
    assert filled[32, 32]
    assert not lines[28:36, 36:40].any()
    assert edges(picture[None])[0].tolist() == lines.tolist()


def test_the_mean_colour_leaves_the_ground_out(icons: np.ndarray) -> None:
    red = tint(icons[0], "red")
    on_white, on_black = (mean_colour(compose(red, Placement(background=one))) for one in ("white", "black"))
    assert np.abs(on_white - on_black).max() < 12
    assert on_white[0] > on_white[1] + 50
