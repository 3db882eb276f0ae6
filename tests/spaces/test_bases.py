"""Bases: typed axes first, then what they leave of the captions' spread; every axis one unit long."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.spaces import BASES, AxisText, Conditioning, TextEmbedding, Vocabulary
from pilotage.spaces.bases import attribute_direction, caption_components
from pilotage.spaces.vocabulary import GENERAL_VOCABULARY, attach

TOKENS, WIDTH = 12, 24
PROMPT = "a fox"
WORDS = Vocabulary(
    objects=("fox", "cat", "tree", "car", "house", "ship"),
    attributes={"colour": ("red", "blue", "green", "yellow"), "place": ("at night", "in a forest", "by the sea")},
)  # fmt: skip
RED_BLUE, NIGHT = AxisText.parse("red ↔ blue"), AxisText.parse("at night ↔ in a forest")


def embed(caption: str) -> TextEmbedding:
    """A small text encoder: each word has a vector, each place a smaller one, padding none."""
    words = re.findall(r"\w+", caption)[:TOKENS]
    rows = np.zeros((TOKENS, WIDTH))
    for place, word in enumerate(words):
        rows[place] = stream(0, "word", word).normal(size=WIDTH) + 0.1 * stream(0, "place", place).normal(size=WIDTH)
    pooled = rows[: len(words)].mean(axis=0)
    return TextEmbedding(Conditioning({"prompt_embeds": rows, "pooled": pooled}), np.arange(TOKENS) < len(words))


def build(axes: Sequence[AxisText] = (), dimension: int = 5, kind: str = "attributes_pca") -> tuple[Array, list[str]]:
    basis = BASES.build(kind)
    embeddings = {caption: embed(caption) for caption in basis.captions(PROMPT, axes, WORDS)}
    directions, named = basis.build(PROMPT, axes, dimension, WORDS, embeddings)
    assert len(named) == len(directions) == dimension
    return directions, [axis.source for axis in named]


def test_typed_axes_come_first_in_their_order_and_components_fill_up() -> None:
    directions, sources = build([RED_BLUE, NIGHT])
    assert sources == ["attribute", "attribute", *["caption_pca"] * 3]
    for direction, axis in zip(directions, (RED_BLUE, NIGHT), strict=False):
        own = attribute_direction(axis, WORDS.carriers(8), {c: embed(c) for c in _carried(axis)})
        assert direction @ own / np.linalg.norm(direction) / np.linalg.norm(own) == pytest.approx(1)


@pytest.mark.parametrize("axes", [[], [RED_BLUE], [RED_BLUE, NIGHT]])
def test_every_axis_is_one_caption_difference_long(axes: list[AxisText]) -> None:
    directions, _ = build(axes)
    rows = np.stack([embed(text).conditioning.flat() for text in WORDS.rewrites(PROMPT)])
    unit = np.median(np.linalg.norm(rows - rows.mean(axis=0), axis=1))
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), unit)


@pytest.mark.parametrize("axes", [[], [RED_BLUE], [RED_BLUE, NIGHT]])
def test_components_are_orthogonal_to_each_other_and_to_the_typed_axes(axes: list[AxisText]) -> None:
    directions, _ = build(axes)
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    gram = unit @ unit.T
    free = len(axes)
    np.testing.assert_allclose(gram[free:], np.eye(len(unit))[free:], atol=1e-8)


def test_components_stay_inside_what_the_captions_and_the_typed_axes_span() -> None:
    directions, _ = build([RED_BLUE])
    rows = np.stack([embed(text).conditioning.flat() for text in WORDS.rewrites(PROMPT)])
    span = np.vstack([rows - rows.mean(axis=0), directions[:1]])
    inside = np.linalg.lstsq(span.T, directions[1:].T, rcond=None)[0]
    np.testing.assert_allclose(span.T @ inside, directions[1:].T, atol=1e-6)


def test_the_first_component_explains_the_most() -> None:
    rng = np.random.default_rng(0)
    spread = rng.normal(size=(60, 10)) * np.array([5, 3, 2, 1, 1, 1, 1, 1, 1, 1.0])
    components = caption_components(spread - spread.mean(axis=0), [], 3)
    shares = ((spread - spread.mean(axis=0)) @ components.T).var(axis=0)
    assert list(shares) == sorted(shares, reverse=True)
    assert abs(components[0, 0]) > 0.95


@given(seed=st.integers(0, 50))
def test_components_turn_with_the_space(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spread = rng.normal(size=(20, 6)) * np.array([6, 5, 4, 3, 2, 1.0])
    spread -= spread.mean(axis=0)
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    plain, turned = caption_components(spread, [], 3) @ turn.T, caption_components(spread @ turn.T, [], 3)
    np.testing.assert_allclose(np.abs((plain * turned).sum(axis=1)), 1, atol=1e-6)


def test_a_carrier_with_captions_of_one_length_gives_its_difference_token_by_token() -> None:
    low, high = embed("a red fox"), embed("a blue fox")
    direction = attribute_direction(RED_BLUE, ["a fox"], {"a red fox": low, "a blue fox": high})
    np.testing.assert_allclose(direction, high.conditioning.flat() - low.conditioning.flat())


def test_a_carrier_with_captions_of_two_lengths_gives_the_difference_of_its_mean_word_on_every_token() -> None:
    axis = AxisText.parse("red ↔ very dark blue")
    captions = [attach(pole, "a fox") for pole in (axis.negative, axis.positive)]
    known = {caption: embed(caption) for caption in captions}
    direction = known[captions[0]].conditioning.unflat(attribute_direction(axis, ["a fox"], known))["prompt_embeds"]
    np.testing.assert_allclose(direction, np.broadcast_to(direction[0], direction.shape))
    means = [known[c].conditioning["prompt_embeds"][known[c].content].mean(axis=0) for c in captions]
    np.testing.assert_allclose(direction[0], means[1] - means[0], atol=1e-6)


@pytest.mark.parametrize(
    ("axes", "dimension", "message"),
    [
        ([RED_BLUE, NIGHT], 1, "need a dimension of at least 2"),
        ([RED_BLUE, AxisText.parse("blue ↔ red")], 5, "the same axis"),
        ([], 16, "span 6 further axes"),
    ],
)
def test_what_cannot_be_built_is_refused(axes: list[AxisText], dimension: int, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        build(axes, dimension)


def test_poles_that_the_model_cannot_tell_apart_are_refused_by_field() -> None:
    basis = BASES.build("attributes_pca")
    axis = AxisText.parse("red ↔ blue")
    embeddings = {caption: embed(caption.replace("blue", "red")) for caption in basis.captions(PROMPT, [axis], WORDS)}
    with pytest.raises(InvalidInputError, match="no difference") as caught:
        basis.build(PROMPT, [axis], 2, WORDS, embeddings)
    assert caught.value.field == "axes.0"


def test_the_isotropic_control_is_orthogonal_random_and_takes_no_typed_axes() -> None:
    directions, sources = build(dimension=4, kind="isotropic")
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    np.testing.assert_allclose(unit @ unit.T, np.eye(4), atol=1e-8)
    assert set(sources) == {"isotropic"}
    with pytest.raises(InvalidInputError):
        build([RED_BLUE], kind="isotropic")


@pytest.mark.parametrize(
    "text", ["red ↔ blue", "red <-> blue", "red | blue", "red vs blue", "red vs. blue", " red⟷blue "]
)
def test_an_axis_is_typed_in_several_ways(text: str) -> None:
    assert AxisText.parse(text) == RED_BLUE
    assert AxisText.parse(text).name == "red ↔ blue"


@pytest.mark.parametrize("text", ["", "red", "red ↔", "↔ blue", "red ↔ Red", "a ↔ b ↔ c", f"{'x' * 81} ↔ b"])
def test_what_is_no_axis_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        AxisText.parse(text)
    assert caught.value.field == "axes"


def test_a_phrase_is_put_where_english_puts_it() -> None:
    assert attach("red", "a fox") == "a red fox"
    assert attach("at night", "a fox") == "a fox, at night"
    assert attach("pixel art style", "fox") == "a fox, pixel art style"


def test_a_closed_vocabulary_names_its_unknown_words_once_and_an_open_one_none() -> None:
    closed = WORDS.model_copy(update={"closed": True, "extra_words": frozenset({"a", "and"})})
    assert closed.unknown_words("a red dragon and a Dragon near the Fox") == ("dragon", "Dragon", "near")
    assert GENERAL_VOCABULARY.unknown_words("a quux") == ()


def test_the_family_of_a_prompt_is_the_longest_object_in_it() -> None:
    assert GENERAL_VOCABULARY.family("A bowl of fruit beside a CAT") == "bowl of fruit"
    assert WORDS.family("something else") == "something else"


def test_a_corpus_follows_from_its_seed() -> None:
    assert WORDS.corpus(20, seed=1) == WORDS.corpus(20, seed=1) != WORDS.corpus(20, seed=2)


def _carried(axis: AxisText) -> list[str]:
    return [attach(pole, carrier) for carrier in WORDS.carriers(8) for pole in (axis.negative, axis.positive)]
