"""Steering modes: where a vector goes among the tokens, and how long it stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.spaces import Conditioning
from pilotage.spaces.modes import MODES, in_mode

WIDTH = 7
MASKED = ("content_masked", "token_vector_field")


@st.composite
def prompts(draw: st.DrawFn) -> tuple[Array, np.ndarray]:
    """(d, H) vectors and (T,) words of a prompt: a start token, two words or more, an end, padding."""
    words, padding, axes = draw(st.integers(2, 9)), draw(st.integers(0, 4)), draw(st.integers(1, 5))
    content = np.array([False, *[True] * words, False, *[False] * padding])
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return rng.normal(size=(axes, WIDTH)), content


@pytest.mark.parametrize("mode", MODES)
@given(prompt=prompts())
def test_every_field_has_norm_one(mode: str, prompt: tuple[Array, np.ndarray]) -> None:
    fields = MODES[mode](*prompt)
    assert fields.shape == (len(prompt[0]), len(prompt[1]), WIDTH)
    np.testing.assert_allclose(np.linalg.norm(fields, axis=(1, 2)), 1)


@pytest.mark.parametrize("mode", MODES)
@given(prompt=prompts(), factor=st.floats(0.1, 10))
def test_a_longer_vector_gives_the_same_field_and_its_opposite_the_opposite(
    mode: str, prompt: tuple[Array, np.ndarray], factor: float
) -> None:
    vectors, content = prompt
    fields = MODES[mode](vectors, content)
    np.testing.assert_allclose(MODES[mode](factor * vectors, content), fields, atol=1e-9)
    np.testing.assert_allclose(MODES[mode](-vectors, content), -fields, atol=1e-9)


@pytest.mark.parametrize("mode", MODES)
@given(prompt=prompts())
def test_axes_stay_apart(mode: str, prompt: tuple[Array, np.ndarray]) -> None:
    fields = MODES[mode](*prompt)
    assert np.linalg.matrix_rank(fields.reshape(len(fields), -1), tol=1e-6) == len(fields)


@pytest.mark.parametrize("mode", MODES)
@given(prompt=prompts())
def test_no_token_leaves_what_the_vectors_span(mode: str, prompt: tuple[Array, np.ndarray]) -> None:
    vectors, content = prompt
    fields = MODES[mode](vectors, content).reshape(-1, WIDTH)
    inside = np.linalg.lstsq(vectors.T, fields.T, rcond=None)[0]
    np.testing.assert_allclose(vectors.T @ inside, fields.T, atol=1e-9)


@given(prompt=prompts())
def test_low_dimensional_is_equal_on_all_tokens(prompt: tuple[Array, np.ndarray]) -> None:
    fields = MODES["low_dimensional"](*prompt)
    np.testing.assert_array_equal(fields, np.broadcast_to(fields[:, :1], fields.shape))


@pytest.mark.parametrize("mode", MASKED)
@given(prompt=prompts())
def test_special_and_padding_tokens_stay_untouched(mode: str, prompt: tuple[Array, np.ndarray]) -> None:
    fields = MODES[mode](*prompt)
    assert (fields[:, ~prompt[1]] == 0).all()
    assert np.abs(fields[:, prompt[1]]).max() > 0


def test_content_masked_weighs_the_middle_words_most_by_its_formula() -> None:
    content = np.array([False, True, True, True, False])
    (field,) = MODES["content_masked"](np.eye(WIDTH)[:1], content)
    weights = [0.35 + 0.65 * np.sin(np.pi * t) for t in (1 / 6, 3 / 6, 5 / 6)]
    np.testing.assert_allclose(field[content, 0], weights / np.linalg.norm(weights))


@given(prompt=prompts())
def test_factorized_varies_along_the_tokens_and_its_profile_is_the_axiss_own(prompt: tuple[Array, np.ndarray]) -> None:
    vectors, content = np.tile(prompt[0][:1], (2, 1)), prompt[1]
    fields = MODES["token_factorized"](vectors, content)
    sizes = np.linalg.norm(fields, axis=2)  # (2, T)
    assert (sizes.max(axis=1) > 1.5 * sizes.min(axis=1)).all()
    assert not np.allclose(sizes[0], sizes[1])


@given(prompt=prompts())
def test_a_vector_field_is_another_vector_on_each_word_with_mean_zero(prompt: tuple[Array, np.ndarray]) -> None:
    vectors, content = prompt
    words = MODES["token_vector_field"](vectors, content)[:, content]
    np.testing.assert_allclose(words.mean(axis=1), 0, atol=1e-12)
    apart = np.linalg.norm(words[:, :, None] - words[:, None], axis=3)  # (d, words, words)
    assert (apart[:, ~np.eye(words.shape[1], dtype=bool)] > 1e-3).all()


@pytest.mark.parametrize("mode", MODES)
def test_every_array_keeps_its_length_and_what_has_no_tokens_its_direction(mode: str) -> None:
    rng, content = np.random.default_rng(0), np.array([False, True, True, True, False, False])
    like = Conditioning({
        "prompt_embeds": np.zeros((6, WIDTH)), "pooled": np.zeros(5), "negative_prompt_embeds": np.zeros((6, WIDTH)),
    })  # fmt: skip
    directions = rng.normal(size=(3, 5 + 6 * WIDTH))
    spread = in_mode(mode, directions, like, content)  # type: ignore[arg-type]
    np.testing.assert_array_equal(spread[:, :5], directions[:, :5])  # pooled comes first by name
    np.testing.assert_allclose(np.linalg.norm(spread[:, 5:], axis=1), np.linalg.norm(directions[:, 5:], axis=1))
    assert not np.allclose(spread[:, 5:], directions[:, 5:])


def test_low_dimensional_spreads_the_nearest_vector_that_is_the_same_on_every_token() -> None:
    rng, like = np.random.default_rng(1), Conditioning({"prompt_embeds": np.zeros((6, WIDTH))})
    direction = rng.normal(size=(1, 6 * WIDTH)) + 1
    spread = in_mode("low_dimensional", direction, like, np.ones(6, bool))[0].reshape(6, WIDTH)
    frame = np.tile(np.eye(WIDTH), (6, 1))  # every uniform field is frame @ vector
    nearest = np.linalg.lstsq(frame, direction[0], rcond=None)[0]
    assert spread[0] @ nearest / np.linalg.norm(spread[0]) / np.linalg.norm(nearest) == pytest.approx(1)


def test_token_mode_and_conditionings_without_tokens_are_left_alone() -> None:
    directions, content = np.random.default_rng(0).normal(size=(2, 4)), np.ones(3, bool)
    assert in_mode("token", directions, Conditioning({"latent": np.zeros(4)}), content) is directions
    pooled = in_mode("content_masked", directions, Conditioning({"pooled": np.zeros(4)}), content)
    np.testing.assert_array_equal(pooled, directions)


@pytest.mark.parametrize(("mode", "words"), [("content_masked", 0), ("token_vector_field", 1)])
def test_a_prompt_with_too_few_words_is_refused_by_field(mode: str, words: int) -> None:
    with pytest.raises(InvalidInputError) as caught:
        MODES[mode](np.ones((1, WIDTH)), np.arange(4) < words)
    assert caught.value.field == "basis.mode"


def test_a_direction_without_a_mean_is_refused_by_field() -> None:
    like = Conditioning({"prompt_embeds": np.zeros((2, 2))})
    with pytest.raises(InvalidInputError) as caught:
        in_mode("low_dimensional", np.array([[1.0, 2.0, -1.0, -2.0]]), like, np.ones(2, bool))
    assert caught.value.field == "basis.mode"
