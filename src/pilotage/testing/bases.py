"""What every basis promises: subclass `BasisContract` and provide `basis`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.spaces import Axis, AxisText, Basis, Conditioning, TextEmbedding, Vocabulary

TOKENS, WIDTH = 12, 24
PROMPT = "a fox"
WORDS = Vocabulary(
    objects=("fox", "cat", "tree", "car", "house", "ship"),
    attributes={
        "colour": ("red", "blue", "green", "yellow"),
        "place": ("at night", "in a forest", "by the sea", "in fog"),
        "look": ("small", "shiny", "old", "woolen"),
    },
)
TYPED = (AxisText.parse("red ↔ blue"), AxisText.parse("at night ↔ in a forest"))


def word_embedding(caption: str, turn: Array | None = None) -> TextEmbedding:
    """A text encoder in small: each word has a vector, each place a smaller one, padding none.

    Args:
        caption: any text; words beyond the twelfth are cut.
        turn: (WIDTH, WIDTH) orthogonal matrix that every vector is turned by.
    """
    words = re.findall(r"\w+", caption)[:TOKENS]
    rows = np.zeros((TOKENS, WIDTH))
    for place, word in enumerate(words):
        rows[place] = stream(0, "word", word).normal(size=WIDTH) + 0.1 * stream(0, "place", place).normal(size=WIDTH)
    rows = rows if turn is None else rows @ turn.T
    pooled = rows[: max(1, len(words))].mean(axis=0)
    return TextEmbedding(Conditioning({"prompt_embeds": rows, "pooled": pooled}), np.arange(TOKENS) < len(words))


def build(
    basis: Basis, axes: Sequence[AxisText] = (), dimension: int = 4, turn: Array | None = None
) -> tuple[Array, tuple[Axis, ...]]:
    """What a basis makes of the small encoder's embeddings."""
    embeddings = {text: word_embedding(text, turn) for text in basis.captions(PROMPT, axes, WORDS)}
    return basis.build(PROMPT, axes, dimension, WORDS, embeddings)


def cosines(left: Array, right: Array) -> Array:
    """(n, m) cosines of (n, flat) and (m, flat) rows."""
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (left, right)]
    return unit[0] @ unit[1].T


class BasisContract:
    """The contract of `pilotage.spaces.Basis`.

    Attributes:
        typed: whether it takes typed axes.
        turns: whether its directions turn with the embedding space.
    """

    typed: ClassVar[bool] = True
    turns: ClassVar[bool] = True

    @pytest.fixture
    def basis(self) -> Basis:
        raise NotImplementedError

    @property
    def given(self) -> tuple[AxisText, ...]:
        """The typed axes that the tests use: none if it takes none."""
        return TYPED if self.typed else ()

    def test_it_asks_for_the_prompt_and_for_no_caption_twice(self, basis: Basis) -> None:
        captions = basis.captions(PROMPT, self.given, WORDS)
        assert PROMPT in captions
        assert len(set(captions)) == len(captions)
        assert basis.captions(PROMPT, self.given, WORDS) == captions

    def test_it_makes_one_finite_direction_an_axis(self, basis: Basis) -> None:
        for axes in {(), self.given}:
            directions, named = build(basis, axes)
            assert directions.shape == (len(named), (TOKENS + 1) * WIDTH)
            assert 1 <= len(named) <= 4
            assert np.isfinite(directions).all()

    def test_every_direction_is_one_caption_difference_long_and_says_so(self, basis: Basis) -> None:
        directions, named = build(basis, self.given)
        rows = np.stack([word_embedding(text).conditioning.flat() for text in WORDS.rewrites(PROMPT)])
        unit = np.median(np.linalg.norm(rows - rows.mean(axis=0), axis=1))
        np.testing.assert_allclose(np.linalg.norm(directions, axis=1), unit)
        np.testing.assert_allclose([axis.unit for axis in named], unit)

    def test_an_axis_is_not_measured_before_it_was(self, basis: Basis) -> None:
        assert all((axis.measured, axis.scale) == (False, 1.0) for axis in build(basis, self.given)[1])

    def test_no_two_axes_are_one(self, basis: Basis) -> None:
        directions, named = build(basis, self.given)
        alike = np.abs(cosines(directions, directions))
        assert (alike[~np.eye(len(alike), dtype=bool)] < 0.98).all()
        assert np.linalg.matrix_rank(directions) == len(directions)
        assert len({axis.name for axis in named}) == len(named)

    def test_the_same_embeddings_give_the_same_bytes_in_any_order(self, basis: Basis) -> None:
        captions = basis.captions(PROMPT, self.given, WORDS)
        first, named = build(basis, self.given)
        backwards = {text: word_embedding(text) for text in reversed(captions)}
        again, also_named = basis.build(PROMPT, self.given, 4, WORDS, backwards)
        assert first.tobytes() == again.tobytes()
        assert named == also_named

    def test_its_directions_turn_with_the_embedding_space(self, basis: Basis) -> None:
        if not self.turns:
            pytest.skip("its directions are drawn in the embedding's own coordinates")
        turn = np.linalg.qr(np.random.default_rng(3).normal(size=(WIDTH, WIDTH)))[0]
        plain, turned = build(basis, self.given)[0], build(basis, self.given, turn=turn)[0]
        whole = np.kron(np.eye(TOKENS + 1), turn)
        np.testing.assert_allclose(np.abs(np.diag(cosines(plain @ whole.T, turned))), 1, atol=1e-5)

    def test_typed_axes_come_first_in_their_order(self, basis: Basis) -> None:
        if not self.typed:
            pytest.skip("it takes no typed axes")
        directions, named = build(basis, self.given)
        swapped, _ = build(basis, self.given[::-1])
        assert [axis.name for axis in named[:2]] == [axis.name for axis in self.given]
        assert {axis.source for axis in named[:2]} == {"attribute"}
        np.testing.assert_allclose(swapped[:2], directions[1::-1])

    def test_the_other_way_round_a_typed_axis_points_the_other_way(self, basis: Basis) -> None:
        if not self.typed:
            pytest.skip("it takes no typed axes")
        back = AxisText(negative=TYPED[0].positive, positive=TYPED[0].negative)
        np.testing.assert_allclose(build(basis, [back])[0][0], -build(basis, TYPED[:1])[0][0], equal_nan=False)

    def test_typed_axes_that_do_not_fit_are_refused_by_field(self, basis: Basis) -> None:
        with pytest.raises(InvalidInputError) as caught:
            build(basis, TYPED, 1)
        assert caught.value.field == ("dimension" if self.typed else "axes")
