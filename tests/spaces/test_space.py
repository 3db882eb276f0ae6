"""SteeringSpace and Region: coordinates to conditioning and back, inside bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pilotage.core.errors import InvalidInputError, ShapeError
from pilotage.core.hashing import digest
from pilotage.spaces import Axis, Conditioning, Region, SteeringSpace, dimension_of

TOKENS, WIDTH, POOLED = 5, 8, 6
REGIONS = st.builds(Region, st.integers(1, 8), st.sampled_from(["ball", "box"]))


def axes(n: int) -> tuple[Axis, ...]:
    return tuple(Axis(name=f"a{i}", negative="-", positive="+", source="coordinate", unit=1.0) for i in range(n))


def space_of(dim: int = 3, *, radius: float = 1.0, uniform: bool = False, seed: int = 0) -> SteeringSpace:
    rng = np.random.default_rng(seed)
    anchor = Conditioning({
        "prompt_embeds": rng.normal(size=(TOKENS, WIDTH)), "pooled": rng.normal(size=POOLED),
        "negative_prompt_embeds": rng.normal(size=(TOKENS, WIDTH)),
    })  # fmt: skip
    field = rng.normal(size=(dim, WIDTH) if uniform else (dim, TOKENS, WIDTH)).astype(np.float32)
    basis = {"prompt_embeds": field, "pooled": rng.normal(size=(dim, POOLED)).astype(np.float32)}
    return SteeringSpace(anchor, basis, axes(dim), Region(dim), radius)


def test_the_origin_is_the_anchor_bit_for_bit() -> None:
    space = space_of()
    assert space.decode(np.zeros(3)).fingerprint() == space.anchor.fingerprint()


@given(z=arrays(np.float64, 3, elements=st.floats(-2, 2)), uniform=st.booleans())
def test_encode_undoes_decode(z: np.ndarray, uniform: bool) -> None:
    space = space_of(uniform=uniform)
    np.testing.assert_allclose(space.encode(space.decode(z)), z, atol=1e-5)


@given(z=arrays(np.float64, 3, elements=st.floats(-2, 2)))
def test_decoding_is_affine_up_to_the_last_rounding(z: np.ndarray) -> None:
    space = space_of()
    half, whole = (space.decode(s * z)["prompt_embeds"] - space.anchor["prompt_embeds"] for s in (0.5, 1.0))
    np.testing.assert_allclose(2 * half, whole, atol=1e-5)


def test_a_uniform_direction_moves_every_token_by_the_same_vector_and_a_field_does_not() -> None:
    for uniform in (True, False):
        space = space_of(uniform=uniform)
        moved = space.decode(np.array([1.0, 0, 0]))["prompt_embeds"] - space.anchor["prompt_embeds"]
        same = np.allclose(moved, moved[0], atol=1e-6)
        assert same is uniform


def test_the_negative_prompt_is_never_steered() -> None:
    space = space_of()
    np.testing.assert_array_equal(
        space.decode(np.ones(3) / 2)["negative_prompt_embeds"], space.anchor["negative_prompt_embeds"]
    )
    assert set(space.anchor.steered) == {"prompt_embeds", "pooled"}


def test_what_lies_outside_the_span_is_projected() -> None:
    space = space_of()
    inside = space.decode(np.array([0.3, -0.2, 0.1]))
    frame = np.concatenate([space.basis["prompt_embeds"].reshape(3, -1), space.basis["pooled"]], axis=1)
    rng = np.random.default_rng(1)
    extra = rng.normal(size=frame.shape[1])
    extra -= np.linalg.lstsq(frame.T, extra, rcond=None)[0] @ frame
    size = TOKENS * WIDTH
    off = inside.merged({
        "prompt_embeds": inside["prompt_embeds"] + extra[:size].reshape(TOKENS, WIDTH),
        "pooled": inside["pooled"] + extra[size:],
    })  # fmt: skip
    np.testing.assert_allclose(space.encode(off), [0.3, -0.2, 0.1], atol=1e-5)


def test_units_are_radii() -> None:
    space = space_of(radius=2.5)
    z = np.array([[1.0, -2.0, 0.5]])
    np.testing.assert_allclose(space.from_unit(space.to_unit(z)), z)
    np.testing.assert_allclose(space.to_unit(z), z / 2.5)


@pytest.mark.parametrize("z", [[0.0, 0.0], [0.0] * 4, [[0.0] * 3], [0.0, np.nan, 0.0]])
def test_another_shape_of_z_is_refused(z: object) -> None:
    with pytest.raises(ShapeError):
        space_of().decode(np.array(z))


def test_a_basis_that_does_not_fit_the_anchor_is_refused() -> None:
    anchor = Conditioning({"prompt_embeds": np.zeros((TOKENS, WIDTH))})
    for shape in ((3, WIDTH + 1), (2, TOKENS, WIDTH), (3, TOKENS)):
        with pytest.raises(ShapeError):
            SteeringSpace(anchor, {"prompt_embeds": np.zeros(shape, np.float32)}, axes(3), Region(3))


def test_the_fingerprint_sees_every_part_that_decoding_depends_on() -> None:
    base = space_of()
    others = [space_of(seed=1), space_of(radius=2.0), space_of(2), space_of(uniform=True)]
    assert len({space.fingerprint() for space in (base, *others)}) == 5
    assert base.fingerprint() == space_of().fingerprint()


def test_a_conditioning_is_frozen_and_flat_is_undone_by_unflat() -> None:
    conditioning = Conditioning({"b": np.arange(6.0).reshape(2, 3), "a": [9.0]})
    np.testing.assert_array_equal(conditioning.flat(), [9, 0, 1, 2, 3, 4, 5])
    assert conditioning.unflat(conditioning.flat()).fingerprint() == conditioning.fingerprint()
    with pytest.raises(ValueError, match="read-only"):
        conditioning["a"][0] = 1.0


@given(region=REGIONS, n=st.integers(1, 40), seed=st.integers(0, 99))
def test_samples_and_spread_points_lie_inside(region: Region, n: int, seed: int) -> None:
    for draw in (region.sample, region.sobol):
        points = draw(n, rng=np.random.default_rng(seed))
        assert points.shape == (n, region.dim)
        assert region.contains(points)


@given(region=REGIONS, seed=st.integers(0, 99))
def test_clipping_brings_inside_keeps_what_is_inside_and_is_done_once(region: Region, seed: int) -> None:
    points = np.random.default_rng(seed).normal(scale=2.0, size=(20, region.dim))
    clipped = region.clip(points)
    assert region.contains(clipped)
    np.testing.assert_allclose(region.clip(clipped), clipped, atol=1e-12)
    inside = region.size(points) <= 1
    np.testing.assert_array_equal(clipped[inside], points[inside])


def test_uniform_samples_fill_the_ball_evenly() -> None:
    radii = np.linalg.norm(Region(3).sample(4000, rng=np.random.default_rng(0)), axis=1)
    assert abs((radii < 0.5 ** (1 / 3)).mean() - 0.5) < 0.03  # half the volume lies within this radius


def test_spread_points_cover_better_than_chance() -> None:
    region, rng = Region(2, "box"), np.random.default_rng(0)
    probes = region.sample(500, rng=rng)

    def gap(points: np.ndarray) -> float:
        return float(np.linalg.norm(probes[:, None] - points[None], axis=2).min(axis=1).max())

    chance = np.mean([gap(region.sample(64, rng=rng)) for _ in range(8)])
    assert gap(region.sobol(64, rng=rng)) < chance


def test_profiles_and_plain_numbers_are_dimensions() -> None:
    assert [dimension_of(name) for name in ("quick look", "balanced", "fine", 16)] == [3, 5, 8, 16]
    for bad in ("Balanced", 0, 17, True, 2.0, "5", None):
        with pytest.raises(InvalidInputError):
            dimension_of(bad)  # type: ignore[arg-type]


def test_a_rescaled_axis_goes_farther_a_unit_and_the_others_stay() -> None:
    space = space_of()
    found = space.rescaled([2.0, None, 0.5])
    np.testing.assert_allclose(
        found.decode(np.array([0.5, 1.0, 2.0]))["prompt_embeds"], space.decode(np.ones(3))["prompt_embeds"], atol=1e-5
    )
    assert [(axis.unit, axis.scale, axis.measured) for axis in found.axes] == [
        (2.0, 2.0, True), (1.0, 1.0, False), (0.5, 0.5, True)
    ]  # fmt: skip
    assert found.rescaled([1.0, None, 1.0]).axes[0].unit == 1.0
    assert found.fingerprint() != space.fingerprint()
    with pytest.raises(ShapeError):
        space.rescaled([1.0])


def test_an_axis_stored_before_scales_existed_is_read_as_not_measured() -> None:
    old = {"name": "a", "negative": "-", "positive": "+", "source": "caption_pca", "unit": 3.5, "measured": False}
    axis = Axis.model_validate(old)
    assert (axis.scale, axis.measured) == (1.0, False)
    kept = space_of()
    told = SteeringSpace(kept.anchor, kept.basis, (axis,) * 3, kept.region)
    assert told.fingerprint() == _fingerprint_of_old(told, old)


def _fingerprint_of_old(space: SteeringSpace, axis: dict[str, object]) -> str:
    """As it was computed when an axis had no scale."""
    return digest({
        "anchor": space.anchor.fingerprint(), "basis": Conditioning(space.basis).fingerprint(),
        "axes": [axis] * space.dim, "region": "ball", "radius": 1.0,
    })  # fmt: skip
