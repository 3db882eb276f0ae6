"""Statistics: each formula against a naive loop, and what must not change them."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.features import Statistics
from pilotage.features.statistics import colour_of, colourfulness
from pilotage.features.tones import detail, edge_energy, entropy

STATISTICS = Statistics()
SEEDS = st.integers(0, 99)


def noise(seed: int, height: int = 6, width: int = 9) -> Array:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)) / 255


def described(pixels: Array) -> dict[str, float]:
    media = Media.from_pixels(np.round(pixels * 255).astype(np.uint8))
    return dict(zip(STATISTICS.names, STATISTICS.describe(media).tolist(), strict=True))


def flat(*colour: float) -> Array:
    return np.tile(np.array(colour, dtype=float), (8, 8, 1))


@given(seed=SEEDS)
def test_colour_is_what_the_standard_library_says_pixel_by_pixel(seed: int) -> None:
    pixels = noise(seed)
    saturations, vectors = [], []
    for red, green, blue in pixels.reshape(-1, 3):
        _, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
        saturations.append(saturation)
        chroma = max(red, green, blue) - min(red, green, blue)
        angle = np.arctan2(np.sqrt(3) / 2 * (green - blue), red - (green + blue) / 2)
        vectors.append(chroma * np.array([np.cos(angle), np.sin(angle)]))
    np.testing.assert_allclose(colour_of(pixels), [np.mean(saturations), *np.mean(vectors, axis=0)], atol=1e-12)


@pytest.mark.parametrize(
    ("colour", "degrees"),
    [((1, 0, 0), 0), ((1, 1, 0), 60), ((0, 1, 0), 120), ((0, 1, 1), 180), ((0, 0, 1), 240), ((1, 0, 1), 300)],
)
def test_pure_colours_stand_at_their_angle_with_length_one(colour: tuple[float, ...], degrees: float) -> None:
    _, cosine, sine = colour_of(flat(*colour))
    np.testing.assert_allclose([cosine, sine], [np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], atol=1e-12)


@given(seed=SEEDS)
def test_edges_and_detail_are_what_a_loop_finds(seed: int) -> None:
    grey = noise(seed)[..., 0]
    height, width = grey.shape
    steps = [(grey[y, x + 1] - grey[y, x]) ** 2 for y in range(height) for x in range(width - 1)]
    steps += [(grey[y + 1, x] - grey[y, x]) ** 2 for y in range(height - 1) for x in range(width)]
    assert edge_energy(grey) == pytest.approx(2 * np.mean(steps) ** 0.5)
    bends = [abs(grey[y - 1, x] + grey[y + 1, x] + grey[y, x - 1] + grey[y, x + 1] - 4 * grey[y, x])
             for y in range(1, height - 1) for x in range(1, width - 1)]  # fmt: skip
    assert detail(grey) == pytest.approx(np.mean(bends))


def test_entropy_counts_tones() -> None:
    assert entropy(np.full((4, 4), 0.3)) == 0
    assert entropy(np.array([[0.0, 1.0]])) == pytest.approx(1 / 6)  # one bit of six
    assert entropy((np.arange(64) + 0.5).reshape(8, 8) / 64) == pytest.approx(1)


@given(value=st.floats(0, 1))
def test_grey_has_no_colour(value: float) -> None:
    found = described(flat(value, value, value))
    for name in ("saturation", "hue cos", "hue sin", "warmth", "colourfulness"):
        assert found[name] == pytest.approx(0, abs=1e-12)
    assert found["brightness"] == pytest.approx(value, abs=1 / 255)


def test_colourfulness_by_hand() -> None:
    halves = np.concatenate([np.tile([1.0, 0, 0], (4, 4, 1)), np.tile([0, 1.0, 0], (4, 4, 1))])
    assert colourfulness(halves) == pytest.approx(1 + 0.3 * 0.5)  # red-green is ±1, yellow-blue always one half


def test_each_number_answers_to_its_name() -> None:
    dull, vivid = described(0.5 + 0.1 * (noise(1) - 0.5)), described(noise(1))
    for name in ("contrast", "saturation", "colourfulness", "edges", "detail", "entropy"):
        assert vivid[name] > dull[name], name
    assert described(flat(1, 0.5, 0.2))["warmth"] > 0 > described(flat(0.2, 0.5, 1))["warmth"]
    assert described(flat(1, 1, 1))["brightness"] == pytest.approx(1)


@given(seed=SEEDS, turns=st.integers(0, 3), flip=st.booleans())
def test_turning_and_mirroring_change_nothing(seed: int, turns: int, flip: bool) -> None:
    pixels = noise(seed)
    moved = np.rot90(pixels[:, ::-1] if flip else pixels, turns)
    np.testing.assert_allclose(list(described(moved).values()), list(described(pixels).values()), atol=1e-9)


@given(seed=SEEDS, factor=st.integers(2, 4))
def test_enlarging_changes_only_edges_and_detail(seed: int, factor: int) -> None:
    pixels = noise(seed)
    small, large = described(pixels), described(pixels.repeat(factor, axis=0).repeat(factor, axis=1))
    for name in set(STATISTICS.names) - {"edges", "detail"}:
        assert large[name] == pytest.approx(small[name], abs=1e-9), name
